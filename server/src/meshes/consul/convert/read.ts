/** Reads Consul's config entries. */

import type { Environment } from '../../../model/environment.ts';
import { emptyIr } from '../../../model/ir.ts';
import type {
  Asked,
  Destination,
  DestinationParts,
  Ir,
  Labels,
  Limits,
  LoadBalancer,
  MutualTls,
  Origin,
  Outlier,
  Peculiar,
  Subset,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, numberAt, recordAt, textAt, valueAt } from '../../../model/value.ts';
import { serviceFacts, workloadsOfService } from '../../kubernetes/common/workloads.ts';
import { Mesh, ProxyDefaults, ServiceDefaults, ServiceResolver, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { parseDuration } from './durations.ts';
import { labelsOfFilter } from './filters.ts';
import { readAccess } from './read-access.ts';
import { durationAt, Entries, readRoutes, serviceOfEntry } from './read-routes.ts';
import { annotation, serviceNamed } from './services.ts';

/** What the selected entries ask for; other entries of the same services count as facts. */
export function read(resources: readonly Resource[], environment: Environment): Ir {
  const entries = new Entries(resources, environment);
  const access = readAccess(entries);
  const mutualTls = readMutualTls(entries);
  return {
    ...emptyIr,
    routes: readRoutes(entries),
    destinations: [
      ...entries.selected(ServiceDefaults).flatMap((it) => ownDefaults(it, environment)),
      ...entries
        .selected(ServiceResolver)
        .map((it) => readResolver(it, environment))
        .filter((it) => it.subsets.length > 0 || Object.keys(it.parts).length > 0),
      ...entries.selected(ServiceDefaults).flatMap((it) => readOverrides(it, environment)),
    ],
    mutualTls: mutualTls.modes,
    access: access.policies,
    peculiar: [
      ...unusedTimeouts(entries),
      ...entries.selected(ServiceDefaults).flatMap(generalUpstreams),
      ...mutualTls.peculiar,
      ...access.peculiar,
    ],
    notes: implicitNotes(entries),
  };
}

/** What Consul does without being asked, where it concerns what is converted. */
function implicitNotes(entries: Entries): NonNullable<Ir['notes']> {
  const notes: NonNullable<Ir['notes']>[number][] = [];
  if ([ServiceRouter, ServiceSplitter, ServiceResolver].some((it) => entries.selected(it).length > 0))
    notes.push({
      kind: 'implicit',
      text: 'Consul ends a request after 15 s even where no route says so, and takes out endpoints after five 5xx in a row; the result does so only where it says it.',
      risk: 'availability',
    });
  if (entries.selected(ProxyDefaults).some((it) => modeOf(it) === undefined || modeOf(it) === 'unset'))
    notes.push({
      kind: 'implicit',
      text: 'Consul accepts nothing but mutual TLS unless it is told otherwise; another mesh may take plaintext until it is told to be strict.',
      risk: 'security',
    });
  return notes;
}

// ---- Resolvers -----------------------------------------------------------------------------------------------------

function readResolver(resource: Resource, environment: Environment): Destination {
  const service = serviceOfEntry(environment, resource);
  const connectTimeout = durationAt(resource, ['spec', 'connectTimeout']);
  const loadBalancer = readLoadBalancer(resource);
  const failover = readFailover(resource, environment);
  return {
    name: resource.name,
    namespace: service.namespace,
    service: { value: service, from: [] },
    subsets: Object.keys(recordAt(resource.value, ['spec', 'subsets'])).map((it) =>
      readSubset(resource, it, environment),
    ),
    parts: {
      ...(loadBalancer && { loadBalancer }),
      ...(connectTimeout && { connectTimeout }),
      ...(failover && { failover }),
    },
  };
}

function readSubset(resource: Resource, name: string, environment: Environment): Asked<Subset> {
  const path: Path = ['spec', 'subsets', name];
  const filter = textAt(resource.value, [...path, 'filter']) ?? '';
  const labels = labelsOfFilter(filter);
  const onlyPassing = valueAt(resource.value, [...path, 'onlyPassing']) === true;
  return {
    value: {
      name,
      ...(labels && { labels: podLabels(resource, labels, environment) }),
      ...(filter !== '' && { filter }),
      ...(onlyPassing && { onlyPassing }),
    },
    from: [{ resource, path }],
  };
}

/**
 * The pod labels for equalities of service meta. Meta comes from annotations of the pod; where the pods carry the same
 * value under a longer label (`app.kubernetes.io/version`), that label tells them apart.
 */
function podLabels(resource: Resource, meta: Labels, environment: Environment): Labels {
  const { name, namespace } = serviceOfEntry(environment, resource);
  const facts = serviceFacts(environment, namespace, name);
  const workloads = facts ? workloadsOfService(environment, facts) : [];
  return Object.fromEntries(
    Object.entries(meta).map(([key, value]) => {
      const pods = workloads.filter((it) => it.annotations[`${annotation.meta}${key}`] === value);
      const candidates = Object.entries(pods[0]?.labels ?? {}).filter(
        ([label, text]) => text === value && (label === key || label.endsWith(`/${key}`)),
      );
      const common = candidates.find(([label]) => pods.every((it) => it.labels[label] === value));
      return [common?.[0] ?? key, value];
    }),
  );
}

const policies: Readonly<Record<string, LoadBalancer['policy']>> = {
  random: 'random',
  round_robin: 'round-robin',
  least_request: 'least-request',
  ring_hash: 'ring-hash',
  maglev: 'maglev',
};

const hashFields: Readonly<Record<string, 'header' | 'cookie' | 'query'>> = {
  header: 'header',
  cookie: 'cookie',
  query_parameter: 'query',
};

function readLoadBalancer(resource: Resource): Asked<LoadBalancer> | undefined {
  const path: Path = ['spec', 'loadBalancer'];
  const policy = policies[textAt(resource.value, [...path, 'policy']) ?? ''];
  if (policy === undefined) return undefined;
  const hash = listAt(resource.value, [...path, 'hashPolicies']).flatMap((it): NonNullable<LoadBalancer['hash']> => {
    if (valueAt(it, ['sourceIP']) === true) return [{ by: 'source-ip' }];
    const by = hashFields[textAt(it, ['field']) ?? ''];
    const name = textAt(it, ['fieldValue']);
    if (by === undefined || name === undefined) return [];
    const said = textAt(it, ['cookieConfig', 'ttl']);
    const ttl =
      valueAt(it, ['cookieConfig', 'session']) === true ? 0 : said === undefined ? undefined : parseDuration(said);
    return [{ by, name, ...(ttl !== undefined && { ttl }) }];
  });
  const known = ['policy', 'hashPolicies'].filter((it) => valueAt(resource.value, [...path, it]) !== undefined);
  return {
    value: { policy, ...(hash.length > 0 && { hash }) },
    from: known.map((it) => ({ resource, path: [...path, it] })),
  };
}

function readFailover(resource: Resource, environment: Environment): DestinationParts['failover'] {
  const path: Path = ['spec', 'failover'];
  const failover = recordAt(resource.value, path);
  if (Object.keys(failover).length === 0) return undefined;
  const namespace = environment.namespaceOf(resource);
  const targets = Object.entries(failover).flatMap(([subset, value]) => {
    const listed = listAt(value, ['targets']);
    return (listed.length > 0 ? listed : [value]).flatMap((it, at) => {
      if (textAt(it, ['peer']) !== undefined || textAt(it, ['datacenter']) !== undefined) return [];
      const name = textAt(it, ['service']) ?? resource.name;
      const toSubset = textAt(it, ['serviceSubset']);
      return [
        {
          service: serviceNamed(environment, name, namespace),
          ...(toSubset !== undefined && { subset: toSubset }),
          from: [{ resource, path: listed.length > 0 ? [...path, subset, 'targets', at] : [...path, subset] }],
        },
      ];
    });
  });
  return { value: { targets }, from: [{ resource, path }] };
}

function unusedTimeouts(entries: Entries): readonly Peculiar[] {
  return entries.selected(ServiceResolver).flatMap((it): readonly Peculiar[] => {
    const main = entries.find(ServiceRouter, it.name) ?? entries.find(ServiceSplitter, it.name);
    if (!main || valueAt(it.value, ['spec', 'requestTimeout']) === undefined) return [];
    return [
      {
        from: [{ resource: it, path: ['spec', 'requestTimeout'] }],
        code: 'unused-in-source',
        reason: `Consul does not use this timeout either, since the ${main.kind} of the service comes first.`,
        risk: 'none',
      },
    ];
  });
}

// ---- ServiceDefaults -----------------------------------------------------------------------------------------------

function ownDefaults(resource: Resource, environment: Environment): readonly Destination[] {
  const protocol = textAt(resource.value, ['spec', 'protocol']);
  if (protocol === undefined || valueAt(resource.value, ['spec', 'destination']) !== undefined) return [];
  const service = serviceOfEntry(environment, resource);
  return [
    {
      name: resource.name,
      namespace: service.namespace,
      service: { value: service, from: [] },
      subsets: [],
      parts: { protocol: { value: protocol.toLowerCase(), from: [{ resource, path: ['spec', 'protocol'] }] } },
    },
  ];
}

const upstreams: Path = ['spec', 'upstreamConfig'];

/** What one client asks of its upstreams by name. A block that an override lacks comes whole from the defaults. */
function readOverrides(resource: Resource, environment: Environment): readonly Destination[] {
  const client = serviceOfEntry(environment, resource);
  const general: Path = [...upstreams, 'defaults'];
  return listAt(resource.value, [...upstreams, 'overrides']).flatMap((override, at): readonly Destination[] => {
    const name = textAt(override, ['name']);
    if (name === undefined || textAt(override, ['peer'])) return [];
    const path: Path = [...upstreams, 'overrides', at];
    const placeOf = (key: string) => (valueAt(override, [key]) === undefined ? general : path);
    const limits = readLimits(resource, [...placeOf('limits'), 'limits']);
    const outlier = readOutlier(resource, [...placeOf('passiveHealthCheck'), 'passiveHealthCheck']);
    const connectTimeout = numberOf(resource, [...placeOf('connectTimeoutMs'), 'connectTimeoutMs']);
    return [
      {
        name: `${resource.name}-${name}`,
        namespace: client.namespace,
        service: {
          value: serviceNamed(environment, name, environment.namespaceOf(resource)),
          from: [{ resource, path: [...path, 'name'] }],
        },
        client: { value: client, from: [] },
        subsets: [],
        parts: {
          ...(limits && { limits }),
          ...(outlier && { outlier }),
          ...(connectTimeout && { connectTimeout }),
        },
      },
    ];
  });
}

function readLimits(resource: Resource, path: Path): Asked<Limits> | undefined {
  if (!isRecord(valueAt(resource.value, path))) return undefined;
  const maxConnections = numberOf(resource, [...path, 'maxConnections']);
  const maxPending = numberOf(resource, [...path, 'maxPendingRequests']);
  const maxRequests = numberOf(resource, [...path, 'maxConcurrentRequests']);
  return whole({
    ...(maxConnections && { maxConnections }),
    ...(maxPending && { maxPending }),
    ...(maxRequests && { maxRequests }),
  });
}

function readOutlier(resource: Resource, path: Path): Asked<Outlier> | undefined {
  if (!isRecord(valueAt(resource.value, path))) return undefined;
  const failures = numberOf(resource, [...path, 'maxFailures']);
  const enforce = numberOf(resource, [...path, 'enforcingConsecutive5xx']);
  const interval = durationAt(resource, [...path, 'interval']);
  const baseEjection = durationAt(resource, [...path, 'baseEjectionTime']);
  const maxEjectionPercent = numberOf(resource, [...path, 'maxEjectionPercent']);
  // Consul's way to switch the counter off, and the way that everyone understands.
  const isOff = enforce?.value === 0;
  const isAlways = enforce?.value === 100 && failures !== undefined;
  const consecutive5xx = isOff
    ? { value: 0, from: [...(failures?.from ?? []), ...enforce.from] }
    : isAlways
      ? { value: failures.value, from: [...failures.from, ...enforce.from] }
      : failures;
  return whole({
    ...(consecutive5xx && { consecutive5xx }),
    ...(interval && { interval }),
    ...(baseEjection && { baseEjection }),
    ...(maxEjectionPercent && { maxEjectionPercent }),
    ...(enforce && !isOff && !isAlways && { enforcePercent: enforce }),
  });
}

function whole<T extends { readonly [Name in keyof T]?: Asked<unknown> }>(value: T): Asked<T> {
  const from = Object.values<Asked<unknown> | undefined>(value).flatMap((it) => it?.from ?? []);
  return { value, from };
}

function numberOf(resource: Resource, path: Path): Asked<number> | undefined {
  const value = numberAt(resource.value, path);
  return value === undefined ? undefined : { value, from: [{ resource, path }] };
}

/** What a client asks of all its upstreams has no bounds that the workspace could know. */
function generalUpstreams(resource: Resource): readonly Peculiar[] {
  const path: Path = [...upstreams, 'defaults'];
  const found = Object.keys(recordAt(resource.value, path)).filter((it) =>
    ['connectTimeoutMs', 'limits', 'passiveHealthCheck'].includes(it),
  );
  if (found.length === 0) return [];
  return [
    {
      from: found.map((it) => ({ resource, path: [...path, it] })),
      code: 'scope',
      reason: `It holds for every service that "${resource.name}" calls. It is carried over for those that "overrides" names, and for no others.`,
      risk: 'availability',
    },
  ];
}

// ---- Mutual TLS ----------------------------------------------------------------------------------------------------

function readMutualTls(entries: Entries): {
  readonly modes: readonly MutualTls[];
  readonly peculiar: readonly Peculiar[];
} {
  const { environment } = entries;
  const modes: MutualTls[] = [];
  const peculiar: Peculiar[] = [];
  const [mesh] = entries.selected(Mesh);
  const switchOrigin: readonly Origin[] =
    mesh && valueAt(mesh.value, permissiveSwitch) !== undefined ? [{ resource: mesh, path: permissiveSwitch }] : [];
  // Without the switch in Mesh, Consul refuses the permissive mode. The source means what it says, and says so there.
  for (const kind of [ProxyDefaults, ServiceDefaults]) {
    for (const resource of entries.selected(kind)) {
      const mode = modeOf(resource);
      if (mode === undefined) continue;
      const origin: Origin = { resource, path: ['spec', 'mutualTLSMode'] };
      const asked = { value: mode, from: mode === 'permissive' ? [origin, ...switchOrigin] : [origin] };
      if (kind === ProxyDefaults) {
        modes.push({ name: 'default', scope: { type: 'mesh' }, mode: asked, ports: [] });
        continue;
      }
      const service = serviceOfEntry(environment, resource);
      const labels = serviceFacts(environment, service.namespace, service.name)?.selector ?? {};
      if (Object.keys(labels).length === 0)
        peculiar.push({
          from: [origin],
          code: 'scope',
          reason: `The pods of "${resource.name}" are not known: add its Service with a selector to the workspace.`,
          risk: mode === 'strict' ? 'security' : 'availability',
        });
      else
        modes.push({
          name: resource.name,
          scope: { type: 'workload', namespace: service.namespace, labels, service },
          mode: asked,
          ports: [],
        });
    }
  }
  if (!modes.some((it) => it.mode.value === 'permissive') && switchOrigin.length > 0)
    peculiar.push({
      from: switchOrigin,
      code: 'no-equivalent',
      reason: 'It only allows the permissive mode, for which other meshes need no permission.',
      risk: 'none',
    });
  return { modes, peculiar };
}

const permissiveSwitch: Path = ['spec', 'allowEnablingPermissiveMutualTLS'];

function modeOf(resource: Resource): MutualTls['mode']['value'] | undefined {
  const mode = textAt(resource.value, ['spec', 'mutualTLSMode']);
  if (mode === undefined) return undefined;
  return mode === 'strict' || mode === 'permissive' ? mode : 'unset';
}
