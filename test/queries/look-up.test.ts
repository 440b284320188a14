/** What can be looked up by its name, and which features a place in a file is about. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { features } from '../../server/src/meshes/features.ts';
import { featureEntries, featuresAt, lookUpEntries } from '../../server/src/queries/look-up.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, labels: { app: reviews } }
spec:
  hosts: [reviews]
  http:
    - retries: { attempts: 3 }
      route: [{ destination: { host: reviews }, weight: 100 }]
---
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
`;

function at(word: string): string[] {
  const workspace = workspaceOf(new Map([['a.yaml', route]]));
  return featuresAt(workspace, uriOf('a.yaml'), route.indexOf(word)).map((it) => it.id);
}

describe('looking up', () => {
  const entries = lookUpEntries();

  test('finds every feature with a mark for each mesh', () => {
    const own = entries.filter((it) => it.type === 'feature');
    assert.deepEqual(
      own.flatMap((it) => it.features),
      features.map((it) => it.id),
    );
    for (const it of own) assert.match(it.marks, /^[✗◔◑●·] Istio {2}[✗◔◑●·] Linkerd {2}[✗◔◑●·] Consul$/);
    const retries = own.find((it) => it.features[0] === 'retries');
    assert.match(retries?.detail ?? '', /^Istio: .+ · Linkerd: .+ · Consul: /);
  });

  test('leads from a kind to all that one does with it, and names its group where two share a name', () => {
    const kinds = entries.filter((it) => it.type === 'kind');
    const splitter = kinds.find((it) => it.label === 'ServiceSplitter');
    assert.ok(splitter?.features.includes('traffic-splitting'));
    const labels = kinds.map((it) => it.label);
    assert.equal(new Set(labels).size, labels.length);
    assert.ok(labels.includes('HTTPRoute (policy.linkerd.io)'), labels.join());
  });

  test('leads from an idea to the feature that its fields turn on', () => {
    const of = (label: string) => entries.find((it) => it.type === 'idea' && it.label === label)?.features;
    assert.deepEqual(of('The share of the requests'), ['traffic-splitting']);
    assert.deepEqual(of('The number of retries'), ['retries']);
    assert.deepEqual(of('The mode of mutual TLS'), ['mtls']);
    assert.deepEqual(of('Keys for tokens, from an address'), ['jwt']);
  });

  test('has no two entries that look the same, and none that leads nowhere', () => {
    const labels = entries.map((it) => `${it.type} ${it.label}`);
    assert.equal(new Set(labels).size, labels.length);
    const ids = new Set(features.map((it) => it.id));
    for (const it of entries) assert.ok(it.features.length > 0 && it.features.every((id) => ids.has(id)), it.label);
  });

  test('takes the ids of features, and passes over those that nobody knows', () => {
    assert.deepEqual(
      featureEntries(['retries', 'nothing', 'mtls']).map((it) => it.features[0]),
      ['retries', 'mtls'],
    );
  });
});

describe('a place in a file', () => {
  test('is about what its kind, its field or its label is for', () => {
    assert.ok(at('VirtualService').includes('traffic-splitting'));
    assert.deepEqual(at('retries'), ['retries']);
    assert.deepEqual(at('attempts'), ['retries']);
    assert.deepEqual(at('weight'), ['traffic-splitting']);
    assert.ok(at('istio-injection').length > 0);
  });

  test('is about nothing where no feature has a field', () => {
    assert.deepEqual(at('metadata'), []);
    assert.deepEqual(at('app:'), []);
    assert.deepEqual(at('---'), []);
  });
});
