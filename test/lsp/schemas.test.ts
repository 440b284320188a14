/** Round trips about which schema serves a file, and that the releases we name are those that schemas are made from. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { builtInReleases } from '../../server/src/meshes/releases.ts';
import { schemasRequest, type ServedKind } from '../../server/src/lsp/protocol-schemas.ts';
import { Editor, eventually, everything, makeFolder } from './editor.ts';

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.com
  names: {kind: Foo}
  versions: [{name: v1, schema: {openAPIV3Schema: {type: object}}}]
`;

const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: b}
---
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: c}
---
apiVersion: example.com/v1
kind: Foo
metadata: {name: a}
---
apiVersion: split.smi-spec.io/v1alpha2
kind: TrafficSplit
metadata: {name: a}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
`;

test('the server tells which schema serves each kind of a file', async (t) => {
  const { uri, uriOf, write } = makeFolder(t, { 'my crds/foo.yaml': definition });
  const editor = await Editor.start(t, { folders: [uri] });
  const file = uriOf('a.yaml');
  editor.open(file, text);
  await editor.untilRead(uriOf('my crds/foo.yaml'));
  const ask = () => editor.request<readonly ServedKind[]>(schemasRequest, { uri: file });
  const speaks = { name: 'Istio', release: `Istio ${builtInReleases.istio}` };
  assert.deepEqual(await ask(), [
    { kind: 'VirtualService v1', source: `built in, Istio ${builtInReleases.istio}`, speaks },
    { kind: 'VirtualService v1beta1', source: `built in, Istio ${builtInReleases.istio}`, speaks },
    { kind: 'Foo v1', source: 'my crds/foo.yaml', uri: uriOf('my crds/foo.yaml') },
    { kind: 'TrafficSplit v1alpha2', source: 'built in' },
  ]);

  const other = write(
    'virtualservice.yaml',
    definition.replace('example.com', 'networking.istio.io').replace('Foo', 'VirtualService'),
  );
  editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: other, type: 1 }] });
  await eventually(async () =>
    assert.deepEqual((await ask())[0], {
      kind: 'VirtualService v1',
      source: 'virtualservice.yaml',
      uri: other,
      speaks,
    }),
  );
  assert.deepEqual(await editor.request(schemasRequest, { uri: uriOf('gone.yaml') }), []);
});

test('the release that a file is for is that of the settings, where they name one', async (t) => {
  const { uri, uriOf } = makeFolder(t);
  const editor = await Editor.start(t, {
    folders: [uri],
    capabilities: everything,
    configuration: { meshwright: { releases: { istio: '1.24' } } },
  });
  editor.open(uriOf('a.yaml'), text);
  await eventually(async () => {
    const [first] = await editor.request<readonly ServedKind[]>(schemasRequest, { uri: uriOf('a.yaml') });
    assert.equal(first?.speaks?.release, 'Istio 1.24');
    assert.equal(first?.source, `built in, Istio ${builtInReleases.istio}`);
  });
});

test('what is typed into a definition changes what is wrong with its resources', async (t) => {
  const { uri, uriOf } = makeFolder(t);
  const editor = await Editor.start(t, { folders: [uri] });
  const strict = definition.replace(
    '{type: object}',
    '{type: object, required: [spec], properties: {spec: {type: object}}}',
  );
  editor.open(uriOf('foo.yaml'), 'apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: a}\n');
  editor.open(uriOf('crd.yaml'), strict);
  await editor.untilCodes(uriOf('foo.yaml'), ['common/missing-required-field']);
  editor.change(uriOf('crd.yaml'), { text: definition });
  await editor.untilCodes(uriOf('foo.yaml'), []);
  editor.change(uriOf('crd.yaml'), { text: strict });
  await editor.untilCodes(uriOf('foo.yaml'), ['common/missing-required-field']);
});

test('the releases that are named are those that schemas are made from', () => {
  const { releases } = JSON.parse(readFileSync('schemas/sources.json', 'utf8')) as {
    releases: Record<string, { project: string; version: string }>;
  };
  const projects = { istio: 'istio', linkerd: 'linkerd', consul: 'consul-k8s', gatewayApi: 'gateway-api-standard' };
  for (const [id, project] of Object.entries(projects)) {
    const version = Object.values(releases).find((it) => it.project === project)?.version ?? '';
    assert.ok(version.startsWith(Reflect.get(builtInReleases, id)), `${project} is of ${version}`);
  }
});
