/** The workspace as a tree: what stands below which host, what is counted there, and where a line leads. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { dialects, meshes } from '../../server/src/meshes/meshes.ts';
import { subjectOf } from '../../server/src/meshes/subjects.ts';
import { kindId } from '../../server/src/model/kind.ts';
import { applyChange, type Workspace } from '../../server/src/model/workspace.ts';
import { conversionOutlook } from '../../server/src/queries/conversion-outlook.ts';
import {
  treeChildren,
  treeFindings,
  treeMesh,
  type TreeNode,
  treeResources,
} from '../../server/src/queries/workspace-tree.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

function of(text: string): Workspace {
  return workspaceOf(new Map([['a.yaml', text]]));
}

/** The tree as indented lines: what is written elsewhere and how many findings there are stands behind a name. */
function drawn(workspace: Workspace, id?: string, indent = ''): string[] {
  return treeChildren(workspace, id).flatMap((it) => [
    `${indent}${it.name}${words(it)}`,
    ...drawn(workspace, it.id, `${indent}  `),
  ]);
}

function words({ type, role, elsewhere, findings }: TreeNode): string {
  const { errors, warnings } = findings;
  const parts = [
    type === 'resource' ? role : ['mesh', 'namespace'].includes(type) ? undefined : type,
    elsewhere === undefined ? undefined : `in ${elsewhere}`,
    errors + warnings > 0 ? `${errors}/${warnings}` : undefined,
  ];
  const said = parts.filter((it) => it !== undefined);
  return said.length > 0 ? ` (${said.join(', ')})` : '';
}

const service = (name: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } } }
---
`;

const istio = `${service('reviews')}${service('ratings')}apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: routing }
spec:
  hosts: [reviews.shop.svc.cluster.local]
  http:
    - route:
        - { destination: { host: reviews.shop.svc.cluster.local }, weight: 50 }
        - { destination: { host: ratings.shop.svc.cluster.local }, weight: 30 }
        - { destination: { host: reviews.shop.svc.cluster.local, port: { number: 80 } }, weight: 20 }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: outside, namespace: shop }
spec: { hosts: [shop.example.com], http: [{ route: [{ destination: { host: reviews } }] }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec: { host: reviews }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: viewers, namespace: shop }
spec: { selector: { matchLabels: { app: reviews } } }
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: default, namespace: shop }
spec: { mtls: { mode: STRICT } }
`;

describe('the tree of a workspace', () => {
  test('puts routes, rules and policies below the host that they are about', () => {
    assert.deepEqual(drawn(of(istio)), [
      'Istio',
      '  shop',
      '    reviews (service)',
      '      VirtualService reviews (route, in routing)',
      '        reviews (destination)',
      '        ratings (destination)',
      '      DestinationRule reviews (destination)',
      '      AuthorizationPolicy viewers (policy)',
      '    shop.example.com (host)',
      '      VirtualService outside (route)',
      '        reviews (destination)',
      '    PeerAuthentication default (policy)',
    ]);
  });

  test('follows policies of Linkerd over routes and Servers to the pods', () => {
    const linkerd = `${service('reviews')}apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: reviews-http, namespace: shop }
spec: { podSelector: { matchLabels: { app: reviews } }, port: http }
---
apiVersion: policy.linkerd.io/v1beta3
kind: HTTPRoute
metadata: { name: read, namespace: shop }
spec:
  parentRefs: [{ name: reviews-http, kind: Server, group: policy.linkerd.io }]
  rules: [{ matches: [{ method: GET }] }]
---
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata: { name: readers, namespace: shop }
spec:
  targetRef: { group: policy.linkerd.io, kind: HTTPRoute, name: read }
  requiredAuthenticationRefs: []
