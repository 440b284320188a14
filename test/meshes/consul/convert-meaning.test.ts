/**
 * What Consul would do with what is written, against what the representation asks for: intentions never let in more,
 * and routers send requests where the rules send them. Consul's side follows agent/xds/rbac.go and
 * agent/consul/discoverychain/compile.go.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc, { runs } from '../../harness/fast-check.ts';
import { consul } from '../../../server/src/meshes/consul/consul.ts';
import { defaultConvertOptions, type Output } from '../../../server/src/meshes/mesh.ts';
import {
  type Access,
  type AccessRule,
  type Asked,
  type Backend,
  emptyIr,
  type Identity,
  type Ir,
  type Operation,
  type PathMatch,
  type Route,
  type RouteMatch,
  type RouteRule,
  type TextMatch,
} from '../../../server/src/model/ir.ts';
import { Ledger } from '../../../server/src/model/report.ts';
import { environmentOf } from '../../../server/src/model/workspace.ts';
import { uriOf, workspaceOf } from '../../harness/conversion.ts';

const names = ['api', 'web', 'batch', 'admin'];
const facts = names
  .map(
    (name) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${name}, containers: [{ name: main, ports: [{ containerPort: 8080 }] }] }
`,
  )
  .join('---\n');
const workspace = workspaceOf(new Map([['facts.yaml', facts]]));
const environment = environmentOf(workspace, uriOf('facts.yaml'));

/** A ledger that counts what is not exact. */
class CountingLedger extends Ledger {
  inexact = 0;

  override changed(...told: Parameters<Ledger['changed']>): void {
    this.inexact += 1;
    super.changed(...told);
  }

  override lost(...told: Parameters<Ledger['lost']>): void {
    this.inexact += 1;
    super.lost(...told);
  }
}

function write(ir: Partial<Ir>): { readonly outputs: readonly Output[]; readonly isExact: boolean } {
  const ledger = new CountingLedger([]);
  const outputs = consul.write({ ...emptyIr, ...ir }, environment, ledger, defaultConvertOptions);
  return { outputs, isExact: ledger.inexact === 0 };
}

type Spec = { readonly [key: string]: unknown };

function specOf(outputs: readonly Output[], kind: string, name: string): Spec | undefined {
  const found = outputs.find((it) => 'create' in it && it.create.kind === kind && it.create.metadata.name === name);
  return found && 'create' in found ? (found.create.spec as Spec) : undefined;
}

function asked<T>(value: T): Asked<T> {
  return { value, from: [] };
}

// ---- Requests ------------------------------------------------------------------------------------------------------

