/** Steps that bring older kinds to their present form: by a fix, for a whole file, with the upgrade of files. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../server/src/model/text.ts';
import { fixes } from '../../server/src/queries/actions.ts';
import { fixAll } from '../../server/src/queries/fix-all.ts';
import { upgrades } from '../../server/src/queries/upgrade.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';

const services = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web-next, namespace: shop }
spec: { selector: { app: web-next }, ports: [{ name: http, port: 80 }] }
`;

const split = `apiVersion: split.smi-spec.io/v1alpha1
kind: TrafficSplit
metadata: { name: web, namespace: shop }
spec:
  service: web
  backends:
    - { service: web, weight: 900m }
    - { service: web-next, weight: 100m }
`;

const profile = `apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata: { name: web.shop.svc.cluster.local, namespace: shop }
spec:
  retryBudget: { retryRatio: 0.2, minRetriesPerSecond: 10, ttl: 10s }
  routes:
    - { name: all, condition: { pathRegex: /.* }, isRetryable: true }
`;

const target = `apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: web, namespace: shop }
spec:
  destination: { kind: ServiceAccount, name: web }
  sources: [{ kind: ServiceAccount, name: shop }]
  rules: [{ kind: TCPRoute, name: any }]
`;

const uri = uriOf('old.yaml');

function workspaceWith(text: string, others: Readonly<Record<string, string>> = { 'services.yaml': services }) {
  return workspaceOf(new Map([['old.yaml', text], ...Object.entries(others)]));
}

function fixesOf(text: string, others?: Readonly<Record<string, string>>) {
  const workspace = workspaceWith(text, others);
  return fixes(workspace, uri, { start: 0, end: text.length }).filter((it) => it.title.startsWith('Convert'));
}

test('What is kept whole may be converted unasked', () => {
  const [fix] = fixesOf(split);
  assert.deepEqual([fix?.title, fix?.isPreferred, fix?.previews], ['Convert to HTTPRoute', true, undefined]);
  const after = applyEdits(split, fixAll(workspaceWith(split), uri));
  assert.match(after, /^apiVersion: gateway.networking.k8s.io\/v1\nkind: HTTPRoute\n/);
});

test('What loses something is converted when asked, and stays otherwise', () => {
  const [fix] = fixesOf(profile);
  assert.deepEqual([fix?.title, fix?.isPreferred, fix?.previews], ['Convert to HTTPRoute', false, undefined]);
  assert.deepEqual(fixAll(workspaceWith(profile), uri), []);
  const [upgrade] = [...upgrades(workspaceWith(profile), [uri])];
  assert.deepEqual(
    upgrade?.left.map((it) => it.reason),
    ['not all of it can be kept; "Convert to HTTPRoute" shows what becomes of it'],
  );
});

test('What would be less secure, or is nothing, only leads to a preview', () => {
  const [fix] = fixesOf(target);
  assert.deepEqual([fix?.title, fix?.previews], ['Convert to AuthorizationPolicy', 'linkerd']);
  const [unknown] = fixesOf(split, {});
  assert.deepEqual([unknown?.title, unknown?.previews], ['Convert to HTTPRoute', 'linkerd']);
});

test('An upgrade of files takes the kind of today, where nothing is lost', () => {
  const text = `${split}---\n${services}`;
  const [upgrade] = [...upgrades(workspaceWith(text, {}), [uri])];
  assert.deepEqual(
    upgrade?.done.map((it) => it.to),
    ['gateway.networking.k8s.io/v1 HTTPRoute'],
  );
  assert.match(applyEdits(text, upgrade?.edits ?? []), /kind: HTTPRoute\n[^]*---\napiVersion: v1\nkind: Service\n/);
});

test('Without the Services that it needs, it takes the version that is still served', () => {
  const [upgrade] = [...upgrades(workspaceWith(split, {}), [uri])];
  assert.deepEqual(
    upgrade?.done.map((it) => it.to),
    ['split.smi-spec.io/v1alpha2'],
  );
});
