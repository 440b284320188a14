/**
 * Services for names that only the mesh of the source knows: clients find nothing elsewhere unless DNS knows the name, so a
 * Service without pods of its own has to carry it.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Route, ServiceName } from '../../../model/ir.ts';
import { serviceFacts } from './workloads.ts';

/** A Service that carries a name, as its spec is written. */
export interface Carrier {
  readonly service: ServiceName;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The Service that a route needs, with the ports of the first service that gets its requests; undefined when the name is
 * known, or when nobody knows the ports.
 */
export function carrierOf({ isNameOnly, targets, rules }: Route, environment: Environment): Carrier | undefined {
  const target = targets.find((it) => it.value.type === 'service')?.value;
  if (!isNameOnly || target?.type !== 'service') return undefined;
  const backends = rules.flatMap(({ parts }) => parts.backends?.value ?? []);
  const [facts] = backends.flatMap((it) => serviceFacts(environment, it.service.namespace, it.service.name) ?? []);
  if (!facts || facts.ports.length === 0) return undefined;
  const ports = facts.ports.map(({ name, port, appProtocol }) => ({
    ...(name === undefined ? {} : { name }),
    port,
    ...(appProtocol === undefined ? {} : { appProtocol }),
  }));
  return { service: target.service, spec: { ports } };
}

/** What a report says of a carrier. */
export function carrierNote({ service: { namespace, name } }: Carrier): string {
  return `Service "${name}" of namespace "${namespace}" has no pods: it is there so that clients find the name, which no Service had so far.`;
}
