/**
 * Plain Gateway API as something to convert from and to: what holds whatever mesh or ingress serves it, in fields of the
 * standard channel. It is no mesh: who may call whom, mutual TLS and the like it cannot say.
 */

import type { Dialect } from '../../../mesh.ts';
import { BackendTLSPolicy, Gateway, GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../kinds.ts';
import { alsoSays, answers, fields } from './fields.ts';
import { readGatewayApi } from './read.ts';
import { writeGatewayApi } from './write.ts';

export const gatewayApi: Dialect = {
  id: 'gateway-api',
  name: 'Gateway API',
  kinds: [],
  shares: [HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, Gateway, BackendTLSPolicy],
  fields,
  alsoSays,
  answers,
  superseded: [],
  read: readGatewayApi,
  write: writeGatewayApi,
};
