/** Which fields of the Gateway API and of SMI say what a route is for and where it sends it. */

import { type CallRules, callRows } from '../../model/call.ts';
import { GRPCRoute, HTTPRoute, TCPRoute, TLSRoute, UDPRoute } from './gateway/kinds.ts';
import { backendNames, parentNames } from './gateway/references.ts';
import { TrafficSplit } from './smi/kinds.ts';

export const calls: CallRules = {
  rows: [
    ...[HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute].flatMap((kind) => [
      ...callRows(kind, 'about', [parentNames(kind).path]),
      ...callRows(
        kind,
        'to',
        backendNames(kind).map((it) => it.path),
      ),
    ]),
    ...callRows(TrafficSplit, 'about', ['spec.service']),
    ...callRows(TrafficSplit, 'to', ['spec.backends[*].service']),
  ],
};
