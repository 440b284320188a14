/** Beside Red Hat's YAML extension: manifests of meshes are ours alone, everything else stays with it. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contributeTo, isMeshManifest, isYamlApi, meshGroups } from '../../client/src/yaml-contributor.ts';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { Contributors, service, virtualService } from './red-hat.ts';

test('the groups are those of the kinds that have fields of ours', () => {
  const groups = new Set(tables.kinds.filter((it) => it.schema !== undefined).map((it) => it.group));
  assert.deepEqual([...meshGroups], [...groups].sort());
});

describe('which texts are ours', () => {
  const own: Readonly<Record<string, string>> = {
    'one resource': virtualService,
    'several, of several meshes': `${virtualService}---\napiVersion: policy.linkerd.io/v1beta3\nkind: Server\n`,
    'after a comment and a marker': `# The shop.\n---\n${virtualService}`,
    'quoted, with blanks and a comment': `"apiVersion"  :   'networking.istio.io/v1' # served since 1.22\n`,
    'lines that end as on Windows': virtualService.replaceAll('\n', '\r\n'),
    'an older version': 'apiVersion: networking.istio.io/v1alpha3\nkind: Gateway\n',
    'beside a document that has just been begun': `${virtualService}---\napiVersion:\n`,
    'beside one that has no key yet': `${virtualService}---\n`,
    'a Service as text in a field': `${virtualService}  note: |\n    apiVersion: v1\n    kind: Service\n`,
  };
  for (const [what, text] of Object.entries(own)) test(what, () => assert.equal(isMeshManifest(text), true));

  const foreign: Readonly<Record<string, string>> = {
    nothing: '',
    'no manifest': 'on: push\njobs: {}\n',
    'a Service': service,
    'a Service below': `${virtualService}---\n${service}`,
    'a Service above': `${service}---\n${virtualService}`,
    'a Service with much space': `${virtualService}---\napiVersion:   \t v1\n`,
    'a group that ends like ours': 'apiVersion: my-networking.istio.io/v1\nkind: VirtualService\n',
    'a group that begins like ours': 'apiVersion: networking.istio.io.example.com/v1\nkind: VirtualService\n',
    'a group with another letter for the dot': 'apiVersion: networking-istio.io/v1\nkind: VirtualService\n',
    'a group half typed': 'apiVersion: networking.istio.io\n',
    'our resource as text of another': `${service}  text: |\n    apiVersion: networking.istio.io/v1\n`,
    'an empty apiVersion alone': 'apiVersion:\nkind: VirtualService\n',
  };
  for (const [what, text] of Object.entries(foreign)) test(what, () => assert.equal(isMeshManifest(text), false));

  test('a long text costs milliseconds', () => {
    const long = `${virtualService}---\n`.repeat(10_000);
    const start = performance.now();
    assert.equal(isMeshManifest(long), true);
    assert.equal(isMeshManifest(`${long}${service}`), false);
    assert.ok(performance.now() - start < 500);
  });
});

describe('among other contributors', () => {
  const texts = new Map([
    ['file:///mesh.yaml', virtualService],
    ['file:///mixed.yaml', `${virtualService}---\n${service}`],
  ]);
  const textOf = (uri: string) => texts.get(uri);
  /** The Kubernetes extension: it knows each kind of the cluster that it is connected to, those of meshes too. */
  const addKubernetes = (to: Contributors) =>
    to.registerContributor(
      'kubernetes',
      () => 'kubernetes://schema/all',
      () => '{}',
    );

  for (const order of ['before', 'after']) {
    test(`mesh manifests are ours alone, registered ${order} Kubernetes`, () => {
      const contributors = new Contributors(textOf);
      if (order === 'after') addKubernetes(contributors);
      assert.equal(
        contributeTo(contributors, textOf, () => true),
        true,
      );
      if (order === 'before') addKubernetes(contributors);
      const schemas = contributors.schemasOf('file:///mesh.yaml');
      assert.deepEqual(schemas, ['meshwright://schema/mesh-manifests']);
      assert.equal(contributors.contentOf(schemas[0] ?? ''), 'true');
      assert.deepEqual(contributors.schemasOf('file:///mixed.yaml'), ['kubernetes://schema/all']);
      assert.deepEqual(contributors.schemasOf('file:///not-open.yaml'), ['kubernetes://schema/all']);
    });
  }

  test('switched off, it claims nothing, at once', () => {
    const contributors = new Contributors(textOf);
    let isOn = true;
    contributeTo(contributors, textOf, () => isOn);
    isOn = false;
    assert.deepEqual(contributors.schemasOf('file:///mesh.yaml'), [undefined]);
  });

  test('who comes second is told', () => {
    const contributors = new Contributors(textOf);
    assert.equal(
      contributeTo(contributors, textOf, () => true),
      true,
    );
    assert.equal(
      contributeTo(contributors, textOf, () => true),
      false,
    );
  });

  test('an extension without that function is none', () => {
    assert.equal(isYamlApi(new Contributors(textOf)), true);
    for (const it of [undefined, null, {}, { registerContributor: true }, 'text']) assert.equal(isYamlApi(it), false);
  });
});
