/** Writes the representation as Consul's config entries. */

import type { Environment } from '../../../model/environment.ts';
import type { Destination, Ir, Route } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { withUnasked } from '../../../model/unasked.ts';
import { type ConvertOptions, type Output, writeConcepts } from '../../mesh.ts';
import { conceptWriters } from './concepts.ts';
import { writeAccess } from './access.ts';
import { writeDestinations } from './destinations.ts';
import { Drafts } from './drafts.ts';
import { writeGateways } from './gateways.ts';
import { writeMutualTls } from './mutual-tls.ts';
import { writeRoutes } from './routes.ts';
import { unaskedOfConsul } from './unasked.ts';

/**
 * Config entries, changes of existing ones and pod annotations for all that the representation asks for. What Consul
 * cannot do is left out and reported; permissions are never wider than in the source.
 */
export function write(ir: Ir, environment: Environment, ledger: Ledger, options: ConvertOptions): readonly Output[] {
  const folded = withServiceTimeouts(withUnasked(ir, unaskedOfConsul, ledger, options));
  const drafts = new Drafts(folded, environment, ledger, options);
  writeRoutes(folded, drafts);
  writeDestinations(folded, drafts, options);
  writeMutualTls(folded, drafts, options);
  writeAccess(folded, drafts, options);
  writeGateways(folded, drafts, options);
  writeConcepts(ir, conceptWriters, drafts, ledger);
  return drafts.outputs();
}

/** A request timeout of a whole service becomes that of its rules: a router is the only place for it in Consul. */
function withServiceTimeouts(ir: Ir): Ir {
  const general = ir.destinations.filter((it) => it.parts.requestTimeout && !it.client && it.subset === undefined);
  if (general.length === 0) return ir;
  const about = (route: Route, { service: { value } }: Destination) =>
    route.targets.some(
      ({ value: it }) =>
        it.type === 'service' && it.service.name === value.name && it.service.namespace === value.namespace,
    );
  const routes = ir.routes.map((route) => {
    const timeout = general.find((it) => about(route, it))?.parts.requestTimeout;
    if (!timeout) return route;
    const rules = route.rules.map((it) => (it.parts.timeout ? it : { ...it, parts: { ...it.parts, timeout } }));
    return { ...route, rules };
  });
  const alone = general.filter((it) => !ir.routes.some((route) => about(route, it)));
  const made = alone.map(
    ({ name, namespace, service, parts }): Route => ({
      name,
      namespace,
      targets: [{ value: { type: 'service', service: service.value }, from: service.from }],
      gateways: [],
      isMesh: true,
      protocol: 'http',
      order: 'document',
      unmatched: 'default-backend',
      rules: [{ matches: [], parts: { ...(parts.requestTimeout && { timeout: parts.requestTimeout }) } }],
    }),
  );
  const destinations = ir.destinations.map((it) => {
    if (!general.includes(it)) return it;
    const { requestTimeout: _, ...parts } = it.parts;
    return { ...it, parts };
  });
  return { ...ir, routes: [...routes, ...made], destinations };
}
