/** What is outside of a mesh keeps its addresses, ports and weights on the way to another mesh and back. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialectId, ManifestValue } from '../../server/src/meshes/mesh.ts';
import { recordAt, textAt, valueAt } from '../../server/src/model/value.ts';
import { convert } from '../../server/src/queries/convert.ts';
import { joinDocuments } from '../../server/src/render/manifest-yaml.ts';
import fc, { runs } from '../harness/fast-check.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';

const part = fc.integer({ min: 1, max: 254 });
const address = fc.tuple(part, part, part, part).map((it) => it.join('.'));
const port = fc.integer({ min: 1, max: 65_535 });
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const host = fc.array(label, { minLength: 2, maxLength: 4 }).map((it) => it.join('.'));

/** The manifests of a text in another mesh, and as text. */
function converted(text: string, to: DialectId): { readonly text: string; readonly all: readonly ManifestValue[] } {
  const workspace = workspaceOf(new Map([['page.yaml', text]]));
  const { outputs } = convert(workspace, { uris: [uriOf('page.yaml')] }, to);
  return { text: joinDocuments(outputs.map((it) => it.text)), all: outputs.flatMap((it) => it.manifests) };
}

function thereAndBack(text: string, by: DialectId): readonly ManifestValue[] {
  return converted(converted(text, by).text, 'istio').all;
}

function ofKind(all: readonly ManifestValue[], kind: string): ManifestValue {
  const found = all.find((it) => it.kind === kind);
  assert.ok(found, `A ${kind} comes back.`);
  return found;
}

test('A workload of Istio keeps its address, port and weight by way of Consul, and its address and port by way of Linkerd', () => {
  fc.assert(
    fc.property(address, port, port, fc.integer({ min: 1, max: 10_000 }), (ip, number, target, weight) => {
      const source = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: vm, namespace: shop }
spec:
  hosts: [vm.shop.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: ${number}, name: tcp-vm, protocol: TCP, targetPort: ${target} }]
  workloadSelector: { labels: { app: vm } }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: vm-1, namespace: shop }
spec: { address: ${ip}, labels: { app: vm }, weight: ${weight} }
`;
      const byConsul = ofKind(thereAndBack(source, 'consul'), 'WorkloadEntry');
      assert.equal(textAt(byConsul, ['spec', 'address']), ip);
      assert.equal(valueAt(byConsul, ['spec', 'weight']), weight);
      assert.equal(textAt(byConsul, ['spec', 'labels', 'app']), 'vm');
      const byLinkerd = ofKind(thereAndBack(source, 'linkerd'), 'WorkloadEntry');
      assert.equal(textAt(byLinkerd, ['spec', 'address']), ip);
      assert.deepEqual(recordAt(byLinkerd, ['spec', 'ports']), { 'tcp-vm': target });
    }),
    { numRuns: runs(60) },
  );
});

test('A host outside keeps its name, port and clients by way of Linkerd, and its name and port by way of Consul', () => {
  fc.assert(
    fc.property(host, port, (name, number) => {
      const source = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: outside, namespace: shop }
spec:
  hosts: [${name}.example]
  exportTo: ["."]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{ number: ${number}, name: tls, protocol: TLS }]
`;
      for (const by of ['linkerd', 'consul'] as const) {
        const entry = ofKind(thereAndBack(source, by), 'ServiceEntry');
        assert.deepEqual(valueAt(entry, ['spec', 'hosts']), [`${name}.example`], by);
        assert.equal(valueAt(entry, ['spec', 'ports', 0, 'number']), number, by);
      }
      const entry = ofKind(thereAndBack(source, 'linkerd'), 'ServiceEntry');
      assert.deepEqual(valueAt(entry, ['spec', 'exportTo']), ['.']);
    }),
    { numRuns: runs(60) },
  );
});

test('A mesh that is closed stays closed on every way', () => {
  const source = `apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: { name: default, namespace: istio-system }
spec: { outboundTrafficPolicy: { mode: REGISTRY_ONLY } }
`;
  for (const by of ['linkerd', 'consul'] as const) {
    const sidecar = ofKind(thereAndBack(source, by), 'Sidecar');
    assert.equal(sidecar.metadata.namespace, 'istio-system', by);
    assert.equal(valueAt(sidecar, ['spec', 'outboundTrafficPolicy', 'mode']), 'REGISTRY_ONLY', by);
  }
});
