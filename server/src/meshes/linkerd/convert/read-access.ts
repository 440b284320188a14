/**
 * What Servers and the policies on them ask for. A Server closes its port; each AuthorizationPolicy on it, on one of its
 * routes or on its namespace opens it for some clients. All of them together are one access.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Ir,
  Labels,
  Operation,
  Origin,
  Peculiar,
  WorkloadScope,
} from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt, recordAt, textAt, valueAt } from '../../../model/value.ts';
import { Namespace } from '../../kubernetes/common/kinds.ts';
import { selects, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { takesEveryPath } from '../../kubernetes/gateway/convert/matches.ts';
import { mayOutrank, overlap } from '../../kubernetes/gateway/convert/order.ts';
import { readParents, type ReadMatch, readRules } from '../../kubernetes/gateway/convert/routes.ts';
import {
  AuthorizationPolicy,
  MeshTLSAuthentication,
  NetworkAuthentication,
  PolicyHTTPRoute,
  Server,
  ServerAuthorization,
} from '../kinds.ts';
import { inboundPolicy } from './annotations.ts';
import { readIdentity } from './identities.ts';
import { labelSetsOf, portOf } from './read-servers.ts';
import { authorizationPeculiar, authorizationsOn, readAuthorizedClients } from './read-server-authorization.ts';

/** Kinds of routes that may stand on a Server. */
const inboundRoutes = [PolicyHTTPRoute, HTTPRoute, GRPCRoute] as const;

type ReadAccess = Pick<Ir, 'access' | 'peculiar'>;

/** Reads the Servers that some resources are about, each with all policies that the workspace holds for it. */
export function readAccess(resources: readonly Resource[], environment: Environment): ReadAccess {
  const access: Access[] = [];
  const peculiar: Peculiar[] = [];
  for (const server of serversOf(resources, environment)) {
    const sets = labelSetsOf(server);
    if (sets)
      access.push(...sets.map((labels) => readServer(server, labels, nameFor(server, labels, sets), environment)));
    else peculiar.push(unsayablePods(server));
  }
  for (const resource of resources)
    if (isOfKind(resource, ServerAuthorization)) peculiar.push(...authorizationPeculiar(resource));
  return { access, peculiar };
}

// ---- Servers and what belongs to them ------------------------------------------------------------------------------

function serversOf(resources: readonly Resource[], environment: Environment): ReadonlySet<Resource> {
  const chosen = new Set(resources);
  return new Set(
    environment.index.all(Server).filter((server) => {
      if (chosen.has(server)) return true;
      const policies = policiesOf(server, environment);
      const isChosen = (it: Resource) =>
        chosen.has(it) || authenticationsOf(it, environment).some((one) => chosen.has(one.resource));
      return policies.some((it) => isChosen(it.policy) || (it.route && chosen.has(it.route)));
    }),
  );
}

interface Policy {
  readonly policy: Resource;
  /** The route it stands on; undefined for the Server or its namespace. */
  readonly route: Resource | undefined;
}

function policiesOf(server: Resource, environment: Environment): readonly Policy[] {
  const namespace = environment.namespaceOf(server);
  const routes = routesOn(server, environment);
  const older = authorizationsOn(server, environment).map((policy) => ({ policy, route: undefined }));
  const policies = environment.index.all(AuthorizationPolicy).flatMap((policy): Policy[] => {
    if (environment.namespaceOf(policy) !== namespace) return [];
    const kind = textAt(policy.value, ['spec', 'targetRef', 'kind']);
    const name = textAt(policy.value, ['spec', 'targetRef', 'name']);
    if (kind === 'Server' && name === server.name) return [{ policy, route: undefined }];
    if (kind === 'Namespace' && name === namespace) return [{ policy, route: undefined }];
    const group = textAt(policy.value, ['spec', 'targetRef', 'group']);
    const route = routes.find((it) => it.kind === kind && it.group === group && it.name === name);
    return route ? [{ policy, route }] : [];
  });
  return [...policies, ...older];
}

function routesOn(server: Resource, environment: Environment): readonly Resource[] {
  const namespace = environment.namespaceOf(server);
  return inboundRoutes.flatMap((kind) =>
    environment.index
      .all(kind)
      .filter(
        (it) =>
          environment.namespaceOf(it) === namespace &&
          readParents(it, namespace).some((parent) => parent.kind === 'Server' && parent.name === server.name),
      ),
  );
}

