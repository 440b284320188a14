/**
 * What Istio's manifests ask for, and that writing it down again asks for the same: a manifest that is read, written and
 * read once more gives one representation, with every leaf accounted for as exact.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Ir } from '../../../server/src/model/ir.ts';
import { isOfKind } from '../../../server/src/model/kind.ts';
import { allResources, type Resource } from '../../../server/src/model/manifest.ts';
import { Ledger } from '../../../server/src/model/report.ts';
import { pathText } from '../../../server/src/model/text.ts';
import { environmentOf, type Workspace } from '../../../server/src/model/workspace.ts';
import { istio } from '../../../server/src/meshes/istio/istio.ts';
import { defaultConvertOptions } from '../../../server/src/meshes/mesh.ts';
import { checkFields } from '../../../server/src/queries/check-fields.ts';
import { joinDocuments, manifestYaml } from '../../../server/src/render/manifest-yaml.ts';
import { uriOf, workspaceOf } from '../../harness/conversion.ts';

/** The Services and workloads that the manifests below speak of. */
const facts = `
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }, { name: admin, port: 8081 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { serviceAccountName: web, containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
`;

function irOf(text: string): {
  readonly workspace: Workspace;
  readonly resources: readonly Resource[];
  readonly ir: Ir;
} {
  const workspace = workspaceOf(
    new Map([
      ['facts.yaml', facts],
      ['page.yaml', text],
    ]),
  );
  const manifest = workspace.manifests.get(uriOf('page.yaml'));
  const resources = manifest
    ? [...allResources(manifest)].filter((it) => istio.kinds.some((kind) => isOfKind(it, kind)))
    : [];
  return { workspace, resources, ir: istio.read(resources, environmentOf(workspace, uriOf('page.yaml'))) };
}

/** A representation without provenance, which differs between two texts that say the same. */
function bare(ir: Ir): unknown {
  const { routes, destinations, mutualTls, access, gateways } = ir;
  return JSON.parse(
    JSON.stringify({ routes, destinations, mutualTls, access, gateways }, (key, value: unknown) =>
      key === 'from' || key === 'origins' ? undefined : value,
    ),
  );
}

/** Writes what a text asks for, checks it against the schemas, and gives it with what became of each leaf. */
function rewritten(text: string) {
  const { workspace, resources, ir } = irOf(text);
  const ledger = new Ledger(resources);
  const environment = environmentOf(workspace, uriOf('page.yaml'));
  const outputs = istio.write(ir, environment, ledger, defaultConvertOptions);
  const manifests = outputs.flatMap((it) => ('create' in it ? [manifestYaml(it.create)] : []));
  const written = joinDocuments(manifests);
  const again = irOf(written);
  for (const resource of again.resources)
    assert.deepEqual(
      checkFields(environmentOf(again.workspace, resource.uri), resource).map((it) => it.message),
      [],
      written,
    );
  return { written, resources, before: bare(ir), after: bare(again.ir), ledger, peculiar: ir.peculiar };
}

/** Asserts that nothing of a text changes on the way. */
function assertRoundTrip(text: string): void {
  const { written, resources, before, after, ledger, peculiar } = rewritten(text);
  assert.ok(resources.length > 0 && written !== '', 'Nothing was read or written.');
  assert.deepEqual(after, before, written);
  const lost = new Set(peculiar.flatMap((it) => it.from.map((origin) => pathText(origin.path))));
  const other = ledger
    .report()
    .entries.filter((it) => it.fate !== 'exact' && ![...lost].some((path) => pathText(it.path).startsWith(path)))
    .map((it) => `${it.fate} ${pathText(it.path)} ${it.reason}`);
  assert.deepEqual(other, [], written);
}

const virtualService = (spec: string) =>
  `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: reviews, namespace: shop }\nspec:\n${spec}`;

test('Rules keep their matches, backends and parts', () => {
  assertRoundTrip(
    virtualService(`
  hosts: [reviews]
  http:
    - name: canary
      match:
        - headers: { end-user: { exact: jason }, x-a: {}, x-b: { prefix: v } }
          withoutHeaders: { x-c: {}, x-d: { exact: no } }
          queryParams: { q: { regex: "a+" } }
          method: { regex: GET|POST }
          uri: { prefix: /api }
          ignoreUriCase: true
          scheme: { exact: http }
          port: 9080
          sourceLabels: { app: web }
          sourceNamespace: shop
        - uri: { regex: "/v[0-9]+/.*" }
      route:
        - destination: { host: reviews, subset: v1 }
          weight: 75
          headers: { request: { set: { x-version: v1 } }, response: { remove: [server] } }
        - destination: { host: ratings.other.svc.cluster.local, port: { number: 8080 } }
          weight: 25
      headers: { request: { add: { x-route: canary } } }
      timeout: 2.5s
      retries: { attempts: 3, perTryTimeout: 500ms, retryOn: "5xx,503,unavailable" }
      mirrors: [{ destination: { host: reviews, subset: v2 }, percentage: { value: 5 } }]
      fault: { delay: { fixedDelay: 1s, percentage: { value: 1 } }, abort: { httpStatus: 503, percentage: { value: 2 } } }
      corsPolicy: { allowOrigins: [{ exact: https://a.example }], allowMethods: [GET], maxAge: 1h, allowCredentials: true }
    - match: [{ uri: { exact: /old } }]
      redirect: { uri: /new, authority: b.example, redirectCode: 308 }
    - match: [{ uri: { prefix: /down } }]
      directResponse: { status: 503, body: { string: Back soon } }
    - match: [{ uri: { prefix: /shop/ } }]
      rewrite: { uri: / }
      route: [{ destination: { host: reviews } }]
    - route: [{ destination: { host: reviews } }]
`),
  );
});

