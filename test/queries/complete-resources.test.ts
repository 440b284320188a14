/** Whole resources: whatever kind a person starts, the result stands in this workspace without a finding. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { plainSnippet } from '../../server/src/model/snippet.ts';
import { applyChange, type Workspace } from '../../server/src/model/workspace.ts';
import { complete, type Completion } from '../../server/src/queries/complete.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { knowledge, uriOf, workspaceOf } from '../harness/check.ts';

const shop = `apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: ratings, namespace: shop }
spec: { selector: { app: ratings }, ports: [{ name: http, port: 9081 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 8080 }] }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: shop }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec: { host: reviews, subsets: [{ name: v1, labels: { app: reviews } }] }
---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata: { name: reviews, namespace: shop }
spec: { podSelector: { matchLabels: { app: reviews } }, port: http }
---
apiVersion: policy.linkerd.io/v1alpha1
kind: MeshTLSAuthentication
metadata: { name: callers, namespace: shop }
spec: { identityRefs: [{ kind: ServiceAccount, name: web }] }
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: { name: reviews, namespace: shop }
spec: { protocol: http }
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: { name: ratings, namespace: shop }
spec: { protocol: http }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: reviews, namespace: shop }
spec:
  selector: { matchLabels: { app: reviews } }
  template:
    metadata: { labels: { app: reviews, istio: ingressgateway } }
    spec: { containers: [{ name: main, image: reviews, ports: [{ name: http, containerPort: 8080 }] }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ratings, namespace: shop }
spec:
  selector: { matchLabels: { app: ratings } }
  template:
    metadata: { labels: { app: ratings } }
    spec: { containers: [{ name: main, image: ratings, ports: [{ name: http, containerPort: 8081 }] }] }
`;

const file = uriOf('new.yaml');

test('each kind that has a schema is offered', () => {
  const filters = offeredIn(workspaceWith('')).map((it) => it.filter);
  for (const { name, schema, removed } of knowledge.tables.kinds)
    if (schema !== undefined && removed === undefined)
      assert.ok(
        filters.some((it) => it.split(' ').includes(name)),
        name,
      );
});

test('who types a short name is offered its kind first, and asked again for another word', () => {
  for (const [short, name] of [
    ['vs', 'VirtualService'],
    ['dr', 'DestinationRule'],
    ['srv', 'Server'],
  ] as const) {
    const [first] = [...offeredIn(workspaceWith(short), short.length)].sort((a, b) => (a.order < b.order ? -1 : 1));
    assert.equal(first?.label, name);
    assert.equal(first?.filter, short);
    assert.ok(first?.dependsOnWord);
  }
});

test('the least of each kind has no finding', () => {
  const workspace = workspaceWith('');
  const faults = offeredIn(workspace).flatMap((item) => {
    const text = plainSnippet(item.snippet);
    const found = diagnose(applyChange(workspace, { files: new Map([[file, text]]) }), file);
    // Who asks for an older kind by its name gets it, with the hint that there is a newer one.
    return found
      .filter((it) => it.code !== 'common/superseded-kind')
      .map((it) => `${item.label}: ${it.code}: ${it.message}\n${text}`);
  });
  assert.deepEqual(faults, []);
});

test('a word is enough, and what it brings is the same', () => {
  const [whole] = offeredIn(workspaceWith('vs'), 2).filter((it) => it.label === 'VirtualService');
  assert.deepEqual(parse(plainSnippet(whole?.snippet ?? '')), {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'ratings', namespace: 'shop' },
    spec: { hosts: ['ratings'], http: [{ route: [{ destination: { host: 'ratings' } }] }] },
  });
});

function workspaceWith(text: string): Workspace {
  return workspaceOf(
    new Map([
      ['shop.yaml', shop],
      ['new.yaml', text],
    ]),
  );
}

/** Whole resources of kinds; snippets by intent have a test of their own. */
function offeredIn(workspace: Workspace, offset = 0): readonly Completion[] {
  return complete(workspace, file, offset).filter((it) => it.type === 'snippet' && /^[034]/.test(it.order));
}
