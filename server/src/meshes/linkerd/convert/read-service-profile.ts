/**
 * ServiceProfiles, which came before Linkerd read the Gateway API: routes of one host in the order of the document, a
 * request that none takes going on as if there were no profile. Which responses are tried again, their classes say.
 * Source: linkerd2 controller/api/destination/profile_translator.go; linkerd2-proxy linkerd/service-profiles.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Backend,
  Destination,
  Origin,
  Peculiar,
  Retries,
  RetryBudget,
  Route,
  RouteParts,
  RouteRule,
  RouteTarget,
  ServiceName,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, numberAt, textAt, valueAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { thousandths } from '../../kubernetes/smi/convert/weights.ts';
import { grpcConditions } from './annotations.ts';
import { readCondition } from './profile-conditions.ts';
import { readPortList } from './read-opaque-ports.ts';
import { failingStatuses, rangesOf } from './profile-responses.ts';
import { isGrpc } from './services.ts';

export interface ReadProfile {
  readonly route: Route;
  readonly peculiar: readonly Peculiar[];
}

/** How often a request is tried again when only a budget limits it; nobody wrote a number. */
const guessedAttempts = 2;

const noRetries: Asked<Retries> = {
  value: { attempts: 0, on: [], codes: [], codeRanges: [], origins: {} },
  from: [],
};

/** What a ServiceProfile asks for; undefined when it has no name, which is its host. */
export function readServiceProfile(resource: Resource, environment: Environment): ReadProfile | undefined {
  if (resource.name === '') return undefined;
  const { clusterDomain } = environment.settings;
  const namespace = environment.namespaceOf(resource);
  const service = serviceOf(resource.name, clusterDomain);
  const backends = backendsOf(resource, service, clusterDomain);
  const ports = service ? (serviceFacts(environment, service.namespace, service.name)?.ports ?? []) : [];
  const isOfCalls = ports.length > 0 && ports.every(isGrpc);
  const peculiar: Peculiar[] = [];
  const rules = listAt(resource.value, ['spec', 'routes']).flatMap((it, at): RouteRule[] => {
    const read = readRule(resource, ['spec', 'routes', at], it, backends, isOfCalls);
    peculiar.push(...read.peculiar);
    return read.rule ? [read.rule] : [];
  });
  const isSplit = backends.from.length > 0;
  const rest: RouteRule[] = isSplit ? [{ matches: [], parts: { backends, retries: noRetries } }] : [];
  const value: RouteTarget = service ? { type: 'service', service } : { type: 'host', host: resource.name };
  const isFromElsewhere = service !== undefined && service.namespace !== namespace;
  return {
    route: {
      name: service?.name ?? resource.name,
      namespace,
      targets: [{ value, from: [] }],
      gateways: [],
      isMesh: true,
      // A profile beside its clients holds for those of its namespace alone.
      ...(isFromElsewhere ? { visibility: { value: [namespace], from: [] } } : {}),
      protocol: 'http',
      order: 'document',
      unmatched: 'default-backend',
      rules: [...rules, ...rest],
    },
    peculiar,
  };
}

/** The Service of `web.shop.svc.cluster.local`; undefined for a host that is none. */
export function serviceOf(host: string, clusterDomain: string): ServiceName | undefined {
  const suffix = `.svc.${clusterDomain}`;
  const [name, namespace, ...rest] = host.endsWith(suffix) ? host.slice(0, -suffix.length).split('.') : [];
  return name && namespace && rest.length === 0 ? { name, namespace } : undefined;
}

/** Who gets the requests: the Services of the overrides by their weights, else the Service itself. */
function backendsOf(
  resource: Resource,
  service: ServiceName | undefined,
  clusterDomain: string,
): Asked<readonly Backend[]> {
  const overrides = listAt(resource.value, ['spec', 'dstOverrides']).flatMap((it, at): Backend[] => {
    const authority = textAt(it, ['authority']);
    if (authority === undefined) return [];
    const [, host = '', port] = /^([^:]+)(?::(\d+))?$/.exec(authority.replace(/\.(?=:|$)/, '')) ?? [];
    const found = serviceOf(host, clusterDomain);
    const weight = thousandths(valueAt(it, ['weight']));
    return [
      {
        service: found ?? { name: host, namespace: '' },
        ...(found ? {} : { host }),
        ...(port === undefined ? {} : { port: Number(port) }),
        ...(weight === undefined ? {} : { weight }),
        from: [{ resource, path: ['spec', 'dstOverrides', at] }],
      },
    ];
  });
  if (overrides.length > 0) return { value: overrides, from: overrides.flatMap((it) => it.from) };
  const own = service ?? { name: resource.name, namespace: '' };
  return { value: [{ service: own, ...(service ? {} : { host: resource.name }), from: [] }], from: [] };
}

interface ReadRule {
  readonly rule?: RouteRule;
  readonly peculiar: readonly Peculiar[];
}

