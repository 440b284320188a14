/**
 * Who gets in, before and after a conversion: policies are worked out for each request of a
 * small world, by the rules of their own proxies. A result never lets in what its source refuses, unless the report says that
 * it is less secure; and where the report calls everything exact, it lets in the same.
 * Sources: istio.io, authorization policy precedence; consul agent/xds/rbac.go.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DialectId } from '../../server/src/meshes/mesh.ts';
import type { ManifestValue } from '../../server/src/meshes/mesh.ts';
import { type Conversion, convert, weakensSecurity } from '../../server/src/queries/convert.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';
import fc, { runs } from '../harness/fast-check.ts';

// ---- The world -----------------------------------------------------------------------------------------------------

const clients = ['web', 'edge', 'cron'] as const;
const paths = ['/', '/a', '/a/b', '/ab', '/admin', '/health'] as const;
const methods = ['GET', 'POST'] as const;
const one = 'https://one.example.com';
const two = 'https://two.example.com';

interface Token {
  readonly issuer: string;
  readonly subject: string;
  readonly role: string;
}

const tokens: readonly (Token | undefined)[] = [
  undefined,
  { issuer: one, subject: 'ann', role: 'buyer' },
  { issuer: one, subject: 'bob', role: 'seller' },
  { issuer: two, subject: 'ann', role: 'buyer' },
];

interface Request {
  readonly client: string;
  readonly path: string;
  readonly method: string;
  readonly token: Token | undefined;
}

const requests: readonly Request[] = clients.flatMap((client) =>
  paths.flatMap((path) => methods.flatMap((method) => tokens.map((token) => ({ client, path, method, token })))),
);

const facts = [...clients, 'orders']
  .flatMap((name) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'shop' },
      spec: {
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: { serviceAccountName: name, containers: [{ name: 'main', ports: [{ containerPort: 8080 }] }] },
        },
      },
    },
  ])
  .map((it) => JSON.stringify(it))
  .join('\n---\n');

function converted(manifests: readonly object[], to: DialectId): Conversion {
  const page = manifests.map((it) => JSON.stringify(it)).join('\n---\n');
  const workspace = workspaceOf(
    new Map([
      ['facts.yaml', facts],
      ['page.yaml', page],
    ]),
  );
  return convert(workspace, { uris: [uriOf('page.yaml')] }, to);
}

function manifestsOf({ outputs }: Conversion, kind: string): readonly ManifestValue[] {
  return outputs.flatMap((it) => it.manifests).filter((it) => it.kind === kind);
}

/** What is beyond this world: bad tokens, claims that are lists, paths that are not normal. */
const beyond = ['claim-list', 'jwt-optional', 'path-normalisation'];

function compare(
  conversion: Conversion,
  before: (request: Request) => boolean,
  after: (request: Request) => boolean,
): void {
  const { report, notes } = conversion;
  const counts = report.filter((it) => !beyond.includes(it.code) && it.resource.kind !== 'RequestAuthentication');
  if ([...counts, ...notes].some(weakensSecurity)) return;
  const isExact = counts.every((it) => it.fate === 'exact' || it.risk === 'none');
  for (const request of requests) {
    const [was, is] = [before(request), after(request)];
    const text = `${JSON.stringify(request)}: ${was} before, ${is} after`;
    assert.ok(was || !is, text);
    if (isExact) assert.equal(is, was, text);
  }
}

// ---- Istio ---------------------------------------------------------------------------------------------------------

interface Policy {
  readonly action?: string;
  readonly rules?: readonly Rule[];
}

interface Rule {
  readonly from?: readonly { readonly source: Readonly<Record<string, readonly string[]>> }[];
  readonly to?: readonly { readonly operation: Readonly<Record<string, readonly string[]>> }[];
  readonly when?: readonly {
    readonly key: string;
    readonly values?: readonly string[];
    readonly notValues?: readonly string[];
  }[];
}

/** Every claim of a token by the way to it, as policies ask for it. */
function attribute(key: string, { token }: Request): string | undefined {
  if (key === 'request.auth.claims[role]') return token?.role;
  if (key === 'request.auth.claims[sub]') return token?.subject;
  assert.fail(`The world has no ${key}.`);
}

function fits(pattern: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  if (pattern === '*') return text !== '';
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : pattern === text;
}

function meets(
  fields: Readonly<Record<string, readonly string[]>>,
  values: Readonly<Record<string, string | undefined>>,
) {
  return Object.entries(fields).every(([name, patterns]) => {
    const isNot = name.startsWith('not');
    const field = isNot ? `${name.charAt(3).toLowerCase()}${name.slice(4)}` : name;
    assert.ok(field in values, `The world has no ${field}.`);
    return patterns.some((it) => fits(it, values[field])) !== isNot;
  });
}

