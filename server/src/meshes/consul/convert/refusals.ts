/** Why Consul can have no route for a rule: its action has no form there, or its backends cannot be reached by one. */

import type { RouteRule, ServiceName } from '../../../model/ir.ts';
import { subsetSpace } from '../declarations.ts';
import { type Chain, type Refused, sameService } from './chain.ts';
import { subsetName } from './filters.ts';
import { consulName, isRegisteredPort, namesakes } from './services.ts';

/** Actions without a form in Consul: such a rule is left out, since to forward its requests would be something else. */
export function refusalOfRule({ parts, matches }: RouteRule): Refused | undefined {
  if (parts.redirect) return { code: 'no-redirect', reason: 'Consul cannot redirect, so the rule is left out.' };
  if (parts.directResponse)
    return {
      code: 'direct-response',
      reason: 'Consul cannot answer without a backend, so the rule is left out.',
      // A fixed refusal that goes missing lets the requests through to a broader rule.
      ...(parts.directResponse.value.status >= 400 && parts.directResponse.value.status < 500 && { risk: 'security' }),
    };
  const rewrite = parts.rewrite?.value;
  if (rewrite?.host !== undefined)
    return { code: 'host-rewrite', reason: 'Consul cannot rewrite the host, so the rule is left out.' };
  const types = matches.map((it) => it.path?.value.type);
  const isByRegex = rewrite?.path?.type === 'regex' || types.includes('regex');
  if (rewrite?.path && isByRegex)
    return { code: 'regex-rewrite', reason: 'Consul rewrites a prefix or a whole path only, so the rule is left out.' };
  if (rewrite?.path?.type === 'full' && (types.length === 0 || types.some((it) => it !== 'exact')))
    return { code: 'regex-rewrite', reason: 'Consul replaces the matched prefix only, so the rule is left out.' };
  return undefined;
}

/** Why the backends of a rule cannot be written, if so. */
export function refusalOfBackends(rule: RouteRule, chain: Chain): Refused | undefined {
  const { environment } = chain.drafts;
  const backends = rule.parts.backends?.value ?? [];
  for (const it of backends) {
    if (it.host !== undefined)
      return {
        code: 'host-not-service',
        reason: `"${it.host}" is no Service of the cluster; Consul reaches it only by way of a terminating gateway.`,
      };
    const others = namesakes(environment, it.service);
    if (others.length > 0)
      return {
        code: 'name-collision',
        reason: `Consul knows services by name alone, and there is a Service "${it.service.name}" in ${others.join(', ')} too.`,
      };
    if (it.port !== undefined && isRegisteredPort(environment, it.service, it.port) === false)
      return {
        code: 'port-not-addressable',
        reason: `Consul knows one port of "${it.service.name}", and it is not ${it.port}.`,
      };
    if (it.subset !== undefined && !isSubset(it.service, it.subset, chain))
      return {
        code: 'subset-undefined',
        reason: `Nothing defines the subset "${it.subset}" of "${it.service.name}"; with it Consul would refuse the whole chain.`,
      };
  }
  if (backends.length > 1 && backends.every((it) => it.weight === 0))
    return { code: 'no-equivalent', reason: 'All shares are 0, and in Consul they have to sum to 100.' };
  return undefined;
}

function isSubset(service: ServiceName, subset: string, chain: Chain): boolean {
  const { environment } = chain.drafts;
  const isMade = chain.ir.destinations.some(
    (it) => sameService(it.service.value, service) && it.subsets.some(({ value }) => value.name === subset),
  );
  const key = `${consulName(environment, service)}|${subsetName(subset)}`;
  return isMade || environment.index.declared(subsetSpace, key).length > 0;
}
