/** What mistakes in the labels and annotations of consul-k8s are called. */

import type { AnnotationFamily } from '../../model/annotations.ts';

const misplaced = { code: 'consul/inject-annotation-misplaced', severity: 'warning', peers: [] } as const;
const unknown = { code: 'consul/inject-annotation-unknown', severity: 'warning', peers: [] } as const;

/** The injector's webhook refuses pods with a value that it cannot read, so that none is created. */
export const annotationFamilies: readonly AnnotationFamily[] = [
  {
    mesh: 'consul',
    names: /^consul\.hashicorp\.com\/connect-service-upstreams$/,
    misplaced,
    invalid: { code: 'consul/inject-upstreams', severity: 'error', peers: [] },
  },
  {
    mesh: 'consul',
    names: /^consul\.hashicorp\.com\//,
    unknown,
    misplaced,
    invalid: { code: 'consul/inject-annotation-value', severity: 'error', peers: [] },
  },
];
