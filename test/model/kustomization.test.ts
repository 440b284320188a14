/** Kustomizations: what they deploy from elsewhere, and how the index follows when they or their files change. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Service } from '../../server/src/meshes/kubernetes/common/kinds.ts';
import { readMarker, resolve } from '../../server/src/model/kustomization.ts';
import { parseManifest, partsIn, rangeAt, resourcesOf } from '../../server/src/model/manifest.ts';
import { defaultSettings } from '../../server/src/model/settings.ts';
import { applyChange, createWorkspace, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
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

describe('names that kustomizations give', () => {
  const found = (workspace: Workspace, path: string, name: string) =>
    environmentOf(workspace, `${root}/${path}`).index.find(Service, 'default', name)?.name;

  test('hold the affixes of all kustomizations on the way, the innermost next to the name', () => {
    const before = open({
      'base/kustomization.yaml': 'nameSuffix: -v2\nresources: [a.yaml]\n',
      'base/a.yaml': service('a'),
      'prod/kustomization.yaml': 'namePrefix: eu-\nnameSuffix: -x\nresources: [../base, b.yaml]\n',
      'prod/b.yaml': service('b'),
    });
    assert.equal(found(before, 'prod/b.yaml', 'eu-a-v2-x'), 'a');
    assert.equal(found(before, 'prod/b.yaml', 'eu-b-x'), 'b');
    assert.equal(found(before, 'base/a.yaml', 'a-v2'), 'a');
    const after = change(before, { 'prod/kustomization.yaml': 'namePrefix: us-\nresources: [../base, b.yaml]\n' });
    assert.equal(found(after, 'prod/b.yaml', 'eu-a-v2-x'), undefined);
    assert.equal(found(after, 'prod/b.yaml', 'us-a-v2'), 'a');
  });
});

describe('a patch in a kustomization', () => {
  const kustomization = (subset: string) =>
    `resources: [a.yaml]\npatches:\n- patch: |\n    apiVersion: networking.istio.io/v1\n    kind: DestinationRule\n    metadata: { name: a }\n    spec: { host: a, subsets: [{ name: ${subset} }] }\n`;
  const subsets = (workspace: Workspace) => [
    ...environmentOf(workspace, `${root}/a.yaml`).index.declaredIn('istio/subset').keys(),
  ];

  test('gives what it puts in, and takes it back', () => {
    let workspace = open({ 'kustomization.yaml': kustomization('v1'), 'a.yaml': service('a') });
    assert.deepEqual(subsets(workspace), ['a.default.svc.cluster.local|v1']);
    workspace = change(workspace, { 'kustomization.yaml': kustomization('v2') });
    assert.deepEqual(subsets(workspace), ['a.default.svc.cluster.local|v2']);
    workspace = change(workspace, { 'kustomization.yaml': 'resources: [a.yaml]\n' });
    assert.deepEqual(subsets(workspace), []);
  });

  test('is read with what it changes, whichever comes first and however that changes', () => {
    const rule = (host: string) =>
      `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: a }\nspec: { host: ${host} }\n`;
    let workspace = open({
      'kustomization.yaml': kustomization('v1').replace('host: a, ', ''),
      'a.yaml': service('a'),
    });
    assert.deepEqual(subsets(workspace), []);
    workspace = change(workspace, { 'rule.yaml': rule('a') });
    assert.deepEqual(subsets(workspace), ['a.default.svc.cluster.local|v1']);
    workspace = change(workspace, { 'rule.yaml': rule('b') });
    assert.deepEqual(subsets(workspace), ['b.default.svc.cluster.local|v1']);
    workspace = change(workspace, { 'rule.yaml': undefined });
    assert.deepEqual(subsets(workspace), []);
  });

  test('stands where it stands in the file, whatever stands around it', () => {
    const text = `# one\n${kustomization('v1')}\n`;
    const manifest = parseManifest('file:///w/kustomization.yaml', text);
    const patch = partsIn(manifest).at(-1)?.part;
    const [resource] = patch ? resourcesOf(manifest.uri, patch) : [];
    assert.ok(resource);
    const { start, end } = rangeAt(manifest, resource, ['spec', 'subsets', 0, 'name']);
    assert.equal(text.slice(start, end), 'v1');
  });
});

describe('what another kustomization of the namespace has', () => {
  const routed = `${service('a')}---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: a }\nspec:\n  hosts: [a.example.com]\n  http: [{ route: [{ destination: { host: b } }] }]\n`;
  const shop = 'namespace: shop\nresources: [.]\n';
  const files = {
    'a/kustomization.yaml': shop,
    'a/a.yaml': routed,
    'b/kustomization.yaml': shop,
    'b/b.yaml': service('b'),
  };
  const severities = (workspace: Workspace) => diagnose(workspace, `${root}/a/a.yaml`).map((it) => it.severity);

  test('may be there, and is named', () => {
    const workspace = open(files);
    assert.deepEqual(severities(workspace), ['hint']);
    const [found] = diagnose(workspace, `${root}/a/a.yaml`);
    assert.deepEqual(
      found?.related.map((it) => it.uri),
      [`${root}/b/b.yaml`],
    );
  });

  test('is missing once it is gone, and there once it comes', () => {
    let workspace = open(files);
    assert.deepEqual(severities(workspace), ['hint']);
    workspace = change(workspace, { 'b/b.yaml': service('c') });
    assert.deepEqual(severities(workspace), ['error']);
    workspace = change(workspace, { 'c/kustomization.yaml': shop, 'c/b.yaml': service('b') });
    assert.deepEqual(severities(workspace), ['hint']);
  });
});
