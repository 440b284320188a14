/** ServiceResolvers: subsets of a service, how clients balance between its instances, and where they go when none is left. */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Destination,
  DestinationParts,
  HashKey,
  Labels,
  LoadBalancer,
  Peculiar,
  Subset,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, recordAt, textAt, valueAt } from '../../../model/value.ts';
import { serviceFacts, workloadsOfService } from '../../kubernetes/common/workloads.ts';
import { ServiceResolver, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { parseDuration } from './durations.ts';
import { labelsOfFilter } from './filters.ts';
import { durationAt, type Entries, numberOf, serviceOfEntry, timeoutAt } from './read-routes.ts';
import { annotation, serviceNamed } from './services.ts';

/** What the selected resolvers ask for; those that only redirect ask for nothing here. */
export function readResolvers(entries: Entries): readonly Destination[] {
  return entries
    .selected(ServiceResolver)
    .map((it) => readResolver(it, entries.environment))
    .filter((it) => it.subsets.length > 0 || Object.keys(it.parts).length > 0);
}

function readResolver(resource: Resource, environment: Environment): Destination {
  const service = serviceOfEntry(environment, resource);
  const connectTimeout = timeoutAt(resource, ['spec', 'connectTimeout']);
  const loadBalancer = readLoadBalancer(resource);
  const locality = readLocality(resource);
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
      ...(locality && { locality }),
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
  const hash = listAt(resource.value, [...path, 'hashPolicies']).flatMap((_, at) =>
    readHashKey(resource, [...path, 'hashPolicies', at]),
  );
  const minimumRing = numberOf(resource, [...path, 'ringHashConfig', 'minimumRingSize']);
  const maximumRing = numberOf(resource, [...path, 'ringHashConfig', 'maximumRingSize']);
  const choices = numberOf(resource, [...path, 'leastRequestConfig', 'choiceCount']);
  return {
    value: {
      policy,
      ...(hash.length > 0 && { hash }),
      ...(minimumRing && { minimumRing }),
      ...(maximumRing && { maximumRing }),
      ...(choices && { choices }),
    },
    from: [{ resource, path: [...path, 'policy'] }],
  };
}

function readHashKey(resource: Resource, path: Path): readonly Asked<HashKey>[] {
  const key = valueAt(resource.value, path);
  const said = (...names: Path) => ({ resource, path: [...path, ...names] });
  const terminal = valueAt(key, ['terminal']);
  const end = typeof terminal === 'boolean' && { terminal: { value: terminal, from: [said('terminal')] } };
  if (valueAt(key, ['sourceIP']) === true) return [{ value: { by: 'source-ip', ...end }, from: [said('sourceIP')] }];
  const by = hashFields[textAt(key, ['field']) ?? ''];
  const name = textAt(key, ['fieldValue']);
  if (by === undefined || name === undefined) return [];
  const lifetime = textAt(key, ['cookieConfig', 'ttl']);
  const isSession = valueAt(key, ['cookieConfig', 'session']) === true;
  const ttl = isSession ? 0 : lifetime === undefined ? undefined : parseDuration(lifetime);
  const cookiePath = textAt(key, ['cookieConfig', 'path']);
  return [
    {
      value: {
        by,
        name,
        ...(by === 'cookie' && ttl !== undefined && { ttl }),
        ...(by === 'cookie' && cookiePath !== undefined && { path: cookiePath }),
        ...end,
      },
      from: [said('field'), said('fieldValue'), said('sourceIP'), said('cookieConfig')],
    },
  ];
}

function readLocality(resource: Resource): DestinationParts['locality'] {
  const path: Path = ['spec', 'prioritizeByLocality', 'mode'];
  const mode = textAt(resource.value, path);
  if (mode === undefined) return undefined;
  return { value: mode === 'failover' ? 'near' : 'any', from: [{ resource, path }] };
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

/** Timeouts that Consul itself does not look at: of resolvers behind a router or splitter, and of zero. */
export function unusedTimeouts(entries: Entries): readonly Peculiar[] {
  return [...overruledTimeouts(entries), ...emptyTimeouts(entries)];
}

/** Timeouts of zero, which Consul takes for none given. Source: hashicorp/consul agent/xds/routes.go. */
function emptyTimeouts(entries: Entries): readonly Peculiar[] {
  const ofResolvers = entries
    .selected(ServiceResolver)
    .flatMap((resource) =>
      ['requestTimeout', 'connectTimeout'].map((it) => ({ resource, path: ['spec', it] as Path })),
    );
  const ofRouters = entries.selected(ServiceRouter).flatMap((resource) =>
    listAt(resource.value, ['spec', 'routes']).flatMap((_, at) =>
      ['requestTimeout', 'idleTimeout'].map((it) => ({
        resource,
        path: ['spec', 'routes', at, 'destination', it] as Path,
      })),
    ),
  );
  return [...ofResolvers, ...ofRouters]
    .filter(({ resource, path }) => durationAt(resource, path)?.value === 0)
    .map((it) => ({
      from: [it],
      code: 'unused-in-source',
      reason: 'Consul takes zero for no timeout of its own, and keeps to what it does unasked.',
      risk: 'none',
    }));
}

function overruledTimeouts(entries: Entries): readonly Peculiar[] {
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
