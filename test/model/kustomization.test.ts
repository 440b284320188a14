/** Kustomizations: what they deploy from elsewhere, and how the index follows when they or their files change. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Service } from '../../server/src/meshes/kubernetes/common/kinds.ts';
import { readMarker, resolve } from '../../server/src/model/kustomization.ts';
import { parseManifest } from '../../server/src/model/manifest.ts';
import { defaultSettings } from '../../server/src/model/settings.ts';
import { applyChange, createWorkspace, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { knowledge } from '../harness/check.ts';

const root = 'file:///w/shop';

type Files = Readonly<Record<string, string | undefined>>;

function change(workspace: Workspace, files: Files): Workspace {
  return applyChange(workspace, {
    files: new Map(Object.entries(files).map(([path, text]) => [resolve(root, path) ?? '', text])),
  });
}

const open = (files: Files) =>
  change(applyChange(createWorkspace(knowledge, defaultSettings), { folders: [root] }), files);

/** Services of the environment of a file, with their namespaces. */
function servicesAt(workspace: Workspace, path: string): string[] {
  const environment = environmentOf(workspace, `${root}/${path}`);
  const all = environment.index.all(Service);
  for (const it of all) assert.equal(environment.index.find(Service, environment.namespaceOf(it), it.name), it);
  return all.map((it) => `${environment.namespaceOf(it)}/${it.name}`).sort();
}

const isClosed = (workspace: Workspace, path: string, namespace = 'default') =>
  environmentOf(workspace, `${root}/${path}`).isClosed(namespace);

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\n`;

describe('a path of a kustomization', () => {
  const from = (path: string) => resolve('file:///w/shop/overlays/prod', path);

  test('leads up, down and to the same place', () => {
    assert.equal(from('../../base/'), 'file:///w/shop/base');
    assert.equal(from('./a/b.yaml'), 'file:///w/shop/overlays/prod/a/b.yaml');
    assert.equal(from('.'), 'file:///w/shop/overlays/prod');
    assert.equal(from('my service.yaml'), 'file:///w/shop/overlays/prod/my%20service.yaml');
  });

  test('leads nowhere when it stands elsewhere in the world, or above everything', () => {
    for (const path of [
      'https://example.com/base.yaml',
      'github.com/example/shop/base?ref=v1',
      'git@github.com:example/shop.git',
      'ssh://git@example.com/shop',
      '/etc/base',
      '../../../../../../../etc',
    ])
      assert.equal(from(path), undefined, path);
  });
});

describe('a marker', () => {
  const read = (text: string, name = 'kustomization.yaml') => readMarker(parseManifest(`${root}/${name}`, text));

  test('takes any text', () => {
    for (const text of ['', '[]', 'resources: 5', 'resources: [5, null, {}]', 'patches: [x, { path: 1 }]', 'a: [']) {
      const { includes, patches, patched } = read(text);
      assert.deepEqual([includes, patches, patched], [[], [], []], text);
    }
  });

  test('tells patches in files from patches in the kustomization', () => {
    const { patches, patched } = read(
      [
        'patchesStrategicMerge:',
        '- a.yaml',
        '- |-',
        '  apiVersion: v1',
        '  kind: Service',
        '  metadata: { name: inline }',
        'patchesJson6902: [{ path: b.json, target: { kind: Service, name: b } }]',
        "patches: [{ patch: '[]', target: { name: 'any.*' } }]",
      ].join('\n'),
    );
    assert.deepEqual(patches, [`${root}/b.json`, `${root}/a.yaml`]);
    assert.deepEqual(patched, [
      { kind: undefined, name: undefined },
      { kind: 'Service', name: 'b' },
      { kind: 'Service', name: 'inline' },
    ]);
  });
});

describe('an overlay', () => {
  const base = { 'base/kustomization.yaml': 'resources: [a.yaml]\n', 'base/a.yaml': service('a') };

  test('has what its base has, in its own namespace', () => {
    const workspace = open({
      ...base,
      'prod/kustomization.yaml': 'namespace: prod\nresources: [../base, b.yaml]\n',
      'prod/b.yaml': service('b'),
    });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['prod/a', 'prod/b']);
    assert.deepEqual(servicesAt(workspace, 'base/a.yaml'), ['default/a']);
  });

  test('leaves the namespace that its base gives, unless it gives one itself', () => {
    const given = { ...base, 'base/kustomization.yaml': 'namespace: shop\nresources: [a.yaml]\n' };
    const prod = { 'prod/kustomization.yaml': 'resources: [../base]\n', 'prod/b.yaml': service('b') };
    assert.deepEqual(servicesAt(open({ ...given, ...prod }), 'prod/b.yaml'), ['default/b', 'shop/a']);
  });

  test('follows what changes in the base, and in either kustomization', () => {
    let workspace = open({ ...base, 'prod/kustomization.yaml': 'resources: []\n', 'prod/b.yaml': service('b') });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/b']);
    workspace = change(workspace, { 'prod/kustomization.yaml': 'resources: [../base]\n' });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/a', 'default/b']);
    workspace = change(workspace, { 'base/a.yaml': service('c') });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/b', 'default/c']);
    workspace = change(workspace, { 'base/a.yaml': undefined });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/b']);
    workspace = change(workspace, { 'base/d.yaml': service('d') });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/b', 'default/d']);
    workspace = change(workspace, { 'base/kustomization.yaml': undefined });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/b']);
  });

  test('may be read before its base', () => {
    let workspace = open({ 'prod/kustomization.yaml': 'resources: [../base, ../one/a.yaml]\n' });
    workspace = change(workspace, { 'prod/b.yaml': service('b') });
    assert.equal(isClosed(workspace, 'prod/b.yaml'), false);
    workspace = change(workspace, { 'base/a.yaml': service('a'), 'one/a.yaml': service('one') });
    workspace = change(workspace, { 'base/kustomization.yaml': 'resources: [a.yaml]\n' });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/a', 'default/b', 'default/one']);
    assert.equal(isClosed(workspace, 'prod/b.yaml'), true);
  });

  test('does not reach out of the workspace', () => {
    const workspace = open({
      '../other/kustomization.yaml': 'resources: [a.yaml]\n',
      '../other/a.yaml': service('a'),
      'prod/kustomization.yaml': 'resources: [../../other]\n',
      'prod/b.yaml': service('b'),
    });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/b']);
    assert.equal(isClosed(workspace, 'prod/b.yaml'), false);
  });

  test('may lead back to itself', () => {
    const workspace = open({
      'x/kustomization.yaml': 'resources: [../y, .]\n',
      'x/a.yaml': service('a'),
      'y/kustomization.yaml': 'resources: [../x]\n',
      'y/b.yaml': service('b'),
    });
    assert.deepEqual(servicesAt(workspace, 'x/a.yaml'), ['default/a', 'default/b']);
    assert.deepEqual(servicesAt(workspace, 'y/b.yaml'), ['default/a', 'default/b']);
  });

  test('defines nothing by its patches', () => {
    const workspace = open({
      ...base,
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{ path: a.yaml }]\n',
      'prod/a.yaml': service('a'),
      'prod/b.yaml': service('b'),
    });
    assert.deepEqual(servicesAt(workspace, 'prod/b.yaml'), ['default/a', 'default/b']);
    const environment = environmentOf(workspace, `${root}/prod/b.yaml`);
    const [a, b] = ['a', 'b'].map((it) => environment.index.find(Service, 'default', it));
    assert.ok(a && b);
    assert.equal(a.uri, `${root}/base/a.yaml`);
    assert.deepEqual([environment.isPatched(a), environment.isPatched(b)], [true, false]);
  });
});