interface Request {
  readonly client: string;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

const paths = ['/', '/a', '/a/', '/a/b', '/a/bc', '/ab', '/admin', '/admin/x', '/z'];
const methods = ['GET', 'POST', 'PURGE'];
const headers: readonly Readonly<Record<string, string>>[] = [{}, { x: 'one' }, { x: 'two' }, { x: '' }];
const requests: readonly Request[] = [...names.filter((it) => it !== 'api'), 'stranger'].flatMap((client) =>
  paths.flatMap((path) =>
    methods.flatMap((method) =>
      headers.flatMap((some) => [{}, { q: '1' }].map((query) => ({ client, path, method, headers: some, query }))),
    ),
  ),
);

/** Whether a text fits a match; undefined is a text that is not there. */
function fits(match: TextMatch, text: string | undefined): boolean {
  const isFit = text !== undefined && fitsValue(match, text);
  return match.negate ? !isFit : isFit;
}

function fitsValue(match: TextMatch, text: string): boolean {
  if (match.type === 'present') return true;
  if (match.type === 'regex') return new RegExp(`^(?:${match.value})$`).test(text);
  if (match.type === 'exact') return text === match.value;
  if (match.type === 'prefix') return text.startsWith(match.value);
  return match.type === 'suffix' ? text.endsWith(match.value) : text.includes(match.value);
}

function fitsPath({ type, value }: PathMatch, path: string): boolean {
  if (type === 'exact') return path === value;
  if (type === 'prefix') return path.startsWith(value);
  if (type === 'regex') return new RegExp(`^(?:${value})$`).test(path);
  const base = value.replace(/\/$/, '');
  return path === base || path.startsWith(`${base}/`);
}

/** Envoy's header matcher: what is missing matches no value, inverted or not. */
function fitsConsulHeader(header: Spec, { method, headers }: Request): boolean {
  const text = header['name'] === ':method' ? method : headers[String(header['name'])];
  const isInverted = header['invert'] === true;
  if (header['present'] === true) return (text !== undefined) !== isInverted;
  if (text === undefined) return false;
  const type = (['exact', 'prefix', 'suffix', 'contains', 'regex'] as const).find((it) => it in header);
  assert.ok(type, JSON.stringify(header));
  const value = String(header[type]);
  const match: TextMatch = type === 'regex' ? { type, value, dialect: 're2' } : { type, value };
  return fitsValue(match, text) !== isInverted;
}

function fitsConsulHttp(http: Spec, request: Request): boolean {
  const { pathExact, pathPrefix, pathRegex, methods, header, queryParam } = http;
  if (typeof pathExact === 'string' && request.path !== pathExact) return false;
  if (typeof pathPrefix === 'string' && !request.path.startsWith(pathPrefix)) return false;
  if (typeof pathRegex === 'string' && !new RegExp(`^(?:${pathRegex})$`).test(request.path)) return false;
  if (Array.isArray(methods) && !methods.includes(request.method)) return false;
  if (Array.isArray(header) && !header.every((it) => fitsConsulHeader(it as Spec, request))) return false;
  const query = (Array.isArray(queryParam) ? queryParam : []) as readonly Spec[];
  return query.every((it) => {
    const text = request.query[String(it['name'])];
    return it['present'] === true ? text !== undefined : text === it['exact'];
  });
}

// ---- Who may call --------------------------------------------------------------------------------------------------

const path: fc.Arbitrary<Asked<PathMatch>> = fc
  .record({
    type: fc.constantFrom('exact' as const, 'prefix' as const, 'segments' as const),
    value: fc.constantFrom('/a', '/a/b', '/admin', '/'),
  })
  .map(asked);
const text: fc.Arbitrary<TextMatch> = fc.oneof(
  fc.record({ type: fc.constant('present' as const), negate: fc.boolean() }),
  fc.record({
    type: fc.constantFrom('exact' as const, 'prefix' as const),
    value: fc.constantFrom('one', 't'),
    negate: fc.boolean(),
  }),
);
const header = text.map((match) => asked({ name: 'x', match }));
const few = <T>(one: fc.Arbitrary<T>, max = 2) => fc.array(one, { maxLength: max });
const method = fc.constantFrom('GET', 'POST').map(asked);

const operation: fc.Arbitrary<Operation> = fc.record({
  paths: few(path),
  notPaths: few(path, 1),
  methods: few(method, 1),
  notMethods: few(method, 1),
  hosts: fc.constant([]),
  notHosts: fc.constant([]),
  ports: few(fc.constantFrom(8080, 9090).map(asked), 1),
  notPorts: fc.constant([]),
  headers: few(header, 1),
});

const account = fc
  .constantFrom('web', 'batch', 'admin')
  .map((name): Identity => ({ type: 'account', namespace: 'shop', name }));
const identity: fc.Arbitrary<Asked<Identity>> = fc
  .oneof(
    account,
    fc.constant<Identity>({ type: 'authenticated' }),
    fc.constant<Identity>({ type: 'other', value: 'spiffe://elsewhere' }),
  )
  .map(asked);

/** Rules that Consul may be unable to say, and as many that it can. */
const rule: fc.Arbitrary<AccessRule> = fc.oneof(
  fc.record({
    clients: few(identity),
    notClients: few(identity, 1),
    networks: few(fc.constant('10.0.0.0/8').map(asked), 1),
    notNetworks: fc.constant([]),
    operations: few(operation),
    conditions: few(fc.constant(asked({ key: 'request.auth.claims[a]', values: ['b'], negate: false })), 1),
  }),
  fc.record({
    clients: few(account.map(asked)),
    notClients: fc.constant([]),
    networks: fc.constant([]),
    notNetworks: fc.constant([]),
    operations: few(operation.map((it) => ({ ...it, ports: [] }))),
    conditions: fc.constant([]),
  }),
);

const access: fc.Arbitrary<Access> = fc
  .record({
    effect: fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const),
    rules: few(rule, 3),
    combine: fc.constant('deny-over-allow' as const),
  })
  .map(({ effect, rules, combine }) => ({
    name: 'api',
    namespace: 'shop',
    target: asked({ type: 'workload' as const, namespace: 'shop', labels: { app: 'api' } }),
    effect: asked(effect),
    combine,
    otherwise: 'deny' as const,
    rules,
  }));