interface Authentication {
  readonly resource: Resource;
  readonly from: Origin;
}

/** The resources that a policy requires; those that the workspace does not hold are left out. */
function authenticationsOf(policy: Resource, environment: Environment): readonly Authentication[] {
  return listAt(policy.value, ['spec', 'requiredAuthenticationRefs']).flatMap((it, at): Authentication[] => {
    const kind = [MeshTLSAuthentication, NetworkAuthentication].find((one) => one.name === textAt(it, ['kind']));
    const name = textAt(it, ['name']);
    if (!kind || name === undefined) return [];
    const namespace = textAt(it, ['namespace']) ?? environment.namespaceOf(policy);
    const resource = environment.index.find(kind, namespace, name);
    return resource ? [{ resource, from: { resource: policy, path: ['spec', 'requiredAuthenticationRefs', at] } }] : [];
  });
}

// ---- One Server ----------------------------------------------------------------------------------------------------

function unsayablePods(server: Resource): Peculiar {
  return {
    from: [{ resource: server, path: ['spec'] }],
    code: 'selector-expression',
    reason: 'Its pods are chosen by more than equal labels, which no other mesh can say; its port is not protected.',
    risk: 'security',
  };
}

/** The name of a Server, with the values that tell its sets of pods apart where it has several. */
function nameFor({ name }: Resource, labels: Labels, sets: readonly Labels[]): string {
  const told = Object.entries(labels).filter(([key, value]) => sets.some((it) => it[key] !== value));
  return [name, ...told.map(([, value]) => value)].join('-');
}

/** What a Server protects of the pods with some labels. */
function readServer(server: Resource, labels: Labels, name: string, environment: Environment): Access {
  const namespace = environment.namespaceOf(server);
  const at = (...path: (string | number)[]): Origin => ({ resource: server, path: ['spec', ...path] });
  const policies = policiesOf(server, environment);
  const routes = routesOn(server, environment);
  const scope: WorkloadScope = { type: 'workload', namespace, labels };
  const policy = textAt(server.value, ['spec', 'accessPolicy']);
  const from = policy === undefined ? [] : [at('accessPolicy')];
  const port = portOf(server, scope, environment);
  const protocol = protocols[textAt(server.value, ['spec', 'proxyProtocol']) ?? 'unknown'];
  return {
    name,
    namespace,
    target: {
      value: scope,
      from: [
        at('podSelector'),
        ...policies.map((it) => ({
          resource: it.policy,
          path: ['spec', isOfKind(it.policy, ServerAuthorization) ? 'server' : 'targetRef'],
        })),
        ...routes.map((it) => ({ resource: it, path: ['spec', 'parentRefs'] })),
      ],
    },
    ...(port === undefined ? {} : { port: { value: port, from: [at('port')] } }),
    ...(protocol === undefined ? {} : { protocol: { value: protocol, from: [at('proxyProtocol')] } }),
    effect: { value: policy === 'audit' ? 'audit' : 'allow', from },
    combine: 'any',
    otherwise: 'deny',
    ...otherPortsOf(namespace, labels, environment),
    rules: [...defaultRules(policy, from), ...rulesOf(policies, routes, environment)],
  };
}

/** What the default inbound policy of the pods, or of their namespace, says of ports without a Server. */
function otherPortsOf(namespace: string, labels: Labels, environment: Environment): Pick<Access, 'otherPorts'> {
  const home = environment.index.find(Namespace, '', namespace);
  const above = textAt(home?.value, ['metadata', 'annotations', inboundPolicy]);
  const pods = workloadsIn(environment, namespace).filter((it) => selects(labels, it.labels));
  const own = pods.length === 0 ? [above] : pods.map((it) => it.annotations[inboundPolicy] ?? above);
  if (own.some((it) => it === 'deny')) return { otherPorts: 'nobody' };
  const isSure = own.some((it) => it === 'all-authenticated' || it === 'cluster-authenticated');
  return isSure ? { otherPorts: 'authenticated' } : {};
}

const protocols: Readonly<Record<string, string>> = {
  'HTTP/1': 'http',
  'HTTP/2': 'http2',
  gRPC: 'grpc',
  opaque: 'tcp',
  TLS: 'tcp',
};

