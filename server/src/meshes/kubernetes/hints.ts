/** What holds without being written in the Gateway API. */

import type { HintRule } from '../../model/hint.ts';
import { backendWeights } from './common/hints.ts';
import { GRPCRoute, HTTPRoute, TCPRoute, TLSRoute, UDPRoute } from './gateway/kinds.ts';

export const hints: readonly HintRule[] = [backendWeights(HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute)];
