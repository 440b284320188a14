/** The workspace at one moment: environments, namespaces, and an index that follows every change. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { Service } from '../../server/src/meshes/kubernetes/common/kinds.ts';
import { DestinationRule, Gateway } from '../../server/src/meshes/istio/kinds.ts';
import { kindId } from '../../server/src/model/kind.ts';
import type { Settings } from '../../server/src/model/settings.ts';
import { defaultSettings } from '../../server/src/model/settings.ts';
import {
  applyChange,
  createWorkspace,
  environmentOf,
  sortSome,
  type Workspace,
} from '../../server/src/model/workspace.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { knowledge } from '../harness/check.ts';

const root = 'file:///w';

type Files = Readonly<Record<string, string | undefined>>;

function open(files: Files, settings: Partial<Settings> = {}): Workspace {
  const workspace = createWorkspace(knowledge, { ...defaultSettings, ...settings });
  return change(applyChange(workspace, { folders: [root] }), files);
}

function change(workspace: Workspace, files: Files): Workspace {
  return applyChange(workspace, {
    files: new Map(Object.entries(files).map(([path, text]) => [`${root}/${path}`, text])),
  });
}

const environment = (workspace: Workspace, path: string) => environmentOf(workspace, `${root}/${path}`);
const namesIn = (workspace: Workspace, path: string, kind = Service) =>
  environment(workspace, path)
    .index.all(kind)
    .map((it) => it.name)
    .sort();

const service = (name: string, namespace?: string) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${namespace ? `  namespace: ${namespace}\n` : ''}`;

describe('environments', () => {
  test('a folder without marks is one', () => {
    const workspace = open({ 'a.yaml': service('a'), 'deep/b.yaml': service('b') });
    assert.deepEqual(namesIn(workspace, 'a.yaml'), ['a', 'b']);
    assert.equal(environment(workspace, 'deep/b.yaml').root, root);
    assert.equal(environment(workspace, 'a.yaml').isDeclared, false);
  });

  test('kustomizations and charts part it, the nearest counts', () => {
    const workspace = open({
      'a.yaml': service('a'),
      'dev/kustomization.yaml': 'resources: []\n',
      'dev/b.yaml': service('b'),
      'dev/inner/Chart.yaml': 'name: c\n',
      'dev/inner/templates/c.yaml': service('c'),
    });
    assert.deepEqual(namesIn(workspace, 'a.yaml'), ['a']);
    assert.deepEqual(namesIn(workspace, 'dev/b.yaml'), ['b']);
    assert.deepEqual(namesIn(workspace, 'dev/inner/templates/c.yaml'), ['c']);
    assert.equal(environment(workspace, 'dev/b.yaml').isDeclared, true);
  });

  test('a kustomization leaves the environments alone that it does not touch', () => {
    const before = open({
      'dev/kustomization.yaml': '',
      'dev/a.yaml': service('a'),
      'prod/b.yaml': service('b'),
      'c.yaml': service('c'),
    });
    const [dev, rest] = [environment(before, 'dev/a.yaml'), environment(before, 'c.yaml')];
    const after = change(before, { 'prod/kustomization.yaml': 'resources: [b.yaml]\n' });
    assert.equal(environment(after, 'dev/a.yaml'), dev);
    assert.equal(environment(after, 'c.yaml'), rest);
    assert.deepEqual(namesIn(after, 'c.yaml'), ['c']);
    assert.deepEqual(namesIn(after, 'prod/b.yaml'), ['b']);
  });

  test('an overlay that comes changes what is said of its base', () => {
    const before = open({ 'base/kustomization.yaml': 'resources: [a.yaml]\n', 'base/a.yaml': service('a') });
    const base = environment(before, 'base/a.yaml');
    const after = change(before, { 'over/kustomization.yaml': 'resources: [../base]\n', 'over/b.yaml': service('b') });
    assert.notEqual(environment(after, 'base/a.yaml'), base);
    assert.deepEqual(namesIn(after, 'over/b.yaml'), ['a', 'b']);
    assert.deepEqual(namesIn(after, 'base/a.yaml'), ['a']);
  });

  test('reading 500 kustomizations with 8 files each takes time that grows with the files alone', () => {
    const started = process.cpuUsage();
    let workspace = open({});
    for (let folder = 0; folder < 500; folder += 1) {
      for (let file = 0; file < 8; file += 1)
        workspace = change(workspace, { [`${folder}/a${file}.yaml`]: service(`a${folder}-${file}`) });
      workspace = change(workspace, { [`${folder}/kustomization.yaml`]: 'namePrefix: x\n' });
    }
    assert.equal(namesIn(workspace, '499/a0.yaml').length, 8);
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 5_000_000, `It took ${Math.round((user + system) / 1_000)} ms.`);
  });

  test('folders of the settings part it as well', () => {
    const workspace = open(
      { 'env/dev/a.yaml': service('a'), 'env/prod/b.yaml': service('b') },
      { environments: ['./env/dev/'] },
    );
    assert.deepEqual(namesIn(workspace, 'env/dev/a.yaml'), ['a']);
    assert.deepEqual(namesIn(workspace, 'env/prod/b.yaml'), ['b']);
  });

  test('a mark that comes and goes sorts the files anew', () => {
    const before = open({ 'a.yaml': service('a'), 'dev/b.yaml': service('b') });
    const marked = change(before, { 'dev/kustomization.yaml': '' });
    assert.deepEqual(namesIn(marked, 'dev/b.yaml'), ['b']);
    const again = change(marked, { 'dev/kustomization.yaml': undefined });
    assert.deepEqual(namesIn(again, 'dev/b.yaml'), ['a', 'b']);
  });

  test('a file outside of all folders belongs with its neighbours', () => {
    const workspace = applyChange(open({ 'a.yaml': service('a') }), {
      files: new Map([
        ['file:///elsewhere/b.yaml', service('b')],
        ['file:///elsewhere/c.yaml', service('c')],
      ]),
    });
    assert.deepEqual(
      environmentOf(workspace, 'file:///elsewhere/b.yaml')
        .index.all(Service)
        .map((it) => it.name),
      ['b', 'c'],
    );
  });

  test('a file without a place belongs to the folder that is open', () => {
    const workspace = applyChange(open({ 'a.yaml': service('a') }), { files: new Map([['untitled:1', service('b')]]) });
    assert.deepEqual(namesIn(workspace, 'a.yaml'), ['a', 'b']);
  });
});

describe('namespaces', () => {
  const found = (workspace: Workspace, path: string, namespace: string, name: string) =>
    environment(workspace, path).index.find(Service, namespace, name)?.name;

  test('a resource says its own, else the setting does', () => {
    const workspace = open({ 'a.yaml': service('a'), 'b.yaml': service('b', 'shop') }, { defaultNamespace: 'apps' });
    assert.equal(found(workspace, 'a.yaml', 'apps', 'a'), 'a');
    assert.equal(found(workspace, 'a.yaml', 'shop', 'b'), 'b');
    assert.equal(found(workspace, 'a.yaml', 'apps', 'b'), undefined);
  });

  test("a kustomization's counts for all, and follows it", () => {
    const before = open({ 'kustomization.yaml': 'namespace: shop\n', 'a.yaml': service('a', 'elsewhere') });
    assert.equal(found(before, 'a.yaml', 'shop', 'a'), 'a');
    const after = change(before, { 'kustomization.yaml': 'namespace: bank\n' });
    assert.equal(found(after, 'a.yaml', 'bank', 'a'), 'a');
  });

  test('cluster-wide kinds have none', () => {
    const workspace = open({ 'a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n' });
    const [resource] = environment(workspace, 'a.yaml').index.all({ group: '', name: 'Namespace', versions: ['v1'] });
    assert.ok(resource);
    assert.equal(environment(workspace, 'a.yaml').namespaceOf(resource), '');
  });
});

describe('how much the workspace knows', () => {
  const isClosed = (files: Files, namespace: string, settings: Partial<Settings> = {}) =>
    environment(open(files, settings), 'a.yaml').isClosed(namespace);

  test('a namespace with Services is known, others are not', () => {
    assert.equal(isClosed({ 'a.yaml': service('a', 'shop') }, 'shop'), true);
    assert.equal(isClosed({ 'a.yaml': service('a', 'shop') }, 'bank'), false);
  });

  test('the namespaces of every cluster never are', () => {
    assert.equal(isClosed({ 'a.yaml': service('dns', 'kube-system') }, 'kube-system'), false);
  });

  test('settings overrule', () => {
    assert.equal(isClosed({ 'a.yaml': '' }, 'shop', { closedWorld: true }), true);
    assert.equal(isClosed({ 'a.yaml': service('a', 'shop') }, 'shop', { closedWorld: false }), false);
  });

  test('it follows the Services that come and go', () => {
    const before = open({ 'a.yaml': service('a', 'shop'), 'b.yaml': '' });
    assert.equal(environment(before, 'a.yaml').isClosed('shop'), true);
    assert.equal(environment(change(before, { 'a.yaml': undefined }), 'b.yaml').isClosed('shop'), false);
  });
});

describe('findings', () => {
  const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: a, namespace: shop }
spec:
  hosts: [a.example.com]
  gateways: [edge]
  http: [{ redirect: { uri: / } }]
`;
  const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: edge, namespace: shop }
spec: { servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
`;
  const codes = (workspace: Workspace) =>
    diagnose(workspace, `${root}/a.yaml`).map((it) => `${it.severity} ${it.code}`);

  test('follow what changes in other files', () => {
    const alone = open({ 'a.yaml': route });
    assert.deepEqual(codes(alone), ['hint istio/virtualservice-gateway-not-found']);
    const known = change(alone, { 'b.yaml': gateway });
    assert.deepEqual(codes(known), []);
    const gone = change(known, { 'b.yaml': undefined });
    assert.deepEqual(codes(gone), ['hint istio/virtualservice-gateway-not-found']);
  });

  test('become certain when the namespace gets known', () => {
    const alone = open({ 'a.yaml': route });
    assert.deepEqual(codes(alone), ['hint istio/virtualservice-gateway-not-found']);
    assert.deepEqual(codes(change(alone, { 'c.yaml': service('a', 'shop') })), [
      'error istio/virtualservice-gateway-not-found',
    ]);
  });

  test('stay away while a target is half typed', () => {
    const known = open({ 'a.yaml': route, 'b.yaml': gateway });
    assert.deepEqual(codes(known), []);
    assert.deepEqual(codes(change(known, { 'b.yaml': gateway.replace('spec: {', 'spec: { x: "') })), []);
  });

  test('follow settings', () => {
    const alone = open({ 'a.yaml': route });
    const settings: Settings = { ...defaultSettings, rules: { 'istio/virtualservice-gateway-not-found': 'off' } };
    assert.deepEqual(codes(applyChange(alone, { settings })), []);
  });
});

describe('thousands of files', () => {
  const count = 200;
  const files = Object.fromEntries(
    Array.from({ length: count }, (_, folder) => [
      ...Array.from({ length: 8 }, (_, at) => [`f${folder}/a${at}.yaml`, service(`a${at}`, `n${folder}`)]),
      [`f${folder}/kustomization.yaml`, 'resources: [a0.yaml]\n'],
    ]).flat() as [string, string][],
  );
  const workOf = (action: () => void) => {
    const started = process.cpuUsage();
    action();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1_000;
  };

  test('are read one by one in time that grows with their number, wherever kustomizations come among them', () => {
    let workspace = open({});
    const work = workOf(() => {
      for (const [path, text] of Object.entries(files)) workspace = change(workspace, { [path]: text });
      assert.equal(namesIn(workspace, 'f7/a0.yaml').length, 8);
    });
    assert.ok(work < 2_500, `${Math.round(work)} ms`);
  });

  test('keep their index when a setting only says what is shown', () => {
    const before = open(files);
    const { index } = environment(before, 'f7/a0.yaml');
    const settings: Settings = { ...defaultSettings, rules: { 'istio/subset-not-defined': 'off' }, closedWorld: true };
    const after = applyChange(before, { settings, folders: [root] });
    assert.equal(environment(after, 'f7/a0.yaml').index, index);
    assert.equal(environment(after, 'f7/a0.yaml').settings, settings);
    assert.equal(environment(after, 'f7/a0.yaml').isClosed('elsewhere'), true);
    const later = change(after, { 'f7/a0.yaml': service('b', 'n7') });
    assert.ok(namesIn(later, 'f7/a1.yaml').includes('b'));
    assert.equal(namesIn(later, 'f7/a1.yaml').length, 8);
  });

  test('are sorted anew a few at a time when a setting moves them', () => {
    const before = open(files);
    environment(before, 'f7/a0.yaml');
    const after = applyChange(before, {
      settings: { ...defaultSettings, environments: ['f7'], defaultNamespace: 'x' },
    });
    let turns = 0;
    while (!sortSome(after, () => true)) turns += 1;
    assert.equal(turns, Object.keys(files).length - 1);
    assert.equal(namesIn(after, 'f7/a0.yaml').length, 8);
    assert.equal(
      sortSome(after, () => true),
      true,
    );
  });

  test('are all sorted when somebody asks in between', () => {
    const before = open(files);
    const after = applyChange(before, { settings: { ...defaultSettings, clusterDomain: 'x' } });
    assert.equal(
      sortSome(after, () => true),
      false,
    );
    assert.equal(namesIn(after, 'f150/a0.yaml').length, 8);
  });
});

/** What the index knows, as text that two indexes can be compared by. */
function contents(workspace: Workspace): string[] {
  const { index } = environment(workspace, 'a.yaml');
  const kinds = [Service, DestinationRule, Gateway];
  const resources = kinds.flatMap((kind) => index.all(kind).map((it) => `${kindId(kind)} ${it.namespace} ${it.name}`));
  const spaces = ['istio/host', 'istio/subset', 'istio/ruled-host', '/Service'];
  const names = spaces.flatMap((space) =>
    [...index.declaredIn(space)].flatMap(([key, places]) => [
      `${space} ${key} ${places
        .map((it) => it.site.resource.name)
        .sort()
        .join()}`,
      `${space} ${key} used ${index.referencesTo(space, key).length}`,
    ]),
  );
  return [...resources, ...names].sort();
}

test('after any changes the index is what it were had the files been so from the start', () => {
  const rule = (host: string, subset: string) =>
    `apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: r }\nspec: { host: ${host}, subsets: [{ name: ${subset} }] }\n`;
  const document = fc.constantFrom(
    service('a'),
    service('b', 'shop'),
    rule('a', 'v1'),
    rule('b.shop', 'v2'),
    'x: 1\n',
    service('"a'),
    '',
  );
  const text = fc.array(document, { maxLength: 3 }).map((it) => it.join('---\n'));
  const step = fc.tuple(
    fc.constantFrom('a.yaml', 'b.yaml', 'kustomization.yaml'),
    fc.oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: fc.constant(undefined) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      let workspace = open({ 'a.yaml': '' });
      const files: Record<string, string | undefined> = { 'a.yaml': '' };
      for (const [path, it] of steps) {
        // Broken text keeps the names it had, which a fresh start cannot know.
        if (it?.includes('"a')) continue;
        workspace = change(workspace, { [path]: it });
        files[path] = it;
      }
      const fresh = open(Object.fromEntries(Object.entries(files).filter(([, it]) => it !== undefined)));
      assert.deepEqual(contents(workspace), contents(fresh));
    }),
    { numRuns: 200 },
  );
});
