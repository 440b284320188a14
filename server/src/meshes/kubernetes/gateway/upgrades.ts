/** What older versions of Gateway API's kinds call otherwise. Source: gateway-api, apis/v1alpha2 of 1.0 and later ones. */

import type { Upgrade } from '../../../model/upgrade.ts';
import { BackendTLSPolicy } from './kinds.ts';

export const upgrades: readonly Upgrade[] = [
  {
    kind: BackendTLSPolicy,
    from: ['v1alpha2'],
    changes: [
      { path: 'spec.targetRef', list: true },
      { path: 'spec.targetRef', rename: 'targetRefs' },
      { path: 'spec.tls', rename: 'validation' },
      { path: 'spec.tls.caCertRefs', rename: 'caCertificateRefs' },
      { path: 'spec.tls.wellKnownCACerts', rename: 'wellKnownCACertificates' },
    ],
  },
];
