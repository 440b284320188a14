/** Who calls a host, and what it calls: by the routes and the policies of every mesh. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Call, callItems, incomingCalls, outgoingCalls } from '../../server/src/queries/call-hierarchy.ts';
import type { Workspace } from '../../server/src/model/workspace.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

const manifest = uriOf('manifest.yaml');

function shop(name: string, account = name): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    metadata: { labels: { app: ${name} } }
    spec: { serviceAccountName: ${account} }
---
`;
}

/** The calls at a word: who is at the other end, and what is written where the caller says so. */
function asked(
  ask: (workspace: Workspace, uri: string, offset: number) => readonly Call[],
  text: string,
  word: string,
): string[] {
  const workspace = workspaceOf(new Map([['manifest.yaml', text]]));
  return ask(workspace, manifest, text.indexOf(word)).map(({ item, ranges }) => {
    assert.ok(item.range.start <= item.selection.start && item.selection.end <= item.range.end);
    return `${item.name} (${item.detail}): ${ranges.map((it) => text.slice(it.start, it.end)).join(', ')}`;
  });
}

describe('calls', () => {
  const istio = `${shop('web')}${shop('reviews')}${shop('archive')}apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: split, namespace: shop }
spec:
  hosts: [reviews]
  http:
    - route:
        - destination: { host: reviews }
        - destination: { host: archive }
    - route: [{ destination: { host: reviews.shop.svc.cluster.local } }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: to-reviews, namespace: shop }
spec:
  selector: { matchLabels: { app: reviews } }
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/web], namespaces: [bank] } }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: deny, namespace: shop }
spec:
  action: DENY
  rules: [{ from: [{ source: { namespaces: [evil] } }] }]
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: to-archive, namespace: shop }
spec:
  selector: { matchLabels: { app: archive } }
  rules: [{ from: [{ source: { principals: [cluster.local/ns/shop/sa/batch] } }] }]
`;

  test('come from VirtualServices that route to a host and from those whom policies let in', () => {
    const callers = [
      'VirtualService split (shop): reviews, reviews.shop.svc.cluster.local',
      'cluster.local/ns/shop/sa/web (may call by AuthorizationPolicy to-reviews): cluster.local/ns/shop/sa/web',
      'bank (may call by AuthorizationPolicy to-reviews): bank',
    ];
    assert.deepEqual(asked(incomingCalls, istio, 'reviews, namespace'), callers);
    assert.deepEqual(asked(incomingCalls, istio, 'reviews.shop.svc'), callers, 'also at a use');
  });

  test('go from a route to its destinations, and from a host to the routes that take its traffic', () => {
    assert.deepEqual(asked(outgoingCalls, istio, 'split,'), [
      'Service reviews (shop): reviews, reviews.shop.svc.cluster.local',
      'Service archive (shop): archive',
    ]);
    assert.deepEqual(asked(outgoingCalls, istio, 'reviews, namespace'), ['VirtualService split (shop): reviews']);
  });

  test('go on from somebody whom a policy names to the Services of the pods that run as it', () => {
    const more = `${istio}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: edge, namespace: shop }
spec: { hosts: [shop.example.com], http: [{ route: [{ destination: { host: web } }] }] }
`;
    const ofWeb = ['VirtualService edge (shop): web'];
    assert.deepEqual(asked(incomingCalls, more, 'cluster.local/ns/shop/sa/web'), ofWeb);
  });

  test('come by routes and authentications of Linkerd', () => {
    const linkerd = `${shop('web')}${shop('reviews')}${shop('archive')}apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: split, namespace: shop }
spec:
  parentRefs: [{ name: reviews, kind: Service, group: core, port: 80 }]
  rules: [{ backendRefs: [{ name: archive, port: 80 }] }]
---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: archive-http, namespace: shop }
spec: { podSelector: { matchLabels: { app: archive } }, port: 80 }
---
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata: { name: to-archive, namespace: shop }
spec:
  targetRef: { group: policy.linkerd.io, kind: Server, name: archive-http }
  requiredAuthenticationRefs: [{ group: policy.linkerd.io, kind: MeshTLSAuthentication, name: clients }]
---
apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata: { name: clients, namespace: shop }
spec:
  identities: [web.shop.serviceaccount.identity.linkerd.cluster.local]
  identityRefs: [{ kind: ServiceAccount, name: batch }]
`;
    assert.deepEqual(asked(incomingCalls, linkerd, 'archive, namespace'), [
      'HTTPRoute split (shop): archive',
      'web.shop.serviceaccount.identity.linkerd.cluster.local (may call by MeshTLSAuthentication clients): ' +
        'web.shop.serviceaccount.identity.linkerd.cluster.local',
      'batch (may call by MeshTLSAuthentication clients): batch',
    ]);
    assert.deepEqual(asked(incomingCalls, linkerd, 'split,'), ['Service reviews (shop): reviews']);
    assert.deepEqual(asked(outgoingCalls, linkerd, 'split,'), ['Service archive (shop): archive']);
  });

  test('come by splitters and intentions of Consul, and go to upstreams', () => {
    const consul = `${shop('reviews')}${shop('archive')}apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  template:
    metadata:
      labels: { app: web }
      annotations: { consul.hashicorp.com/connect-service-upstreams: "reviews:1234, other.svc:1" }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web } }
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceSplitter
metadata: { name: reviews, namespace: shop }
spec: { splits: [{ weight: 50, service: reviews }, { weight: 50, service: archive }] }
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: { name: archive, namespace: shop }
spec:
  destination: { name: archive }
  sources: [{ name: web, action: allow }, { name: evil, action: deny }, { name: batch, permissions: [{ action: allow }] }]
`;
    assert.deepEqual(asked(incomingCalls, consul, 'archive, namespace'), [
      'ServiceSplitter reviews (shop): archive',
      'web (may call by ServiceIntentions archive): web',
      'batch (may call by ServiceIntentions archive): batch',
    ]);
    assert.deepEqual(asked(outgoingCalls, consul, 'web, namespace: shop }\nspec: { selector'), [
      'Service reviews (shop): web',
    ]);
  });

  test('are asked of hosts, routes and accounts, at their names and elsewhere in a route', () => {
    const workspace = workspaceOf(new Map([['manifest.yaml', istio]]));
    const names = (word: string) => callItems(workspace, manifest, istio.indexOf(word)).map((it) => it.name);
    assert.deepEqual(names('split,'), ['VirtualService split']);
    assert.deepEqual(names('reviews }'), ['Service reviews']);
    assert.deepEqual(names('http:'), ['VirtualService split']);
    assert.deepEqual(names('rules:'), []);
    assert.deepEqual(names('cluster.local/ns/shop/sa/web'), ['Service web']);
    assert.deepEqual(callItems(workspace, manifest, istio.length), []);
  });

  test('come from those whom a policy of the root namespace lets in everywhere, and from no other namespace', () => {
    const policy = (namespace: string) => `${istio}---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: all, namespace: ${namespace} }
spec: { rules: [{ from: [{ source: { namespaces: [watch] } }] }] }
`;
    const last = (namespace: string) => asked(incomingCalls, policy(namespace), 'reviews, namespace').at(-1);
    assert.equal(last('istio-system'), 'watch (may call by AuthorizationPolicy all): watch');
    assert.equal(last('bank'), 'bank (may call by AuthorizationPolicy to-reviews): bank');
  });

  test('are found across files', () => {
    const workspace = workspaceOf(
      new Map([
        ['services.yaml', shop('reviews')],
        ['routes.yaml', istio.slice(istio.indexOf('apiVersion: networking'))],
      ]),
    );
    const [call] = incomingCalls(workspace, uriOf('services.yaml'), shop('reviews').indexOf('reviews'));
    assert.equal(call?.item.uri, uriOf('routes.yaml'));
  });

  test('are found in overlays of a base, and not in what another folder deploys', () => {
    const edge = istio.slice(istio.indexOf('apiVersion: networking'), istio.indexOf('---\napiVersion: security'));
    const text = shop('reviews');
    const workspace = workspaceOf(
      new Map([
        ['base/services.yaml', text],
        ['base/kustomization.yaml', 'resources: [services.yaml]\n'],
        ['overlay/routes.yaml', edge],
        ['overlay/kustomization.yaml', 'resources: [../base, routes.yaml]\n'],
        ['other/routes.yaml', edge],
        ['other/kustomization.yaml', 'resources: [routes.yaml]\n'],
      ]),
    );
    const callers = incomingCalls(workspace, uriOf('base/services.yaml'), text.indexOf('reviews'));
    assert.deepEqual(
      callers.map((it) => it.item.uri),
      [uriOf('overlay/routes.yaml')],
    );
  });
});