function readRule(
  resource: Resource,
  path: Path,
  value: unknown,
  backends: Asked<readonly Backend[]>,
  isOfCalls: boolean,
): ReadRule {
  const at = (...steps: (string | number)[]): Origin => ({ resource, path: [...path, ...steps] });
  const matches = readCondition({ resource, path: [...path, 'condition'] }, valueAt(value, ['condition']));
  if (!matches) {
    const reason = 'A condition that excludes requests cannot be said by matches, so the rule is left out.';
    return { peculiar: [{ from: [at()], code: 'negated-match', reason, risk: 'behaviour' }] };
  }
  const name = textAt(value, ['name']);
  const timeout = readGoDuration(textAt(value, ['timeout']));
  const parts: RouteParts = {
    backends,
    ...(timeout === undefined ? {} : { timeout: { value: timeout, from: [at('timeout')] } }),
    retries: retriesOf(at, value, isOfCalls),
  };
  return {
    rule: { ...(name === undefined ? {} : { name: { value: name, from: [at('name')] } }), matches, parts },
    peculiar: [...unusedOf(at, value)],
  };
}

/** Responses that fail are tried again where a route allows it; a budget limits how many of them. Else nothing is. */
function retriesOf(at: (...steps: string[]) => Origin, value: unknown, isOfCalls: boolean): Asked<Retries> {
  const isRetryable = valueAt(value, ['isRetryable']);
  if (isRetryable !== true) {
    const from = isRetryable === undefined ? [] : [at('isRetryable')];
    return { value: { ...noRetries.value, origins: { attempts: from } }, from };
  }
  const classes = listAt(value, ['responseClasses']);
  const { on, codes, codeRanges } = rangesOf(failingStatuses(classes));
  const conditions = classes.length > 0 ? [at('responseClasses')] : [];
  if (on.length + codes.length + codeRanges.length === 0) {
    const from = [at('isRetryable'), ...conditions];
    return { value: { ...noRetries.value, origins: { attempts: from } }, from };
  }
  return {
    value: {
      attempts: guessedAttempts,
      isGuess: true,
      // Of a call it is its status that fails; of those that a route can name, all do.
      on: isOfCalls ? [...[...grpcConditions].map((it) => `grpc:${it}`), ...on] : on,
      codes,
      codeRanges,
      origins: { attempts: [at('isRetryable')], conditions },
    },
    from: [at('isRetryable'), ...conditions],
  };
}

function* unusedOf(at: (...steps: string[]) => Origin, value: unknown): Generator<Peculiar> {
  if (valueAt(value, ['isRetryable']) !== true && listAt(value, ['responseClasses']).length > 0)
    yield {
      from: [at('responseClasses')],
      code: 'metrics-only',
      reason: 'Where nothing is tried again, they only say what metrics count as a failure.',
      risk: 'none',
    };
}

/** How much of the traffic to a Service may be retries; undefined when the profile has no budget, or is of no Service. */
export function readBudget(resource: Resource, environment: Environment): Destination | undefined {
  const service = serviceOf(resource.name, environment.settings.clusterDomain);
  const spec = valueAt(resource.value, ['spec', 'retryBudget']);
  if (!service || !isRecord(spec)) return undefined;
  const asked = <T>(key: string, value: T | undefined): Asked<T> | undefined =>
    value === undefined ? undefined : { value, from: [{ resource, path: ['spec', 'retryBudget', key] }] };
  const ratio = numberAt(spec, ['retryRatio']);
  const percent = asked('retryRatio', ratio === undefined ? undefined : Math.round(ratio * 10_000) / 100);
  const minPerSecond = asked('minRetriesPerSecond', numberAt(spec, ['minRetriesPerSecond']));
  const window = asked('ttl', readGoDuration(textAt(spec, ['ttl'])));
  const value: RetryBudget = {
    ...(percent ? { percent } : {}),
    ...(minPerSecond ? { minPerSecond } : {}),
    ...(window ? { window } : {}),
  };
  const from: Origin[] = [{ resource, path: ['spec', 'retryBudget'] }];
  const retryBudget = { value, from };
  return { ...service, service: { value: service, from: [] }, subsets: [], parts: { retryBudget } };
}

/** Ports of the Service that nobody looks into: plain TCP where these are all, else to be named by hand. */
export function readProfilePorts(resource: Resource, environment: Environment): Destination | Peculiar | undefined {
  const ports = listAt(resource.value, ['spec', 'opaquePorts']).filter((it) => typeof it === 'string');
  const service = serviceOf(resource.name, environment.settings.clusterDomain);
  const from: Origin[] = [{ resource, path: ['spec', 'opaquePorts'] }];
  return service && ports.length > 0 ? readPortList(service, ports.join(','), from, environment) : undefined;
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go spells it, `1m30s` or `1.5s`; undefined for what is none, which Linkerd ignores. */
export function readGoDuration(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)];
  const millis = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
  return millis > 0 ? Math.max(1, Math.round(millis)) : undefined;
}
