/** Linkerd, as the product sees it. It speaks the Gateway API, and takes in what was written for SMI. */

import type { Mesh } from '../mesh.ts';
import { Namespace, Service, workloadKinds } from '../kubernetes/common/kinds.ts';
import { GRPCRoute, HTTPRoute, TCPRoute as GatewayTCPRoute, TLSRoute } from '../kubernetes/gateway/kinds.ts';
import { HTTPRouteGroup, TCPRoute, TrafficSplit, TrafficTarget, UDPRoute } from '../kubernetes/smi/kinds.ts';
import { alsoSays, answers, fields } from './convert/fields.ts';
import { readLinkerd } from './convert/read.ts';
import { writeLinkerd } from './convert/write.ts';
import { gatewayApi } from './gateway-api.ts';
import { kindsIn } from '../../model/kind.ts';
import * as kinds from './kinds.ts';
import { moving } from './moving.ts';
import { references } from './references.ts';
import { rules } from './rules/rules.ts';
import { serves } from './serves.ts';
import { superseded } from './superseded.ts';

export const linkerd: Mesh = {
  id: 'linkerd',
  name: 'Linkerd',
  kinds: kindsIn(kinds),
  declarations: [],
  references,
  rules,
  shares: [
    HTTPRoute,
    GRPCRoute,
    TLSRoute,
    GatewayTCPRoute,
    TrafficSplit,
    TrafficTarget,
    HTTPRouteGroup,
    TCPRoute,
    UDPRoute,
    Service,
    Namespace,
    ...workloadKinds.map((it) => it.kind),
  ],
  serves,
  fields,
  alsoSays,
  answers,
  superseded,
  gatewayApi,
  moving,
  read: readLinkerd,
  write: writeLinkerd,
};
