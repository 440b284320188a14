/** Which files of a folder are read, and what their bytes become. */

import assert from 'node:assert/strict';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nodeFiles } from '../../server/src/files/node-files.ts';
import { manifestLengthLimit } from '../../server/src/model/manifest.ts';
import { makeFolder } from '../lsp/editor.ts';

/** Files of a folder by path; what is listed must be the same as what is included one by one. */
async function listed(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  { exclude = [], from = '' }: { readonly exclude?: readonly string[]; readonly from?: string } = {},
): Promise<readonly string[]> {
  const { uri, uriOf } = makeFolder(t, files);
  const root = from === '' ? uri : uriOf(from);
  const found: string[] = [];
  for await (const it of nodeFiles.list(root, exclude)) found.push(it);
  for (const name of Object.keys(files)) {
    const file = uriOf(name);
    assert.equal(await nodeFiles.includes(root, file, exclude), found.includes(file), `includes ${name}`);
  }
  return found.map((it) => it.slice(root.length + 1));
}

test('YAML files in every folder are read, in order, and nothing else', async (t) => {
  const files = {
    'b.yaml': '',
    'a.yml': '',
    'A.YAML': '',
    'x/Kustomization': '',
    'x/y/c.yaml': '',
    'x.json': '',
    yaml: '',
  };
  assert.deepEqual(await listed(t, files), ['A.YAML', 'a.yml', 'b.yaml', 'x/Kustomization', 'x/y/c.yaml']);
});

test('what git ignores is left out, and the nearest .gitignore that says something wins', async (t) => {
  const files = {
    '.gitignore': '# secrets\n*.local.yaml\nbuild/\n/top.yaml\n!kept.local.yaml\n',
    'a.yaml': '',
    'a.local.yaml': '',
    'kept.local.yaml': '',
    'top.yaml': '',
    'x/top.yaml': '',
    'x/build/a.yaml': '',
    'x/.gitignore': '!again.local.yaml\n/own.yaml\n',
    'x/again.local.yaml': '',
    'x/own.yaml': '',
    'x/y/own.yaml': '',
  };
  const expected = ['a.yaml', 'kept.local.yaml', 'x/again.local.yaml', 'x/top.yaml', 'x/y/own.yaml'];
  assert.deepEqual(await listed(t, files), expected);
});

test('ignore files above the folder count up to the top of the repository', async (t) => {
  const files = {
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.gitignore': '*.local.yaml\nbuild/\n',
    'deploy/a.yaml': '',
    'deploy/a.local.yaml': '',
    'build/out.yaml': '',
    'build/out.local.yaml': '',
  };
  assert.deepEqual(await listed(t, files, { from: 'deploy' }), ['a.yaml']);
  assert.deepEqual(await listed(t, files, { from: 'build' }), ['out.local.yaml', 'out.yaml'], 'asked for by name');
});

test('without a repository nothing above the folder counts', async (t) => {
  const files = { '.gitignore': '*.yaml\n', 'deploy/a.yaml': '' };
  assert.deepEqual(await listed(t, files, { from: 'deploy' }), ['a.yaml']);
});

test('copies of others’ files are left out', async (t) => {
  const files = {
    'node_modules/x/a.yaml': '',
    'x/node_modules/a.yaml': '',
    'vendor/a.yaml': '',
    '.git/a.yaml': '',
    'a.yaml': '',
  };
  assert.deepEqual(await listed(t, files), ['a.yaml']);
});

test('charts that Helm fetches are left out; subcharts of one’s own are read', async (t) => {
  const files = {
    'charts/shop/Chart.yaml':
      'name: shop\ndependencies:\n- {name: redis, version: 1.x, repository: "https://charts.example.com"}\n' +
      '- {name: local, version: 1.x, repository: "file://../local"}\n- {name: own, version: 1.x}\n',
    'charts/shop/charts/redis/templates/a.yaml': '',
    'charts/shop/charts/local/templates/a.yaml': '',
    'charts/shop/charts/own/templates/a.yaml': '',
    'charts/shop/charts/own/redis/a.yaml': '',
    'charts/redis/a.yaml': '',
    'old/Chart.yaml': 'name: old\n',
    'old/requirements.yaml': 'dependencies: [{name: redis, repository: "@stable"}]\n',
    'old/charts/redis/a.yaml': '',
    'broken/Chart.yaml': 'name: [\n',
    'broken/charts/redis/a.yaml': '',
  };
  assert.deepEqual(await listed(t, files), [
    'broken/Chart.yaml',
    'broken/charts/redis/a.yaml',
    'charts/redis/a.yaml',
    'charts/shop/Chart.yaml',
    'charts/shop/charts/local/templates/a.yaml',
    'charts/shop/charts/own/redis/a.yaml',
    'charts/shop/charts/own/templates/a.yaml',
    'old/Chart.yaml',
    'old/requirements.yaml',
  ]);
});

