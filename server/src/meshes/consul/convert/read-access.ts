/**
 * Reads ServiceIntentions. Of all entries about a destination only the most exact one for a client counts, and an entry
 * with permissions ends with the default of the ACLs, not with `*`. Source: consul agent/xds/rbac.go.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Operation,
  Origin,
  PathMatch,
  Peculiar,
  TokenCondition,
  WorkloadScope,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, recordAt, textAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { ServiceIntentions } from '../kinds.ts';
import { httpProtocols, protocolOf } from '../protocol.ts';
import { isAboutExternal } from './read-externals.ts';
import { type Entries, readHeader } from './read-routes.ts';
import { readTokenBlock } from './read-tokens.ts';
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
  const general = environment.index.all(ServiceIntentions).filter((it) => destinationOf(it) === everyone);
  const policies: Access[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of entries.selected(ServiceIntentions)) {
    const name = destinationOf(resource);
    if (name === undefined || isAboutExternal(resource, environment)) continue;
    const origin: Origin = { resource, path: ['spec', 'destination', 'name'] };
    const scopes = scopesOf(resource, environment);
    if (name === everyone) {
      const rules = rulesOf(resource, entries, peculiar);
      for (const scope of scopes)
        policies.push(policyOf(scope.service?.name ?? name, scope.namespace, { value: scope, from: [origin] }, rules));
      peculiar.push({
        from: [origin],
        code: 'wildcard-destination',
        reason: 'Only the services in the workspace are covered; others, and those added later, are not.',
        risk: 'security',
      });
      continue;
    }
    const [scope] = scopes;
    if (!scope) {
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
          .flatMap((it) => rulesOf(it, entries, []))
          .filter(({ clients }) => clients.every(({ value }) => !named.has(nameOf(value))));
    policies.push(
      policyOf(resource.name, scope.namespace, { value: scope, from: [origin] }, [
        ...rulesOf(resource, entries, peculiar),
        ...inherited,
      ]),
    );
  }
  return { policies, peculiar };
}

/** The workloads that intentions protect: those of their destination, or of all services that have no intentions. */
export function scopesOf(intentions: Resource, environment: Environment): readonly WorkloadScope[] {
  const name = destinationOf(intentions);
  if (name === undefined) return [];
  if (name === everyone) {
    const own = new Set(environment.index.all(ServiceIntentions).map(destinationOf));
    return knownServices(environment)
      .filter((it) => !own.has(consulName(environment, it)))
      .map(({ name: each, namespace, selector }) => ({
        type: 'workload',
        namespace,
        labels: selector,
        service: { name: each, namespace },
      }));
  }
  const service = serviceNamed(environment, name, environment.namespaceOf(intentions));
  const labels = serviceFacts(environment, service.namespace, service.name)?.selector ?? {};
  return Object.keys(labels).length === 0 ? [] : [{ type: 'workload', namespace: service.namespace, labels, service }];
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
function rulesOf(resource: Resource, entries: Entries, peculiar: Peculiar[]): readonly AccessRule[] {
  const { environment } = entries;
  const rules = sourcesOf(resource).flatMap((source, at): readonly AccessRule[] => {
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
    const rule = (action: Path, operations: readonly Operation[], blocks: readonly Path[]): AccessRule => {
      const effect = textAt(resource.value, action) === 'allow' ? 'allow' : 'deny';
      return {
        effect,
        clients: [{ value: identity, from: [...named, { resource, path: action }] }],
        notClients: [],
        networks: [],
        notNetworks: [],
        operations,
        ...tokensOf(effect, resource, blocks, entries, peculiar),
      };
    };
    const general: Path = ['spec', 'jwt'];
    const permissions = listAt(source, ['permissions']);
    if (permissions.length > 0 && isKnownAsTcp(resource, environment)) {
      const from = [...named, { resource, path: [...path, 'permissions'] }];
      return [{ ...deniesAll, clients: [{ value: identity, from }] }];
    }
    if (permissions.length === 0) return [rule([...path, 'action'], [], [general])];
    return permissions.map((_, each) => {
      const place: Path = [...path, 'permissions', each];
      const operation = readOperation(resource, [...place, 'http']);
      return rule([...place, 'action'], operation ? [operation] : [], [general, [...place, 'jwt']]);
    });
  });
  if (rules.every((it) => it.effect === 'deny')) peculiar.push(unusedTokens({ resource, path: ['spec', 'jwt'] }));
  return rules;
}

const deniesAll: Omit<AccessRule, 'clients'> = {
  effect: 'deny',
  notClients: [],
  networks: [],
  notNetworks: [],
  operations: [],
  conditions: [],
};

/** Whether an entry says that the destination speaks no HTTP: Consul takes every permission for a denial there. */
function isKnownAsTcp(intentions: Resource, environment: Environment): boolean {
  const { name, source } = protocolOf(environment, destinationOf(intentions) ?? '');
  return source !== undefined && !httpProtocols.has(name);
}

function unusedTokens(origin: Origin): Peculiar {
  const reason = 'Where Consul denies a request it does not look at its token.';
  return { from: [origin], code: 'unused-in-source', reason, risk: 'none' };
}

/** Tokens that a rule asks for. One of a provider that nobody knows is a condition that no mesh can check. */
function tokensOf(
  effect: 'allow' | 'deny',
  resource: Resource,
  blocks: readonly Path[],
  entries: Entries,
  peculiar: Peculiar[],
): Pick<AccessRule, 'conditions' | 'tokens'> {
  const conditions: AccessRule['conditions'][number][] = [];
  const tokens: TokenCondition[] = [];
  for (const path of blocks) {
    const block = readTokenBlock(resource, path, entries);
    const from = [{ resource, path }];
    if (block === undefined) continue;
    if (effect === 'deny') {
      // What is asked for all sources counts with those that allow.
      if (path.length > 2) peculiar.push(unusedTokens({ resource, path }));
    } else if (block === 'unknown') {
      const names = listAt(resource.value, [...path, 'providers']).flatMap((it) => textAt(it, ['name']) ?? []);
      conditions.push({ value: { key: 'jwt', values: names, negate: false }, from });
    } else tokens.push(block);
  }
  return { conditions, tokens };
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
