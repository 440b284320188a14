/**
 * Reads ServiceIntentions. Of all entries about a destination only the most exact one for a client counts, and an entry
 * with permissions ends with the default of the ACLs, not with `*`. Source: consul agent/xds/rbac.go.
 */

import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Operation,
  Origin,
  PathMatch,
  Peculiar,
  WorkloadScope,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, recordAt, textAt, valueAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { ServiceIntentions } from '../kinds.ts';
import { type Entries, readHeader } from './read-routes.ts';
import { consulName, knownServices, serviceNamed } from './services.ts';

/** Every client, which in Consul always means one with a certificate of the mesh. */
const everyone = '*';

interface AccessRead {
  readonly policies: readonly Access[];
  readonly peculiar: readonly Peculiar[];
}

/** The policies of the selected intentions: one for each destination, its own sources first, then those of `*`. */
export function readAccess(entries: Entries): AccessRead {
  const { environment } = entries;
  const all = environment.index.all(ServiceIntentions);
  const general = all.filter((it) => destinationOf(it) === everyone);
  const policies: Access[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of entries.selected(ServiceIntentions)) {
    const name = destinationOf(resource);
    if (name === undefined) continue;
    const origin: Origin = { resource, path: ['spec', 'destination', 'name'] };
    if (name === everyone) {
      const own = new Set(all.map(destinationOf));
      const services = knownServices(environment).filter((it) => !own.has(consulName(environment, it)));
      for (const { name: each, namespace, selector } of services) {
        const scope: WorkloadScope = {
          type: 'workload',
          namespace,
          labels: selector,
          service: { name: each, namespace },
        };
        policies.push(policyOf(each, namespace, { value: scope, from: [origin] }, rulesOf(resource, entries)));
      }
      peculiar.push({
        from: [origin],
        code: 'wildcard-destination',
        reason: 'Only the services in the workspace are covered; others, and those added later, are not.',
        risk: 'security',
      });
      continue;
    }
    const service = serviceNamed(environment, name, environment.namespaceOf(resource));
    const labels = serviceFacts(environment, service.namespace, service.name)?.selector ?? {};
    if (Object.keys(labels).length === 0) {
      peculiar.push({
        from: [{ resource, path: ['spec'] }],
        code: 'authz-lost',
        reason: `The pods of "${name}" are not known: add its Service with a selector to the workspace.`,
        risk: 'security',
      });
      continue;
    }
    const named = new Set(sourcesOf(resource).map((it) => textAt(it, ['name'])));
    const inherited = named.has(everyone)
      ? []
      : general
          .flatMap((it) => rulesOf(it, entries))
          .filter(({ clients }) => clients.every(({ value }) => !named.has(nameOf(value))));
    const scope: WorkloadScope = { type: 'workload', namespace: service.namespace, labels, service };
    policies.push(
      policyOf(resource.name, service.namespace, { value: scope, from: [origin] }, [
        ...rulesOf(resource, entries),
        ...inherited,
      ]),
    );
  }
  return { policies, peculiar };
}

function policyOf(name: string, namespace: string, target: Asked<WorkloadScope>, rules: readonly AccessRule[]): Access {
  return {
    name,
    namespace,
    target,
    effect: { value: 'allow', from: [] },
    combine: 'source-precedence',
    otherwise: 'unknown',
    rules,
  };
}

function destinationOf(resource: Resource): string | undefined {
  return textAt(resource.value, ['spec', 'destination', 'name']);
}

function sourcesOf(resource: Resource): readonly unknown[] {
  return listAt(resource.value, ['spec', 'sources']);
}

function nameOf(identity: Identity): string {
  return identity.type === 'service' ? identity.service.name : everyone;
}

/** One rule for each permission, in their order, or one for the action of a source. */
function rulesOf(resource: Resource, { environment }: Entries): readonly AccessRule[] {
  return sourcesOf(resource).flatMap((source, at): readonly AccessRule[] => {
    const path: Path = ['spec', 'sources', at];
    const name = textAt(source, ['name']);
    const peer = textAt(source, ['peer']);
    if (name === undefined) return [];
    const identity: Identity =
      name === everyone && peer === undefined
        ? { type: 'authenticated' }
        : {
            type: 'service',
            service: serviceNamed(environment, name, environment.namespaceOf(resource)),
            ...(peer !== undefined && { peer }),
          };
    const named = ['name', ...(peer === undefined ? [] : ['peer'])].map((it) => ({ resource, path: [...path, it] }));
    const rule = (
      action: Path,
      operations: readonly Operation[],
      conditions: AccessRule['conditions'],
    ): AccessRule => ({
      effect: textAt(resource.value, action) === 'allow' ? 'allow' : 'deny',
      clients: [{ value: identity, from: [...named, { resource, path: action }] }],
      notClients: [],
      networks: [],
      notNetworks: [],
      operations,
      conditions,
    });
    const permissions = listAt(source, ['permissions']);
    if (permissions.length === 0) return [rule([...path, 'action'], [], tokensAt(resource, ['spec', 'jwt']))];
    return permissions.map((_, each) => {
      const place: Path = [...path, 'permissions', each];
      const operation = readOperation(resource, [...place, 'http']);
      return rule([...place, 'action'], operation ? [operation] : [], [
        ...tokensAt(resource, ['spec', 'jwt']),
        ...tokensAt(resource, [...place, 'jwt']),
      ]);
    });
  });
}

function readOperation(resource: Resource, path: Path): Operation | undefined {
  const http = recordAt(resource.value, path);
  if (Object.keys(http).length === 0) return undefined;
  const at = (...keys: Path): readonly Origin[] => [{ resource, path: [...path, ...keys] }];
  const kinds = { pathExact: 'exact', pathPrefix: 'prefix', pathRegex: 'regex' } as const;
  const paths = (['pathExact', 'pathPrefix', 'pathRegex'] as const).flatMap((key): readonly Asked<PathMatch>[] => {
    const value = textAt(http, [key]);
    return value === undefined ? [] : [{ value: { type: kinds[key], value }, from: at(key) }];
  });
  return {
    paths,
    notPaths: [],
    methods: listAt(http, ['methods']).flatMap((it, position) =>
      typeof it === 'string' ? [{ value: it, from: at('methods', position) }] : [],
    ),
    notMethods: [],
    hosts: [],
    notHosts: [],
    ports: [],
    notPorts: [],
    headers: listAt(http, ['header']).flatMap((it, position) =>
      readHeader(it).map((match) => ({
        value: { name: textAt(it, ['name']) ?? '', match },
        from: at('header', position),
      })),
    ),
  };
}

/** Tokens that a client has to bring: every provider that is named, with the claims it must make. */
function tokensAt(resource: Resource, path: Path): AccessRule['conditions'] {
  if (!isRecord(valueAt(resource.value, path))) return [];
  return listAt(resource.value, [...path, 'providers']).map((it, at) => ({
    value: { key: 'jwt', values: [textAt(it, ['name']) ?? ''], negate: false },
    from: [{ resource, path: [...path, 'providers', at] }],
  }));
}