/** Whether a request may pass; what only the source can see is taken to be such that it is refused. */
function isAllowed(policies: readonly Access[], request: Request): boolean {
  const hits = (effect: 'allow' | 'deny') =>
    policies
      .filter((it) => it.effect.value === effect)
      .some((it) => it.rules.some((one) => applies(one, request, effect)));
  if (hits('deny')) return false;
  return !policies.some((it) => it.effect.value === 'allow') || hits('allow');
}

function applies(rule: AccessRule, request: Request, effect: 'allow' | 'deny'): boolean {
  const isUnseen = rule.networks.length + rule.conditions.length > 0;
  if (isUnseen && effect === 'allow') return false;
  const isClient = ({ value }: Asked<Identity>) =>
    value.type === 'authenticated' || (value.type === 'account' && value.name === request.client);
  if (rule.clients.length > 0 && !rule.clients.some(isClient)) return false;
  if (rule.notClients.some(isClient)) return false;
  return rule.operations.length === 0 || rule.operations.some((it) => covers(it, request));
}

function covers(operation: Operation, request: Request): boolean {
  const isPath = (it: Asked<PathMatch>) => fitsPath(it.value, request.path);
  const isMethod = (it: Asked<string>) => it.value === request.method;
  const any = <T>(list: readonly T[], is: (it: T) => boolean) => list.length === 0 || list.some(is);
  return (
    any(operation.paths, isPath) &&
    !operation.notPaths.some(isPath) &&
    any(operation.methods, isMethod) &&
    !operation.notMethods.some(isMethod) &&
    any(operation.ports, (it) => it.value === 8080) &&
    operation.headers.every(({ value }) => fits(value.match, request.headers[value.name]))
  );
}

/** What Consul decides; undefined when no intention does, and the default of the ACLs would. */
function decision(spec: Spec, request: Request): boolean | undefined {
  const sources = spec['sources'] as readonly Spec[];
  const source = sources.find((it) => it['name'] === request.client) ?? sources.find((it) => it['name'] === '*');
  if (!source) return undefined;
  if (source['action'] !== undefined) return source['action'] === 'allow';
  const permissions = source['permissions'] as readonly { readonly action: string; readonly http: Spec }[];
  const permission = permissions.find((it) => fitsConsulHttp(it.http, request));
  return permission && permission.action === 'allow';
}

test('intentions never let in more than the policies do, and just as much where nothing is reported', () => {
  let exact = 0;
  fc.assert(
    fc.property(fc.array(access, { minLength: 1, maxLength: 3 }), (policies) => {
      const { outputs, isExact } = write({ access: policies });
      const spec = specOf(outputs, 'ServiceIntentions', 'api');
      if (!spec) return assert.ok(!isExact, 'Nothing is written, and nothing is said of it.');
      if (isExact) exact += 1;
      for (const request of requests.filter((it) => it.query['q'] === undefined)) {
        const [wanted, found] = [isAllowed(policies, request), decision(spec, request)];
        const story = () => JSON.stringify({ request, policies, spec }, undefined, 1);
        assert.notEqual(found, undefined, `The default of the ACLs decides.\n${story()}`);
        if (found) assert.ok(wanted, `Consul lets in what is refused.\n${story()}`);
        else if (isExact) assert.ok(!wanted, `Consul refuses what is allowed, in silence.\n${story()}`);
      }
    }),
    { numRuns: runs(60) },
  );
  assert.ok(exact >= runs(60) / 10, `Only ${exact} policies were written exactly.`);
});

// ---- Where requests go ---------------------------------------------------------------------------------------------

const backend: fc.Arbitrary<Backend> = fc
  .record({
    name: fc.constantFrom('api', 'web', 'batch'),
    subset: fc.constantFrom(undefined, 'v1', 'v2'),
    weight: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ name, subset, weight }) => ({
    service: { name, namespace: 'shop' },
    ...(subset !== undefined && { subset }),
    weight,
    from: [],
  }));

const match: fc.Arbitrary<RouteMatch> = fc
  .record({
    path: fc.option(path, { nil: undefined }),
    methods: fc.option(fc.constant(asked(['GET'])), { nil: undefined }),
    headers: few(header, 2),
    query: few(fc.constant(asked({ name: 'q', match: { type: 'exact' as const, value: '1' } })), 1),
  })
  .map(({ path, methods, ...rest }) => ({ from: [], ...rest, ...(path && { path }), ...(methods && { methods }) }));