function ruleFits({ from, to, when }: Rule, request: Request): boolean {
  const { client, path, method, token } = request;
  const source = {
    principals: `cluster.local/ns/shop/sa/${client}`,
    requestPrincipals: token && `${token.issuer}/${token.subject}`,
  };
  const operation = { paths: path, methods: method, ports: '8080' };
  return (
    (!from || from.some((it) => meets(it.source, source))) &&
    (!to || to.some((it) => meets(it.operation, operation))) &&
    (when ?? []).every(({ key, values, notValues }) => {
      const value = attribute(key, request);
      return (
        (!values || values.some((it) => fits(it, value))) && (!notValues || !notValues.some((it) => fits(it, value)))
      );
    })
  );
}

function istioAllows(policies: readonly Policy[], request: Request): boolean {
  const of = (action: string) => policies.filter((it) => (it.action ?? 'ALLOW') === action);
  const isMet = (it: Policy) => (it.rules ?? []).some((rule) => ruleFits(rule, request));
  if (of('DENY').some(isMet)) return false;
  return of('ALLOW').length === 0 || of('ALLOW').some(isMet);
}

const some = <T>(...values: readonly T[]) =>
  fc.subarray([...values], { minLength: 1, maxLength: Math.min(2, values.length) });

const principals = clients.map((it) => `cluster.local/ns/shop/sa/${it}`);
const requestPrincipals = ['*', `${one}/*`, `${two}/*`, `${one}/ann`];
const pathPatterns = ['/a', '/a*', '/a/*', '/admin*', '/health', '*'];

const sourceFields = fc.record(
  {
    principals: some('*', ...principals),
    notPrincipals: some(...principals),
    requestPrincipals: some(...requestPrincipals),
    notRequestPrincipals: some(...requestPrincipals),
  },
  { requiredKeys: [] },
);

const operationFields = fc.record(
  {
    paths: some(...pathPatterns),
    notPaths: some('/a*', '/health', '/admin*'),
    methods: some(...methods),
    notMethods: some('POST'),
  },
  { requiredKeys: [] },
);

const isFilled = (it: object) => Object.keys(it).length > 0;

const rule = fc.record(
  {
    from: fc.array(
      sourceFields.filter(isFilled).map((source) => ({ source })),
      { minLength: 1, maxLength: 2 },
    ),
    to: fc.array(
      operationFields.filter(isFilled).map((operation) => ({ operation })),
      { minLength: 1, maxLength: 2 },
    ),
    when: fc.array(fc.record({ key: fc.constant('request.auth.claims[role]'), values: some('buyer', 'seller') }), {
      minLength: 1,
      maxLength: 1,
    }),
  },
  { requiredKeys: [] },
);

