/** Versions of a service: routes reach Services alone, so each version is a Service of its own. */

import type { Asked, ServiceName, Subset } from '../../../../model/ir.ts';
import { listAt, sameValue, textRecordAt, valueAt } from '../../../../model/value.ts';
import { Service } from '../../common/kinds.ts';
import type { Draft } from './draft.ts';

/** The Service that stands for a version, or why there is none; `missing` names a Service that the workspace lacks. */
export type VersionService =
  | { readonly name: string }
  | { readonly missing: ServiceName }
  | { readonly code: string; readonly reason: string };

/** The version that requests go to when nothing names one. */
export function defaultVersion(draft: Draft, service: ServiceName): Asked<string> | undefined {
  return destinationsOf(draft, service)
    .map((it) => it.parts.defaultSubset)
    .find((it) => it !== undefined);
}

const made = new WeakMap<Draft, Map<string, VersionService>>();

/** The Service for a version: one that the workspace holds already, else a new one, made once. */
export function versionService(draft: Draft, service: ServiceName, version: string): VersionService {
  const known = made.get(draft) ?? new Map<string, VersionService>();
  made.set(draft, known);
  const id = `${service.namespace}/${service.name}/${version}`;
  const result = known.get(id) ?? makeVersionService(draft, service, version);
  known.set(id, result);
  return result;
}

function makeVersionService(draft: Draft, service: ServiceName, version: string): VersionService {
  const defined = versionOf(draft, service, version);
  if (!defined)
    return {
      code: 'subset-undefined',
      reason: `Nothing in the workspace says which pods version "${version}" of ${service.name} has.`,
    };
  const { labels } = defined.value;
  if (!labels)
    return {
      code: 'filter-not-label-equality',
      reason: `Version "${version}" of ${service.name} has a filter; a Service chooses its pods by equal labels only.`,
    };
  const base = draft.service(service);
  if (!base || Object.keys(base.selector).length === 0) return { missing: service };
  const selector = { ...base.selector, ...labels };
  const wanted = `${service.name}-${version}`.toLowerCase();
  const existing = draft.environment.index.find(Service, service.namespace, wanted);
  if (existing && isSame(textRecordAt(existing.value, ['spec', 'selector']), selector)) return { name: wanted };
  const name = draft.nameFor(Service, service.namespace, wanted, { selector });
  const isHeadless = sameValue(valueAt(base.resource.value, ['spec', 'clusterIP']), 'None');
  const spec = {
    ...(isHeadless ? { clusterIP: 'None' } : {}),
    selector,
    ports: listAt(base.resource.value, ['spec', 'ports']).map(withoutNodePort),
  };
  draft.create(Service, service.namespace, name, spec, defined.from);
  return { name };
}

function versionOf(draft: Draft, service: ServiceName, version: string): Asked<Subset> | undefined {
  return destinationsOf(draft, service)
    .flatMap((it) => it.subsets)
    .find((it) => it.value.name === version);
}

function destinationsOf({ ir }: Draft, { name, namespace }: ServiceName) {
  return ir.destinations.filter(({ service: { value } }) => value.name === name && value.namespace === namespace);
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
}

/** Two Services cannot share a port of the nodes. */
function withoutNodePort(port: unknown): unknown {
  if (typeof port !== 'object' || port === null) return port;
  return Object.fromEntries(Object.entries(port).filter(([key]) => key !== 'nodePort'));
}