test('globs leave out files and folders as they do in VS Code', async (t) => {
  const files = {
    'a.yaml': '',
    'x/a.yaml': '',
    'x/old/a.yaml': '',
    'old/b/a.yaml': '',
    '.hidden/a.yaml': '',
    'x/b.yaml': '',
  };
  const without = (...exclude: string[]) => listed(t, files, { exclude });
  assert.deepEqual(await without('**/old'), ['.hidden/a.yaml', 'a.yaml', 'x/a.yaml', 'x/b.yaml']);
  assert.deepEqual(await without('**/old/**'), await without('**/old'));
  assert.deepEqual(await without('x'), ['.hidden/a.yaml', 'a.yaml', 'old/b/a.yaml']);
  assert.deepEqual(await without('**/a.yaml'), ['x/b.yaml']);
  assert.deepEqual(await without('{x,old}/**', '**/.hidden'), ['a.yaml']);
  assert.deepEqual(await without('', 'a.yaml'), await without('a.yaml'), 'an empty glob leaves out nothing');
});

test('links are not followed, so circles and files elsewhere do no harm', {
  skip: process.platform === 'win32',
}, async (t) => {
  const outside = makeFolder(t, { 'out.yaml': '' });
  const { folder, uri, uriOf } = makeFolder(t, { 'x/a.yaml': '' });
  symlinkSync(folder, path.join(folder, 'x', 'circle'));
  symlinkSync(outside.folder, path.join(folder, 'elsewhere'));
  symlinkSync(path.join(outside.folder, 'out.yaml'), path.join(folder, 'linked.yaml'));
  symlinkSync('nowhere.yaml', path.join(folder, 'dangling.yaml'));
  symlinkSync('self.yaml', path.join(folder, 'self.yaml'));
  const found: string[] = [];
  for await (const it of nodeFiles.list(uri, [])) found.push(it);
  assert.deepEqual(found, [uriOf('x/a.yaml')]);
  for (const it of ['linked.yaml', 'elsewhere/out.yaml', 'x/circle/x/a.yaml'])
    assert.equal(await nodeFiles.includes(uri, uriOf(it), []), false, it);
  assert.equal(await nodeFiles.read(uriOf('dangling.yaml')), undefined);
  assert.equal(await nodeFiles.read(uriOf('self.yaml')), undefined);
});

test('folders and files that may not be read count as not there', {
  skip: process.getuid?.() === 0 ? 'root may read everything' : false,
}, async (t) => {
  const { folder, uri, uriOf } = makeFolder(t, { 'a.yaml': '', 'locked/b.yaml': '', 'secret.yaml': 'x' });
  chmodSync(path.join(folder, 'locked'), 0);
  chmodSync(path.join(folder, 'secret.yaml'), 0);
  t.after(() => chmodSync(path.join(folder, 'locked'), 0o755));
  const found: string[] = [];
  for await (const it of nodeFiles.list(uri, [])) found.push(it);
  assert.deepEqual(found, [uriOf('a.yaml'), uriOf('secret.yaml')]);
  assert.equal(await nodeFiles.read(uriOf('secret.yaml')), undefined);
});

test('folders that are not there, or not on a disk, have no files', async (t) => {
  const { uriOf, uri } = makeFolder(t, { 'a.yaml': 'x' });
  for (const folder of [uriOf('gone'), uriOf('a.yaml'), 'vscode-vfs://github/a/b', 'untitled:a'])
    for await (const it of nodeFiles.list(folder, [])) assert.fail(it);
  assert.equal(await nodeFiles.read('untitled:a'), undefined);
  assert.equal(await nodeFiles.read(uriOf('gone.yaml')), undefined);
  assert.equal(await nodeFiles.read(uri), undefined, 'a folder is no file');
  assert.equal(await nodeFiles.includes(uri, 'untitled:a.yaml', []), false);
  assert.equal(await nodeFiles.includes(uri, pathToFileURL('/elsewhere/a.yaml').href, []), false);
});

test('names with spaces, hashes, percent signs and other scripts', async (t) => {
  const names = ['a b.yaml', '100%/c#d?.yaml', 'größe/网.yaml'];
  const { uri, uriOf } = makeFolder(t, Object.fromEntries(names.map((it) => [it, it])));
  const found: string[] = [];
  for await (const it of nodeFiles.list(uri, [])) found.push((await nodeFiles.read(it)) ?? it);
  assert.deepEqual(found.sort(), [...names].sort());
  assert.equal(await nodeFiles.includes(uri, uriOf('a b.yaml'), ['**/a b.yaml']), false);
});

test('bytes become text: marks are dropped, UTF-16 is understood, other bytes do no harm', async (t) => {
  const { write } = makeFolder(t);
  const text = 'kind: 🚦\n';
  const swapped = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  const read = (bytes: string | Uint8Array) => nodeFiles.read(write('a.yaml', bytes));
  assert.equal(await read(text), text);
  assert.equal(await read(`\ufeff${text}`), text);
  assert.equal(await read(Buffer.from(`\ufeff${text}`, 'utf16le')), text);
  assert.equal(await read(swapped), text);
  assert.equal(await read(Buffer.from([0x61, 0xff, 0xc3, 0x62])), 'a\ufffd\ufffdb');
  assert.equal(await read(''), '');
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919) % 256));
  assert.equal(typeof (await read(noise)), 'string');
});

test('a file of gigabytes is not read into memory', async (t) => {
  const { write, folder } = makeFolder(t);
  const file = write('a.yaml', '');
  const { truncateSync } = await import('node:fs');
  truncateSync(path.join(folder, 'a.yaml'), 3_000_000_000);
  assert.equal((await nodeFiles.read(file))?.length, manifestLengthLimit + 1);
});