/** Private networks, which Linkerd takes for the cluster's unless told otherwise. */
const clusterNetworks = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'];

function* defaultRules(policy: string | undefined, from: readonly Origin[]): Generator<AccessRule> {
  const isCluster = policy === 'cluster-authenticated' || policy === 'cluster-unauthenticated';
  const isAuthenticated = policy === 'all-authenticated' || policy === 'cluster-authenticated';
  if (!isCluster && !isAuthenticated && policy !== 'all-unauthenticated') return;
  yield {
    ...noRule,
    clients: [{ value: { type: isAuthenticated ? 'authenticated' : 'anyone' }, from }],
    networks: isCluster ? clusterNetworks.map((value) => ({ value, from })) : [],
  };
}

const noRule: AccessRule = {
  clients: [],
  notClients: [],
  networks: [],
  notNetworks: [],
  operations: [],
  conditions: [],
};

function rulesOf(
  policies: readonly Policy[],
  routes: readonly Resource[],
  environment: Environment,
): readonly AccessRule[] {
  const all = routes.flatMap((route) =>
    readRules(route, environment.namespaceOf(route), undefined).flatMap((it) =>
      it.matches.map((match) => ({ route, match })),
    ),
  );
  const isOpenEnded = all.some(({ match: { match } }) => isEverything(match));
  return policies.flatMap(({ policy, route }): AccessRule[] => {
    const clients = clientsOf(policy, environment);
    if (!clients) return [];
    if (!route) {
      // With routes on the Server, what no route takes is answered with 404, whoever asks.
      const operations = all.length === 0 || isOpenEnded ? [] : all.map((it) => operationOf(it.match));
      return [{ ...noRule, ...clients, operations }];
    }
    const own = all.filter((it) => it.route === route);
    const others = all.filter(
      (it) => it.route !== route && !hasPolicies(it.route, policiesOn(route, policies), policies),
    );
    return [
      {
        ...noRule,
        ...clients,
        operations: own.flatMap((it) =>
          operationsWithout(
            it.match,
            others.map((one) => one.match),
          ),
        ),
      },
    ];
  });
}

/** Whether a match takes every request, so that a Server with it answers none with 404. */
function isEverything({ path, ...others }: ReadMatch['match']): boolean {
  return (
    takesEveryPath(path) &&
    Object.values(others).every((it) => it === undefined || (Array.isArray(it) && it.length === 0))
  );
}

function policiesOn(route: Resource, policies: readonly Policy[]): readonly string[] {
  return policies
    .filter((it) => it.route === route)
    .map((it) => JSON.stringify(valueAt(it.policy.value, ['spec', 'requiredAuthenticationRefs'])));
}

function hasPolicies(route: Resource, wanted: readonly string[], policies: readonly Policy[]): boolean {
  const own = policiesOn(route, policies);
  return wanted.every((it) => own.includes(it));
}

/** What a route matches, without what more exact routes take from it: only the most exact one counts in Linkerd. */
function operationsWithout(own: ReadMatch, others: readonly ReadMatch[]): readonly Operation[] {
  const taken = others.filter((it) => overlap(own.match, it.match) && mayOutrank(it.match, own.match, 'linkerd'));
  const operation = operationOf(own);
  const isAnyPath = (it: ReadMatch) => takesEveryPath(it.match.path);
  const takenPaths = taken.flatMap((it) => (it.asked.path && !isAnyPath(it) ? [it.asked.path.value] : []));
  const takenMethods = taken.flatMap((it) => (isAnyPath(it) ? (it.asked.methods?.value ?? []) : []));
  // Without path and method it is headers that make the other route more exact.
  const takenHeaders = taken.flatMap((it) => (isAnyPath(it) && !it.asked.methods ? it.asked.headers : []));
  const rest = taken.flatMap((it): Operation[] => {
    if (!it.asked.path || isAnyPath(it) || !it.asked.methods || own.match.method !== undefined) return [];
    const others = taken.filter((one) => one.match.path?.value === it.match.path?.value);
    const methods = others.flatMap((one) => one.asked.methods?.value ?? []);
    if (others.some((one) => !one.asked.methods)) return [];
    return [
      {
        ...operation,
        paths: [{ value: it.asked.path.value, from: [] }],
        notMethods: methods.map((value) => ({ value, from: [] })),
      },
    ];
  });
  return [
    {
      ...operation,
      notPaths: takenPaths.map((value) => ({ value, from: [] })),
      notMethods: takenMethods.map((value) => ({ value, from: [] })),
      headers: [
        ...operation.headers,
        ...takenHeaders.map(({ value: { name, match } }) => ({
          value: { name, match: { ...match, negate: true } },
          from: [],
        })),
      ],
    },
    ...rest,
  ];
}

