/** What mistakes in Linkerd's labels and annotations are called, and how much harm each does. */

import type { AnnotationFamily, AnnotationVerdict } from '../../model/annotations.ts';

const unknown = warning('linkerd/config-annotation-unknown');
const misplaced = warning('linkerd/inject-annotation-misplaced');
const swapped = warning('linkerd/label-reserved');
const ignored = warning('linkerd/route-annotation-ignored');
/** Told only to those who ask for it, since the names say so themselves. */
const alpha: AnnotationVerdict = { code: 'common/annotation-alpha', severity: 'info', peers: [] };
const backends = ['Service', 'EgressNetwork'];
const mesh = 'linkerd';

export const annotationFamilies: readonly AnnotationFamily[] = [
  // With a value that it does not know the injector leaves the pod without a proxy.
  { mesh, names: /^linkerd\.io\/inject$/, swapped, misplaced, invalid: error('linkerd/inject-annotation-value') },
  // The admission webhook of the policy controller refuses a route with such a value; of a Service it only ignores it.
  {
    mesh,
    names: /^retry\.linkerd\.io\//,
    unknown,
    swapped,
    misplaced: ignored,
    invalid: { ...error('linkerd/route-annotation-retry'), mildOn: backends },
  },
  {
    mesh,
    names: /^timeout\.linkerd\.io\//,
    unknown,
    swapped,
    misplaced: ignored,
    invalid: { ...error('linkerd/route-annotation-timeout'), mildOn: backends },
  },
  // One bad value turns the whole circuit breaker off.
  {
    mesh,
    names: /^balancer\.linkerd\.io\/|^balancer\.alpha\.linkerd\.io\/failure-accrual-success-rate/,
    unknown,
    swapped,
    misplaced,
    invalid: error('linkerd/failure-accrual-annotation'),
    alpha,
  },
  {
    mesh,
    names: /^balancer\.alpha\.linkerd\.io\//,
    unknown,
    swapped,
    misplaced,
    invalid: warning('linkerd/load-biaser-annotation'),
    alpha,
  },
  {
    mesh,
    names: /^config\.(?:alpha\.|beta\.)?linkerd\.io\//,
    unknown,
    swapped,
    misplaced,
    invalid: warning('linkerd/config-annotation-value'),
    alpha,
  },
  {
    mesh,
    names: /^mirror\.linkerd\.io\//,
    swapped,
    misplaced,
    invalid: warning('linkerd/multicluster-export-label'),
  },
  {
    mesh,
    names: /^(?:[^/]*\.)?linkerd\.io\//,
    swapped,
    misplaced,
    invalid: warning('linkerd/config-annotation-value'),
  },
];

function warning(code: string): AnnotationVerdict {
  return { code, severity: 'warning', peers: [] };
}

function error(code: string): AnnotationVerdict {
  return { code, severity: 'error', peers: [] };
}
