/** Which fields of routes of connections say which idea. */

import type { FieldRow } from '../../ideas.ts';
import { TCPRoute, TLSRoute } from '../../kubernetes/gateway/kinds.ts';

/** TCPRoutes and TLSRoutes have no conditions but the port of their parent and names of TLS. */
export const connectionFields: readonly FieldRow[] = [
  { kind: TLSRoute, path: 'spec.hostnames.**', idea: 'match.sni' },
  ...[TLSRoute, TCPRoute].flatMap((kind): readonly FieldRow[] => [
    { kind, path: 'spec.parentRefs[*].port', idea: 'route.connections' },
    { kind, path: 'spec.parentRefs.**', idea: 'route.host' },
    { kind, path: 'spec.rules[*].backendRefs.**', idea: 'route.connections' },
    {
      kind,
      path: 'spec.rules[*].name',
      peculiar: { code: 'metrics-only', reason: 'The name of a rule only shows in metrics.', risk: 'none' },
    },
    {
      kind,
      path: 'spec.useDefaultGateways',
      peculiar: {
        code: 'no-equivalent',
        reason: 'Which gateways take the route by default is up to the Gateway API.',
        risk: 'none',
      },
    },
  ]),
];
