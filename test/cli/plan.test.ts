/** `meshwright plan`, run as a platform team would: a folder in, a runbook out. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { makeFolder } from '../lsp/editor.ts';
import { meshwright } from './shell.ts';

const shop = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: reviews, namespace: shop}
spec: {template: {metadata: {labels: {app: reviews}}}}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {selector: {app: reviews}, ports: [{port: 80}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews]
  http: [{timeout: 3s, route: [{destination: {host: reviews}}]}]
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`;
const edge = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: shop, namespace: edge}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
`;

test('a namespace leaves one mesh and joins the other in one step, and can go back', (t) => {
  const { folder } = makeFolder(t, { 'shop.yaml': shop });
  const { code, stdout, stderr } = meshwright(['plan', '--to', 'linkerd', '.'], { cwd: folder });
  assert.equal(stderr, '');
  assert.equal(code, 0);
  assert.match(stdout, /^# From Istio to Linkerd\n/);
  assert.match(stdout, /plain text is refused by `PeerAuthentication\/shop\/default`/);
  assert.match(stdout, /switched on in `Namespace\/shop` by `metadata\.labels\.istio-injection: enabled`/);
  assert.match(stdout, /`converted\/changed\.linkerd\.yaml` has them: `Namespace\/shop`/);
  const [there = '', back = ''] = /### Move shop\n([\s\S]*?)\n###/.exec(stdout)?.[1]?.split('To take it back:') ?? [];
  const there1 = there.indexOf('kubectl label namespace shop istio-injection-');
  const there2 = there.indexOf('kubectl annotate namespace shop linkerd.io/inject=enabled');
  const there3 = there.indexOf('kubectl rollout restart deployment/reviews -n shop');
  assert.ok(there1 >= 0 && there1 < there2 && there2 < there3, there);
  assert.match(back, /linkerd\.io\/inject-\n.*istio-injection=enabled/);
});

test('namespaces that traffic comes in by go last', (t) => {
  const { folder } = makeFolder(t, { 'a-edge.yaml': edge, 'shop.yaml': shop });
  const { stdout } = meshwright(['plan', '--from', 'istio', '--to', 'consul', '.'], { cwd: folder });
  assert.match(stdout, /Order: `shop`, `edge`\./);
  assert.match(stdout, /## 1\. Namespace shop[\s\S]*## 2\. Namespace edge[\s\S]*try it from outside/);
});

test('each resource of the samples stands in the plan, in all directions', () => {
  const samples = path.resolve('samples');
  for (const from of ['istio', 'linkerd', 'consul']) {
    for (const to of ['istio', 'linkerd', 'consul'].filter((it) => it !== from)) {
      const { code, stdout } = meshwright(['plan', '--from', from, '--to', to, from], { cwd: samples });
      assert.equal(code, 0);
      const { stdout: json } = meshwright(['convert', '--to', to, from, '--format', 'json'], { cwd: samples });
      const { report }: { report: readonly { readonly resource: string }[] } = JSON.parse(json);
      assert.ok(report.length > 0);
      for (const { resource } of report)
        assert.ok(stdout.includes(`\`${resource}\``), `${resource} from ${from} to ${to}`);
    }
  }
});

test('nothing to migrate is misuse, and so is a mesh that one is in already', (t) => {
  const { folder } = makeFolder(t, { 'a.yaml': 'some: text\n', 'shop.yaml': shop });
  assert.deepEqual(meshwright(['plan', '--to', 'linkerd', 'a.yaml'], { cwd: folder }), {
    code: 2,
    stdout: '',
    stderr: 'There is nothing of a mesh in a.yaml, so there is nothing to migrate.\n',
  });
  assert.match(meshwright(['plan', '--to', 'istio', 'shop.yaml'], { cwd: folder }).stderr, /Istio's already/);
});