test('Whole path segments are an exact match and a prefix, with a rewrite by regular expression', () => {
  const text = virtualService(`
  hosts: [reviews]
  http:
    - match:
        - uri: { exact: /api }
        - uri: { prefix: /api/ }
      rewrite: { uriRegexRewrite: { match: "^/api(.*)$", rewrite: '/v2\\1' } }
      route: [{ destination: { host: reviews } }]
`);
  const [rule] = irOf(text).ir.routes[0]?.rules ?? [];
  assert.deepEqual(
    rule?.matches.map((it) => it.path?.value),
    [{ type: 'segments', value: '/api' }],
  );
  assert.deepEqual(rule?.parts.rewrite?.value.path, { type: 'prefix', value: '/v2' });
  assertRoundTrip(text);
});

test('Routes at gateways, for TLS and for TCP keep their place', () => {
  assertRoundTrip(
    virtualService(`
  hosts: [shop.example.com]
  gateways: [edge, ingress/public, mesh]
  exportTo: [".", other]
  http: [{ match: [{ gateways: [edge] }], route: [{ destination: { host: web, port: { number: 8081 } } }] }]
  tls: [{ match: [{ sniHosts: [shop.example.com], port: 443 }], route: [{ destination: { host: web } }] }]
  tcp: [{ match: [{ port: 5432 }], route: [{ destination: { host: web } }] }]
`),
  );
});

test('A match that nobody else can say takes its rule along when it is the only one', () => {
  const { ir } = irOf(
    virtualService(`
  hosts: [reviews]
  http:
    - match: [{ headers: { "@request.auth.claims.group": { exact: admin } } }]
      route: [{ destination: { host: reviews, subset: admin } }]
    - route: [{ destination: { host: reviews } }]
`),
  );
  assert.equal(ir.routes[0]?.rules.length, 1);
  assert.deepEqual(
    ir.peculiar.map((it) => it.code),
    ['jwt-route', 'no-equivalent'],
  );
});