---
apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata: { name: everyone, namespace: shop }
spec: { identities: ['*'] }
`;
    assert.deepEqual(drawn(of(linkerd)), [
      'Linkerd',
      '  shop',
      '    reviews (service)',
      '      HTTPRoute read (route)',
      '      AuthorizationPolicy readers (policy)',
      '      Server reviews-http (policy)',
      '    MeshTLSAuthentication everyone (policy)',
    ]);
  });

  test('knows entries of Consul by their name and intentions by their destination', () => {
    const consul = `${service('reviews')}apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: { name: reviews, namespace: consul }
spec: { protocol: http }
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: { name: to-old, namespace: consul }
spec: { destination: { name: old }, sources: [{ name: reviews, action: allow }] }
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata: { name: all, namespace: consul }
spec: { destination: { name: '*' }, sources: [{ name: '*', action: deny }] }
`;
    assert.deepEqual(
      drawn(of(consul)).map((it) => it.replace(/, \d+\/\d+\)| \(\d+\/\d+\)/, (found) => (found[0] === ',' ? ')' : ''))),
      [
        'Consul',
        '  consul',
        '    old (host)',
        '      ServiceIntentions to-old (policy)',
        '    ServiceIntentions all (policy)',
        '  shop',
        '    reviews (service)',
        '      ServiceDefaults reviews (destination, in consul)',
      ],
    );
  });

  test('takes the names of routes of a Gateway, and the Gateway where a route has none', () => {
    const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { gatewayClassName: nginx, listeners: [{ name: http, port: 80, protocol: HTTP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: named, namespace: shop }
spec: { parentRefs: [{ name: edge }], hostnames: [shop.example.com], rules: [{}] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: nameless, namespace: shop }
spec: { parentRefs: [{ name: edge }], rules: [{}] }
`;
    assert.deepEqual(drawn(of(gateway)), [
      'Gateway API',
      '  shop',
      '    Gateway edge (gateway)',
      '      HTTPRoute nameless (route)',
      '    shop.example.com (host)',
      '      HTTPRoute named (route)',
    ]);
  });

  test('counts findings up to the mesh, and each of a resource once', () => {
    const broken = istio.replace('mode: STRICT', 'mode: STRIKT').replace('host: reviews }', 'hosst: reviews }');
    const lines = drawn(of(broken));
    assert.equal(lines[0], 'Istio (1/0)'.replace('1', String(treeFindings(of(broken)).length)));
    const found = treeFindings(of(broken));
    assert.ok(found.some((it) => it.resource === 'PeerAuthentication default' && /STRIKT/.test(it.message)));
    for (const { location } of found) assert.equal(location.uri, uriOf('a.yaml'));
    const places = found.map((it) => broken.slice(it.location.range.start, it.location.range.end));
    assert.ok(places.includes('STRIKT'), places.join());
  });

  test('leads to the name of a resource, to the Service of a host, and to where a route names its destination', () => {
    const workspace = of(istio);
    const at = (...steps: string[]) => {
      const parent = ['istio', ...steps].slice(0, -1).join('\n');
      const node = treeChildren(workspace, parent).find((it) => it.id === ['istio', ...steps].join('\n'));
      const range = node?.location?.range;
      return range && istio.slice(range.start - 12, range.end);
    };
    assert.equal(at('shop', 'reviews'), 'data: { name: reviews'.slice(-19));
    assert.match(at('shop', 'reviews', 'VirtualService reviews') ?? '', /name: reviews$/);
    assert.match(at('shop', 'reviews', 'VirtualService reviews', 'shop/ratings') ?? '', /host: ratings\.shop/);
    assert.equal(at('shop', 'shop.example.com'), undefined);
  });

  test('keeps the ids of nodes when something else changes, and answers nothing for nodes that are gone', () => {
    const workspace = of(istio);
    const later = applyChange(workspace, {
      files: new Map([[uriOf('a.yaml'), istio.replace('STRICT', 'PERMISSIVE')]]),
    });
    assert.deepEqual(drawn(later), drawn(workspace));
    const gone = applyChange(later, { files: new Map([[uriOf('a.yaml'), undefined]]) });
    assert.deepEqual(treeChildren(gone), []);
    assert.deepEqual(treeChildren(gone, 'istio\nshop'), []);
    assert.deepEqual(treeResources(gone, 'istio\nshop'), []);
    assert.equal(treeMesh(gone, 'istio\nshop'), undefined);
  });

  test('moves what a policy selects when the labels of the pods change', () => {
    const workspace = of(istio);
    drawn(workspace);
    const renamed = istio.replaceAll('labels: { app: reviews }', 'labels: { app: other }');
    const later = applyChange(workspace, {
      files: new Map([[uriOf('a.yaml'), renamed.replace('selector: { app: reviews }', 'selector: { app: else }')]]),
    });
    assert.ok(drawn(later).includes('    AuthorizationPolicy viewers (policy)'), drawn(later).join('\n'));
  });

  test('tells apart resources of one name in several files, and leaves patches out', () => {
    const rule =
      istio.slice(istio.indexOf('apiVersion: networking.istio.io/v1\nkind: DestinationRule')).split('---')[0] ?? '';
    const workspace = workspaceOf(
      new Map([
        ['base/kustomization.yaml', 'resources: [a.yaml]\n'],
        ['base/a.yaml', `${service('reviews')}${rule}`],
        ['over/kustomization.yaml', 'resources: [../base]\npatches: [{ path: patch.yaml }]\n'],
        ['over/patch.yaml', rule],
        ['copy/kustomization.yaml', 'resources: [a.yaml]\n'],
        ['copy/a.yaml', `${service('reviews')}${rule}`],
      ]),
    );
    assert.deepEqual(drawn(workspace), [
      'Istio',
      '  shop',
      '    reviews (service)',
      '      DestinationRule reviews (destination)',
      '      DestinationRule reviews (destination)',
    ]);
    const ids = treeChildren(workspace, 'istio\nshop\nreviews').map((it) => it.id);
    assert.equal(new Set(ids).size, 2);
  });

  test('says what each kind of a mesh is about', () => {
    const kinds = dialects.flatMap((it) => [...it.kinds, ...it.shares]).filter((it) => it.name !== 'Namespace');
    const silent = kinds.filter((it) => subjectOf(kindId(it)) === undefined).map(kindId);
    assert.deepEqual([...new Set(silent)], []);
  });

  test('stands for each mesh of the samples, with every resource that a mesh reads', () => {
    for (const mesh of meshes) {
      const folder = path.join('samples', mesh.id);
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.yaml'));
      const workspace = workspaceOf(new Map(files.map((it) => [it, readFileSync(path.join(folder, it), 'utf8')])));
      const lines = drawn(workspace);
      assert.ok(lines.includes(mesh.name), `${mesh.name} in ${lines[0]}`);
      assert.ok(lines.includes('    reviews (service)'), lines.join('\n'));
      assert.deepEqual(treeFindings(workspace), []);
    }
  });
});

describe('the outlook of a conversion', () => {
  test('says for a resource whether somebody must decide, and why', () => {
    const workspace = of(istio);
    const [rule] = treeResources(workspace, 'istio\nshop\nreviews\nDestinationRule reviews');
    assert.ok(rule);
    assert.deepEqual(conversionOutlook(workspace, [rule], 'linkerd')?.decisions, []);
    const faulty = of(
      istio.replace(
        '    - route:',
        '    - fault: { delay: { fixedDelay: 2s, percentage: { value: 10 } } }\n      route:',
      ),
    );
    const [route] = treeResources(faulty, 'istio\nshop\nreviews\nVirtualService reviews');
    assert.ok(route);
    const outlook = conversionOutlook(faulty, [route], 'linkerd');
    assert.equal(outlook?.resources, 1);
    assert.match(outlook?.decisions.join() ?? '', /faults/);
    assert.equal(conversionOutlook(faulty, [route], 'istio'), undefined);
  });
});