const routeRule: fc.Arbitrary<RouteRule> = fc
  .record({
    matches: few(match),
    backends: few(backend, 3),
    timeout: fc.option(fc.constant(asked(3000)), { nil: undefined }),
  })
  .filter(({ backends }) => backends.length < 2 || backends.some((it) => (it.weight ?? 0) > 0))
  .map(({ matches, backends, timeout }) => ({
    matches,
    parts: { ...(backends.length > 0 && { backends: asked(backends) }), ...(timeout && { timeout }) },
  }));

function route(name: string, rules: readonly RouteRule[]): Route {
  return {
    name,
    namespace: 'shop',
    targets: [asked({ type: 'service' as const, service: { name, namespace: 'shop' } })],
    gateways: [],
    isMesh: true,
    protocol: 'http',
    order: 'document',
    unmatched: 'default-backend',
    rules,
  };
}

const subsets: Ir['destinations'] = names.map((name) => ({
  name,
  namespace: 'shop',
  service: asked({ name, namespace: 'shop' }),
  subsets: ['v1', 'v2'].map((it) => asked({ name: it, labels: { version: it } })),
  parts: {},
}));

type Shares = Readonly<Record<string, number>>;

function wantedShares({ name, rules }: Route, request: Request): Shares {
  const rule = rules.find(({ matches }) => matches.length === 0 || matches.some((it) => isMatch(it, request)));
  const backends = rule?.parts.backends?.value ?? [];
  if (backends.length === 0) return { [name]: 1 };
  const total = backends.reduce((sum, it) => sum + (it.weight ?? 1), 0);
  const shares: Record<string, number> = {};
  for (const { service, subset, weight } of backends) {
    const key = subset === undefined ? service.name : `${service.name}|${subset}`;
    shares[key] = (shares[key] ?? 0) + (backends.length === 1 ? 1 : (weight ?? 1) / total);
  }
  return shares;
}

function isMatch(match: RouteMatch, request: Request): boolean {
  return (
    (!match.path || fitsPath(match.path.value, request.path)) &&
    (!match.methods || match.methods.value.includes(request.method)) &&
    match.headers.every(({ value }) => fits(value.match, request.headers[value.name])) &&
    match.query.every(({ value }) => fits(value.match, request.query[value.name]))
  );
}

function foundShares(outputs: readonly Output[], name: string, request: Request): Shares {
  const routes = (specOf(outputs, 'ServiceRouter', name)?.['routes'] ?? []) as readonly Spec[];
  const route = routes.find((it) => fitsConsulHttp((it['match'] as { readonly http: Spec }).http, request));
  const destination = (route?.['destination'] ?? {}) as Spec;
  return sharesOf(outputs, String(destination['service'] ?? name), destination['serviceSubset'], '');
}

function sharesOf(outputs: readonly Output[], name: string, subset: unknown, inside: string): Shares {
  if (subset !== undefined) return { [`${name}|${String(subset)}`]: 1 };
  const splits = name === inside ? undefined : specOf(outputs, 'ServiceSplitter', name)?.['splits'];
  if (!Array.isArray(splits)) return { [name]: 1 };
  const shares: Record<string, number> = {};
  for (const split of splits as readonly Spec[]) {
    const target = String(split['service'] ?? name);
    for (const [key, share] of Object.entries(sharesOf(outputs, target, split['serviceSubset'], name)))
      shares[key] = (shares[key] ?? 0) + (share * Number(split['weight'])) / 100;
  }
  return shares;
}

test('routers and splitters send each request where its rule sends it', () => {
  const anyRules = fc.array(routeRule, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyRules, anyRules, (first, second) => {
      const routes = [route('api', first), route('web', second)];
      const { outputs } = write({ routes, destinations: subsets });
      for (const each of routes) {
        for (const request of requests.filter((it) => it.client === 'admin')) {
          const [wanted, found] = [wantedShares(each, request), foundShares(outputs, each.name, request)];
          const keys = new Set([...Object.keys(wanted), ...Object.keys(found)]);
          for (const key of keys)
            assert.ok(
              Math.abs((wanted[key] ?? 0) - (found[key] ?? 0)) < 0.001,
              JSON.stringify({ name: each.name, request, wanted, found, routes, outputs }, undefined, 1),
            );
        }
      }
    }),
    { numRuns: runs(60) },
  );
});