test('A DestinationRule keeps its policy, its subsets and theirs', () => {
  assertRoundTrip(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec:
  host: reviews.shop.svc.cluster.local
  trafficPolicy:
    loadBalancer: { consistentHash: { httpCookie: { name: user, ttl: 0s } } }
    connectionPool:
      tcp: { maxConnections: 100, connectTimeout: 2s }
      http: { http1MaxPendingRequests: 50, http2MaxRequests: 200, maxRequestsPerConnection: 10, maxRetries: 3 }
    outlierDetection:
      consecutive5xxErrors: 7
      consecutiveGatewayErrors: 3
      interval: 5s
      baseEjectionTime: 15m
      maxEjectionPercent: 50
      minHealthPercent: 20
    tls: { mode: ISTIO_MUTUAL }
  subsets:
    - { name: v1, labels: { version: v1 } }
    - { name: v2, labels: { version: v2 }, trafficPolicy: { loadBalancer: { simple: ROUND_ROBIN } } }
    - { name: all }
`);
});

test('Old names of outlier detection mean the same', () => {
  const { ir } = irOf(`
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec: { host: reviews, trafficPolicy: { outlierDetection: { consecutiveErrors: 4 }, loadBalancer: { simple: LEAST_CONN } } }
`);
  assert.equal(ir.destinations[0]?.parts.outlier?.value.consecutive5xx?.value, 4);
  assert.equal(ir.destinations[0]?.parts.outlier?.value.baseEjection?.value, 30_000);
  assert.equal(ir.destinations[0]?.parts.loadBalancer?.value.policy, 'least-request');
});

test('A rule for one client is one for the Service in front of its pods', () => {
  assertRoundTrip(`
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews-web, namespace: shop }
spec:
  host: reviews
  exportTo: ["*"]
  workloadSelector: { matchLabels: { app: web } }
  trafficPolicy: { connectionPool: { tcp: { maxConnections: 1 } } }
`);
});

test('Modes of mutual TLS keep their scope and their ports', () => {
  assertRoundTrip(`
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: istio-system }
spec: { mtls: { mode: STRICT } }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: PERMISSIVE } }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: web, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, mtls: { mode: STRICT }, portLevelMtls: { 8080: { mode: DISABLE } } }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: ports, namespace: shop }
spec: { selector: { matchLabels: { app: web } }, portLevelMtls: { 8080: { mode: PERMISSIVE } } }
`);
});

test('Policies keep who may do what', () => {
  assertRoundTrip(`
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  action: ALLOW
  rules:
    - from:
        - source: { principals: [cluster.local/ns/shop/sa/a, other.domain/ns/shop/sa/b], ipBlocks: [10.0.0.0/8] }
        - source: { namespaces: [ops], notNamespaces: [test] }
      to:
        - operation: { methods: [GET], paths: [/a, /b/*, "*.png", "/c/{*}/d"], notPaths: [/b/x], ports: ["8080"] }
        - operation: { hosts: [web.example, "*.example"], notMethods: [POST], notPorts: ["9090"] }
      when:
        - { key: "request.headers[x-team]", values: ["a*"] }
        - { key: remote.ip, notValues: [192.0.2.1] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: nobody, namespace: shop }
spec: {}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: everybody, namespace: shop }
spec: { rules: [{}] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: no-strangers, namespace: shop }
spec: { action: DENY, rules: [{ from: [{ source: { notPrincipals: ["*"] } }] }] }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: log, namespace: shop }
spec: { action: AUDIT, rules: [{ to: [{ operation: { paths: [/admin*] } }] }] }
`);
});

test('A source with two conditions keeps the clients that satisfy both', () => {
  const { ir } = irOf(`
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop }
spec:
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/a, cluster.local/ns/ops/sa/b], namespaces: [shop] } }]
    - from: [{ source: { principals: [cluster.local/ns/ops/sa/b], namespaces: [shop] } }]
`);
  const clients = ir.access[0]?.rules.map((rule) => rule.clients.map((it) => it.value));
  assert.deepEqual(clients, [[{ type: 'account', namespace: 'shop', name: 'a' }]]);
});

test('Ports that exclude each other drop the rule instead of meaning all ports', () => {
  const { ir } = irOf(`
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop }
spec:
  rules:
    - to: [{ operation: { ports: ["80"] } }]
      when: [{ key: destination.port, values: ["90"] }]
`);
  assert.deepEqual(ir.access[0]?.rules, []);
});

test('A dry run is nothing to enforce', () => {
  const { ir } = irOf(`
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: web, namespace: shop, annotations: { istio.io/dry-run: "true" } }
spec: { action: DENY, rules: [{}] }
`);
  assert.deepEqual([ir.access.length, ir.peculiar[0]?.code], [0, 'dry-run']);
});

test('A policy of the root namespace holds in every namespace with workloads', () => {
  const { ir } = irOf(`
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: all, namespace: istio-system }
spec: { action: DENY, rules: [{ from: [{ source: { namespaces: [test] } }] }] }
`);
  assert.deepEqual(
    ir.access.map((it) => it.namespace),
    ['shop'],
  );
  assert.equal(ir.notes?.[0]?.risk, 'security');
});

test('Gateways keep their listeners', () => {
  assertRoundTrip(`
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: ingress }
spec:
  selector: { istio: ingressgateway }
  servers:
    - port: { number: 80, name: http, protocol: HTTP }
      hosts: ["*.example.com"]
      tls: { httpsRedirect: true }
    - port: { number: 443, name: https, protocol: HTTPS }
      hosts: [shop/web.example.com]
      tls: { mode: SIMPLE, credentialName: web }
    - port: { number: 8443, name: tls, protocol: TLS }
      hosts: ["*"]
      tls: { mode: PASSTHROUGH }
`);
});

test('Subsets of a rule that is not converted are facts of the route that names them', () => {
  const workspace = workspaceOf(
    new Map([
      ['facts.yaml', facts],
      [
        'rule.yaml',
        'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: r, namespace: shop }\nspec: { host: reviews, trafficPolicy: { tls: { mode: DISABLE } }, subsets: [{ name: v1, labels: { version: v1 } }] }\n',
      ],
      [
        'page.yaml',
        virtualService('  hosts: [reviews]\n  http: [{ route: [{ destination: { host: reviews, subset: v1 } }] }]\n'),
      ],
    ]),
  );
  const manifest = workspace.manifests.get(uriOf('page.yaml'));
  const ir = istio.read(manifest ? [...allResources(manifest)] : [], environmentOf(workspace, uriOf('page.yaml')));
  assert.deepEqual(
    ir.destinations.map((it) => [it.subsets.map((one) => one.value), it.parts]),
    [[[{ name: 'v1', labels: { version: 'v1' } }], {}]],
  );
});

for (const file of readdirSync('samples/istio').filter((it) => it.endsWith('.yaml') && it !== 'kustomization.yaml')) {
  test(`samples/istio/${file} says the same after a round trip`, () => {
    const { before, after, written } = rewritten(readFileSync(path.join('samples/istio', file), 'utf8'));
    assert.deepEqual(after, before, written);
  });
}
