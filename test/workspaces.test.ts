/** Repositories as people keep them, in `test/workspaces/`: what is right must not be complained about. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { LineIndex } from '../server/src/model/text.ts';
import { diagnose } from '../server/src/queries/diagnose.ts';
import { uriOf, workspaceOf } from './harness/check.ts';

const home = 'test/workspaces';

/** Paths of the YAML files below a folder, relative to it. */
function yamlBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((it) => it.split(path.sep).join('/'))
    .filter((it) => /\.ya?ml$/.test(it))
    .sort();
}

/** Errors and warnings as `file:line severity rule: message`. */
function complaints(files: ReadonlyMap<string, string>): string[] {
  const workspace = workspaceOf(files);
  return [...files].flatMap(([file, text]) => {
    const lines = new LineIndex(text);
    return diagnose(workspace, uriOf(file))
      .filter((it) => it.severity === 'error' || it.severity === 'warning')
      .map((it) => `${file}:${lines.positionAt(it.range.start).line + 1} ${it.severity} ${it.code}: ${it.message}`);
  });
}

describe('a workspace as people keep it', () => {
  for (const folder of readdirSync(home, { withFileTypes: true }).filter((it) => it.isDirectory())) {
    const root = `${home}/${folder.name}`;
    const files = new Map(yamlBelow(root).map((it) => [it, readFileSync(`${root}/${it}`, 'utf8')]));

    test(`${folder.name} is clean`, () => {
      assert.ok(files.size > 1);
      assert.deepEqual(complaints(files), []);
    });

    test(`${folder.name} is clean below another folder, and in whatever order its files are read`, () => {
      const nested = new Map([...files].reverse().map(([file, text]) => [`repos/${folder.name}/${file}`, text]));
      assert.deepEqual(complaints(nested), []);
    });
  }
});

/** A slip in each: the file, what it says, what it says by mistake, and the rule that has to see it. */
const slips: readonly (readonly [path: string, right: string, wrong: string, rule: string])[] = [
  ['argo-rollouts/checkout.yaml', 'host: checkout-canary', 'host: checkout-canari', 'istio/destination-host-not-found'],
  ['consul-config/services/billing.yaml', 'weight: 99.5', 'weight: 95', 'consul/service-splitter-sum'],
  ['helm-chart/templates/virtualservice.yaml', '{ prefix: /cart }', '{ prefx: /cart }', 'common/unknown-field'],
  ['helm-consul-orders/templates/consul.yaml', 'requestTimeout:', 'requestTimeot:', 'common/unknown-field'],
  ['helm-istio-shop/templates/virtualservice.yaml', 'perTryTimeout:', 'perTryTimout:', 'common/unknown-field'],
  ['helm-linkerd-web/templates/server.yaml', 'proxyProtocol:', 'proxyProtocl:', 'common/unknown-field'],
  ['helm-mesh-library/templates/mixed.yaml', 'fromHeaders:', 'fromHeader:', 'common/unknown-field'],
  [
    'istio-library/networking/virtual-service-authors-test-user.yaml',
    'subset: v2',
    'subset: v9',
    'istio/subset-not-defined',
  ],
  [
    'kustomize-overlays/overlays/prod/mirror.yaml',
    'host: cart-canary',
    'host: cart-canari',
    'istio/mirror-host-not-found',
  ],
  [
    'kustomize-shop/overlays/prod/gateway.yaml',
    'host: reviews, subset: v1',
    'host: review, subset: v1',
    'istio/destination-host-not-found',
  ],
  [
    'kustomize-shop/components/canary/kustomization.yaml',
    '  name: reviews\n      spec:\n        subsets',
    '  name: reviews\n      spec:\n        subset',
    'common/unknown-field',
  ],
  [
    'linkerd-poll/policy.yaml',
    '- name: web\n      kind: MeshTLSAuthentication',
    '- name: wep\n      kind: MeshTLSAuthentication',
    'linkerd/authz-authentication-not-found',
  ],
  ['multi-tenant/tenants/team-a.yaml', 'host: frontend', 'host: fronted', 'istio/destination-host-not-found'],
];

describe('a slip in one is seen, and nothing else', () => {
  for (const [file, right, wrong, rule] of slips) {
    test(file, () => {
      const root = `${home}/${file.split('/')[0]}`;
      const slipped = `${home}/${file}`.slice(root.length + 1);
      const files = new Map(yamlBelow(root).map((it) => [it, readFileSync(`${root}/${it}`, 'utf8')]));
      const text = files.get(slipped) ?? '';
      assert.ok(text.includes(right));
      const found = complaints(files.set(slipped, text.replace(right, wrong)));
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', new RegExp(`^${slipped}:\\d+ (?:error|warning) ${rule}: `));
    });
  }
});