/** Rules that ask for no token, as most do. */
const plainRule = fc.record(
  {
    from: fc.array(
      fc
        .record({ principals: some('*', ...principals), notPrincipals: some(...principals) }, { requiredKeys: [] })
        .filter(isFilled)
        .map((source) => ({ source })),
      { minLength: 1, maxLength: 2 },
    ),
    to: fc.array(
      operationFields.filter(isFilled).map((operation) => ({ operation })),
      { minLength: 1, maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

const policiesOf = (rules: fc.Arbitrary<Rule>): fc.Arbitrary<readonly Policy[]> =>
  fc.array(
    fc.record({ action: fc.constantFrom('ALLOW', 'DENY'), rules: fc.array(rules, { minLength: 1, maxLength: 3 }) }),
    { minLength: 1, maxLength: 3 },
  );

const policies = fc.oneof(policiesOf(plainRule), policiesOf(rule));

function istioManifests(list: readonly Policy[]): readonly object[] {
  const selector = { matchLabels: { app: 'orders' } };
  const authentication = {
    apiVersion: 'security.istio.io/v1',
    kind: 'RequestAuthentication',
    metadata: { name: 'issuers', namespace: 'shop' },
    spec: { selector, jwtRules: [one, two].map((issuer) => ({ issuer, jwksUri: `${issuer}/keys` })) },
  };
  const asks = JSON.stringify(list).includes('equest');
  return [
    ...(asks ? [authentication] : []),
    ...list.map((it, at) => ({
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: `policy-${at}`, namespace: 'shop' },
      spec: { selector, ...it },
    })),
  ];
}

// ---- Consul --------------------------------------------------------------------------------------------------------

interface Providers {
  readonly providers: readonly {
    readonly name: string;
    readonly verifyClaims?: readonly { readonly path: readonly string[]; readonly value: string }[];
  }[];
}

interface Permission {
  readonly action: string;
  readonly http: Readonly<Record<string, unknown>>;
  readonly jwt?: Providers;
}

interface Intentions {
  readonly jwt?: Providers;
  readonly sources: readonly {
    readonly name: string;
    readonly action?: string;
    readonly permissions?: readonly Permission[];
  }[];
}

function hasToken(jwt: Providers | undefined, issuers: ReadonlyMap<string, string>, { token }: Request): boolean {
  if (!jwt) return true;
  const claims: Readonly<Record<string, string | undefined>> = { sub: token?.subject, role: token?.role };
  return jwt.providers.some(
    ({ name, verifyClaims }) =>
      token !== undefined &&
      issuers.get(name) === token.issuer &&
      (verifyClaims ?? []).every(({ path, value }) => claims[path.join('.')] === value),
  );
}

function takes(http: Readonly<Record<string, unknown>>, { path, method }: Request): boolean {
  const { pathExact, pathPrefix, pathRegex, methods: list, header } = http;
  const headers = (Array.isArray(header) ? header : []) as readonly Readonly<Record<string, unknown>>[];
  return (
    (typeof pathExact !== 'string' || path === pathExact) &&
    (typeof pathPrefix !== 'string' || path.startsWith(pathPrefix)) &&
    (typeof pathRegex !== 'string' || new RegExp(`^(?:${pathRegex})$`).test(path)) &&
    (!Array.isArray(list) || list.includes(method)) &&
    headers.every((it) => {
      assert.equal(it['name'], ':method');
      return (it['exact'] === method) !== (it['invert'] === true);
    })
  );
}

/** Of the most exact source the first permission that fits decides; its token counts only then. What nothing takes is denied. */
function consulAllows(intentions: Intentions, issuers: ReadonlyMap<string, string>, request: Request): boolean {
  const { sources, jwt } = intentions;
  const source = sources.find((it) => it.name === request.client) ?? sources.find((it) => it.name === '*');
  if (!source || !hasToken(jwt, issuers, request)) return false;
  if (!source.permissions) return source.action === 'allow';
  const first = source.permissions.find((it) => takes(it.http, request));
  return first?.action === 'allow' && hasToken(first.jwt, issuers, request);
}

function issuersOf(manifests: readonly ManifestValue[]): ReadonlyMap<string, string> {
  return new Map(manifests.map((it) => [it.metadata.name, String((it.spec as { issuer?: unknown }).issuer)]));
}

const providers = fc
  .array(
    fc.record(
      {
        name: fc.constantFrom('one', 'two'),
        verifyClaims: fc.array(
          fc.constantFrom('buyer', 'seller').map((value) => ({ path: ['role'], value })),
          {
            minLength: 1,
            maxLength: 1,
          },
        ),
      },
      { requiredKeys: ['name'] },
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map((it): Providers => ({ providers: it }));

const http = fc.oneof(
  fc.constantFrom('/a', '/health').map((pathExact) => ({ pathExact })),
  fc.constantFrom('/', '/a', '/a/', '/admin').map((pathPrefix) => ({ pathPrefix })),
  fc.constantFrom(...methods).map((it) => ({ methods: [it] })),
  fc
    .tuple(fc.constantFrom('/', '/a'), fc.constantFrom(...methods))
    .map(([pathPrefix, it]) => ({ pathPrefix, methods: [it] })),
);

const permissions = fc.array(
  fc.record({ action: fc.constantFrom('allow', 'deny'), http, jwt: providers }, { requiredKeys: ['action', 'http'] }),
  { minLength: 1, maxLength: 4 },
);

const intentions = fc.record(
  {
    jwt: providers,
    sources: fc
      .tuple(
        ...['web', 'edge', '*'].map((name) =>
          fc.oneof(
            fc.constant(undefined),
            fc.constantFrom('allow', 'deny').map((action) => ({ name, action })),
            permissions.map((it) => ({ name, permissions: it })),
          ),
        ),
      )
      .map((list) => list.filter((it) => it !== undefined))
      .filter((it) => it.length > 0),
  },
  { requiredKeys: ['sources'] },
);

function consulManifests(spec: object): readonly object[] {
  const entry = (kind: string, name: string, fields: object) => ({
    apiVersion: 'consul.hashicorp.com/v1alpha1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: fields,
  });
  return [
    ...[one, two].map((issuer, at) =>
      entry('JWTProvider', at === 0 ? 'one' : 'two', { issuer, jsonWebKeySet: { remote: { uri: `${issuer}/keys` } } }),
    ),
    entry('ServiceDefaults', 'orders', { protocol: 'http' }),
    entry('ServiceIntentions', 'orders', { destination: { name: 'orders' }, ...spec }),
  ];
}

// ---- Linkerd -------------------------------------------------------------------------------------------------------

interface Reference {
  readonly kind: string;
  readonly name: string;
}

interface Match {
  readonly path?: { readonly type: string; readonly value: string };
  readonly method?: string;
  readonly headers?: readonly unknown[];
}

const accounts = (references: readonly Reference[]) =>
  references.filter((it) => it.kind === 'ServiceAccount').map((it) => it.name);

/** The rank of a match for a request: how much of the path it compared, then its headers, then whether it has a method. */
function rank({ path, method, headers }: Match, request: Request): number | undefined {
  const { type, value } = path ?? { type: 'PathPrefix', value: '/' };
  const isPrefix = type === 'PathPrefix';
  const isMet = isPrefix
    ? value === '/' || request.path === value || request.path.startsWith(`${value}/`)
    : type === 'Exact'
      ? request.path === value
      : new RegExp(`^(?:${value})$`).test(request.path);
  if (!isMet || (method !== undefined && method !== request.method)) return undefined;
  return (
    (isPrefix ? value.length : request.path.length) * 100 + (headers ?? []).length * 2 + (method === undefined ? 0 : 1)
  );
}

/** A Server lets in whom its own policies let in, and those of the one most specific route; without a Server all come in. */
function linkerdAllows(conversion: Conversion, request: Request): boolean {
  return serverAllows((kind) => manifestsOf(conversion, kind), request);
}

type Find = (kind: string) => readonly Pick<ManifestValue, 'metadata' | 'spec'>[];

function serverAllows(find: Find, request: Request): boolean {
  const [server] = find('Server');
  if (!server) return true;
  const { accessPolicy } = server.spec as { readonly accessPolicy: string };
  if (accessPolicy === 'all-authenticated' || accessPolicy === 'all-unauthenticated') return true;
  const routes = find('HTTPRoute').map((it) => ({
    name: it.metadata.name,
    matches: (it.spec as { readonly rules: readonly { readonly matches: readonly Match[] }[] }).rules.flatMap(
      (rule) => rule.matches,
    ),
  }));
  const ranked = routes.flatMap(({ name, matches }) =>
    matches.flatMap((match) => {
      const own = rank(match, request);
      return own === undefined ? [] : [{ name, rank: own }];
    }),
  );
  if (routes.length > 0 && ranked.length === 0) return false;
  const best = Math.max(...ranked.map((it) => it.rank));
  // Nobody knows which of equals wins: each of them counts.
  const chosen = ranked.filter((it) => it.rank === best).map((it) => it.name);
  return find('AuthorizationPolicy').some((it) => {
    const { targetRef, requiredAuthenticationRefs } = it.spec as {
      readonly targetRef: Reference;
      readonly requiredAuthenticationRefs: readonly Reference[];
    };
    const isHere = targetRef.kind === 'Server' || chosen.includes(targetRef.name);
    return isHere && requiredAuthenticationRefs.every((one) => holds(find, one, request.client));
  });
}

function holds(find: Find, reference: Reference, client: string): boolean {
  if (reference.kind === 'ServiceAccount') return reference.name === client;
  if (reference.kind === 'NetworkAuthentication') return true;
  const found = find(reference.kind).find((it) => it.metadata.name === reference.name);
  const { identities, identityRefs } = (found?.spec ?? {}) as {
    readonly identities?: readonly string[];
    readonly identityRefs?: readonly Reference[];
  };
  return (identities ?? []).includes('*') || accounts(identityRefs ?? []).includes(client);
}

/** Routes that no request fits equally well: what wins among equals nobody knows. */
const routePaths = [
  { type: 'PathPrefix', value: '/' },
  { type: 'PathPrefix', value: '/a' },
  { type: 'Exact', value: '/health' },
] as const;

const meshTls = { group: 'policy.linkerd.io', kind: 'MeshTLSAuthentication', name: 'everybody' };

const servers = fc.record({
  routes: fc
    .array(fc.option(fc.constantFrom(undefined, ...methods), { nil: null }), { minLength: 3, maxLength: 3 })
    .map((list) =>
      list.flatMap((method, at) => {
        const path = routePaths[at];
        return method === null || !path ? [] : [{ name: `route-${at}`, path, method }];
      }),
    ),
  policies: fc.array(
    fc.record({
      target: fc.nat(3),
      who: fc.constantFrom<Reference>(...clients.map((name) => ({ kind: 'ServiceAccount', name })), meshTls),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

type Servers = typeof servers extends fc.Arbitrary<infer It> ? It : never;

function linkerdManifests({ routes, policies: list }: Servers) {
  const entry = (kind: string, version: string, name: string, spec: object) => ({
    apiVersion: `policy.linkerd.io/${version}`,
    kind,
    metadata: { name, namespace: 'shop' },
    spec,
  });
  const server = { group: 'policy.linkerd.io', kind: 'Server', name: 'orders' };
  return [
    entry('Server', 'v1beta3', 'orders', {
      podSelector: { matchLabels: { app: 'orders' } },
      port: 8080,
      accessPolicy: 'deny',
    }),
    entry('MeshTLSAuthentication', 'v1alpha1', meshTls.name, { identities: ['*'] }),
    ...routes.map(({ name, path, method }) =>
      entry('HTTPRoute', 'v1beta3', name, {
        parentRefs: [server],
        rules: [{ matches: [{ path, ...(method && { method }) }] }],
      }),
    ),
    ...list.map(({ target, who }, at) => {
      const route = routes[target];
      const targetRef = route ? { group: 'policy.linkerd.io', kind: 'HTTPRoute', name: route.name } : server;
      return entry('AuthorizationPolicy', 'v1alpha1', `policy-${at}`, { targetRef, requiredAuthenticationRefs: [who] });
    }),
  ];
}

// ---- What has to hold ----------------------------------------------------------------------------------------------

const issuersOfSource = new Map([
  ['one', one],
  ['two', two],
]);

describe('Who gets in', () => {
  test('Consul lets in nobody whom Istio refuses', () => {
    fc.assert(
      fc.property(policies, (list) => {
        const conversion = converted(istioManifests(list), 'consul');
        const [written] = manifestsOf(conversion, 'ServiceIntentions');
        const issuers = issuersOf(manifestsOf(conversion, 'JWTProvider'));
        const after = (it: Request) => !!written && consulAllows(written.spec as Intentions, issuers, it);
        compare(conversion, (it) => istioAllows(list, it), after);
      }),
      { numRuns: runs(150) },
    );
  });

  test('Istio lets in nobody whom Consul refuses', () => {
    fc.assert(
      fc.property(intentions, (spec) => {
        const conversion = converted(consulManifests(spec), 'istio');
        const written = manifestsOf(conversion, 'AuthorizationPolicy').map((it) => it.spec as Policy);
        const before = (it: Request) => consulAllows(spec as Intentions, issuersOfSource, it);
        compare(conversion, before, (it) => istioAllows(written, it));
      }),
      { numRuns: runs(150) },
    );
  });

  test('Linkerd lets in nobody whom Istio refuses', () => {
    fc.assert(
      fc.property(policies, (list) => {
        const conversion = converted(istioManifests(list), 'linkerd');
        compare(
          conversion,
          (it) => istioAllows(list, it),
          (it) => linkerdAllows(conversion, it),
        );
      }),
      { numRuns: runs(100) },
    );
  });

  test('Linkerd lets in nobody whom Consul refuses', () => {
    fc.assert(
      fc.property(intentions, (spec) => {
        const conversion = converted(consulManifests(spec), 'linkerd');
        const before = (it: Request) => consulAllows(spec as Intentions, issuersOfSource, it);
        compare(conversion, before, (it) => linkerdAllows(conversion, it));
      }),
      { numRuns: runs(100) },
    );
  });

  for (const to of ['istio', 'consul'] as const) {
    test(`${to === 'istio' ? 'Istio' : 'Consul'} lets in nobody whom Linkerd refuses`, () => {
      fc.assert(
        fc.property(servers, (asked) => {
          const manifests = linkerdManifests(asked);
          const conversion = converted(manifests, to);
          const before = (it: Request) => serverAllows((kind) => manifests.filter((one) => one.kind === kind), it);
          const written = manifestsOf(conversion, 'AuthorizationPolicy').map((it) => it.spec as Policy);
          const [own] = manifestsOf(conversion, 'ServiceIntentions');
          const after = (it: Request) =>
            to === 'istio' ? istioAllows(written, it) : !!own && consulAllows(own.spec as Intentions, new Map(), it);
          compare(conversion, before, after);
        }),
        { numRuns: runs(100) },
      );
    });
  }
});
