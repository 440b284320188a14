/** What Istio's tools call mistakes in labels and annotations. */

import type { AnnotationFamily } from '../../model/annotations.ts';

const misplaced = { code: 'istio/annotation-misplaced', severity: 'warning', peers: ['IST0107'] } as const;
const invalid = { code: 'istio/annotation-invalid', severity: 'warning', peers: ['IST0125'] } as const;

export const annotationFamilies: readonly AnnotationFamily[] = [
  {
    mesh: 'istio',
    names: /^istio\.io\/dry-run$/,
    misplaced: { code: 'istio/dry-run-annotation', severity: 'error', peers: ['IST0106'] },
    invalid: { code: 'istio/dry-run-annotation', severity: 'error', peers: ['IST0106'] },
    alpha: { code: 'istio/annotation-alpha', severity: 'info', peers: ['IST0136'] },
  },
  // The installer and istiod keep notes of their own under these.
  { mesh: 'istio', names: /^(?:install\.operator|operator|internal)\.istio\.io\//, misplaced, invalid },
  {
    mesh: 'istio',
    names: /^(?:[^/]*\.)?istio\.io\/|^istio-injection$|^istio[-_./]?inject(?:ion|ed)?$/,
    unknown: { code: 'istio/annotation-unknown', severity: 'warning', peers: ['IST0108'] },
    misplaced,
    invalid,
    deprecated: { code: 'istio/annotation-deprecated', severity: 'info', peers: ['IST0135'] },
    alpha: { code: 'istio/annotation-alpha', severity: 'info', peers: ['IST0136'] },
  },
];