function operationOf({ asked }: ReadMatch): Operation {
  const isEverything = asked.path?.value.type === 'prefix' && asked.path.value.value === '/';
  return {
    paths: asked.path && !isEverything ? [asked.path] : [],
    notPaths: [],
    methods: (asked.methods?.value ?? []).map((value) => ({ value, from: asked.methods?.from ?? [] })),
    notMethods: [],
    hosts: [],
    notHosts: [],
    ports: [],
    notPorts: [],
    headers: asked.headers,
  };
}

// ---- Clients -------------------------------------------------------------------------------------------------------

/** Who a policy lets in; undefined when what it requires is not in the workspace, and then it lets nobody in. */
function clientsOf(
  policy: Resource,
  environment: Environment,
): Pick<AccessRule, 'clients' | 'networks' | 'notNetworks'> | undefined {
  if (isOfKind(policy, ServerAuthorization)) return readAuthorizedClients(policy, environment);
  const clients: Asked<Identity>[] = [];
  const networks: Asked<string>[] = [];
  const notNetworks: Asked<string>[] = [];
  const references = listAt(policy.value, ['spec', 'requiredAuthenticationRefs']);
  const known = authenticationsOf(policy, environment);
  for (const [at, reference] of references.entries()) {
    const from: Origin = { resource: policy, path: ['spec', 'requiredAuthenticationRefs', at] };
    const name = textAt(reference, ['name']);
    if (textAt(reference, ['kind']) === 'ServiceAccount' && name !== undefined) {
      const namespace = textAt(reference, ['namespace']) ?? environment.namespaceOf(policy);
      clients.push({ value: { type: 'account', namespace, name }, from: [from] });
      continue;
    }
    const authentication = known.find((it) => it.from.path[2] === at)?.resource;
    if (!authentication) return undefined;
    if (isOfKind(authentication, MeshTLSAuthentication))
      clients.push(...identitiesOf(authentication, from, environment));
    else {
      networks.push(...networksOf(authentication, from, 'cidr'));
      notNetworks.push(...networksOf(authentication, from, 'except'));
    }
  }
  if (references.length === 0) {
    const from = [{ resource: policy, path: ['spec', 'requiredAuthenticationRefs'] }];
    clients.push({ value: { type: 'anyone' }, from });
  }
  return { clients, networks, notNetworks };
}

function* identitiesOf(authentication: Resource, by: Origin, environment: Environment): Generator<Asked<Identity>> {
  const own = environment.namespaceOf(authentication);
  for (const [at, it] of listAt(authentication.value, ['spec', 'identityRefs']).entries()) {
    const from = [by, { resource: authentication, path: ['spec', 'identityRefs', at] }];
    const name = textAt(it, ['name']);
    const namespace = textAt(it, ['namespace']) ?? own;
    if (textAt(it, ['kind']) === 'Namespace')
      yield { value: { type: 'namespace', namespace: name ?? namespace }, from };
    else if (name !== undefined) yield { value: { type: 'account', namespace, name }, from };
  }
  for (const [at, it] of listAt(authentication.value, ['spec', 'identities']).entries()) {
    if (typeof it !== 'string') continue;
    const from = [by, { resource: authentication, path: ['spec', 'identities', at] }];
    yield { value: readIdentity(it, environment.settings.clusterDomain), from };
  }
}

function* networksOf(authentication: Resource, by: Origin, what: 'cidr' | 'except'): Generator<Asked<string>> {
  for (const [at, it] of listAt(authentication.value, ['spec', 'networks']).entries()) {
    const cidr = recordAt({ it }, ['it'])[what];
    for (const [index, value] of (Array.isArray(cidr) ? cidr : [cidr]).entries()) {
      if (typeof value !== 'string') continue;
      const path = ['spec', 'networks', at, what, ...(what === 'except' ? [index] : [])];
      yield { value, from: [by, { resource: authentication, path }] };
    }
  }
}
