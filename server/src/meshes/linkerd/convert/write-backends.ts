/** Backends of rules, of routes of requests and of connections alike. */

import type { Backend, HeaderChange, Origin, ServiceName } from '../../../model/ir.ts';
import { type GatewayFilter, headerFilter, wholeWeights } from '../../kubernetes/gateway/convert/routes.ts';
import type { Draft } from './draft.ts';
import { defaultSubsetOf, openPort, subsetService } from './services.ts';
import type { RuleDraft } from './write-rules.ts';

/** Writes the backends of a rule with their shares; what no route reaches is reported. */
export function writeBackends(backends: readonly Backend[], rule: RuleDraft, draft: Draft): void {
  const kept = backends.flatMap((backend) => {
    const ref = writeBackend(backend, rule, draft);
    return ref ? [{ backend, ref }] : [];
  });
  // Where some have a weight and others do not, the others get nothing; where none has, all get the same.
  const unsaid = backends.some((it) => it.weight !== undefined) ? 0 : 1;
  const { weights, isRounded } = wholeWeights(kept.map((it) => it.backend.weight ?? unsaid));
  for (const [at, { backend, ref }] of kept.entries()) {
    const { filters, ...address } = ref;
    rule.backends.push({
      ...address,
      // The only backend gets everything, whatever its weight.
      ...(backends.length > 1 ? { weight: weights[at] ?? 0 } : {}),
      ...(filters === undefined ? {} : { filters }),
    });
    rule.settle.push((place) => {
      const target = `${place.rule}.backendRefs[${at}]`;
      if (isRounded) draft.ledger.changed(backend.from, target, 'weight-rounded', 'A weight may be a million at most.');
      else {
        const reason = weightText(backend, weights[at], backends.length);
        const isWeight = (it: Origin) => it.path.at(-1) === 'weight';
        draft.ledger.exact(backend.from.filter(isWeight), target, reason);
        draft.ledger.exact(
          backend.from.filter((it) => !isWeight(it)),
          target,
        );
      }
    });
  }
}

function weightText({ weight }: Backend, written: number | undefined, count: number): string {
  return count > 1 && weight !== undefined && weight !== written ? `A share of ${weight} is ${written} here.` : '';
}

export interface BackendRef {
  readonly group?: string;
  readonly kind?: string;
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  readonly filters?: readonly GatewayFilter[];
}

/** A reference to a backend; undefined where no route reaches it, which is reported, or a fact is missing. */
export function writeBackend(backend: Backend, rule: RuleDraft, draft: Draft): BackendRef | undefined {
  const { ledger } = draft;
  if (backend.host !== undefined) {
    const { outside } = rule.where;
    if (outside?.host === backend.host) return outside.ref;
    ledger.lost(
      backend.from,
      'host-not-service',
      `${backend.host} is not a Service of the cluster; a route reaches Services only.`,
      'availability',
    );
    return undefined;
  }
  const { namespace } = backend.service;
  const subset = backend.subset ?? defaultSubsetOf(draft, backend.service)?.value;
  const made = subset === undefined ? { name: backend.service.name } : subsetService(draft, backend.service, subset);
  if ('missing' in made) {
    rule.missing = made.missing;
    return undefined;
  }
  if (!('name' in made)) {
    ledger.lost(backend.from, made.code, made.reason, 'availability');
    return undefined;
  }
  const facts = draft.service(backend.service);
  const port = backend.port ?? portOf(backend.service, rule, draft);
  if (port === undefined) {
    const name = `Service "${backend.service.name}" in namespace "${namespace}"`;
    if (facts)
      rule.refusal = {
        code: 'port-not-addressable',
        reason: `${name} has several ports, and nothing says which is meant.`,
      };
    else rule.missing = name;
    return undefined;
  }
  if (facts && subset === undefined) openPort(draft, facts, port, rule.where.carries);
  const filters = [
    headerFilter('RequestHeaderModifier', backend.requestHeaders ?? noChange),
    headerFilter('ResponseHeaderModifier', backend.responseHeaders ?? noChange),
  ].filter((it) => it !== undefined);
  return { name: made.name, namespace, port, ...(filters.length === 0 ? {} : { filters }) };
}

const noChange: HeaderChange = { set: {}, add: {}, remove: [] };

/** The port of a backend that names none: the one that the client called, or the only one there is. */
function portOf(service: ServiceName, rule: RuleDraft, draft: Draft): number | undefined {
  const facts = draft.service(service);
  const { port } = rule.where;
  const isParent = service.name === rule.where.service?.name && service.namespace === rule.where.service.namespace;
  if (facts?.ports.length === 1) return facts.ports[0]?.port;
  if (port !== undefined && (facts ? facts.ports.some((it) => it.port === port) : isParent)) return port;
  return draft.options.defaultPort;
}
