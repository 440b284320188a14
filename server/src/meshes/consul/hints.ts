/** What fields of Consul come to, above all those that nobody wrote: the protocol of a service, timeouts and retries of its routes. */

import type { Environment } from '../../model/environment.ts';
import { type Hint, type HintRule, isAbsent } from '../../model/hint.ts';
import type { Resource } from '../../model/manifest.ts';
import type { Path } from '../../model/text.ts';
import { expand, isRecord, listAt, textAt, valueAt } from '../../model/value.ts';
import { behindSpec } from '../kubernetes/common/hints.ts';
import {
  ProxyDefaults,
  ServiceDefaults,
  ServiceIntentions,
  ServiceResolver,
  ServiceRouter,
  ServiceSplitter,
} from './kinds.ts';
import { protocolOf } from './protocol.ts';

export const hints: readonly HintRule[] = [
  { kind: 'serviceProtocol', of: [ServiceDefaults], hints: inheritedProtocol },
  {
    kind: 'serviceProtocol',
    of: [ServiceRouter, ServiceSplitter, ServiceResolver],
    hints: (resource, environment) => protocolAt(resource, environment, ['metadata', 'name']),
  },
  {
    kind: 'serviceProtocol',
    of: [ServiceIntentions],
    hints: (resource, environment) => protocolAt(resource, environment, ['spec', 'destination', 'name']),
  },
  { kind: 'timeout', of: [ServiceRouter], hints: timeouts },
  { kind: 'retries', of: [ServiceRouter], hints: retries },
];

// ---- Protocols -----------------------------------------------------------------------------------------------------

function* inheritedProtocol(resource: Resource, environment: Environment): Generator<Hint> {
  const own = textAt(resource.value, protocolPath);
  if (own !== undefined && resource.name !== '') yield written(environment, resource, own);
  if (resource.name === '' || !isAbsent(environment, resource, protocolPath)) return;
  const found = explained(environment, resource.name);
  if (found) yield { ...behindSpec(resource), ...found };
}

function* protocolAt(resource: Resource, environment: Environment, path: Path): Generator<Hint> {
  const service = textAt(resource.value, path);
  const found = service === undefined || service === '*' ? undefined : explained(environment, service);
  if (found) yield { path, side: 'value', ...found };
}

const protocolPath = ['spec', 'protocol'];

/** A protocol that ServiceDefaults write, and what it overrules. */
function written(environment: Environment, { name }: Resource, protocol: string): Hint {
  const general = environment.index
    .all(ProxyDefaults)
    .map((it) => ({ name: it.name, protocol: textAt(it.value, ['spec', 'config', 'protocol']) }))
    .find((it) => it.protocol !== undefined);
  const overruled = general ? `\`${general.protocol}\` of ProxyDefaults \`${general.name}\`` : 'the default, `tcp`';
  const reason = `Counts for \`${name}\`, in place of ${overruled}.`;
  return { path: protocolPath, side: 'value', text: `protocol ${protocol.toLowerCase()}`, reason, isWritten: true };
}

/** The protocol of a service in words; undefined where a template or a patch may set it. */
function explained(environment: Environment, service: string): Pick<Hint, 'text' | 'reason'> | undefined {
  const { name, source } = protocolOf(environment, service);
  if (source?.kind !== ServiceDefaults.name) {
    const own = environment.index.all(ServiceDefaults).filter((it) => it.name === service || it.name === '');
    if (!own.every((it) => isAbsent(environment, it, protocolPath))) return undefined;
    const general = environment.index.all(ProxyDefaults);
    if (!source && !general.every((it) => isAbsent(environment, it, ['spec', 'config', 'protocol']))) return undefined;
  }
  if (!source)
    return {
      text: `protocol ${name} (default)`,
      reason: `No ServiceDefaults of \`${service}\` and no ProxyDefaults here name a protocol; Consul takes \`tcp\` then.`,
    };
  return {
    text: `protocol ${name} (${source.kind})`,
    reason: `Consul takes \`${service}\` for \`${name}\`, as ${source.kind} \`${source.name}\` says.`,
  };
}

// ---- Routes --------------------------------------------------------------------------------------------------------

function* timeouts(resource: Resource, environment: Environment): Generator<Hint> {
  for (const path of destinations(resource)) {
    if (!isAbsent(environment, resource, [...path, 'requestTimeout'])) continue;
    const reason = 'Without `requestTimeout` Envoy gives up after 15 seconds; a negative value switches that off.';
    yield { path, side: 'key', text: '15 s timeout', reason };
  }
}

function* retries(resource: Resource, environment: Environment): Generator<Hint> {
  for (const path of destinations(resource)) {
    const destination = valueAt(resource.value, path);
    const isSure = ['numRetries', ...conditions].every(
      (key) => valueAt(destination, [key]) !== undefined || isAbsent(environment, resource, [...path, key]),
    );
    if (!isSure || valueAt(destination, ['numRetries']) !== undefined) continue;
    const retriesAtAll =
      valueAt(destination, ['retryOnConnectFailure']) === true ||
      listAt(destination, ['retryOn']).length > 0 ||
      listAt(destination, ['retryOnStatusCodes']).length > 0;
    yield retriesAtAll
      ? {
          path,
          side: 'key',
          text: '1 retry',
          reason: 'With a retry condition and without `numRetries` it is one retry.',
        }
      : { path, side: 'key', text: 'no retries', reason: 'Consul tries again only where a retry condition is set.' };
  }
}

const conditions = ['retryOnConnectFailure', 'retryOn', 'retryOnStatusCodes'];

function* destinations({ value }: Resource): Generator<Path> {
  for (const { path, value: it } of expand(value, 'spec.routes[*].destination')) if (isRecord(it)) yield path;
}
