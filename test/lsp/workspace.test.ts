/** Round trips about what the server publishes: open files, files on disk, folders and settings. */

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import { codesOf, Editor, eventually, everything, makeFolder, placeOf, rangeOf } from './editor.ts';

const hostRule = 'istio/destination-host-not-found';
const subsetRule = 'istio/subset-not-defined';

const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec:
  hosts: [reviews.example.com]
  http:
    - route:
        - destination: {host: reviews}
`;

function service(name: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: {ports: [{port: 80}]}\n`;
}

describe('diagnostics', () => {
  test('say where, how bad, by which rule, where to read on and what others call it', async (t) => {
    const { uri, uriOf } = makeFolder(t, { 'ratings.yaml': service('ratings') });
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri] });
    const file = uriOf('reviews.yaml');
    editor.open(file, route);
    const { version, diagnostics } = await editor.untilCodes(file, [hostRule]);
    assert.equal(version, 1);
    const [found] = diagnostics;
    assert.equal(found?.source, 'meshwright');
    assert.equal(found?.severity, DiagnosticSeverity.Error, 'the namespace has Services, so it is known to be whole');
    assert.deepEqual(found?.range, rangeOf(route, 'reviews', 3));
    assert.match(found?.codeDescription?.href ?? '', /^https:\/\/.*istio\/.*destination-host-not-found/);
    assert.deepEqual(found?.data, { peers: ['IST0101', 'KIA1101'] });
    assert.match(String(found?.message), /"reviews".*\.$/);
  });

  test('point at the other places of a clash, also in files that are not open', async (t) => {
    const rival = route.replace('name: reviews', 'name: rival');
    const { uri, uriOf } = makeFolder(t, { 'rival.yaml': rival });
    const editor = await Editor.start(t, { folders: [uri] });
    const file = uriOf('reviews.yaml');
    editor.open(file, route);
    const { diagnostics } = await editor.until(file, (it) =>
      codesOf(it).includes('istio/virtualservice-conflicting-hosts'),
    );
    const clash = diagnostics.find((it) => it.code === 'istio/virtualservice-conflicting-hosts');
    assert.deepEqual(clash?.relatedInformation, [
      { location: { uri: uriOf('rival.yaml'), range: rangeOf(rival, 'hosts') }, message: 'It routes this host too.' },
    ]);
  });

  test('strike through what is deprecated', async (t) => {
    const editor = await Editor.start(t);
    const text =
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: b}\nspec:\n' +
      '  host: a.example.com\n  trafficPolicy:\n    outlierDetection: {consecutiveErrors: 5}\n';
    editor.open('file:///a.yaml', text);
    const { diagnostics } = await editor.until('file:///a.yaml', (it) => it.diagnostics.some((found) => found.tags));
    const old = diagnostics.find((it) => it.tags);
    assert.deepEqual(old?.tags, [DiagnosticTag.Deprecated]);
    assert.deepEqual(old?.range, rangeOf(text, 'consecutiveErrors'));
  });

  test('come anew with each version, after edits one on top of another', async (t) => {
    const editor = await Editor.start(t);
    const uri = 'file:///shop/reviews.yaml';
    editor.open(uri, route);
    await editor.until(uri, (it) => it.version === 1);
    const at = placeOf(route, 'hosts');
    editor.change(
      uri,
      { range: { start: at, end: at }, text: 'x' },
      { range: { start: at, end: { ...at, character: at.character + 1 } }, text: 'host' },
    );
    const { diagnostics } = await editor.until(
      uri,
      (it) => it.version === 2 && codesOf(it).includes('common/unknown-field'),
    );
    const unknown = diagnostics.find((it) => it.code === 'common/unknown-field');
    assert.deepEqual(unknown?.range, { start: at, end: { ...at, character: at.character + 'hosthosts'.length } });
    const version = editor.change(uri, { text: service('a') });
    assert.deepEqual((await editor.until(uri, (it) => it.version === version)).diagnostics, []);
  });

  test('are not sent again when nothing about them has changed', async (t) => {
    const editor = await Editor.start(t);
    editor.open('file:///a.yaml', route);
    editor.open('file:///b.yaml', service('other'));
    await editor.until('file:///b.yaml', () => true);
    await rest();
    const before = editor.published.length;
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: 'file:///gone.yaml', type: 3 }] });
    await rest();
    assert.equal(editor.published.length, before);
  });

  test('of one file change with what is typed in another', async (t) => {
    const { uri, uriOf } = makeFolder(t);
    const editor = await Editor.start(t, { folders: [uri] });
    editor.open(uriOf('reviews.yaml'), route);
    editor.open(uriOf('service.yaml'), service('review'));
    await editor.untilCodes(uriOf('reviews.yaml'), [hostRule]);
    editor.change(uriOf('service.yaml'), { text: service('reviews') });
    await editor.untilCodes(uriOf('reviews.yaml'), []);
  });

  test('are cleared when a file is closed', async (t) => {
    const editor = await Editor.start(t);
    editor.open('file:///a.yaml', route);
    await editor.untilCodes('file:///a.yaml', [hostRule]);
    editor.close('file:///a.yaml');
    await editor.untilCodes('file:///a.yaml', []);
    assert.equal(await editor.at('hover', 'file:///a.yaml', placeOf(route, 'http')), null);
  });

  test('are found in unsaved files and Helm templates, not in what nobody edits', async (t) => {
    const editor = await Editor.start(t);
    const silent = ['git:/shop/a.yaml?{"ref":"HEAD"}', 'diff:/a.yaml', 'output:a', 'meshwright-conversion:/a.yaml'];
    for (const uri of silent) editor.open(uri, route);
    editor.open('untitled:Untitled-1', route);
    const template = route.replace('name: reviews', 'name: {{ .Values.name }}').replace('hosts:', 'host:');
    editor.open('file:///chart/templates/a.yaml', template, 'helm');
    await editor.untilCodes('untitled:Untitled-1', [hostRule]);
    await editor.until('file:///chart/templates/a.yaml', (it) => codesOf(it).includes('common/unknown-field'));
    await rest();
    for (const uri of silent) {
      assert.equal(editor.last(uri), undefined, uri);
      assert.equal(await editor.at('hover', uri, placeOf(route, 'http')), null, uri);
    }
  });

  test('stay at their columns with CRLF and with characters outside the basic plane', async (t) => {
    const editor = await Editor.start(t);
    const text = route
      .replace('spec:', 'spec: # 🚦🚦')
      .replace('{host: reviews}', '{"h\u{1F6A6}st": x, host: reviews, subset: 7}')
      .replaceAll('\n', '\r\n');
    editor.open('file:///a.yaml', text);
    const { diagnostics } = await editor.until('file:///a.yaml', (it) => codesOf(it).includes('common/unknown-field'));
    const unknown = diagnostics.find((it) => it.code === 'common/unknown-field');
    const line = text.slice(0, text.indexOf('"h')).split('\n').length - 1;
    const start = (text.split('\n')[line] ?? '').indexOf('"h');
    assert.deepEqual(unknown?.range, {
      start: { line, character: start },
      end: { line, character: start + '"h🚦st"'.length },
    });
    const type = diagnostics.find((it) => it.code === 'common/wrong-type');
    assert.equal(type?.range.start.character, (text.split('\n')[line] ?? '').indexOf('7'));
    const after = placeOf(text, '🚦🚦', '🚦🚦'.length);
    editor.change('file:///a.yaml', { range: { start: after, end: after }, text: '\r\n  hosts: [again.example.com]' });
    await editor.until('file:///a.yaml', (it) => codesOf(it).includes('common/duplicate-map-key'));
  });

  test('of other YAML are none', async (t) => {
    const editor = await Editor.start(t);
    editor.open('file:///ci.yaml', 'jobs:\n  a: [unclosed\n');
    assert.deepEqual((await editor.until('file:///ci.yaml', () => true)).diagnostics, []);
  });
});

describe('files on disk', () => {
  test('that appear, change and go are taken in where the editor watches', async (t) => {
    const { folder, uri, uriOf, write } = makeFolder(t, { 'ratings.yaml': service('ratings') });
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri] });
    const file = uriOf('reviews.yaml');
    editor.open(file, route);
    await editor.untilCodes(file, [hostRule]);
    assert.ok(editor.registered.has('workspace/didChangeWatchedFiles'));

    const created = write('service.yaml', service('reviews'));
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: created, type: 1 }] });
    await editor.untilCodes(file, []);
    write('service.yaml', service('renamed'));
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: created, type: 2 }] });
    await editor.untilCodes(file, [hostRule]);
    write('service.yaml', service('reviews'));
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: created, type: 2 }] });
    await editor.untilCodes(file, []);
    rmSync(path.join(folder, 'service.yaml'));
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: created, type: 3 }] });
    await editor.untilCodes(file, [hostRule]);
  });

  test('go with their folder, of which alone the editor tells', async (t) => {
    const { folder, uri, uriOf } = makeFolder(t, {
      'ratings.yaml': service('ratings'),
      'services/reviews/service.yaml': service('reviews'),
    });
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri] });
    const file = uriOf('reviews.yaml');
    editor.open(file, route);
    await editor.untilRead(uriOf('services/reviews/service.yaml'));
    await editor.untilCodes(file, []);
    rmSync(path.join(folder, 'services'), { recursive: true });
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('services'), type: 3 }] });
    await editor.untilCodes(file, [hostRule]);
  });

  test('may all change at once, as with another branch, while the editor is still answered', async (t) => {
    const { folder, uri, uriOf, write } = makeFolder(t);
    const count = 1_000;
    const name = (it: number) => `services/s${it}/service.yaml`;
    const rules = Array.from({ length: 20 }, (_, it) => `    - match: [{uri: {prefix: /${it}}}]\n      timeout: 3s\n`);
    const version = (it: number, branch: string) =>
      `${service(`s${it}-${branch}`)}---\n${route.replace('name: reviews,', `name: s${it},`)}${rules.join('')}`;
    for (let it = 0; it < count; it += 1) write(name(it), version(it, 'old'));
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri] });
    const file = uriOf('reviews.yaml');
    const named = (branch: string) => route.replace('{host: reviews}', `{host: s${count - 1}-${branch}}`);
    await editor.untilRead(uriOf(name(count - 1)));
    editor.open(file, named('new'));
    await editor.until(file, (it) => codesOf(it).includes(hostRule));

    for (let it = 0; it < count; it += 1) write(name(it), version(it, 'new'));
    const changes = Array.from({ length: count }, (_, it) => ({ uri: uriOf(name(it)), type: 2 }));
    editor.notify('workspace/didChangeWatchedFiles', { changes });
    let slowest = 0;
    let answers = 0;
    const find = async (what: string) => {
      const started = performance.now();
      const found = await editor.request<{ name: string }[]>('workspace/symbol', { query: what });
      slowest = Math.max(slowest, performance.now() - started);
      answers += 1;
      return found.map((it) => it.name);
    };
    const last = `Service s${count - 1}-new`;
    while (!(await find(`s${count - 1}-new`)).includes(last)) await rest(20);
    await editor.until(file, (it) => !codesOf(it).includes(hostRule));
    assert.ok(answers > 3, 'answered while files are read');
    assert.ok(slowest < 1_000, `the slowest answer took ${slowest} ms`);
    assert.deepEqual(await find(`s${count - 1}-old`), []);

    rmSync(path.join(folder, 'services'), { recursive: true });
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('services'), type: 3 }] });
    await editor.until(file, (it) => codesOf(it).includes(hostRule));
    assert.deepEqual(await find('-new'), []);
  });

  test('that are left out stay out when they change or were open', async (t) => {
    const { uri, uriOf, write } = makeFolder(t, {
      '.gitignore': 'build/\n',
      'ratings.yaml': service('ratings'),
      'build/service.yaml': service('reviews'),
      'node_modules/x/service.yaml': service('reviews'),
    });
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri] });
    const file = uriOf('reviews.yaml');
    editor.open(file, route);
    await editor.untilCodes(file, [hostRule]);
    const changes = [uriOf('build/service.yaml'), uriOf('node_modules/x/service.yaml')].map((it) => ({
      uri: it,
      type: 2,
    }));
    editor.notify('workspace/didChangeWatchedFiles', { changes });
    editor.open(uriOf('build/service.yaml'), service('reviews'));
    await editor.untilCodes(file, []);
    editor.close(uriOf('build/service.yaml'));
    await editor.untilCodes(file, [hostRule]);

    write('.gitignore', '');
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('.gitignore'), type: 2 }] });
    await editor.untilCodes(file, []);
  });

  test('count as they are on disk once their editor is closed', async (t) => {
    const { uri, uriOf } = makeFolder(t, { 'service.yaml': service('reviews') });
    const editor = await Editor.start(t, { folders: [uri] });
    editor.open(uriOf('reviews.yaml'), route);
    editor.open(uriOf('service.yaml'), service('unsaved'));
    await editor.untilCodes(uriOf('reviews.yaml'), [hostRule]);
    editor.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf('service.yaml'), type: 2 }] });
    await rest();
    assert.deepEqual(
      codesOf(await editor.until(uriOf('reviews.yaml'), () => true)),
      [hostRule],
      'open files are the editor’s',
    );
    editor.close(uriOf('service.yaml'));
    await editor.untilCodes(uriOf('reviews.yaml'), []);
  });
});

describe('workspace folders', () => {
  test('are read when they are added and forgotten when they are removed', async (t) => {
    const one = makeFolder(t);
    const two = makeFolder(t, { 'rival.yaml': route.replace('name: reviews', 'name: rival') });
    const editor = await Editor.start(t, { capabilities: everything, folders: [one.uri] });
    const rival = two.uriOf('rival.yaml');
    editor.open(one.uriOf('reviews.yaml'), route);
    await editor.until(one.uriOf('reviews.yaml'), () => true);
    assert.deepEqual(await editor.outline(rival), []);
    const folder = { uri: two.uri, name: 'two' };
    editor.notify('workspace/didChangeWorkspaceFolders', { event: { added: [folder], removed: [] } });
    await editor.untilRead(rival);
    editor.notify('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [folder] } });
    await eventually(async () => assert.deepEqual(await editor.outline(rival), []));
  });

  test('may overlap', async (t) => {
    const { uri, uriOf } = makeFolder(t, {
      'inner/service.yaml': service('reviews'),
      'ratings.yaml': service('ratings'),
    });
    const editor = await Editor.start(t, { folders: [uri, uriOf('inner')] });
    editor.open(uriOf('inner/reviews.yaml'), route);
    editor.open(uriOf('reviews.yaml'), route);
    await editor.untilCodes(uriOf('reviews.yaml'), [hostRule]);
    await rest();
    await editor.untilCodes(uriOf('inner/reviews.yaml'), []);
  });

  test('and files are the same however an editor spells them', async (t) => {
    const { uri, uriOf } = makeFolder(t, {
      'shop@1 (a+b)/ratings.yaml': service('ratings'),
      'shop@1 (a+b)/a,b.yaml': route,
    });
    const plain = `${uri}/shop@1%20(a+b)`;
    const encoded = `${uri}/shop%401%20%28a%2bb%29`;
    for (const [folder, file] of [
      [encoded, `${plain}/a,b.yaml`],
      [plain, `${encoded}/a%2Cb.yaml`],
    ] as const) {
      const editor = await Editor.start(t, { folders: [folder] });
      const found = uriOf('shop@1 (a+b)/ratings.yaml');
      await editor.untilRead(found);
      editor.open(file, route);
      await editor.untilCodes(file, [hostRule]);
      await rest();
      assert.deepEqual(codesOf(await editor.until(file, () => true)), [hostRule], 'it is not its own duplicate');
      const onHost = placeOf(route, 'reviews.example.com');
      const [place] = await editor.at<{ uri: string }[]>('definition', file, onHost);
      assert.equal(place?.uri, file);
      editor.close(file);
      await editor.untilCodes(file, []);
    }
  });
});

describe('settings', () => {
  const closed = { closedWorld: true };

  test('are asked for, and again when the editor says that they have changed', async (t) => {
    const { uri, uriOf } = makeFolder(t);
    const editor = await Editor.start(t, {
      capabilities: everything,
      folders: [uri],
      configuration: { meshwright: { rules: { [hostRule]: 'off' } } },
    });
    const file = uriOf('reviews.yaml');
    editor.open(file, route.replace('{host: reviews}', '{host: reviews, subset: v1}'));
    await editor.untilCodes(file, [subsetRule]);
    assert.deepEqual(editor.registered.get('workspace/didChangeConfiguration'), { section: 'meshwright' });

    editor.configuration = { meshwright: closed };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    const { diagnostics } = await editor.untilCodes(file, [hostRule, subsetRule]);
    assert.deepEqual([...new Set(diagnostics.map((it) => it.severity))], [DiagnosticSeverity.Error]);

    editor.configuration = { meshwright: { ...closed, rules: { [hostRule]: 'info', [subsetRule]: 'off' } } };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await editor.until(
      file,
      (it) => it.diagnostics.length === 1 && it.diagnostics[0]?.severity === DiagnosticSeverity.Information,
    );
  });

  test('come at the start, or are pushed, where the editor answers no questions', async (t) => {
    const { uri, uriOf } = makeFolder(t);
    const file = uriOf('reviews.yaml');
    const editor = await Editor.start(t, { folders: [uri], initializationOptions: { settings: closed } });
    editor.open(file, route);
    const isError = { severity: DiagnosticSeverity.Error, code: hostRule };
    const shows = (wanted: object | undefined) =>
      editor.until(file, ({ diagnostics: [it] }) =>
        wanted
          ? it !== undefined && Object.entries(wanted).every(([key, value]) => Reflect.get(it, key) === value)
          : !it,
      );
    await shows(isError);
    editor.notify('workspace/didChangeConfiguration', { settings: { meshwright: { rules: { [hostRule]: 'off' } } } });
    await shows(undefined);
    editor.notify('workspace/didChangeConfiguration', { settings: { meshwright: closed } });
    await shows(isError);
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await rest();
    await shows(isError);
  });

  test('of a wrong type count as not set', async (t) => {
    const { uri, uriOf } = makeFolder(t);
    const wrong = {
      closedWorld: 'perhaps',
      rules: { [hostRule]: 'loud' },
      exclude: 'x',
      environments: [7],
      clusterDomain: 3,
    };
    const editor = await Editor.start(t, {
      capabilities: everything,
      folders: [uri],
      configuration: { meshwright: wrong },
    });
    editor.open(uriOf('reviews.yaml'), route);
    const { diagnostics } = await editor.untilCodes(uriOf('reviews.yaml'), [hostRule]);
    assert.equal(diagnostics[0]?.severity, DiagnosticSeverity.Hint);
    assert.deepEqual(editor.messages, [
      'Setting "meshwright.closedWorld" must be "auto", true or false, not "perhaps". ' +
        'Setting "meshwright.clusterDomain" must be a domain, not 3. ' +
        'Setting "meshwright.exclude" must be a list of globs, not "x". ' +
        'Setting "meshwright.environments" must be a list of folders, not [7]. ' +
        `Setting "meshwright.rules.${hostRule}" must be "error", "warning", "info", "hint" or "off", not "loud". ` +
        'The default holds instead.',
    ]);
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await rest();
    assert.equal(editor.messages.length, 1, 'once is enough');
  });

  test('may differ between folders', async (t) => {
    const one = makeFolder(t, { 'ratings.yaml': service('ratings'), 'old/service.yaml': service('reviews') });
    const two = makeFolder(t, { 'ratings.yaml': service('ratings'), 'old/service.yaml': service('reviews') });
    const newer =
      'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: shop}\n' +
      'spec:\n  host: reviews.example.com\n  trafficPolicy:\n    retryBudget: {percent: 20}\n';
    const editor = await Editor.start(t, {
      capabilities: everything,
      folders: [one.uri, two.uri],
      configuration: {
        [`${one.uri} meshwright`]: { exclude: ['**/old'] },
        [`${two.uri} meshwright`]: { releases: { istio: '1.24' } },
        meshwright: { releases: { istio: '1.26' } },
      },
    });
    for (const { uriOf } of [one, two]) {
      editor.open(uriOf('reviews.yaml'), route);
      editor.open(uriOf('rule.yaml'), newer);
    }
    await editor.untilCodes(one.uriOf('reviews.yaml'), [hostRule]);
    await editor.untilCodes(one.uriOf('rule.yaml'), []);
    await editor.untilCodes(two.uriOf('reviews.yaml'), []);
    const { diagnostics } = await editor.untilCodes(two.uriOf('rule.yaml'), ['common/newer-field']);
    assert.equal(diagnostics[0]?.message, '"retryBudget" needs Istio 1.27; this folder is for 1.24.');

    editor.configuration = { [`${one.uri} meshwright`]: { releases: { istio: '1.24' } } };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await editor.untilCodes(one.uriOf('rule.yaml'), ['common/newer-field']);
    await editor.untilCodes(two.uriOf('rule.yaml'), []);
    await editor.untilCodes(one.uriOf('reviews.yaml'), []);
  });

  test('leave files out', async (t) => {
    const { uri, uriOf } = makeFolder(t, {
      'old/service.yaml': service('reviews'),
      'ratings.yaml': service('ratings'),
    });
    const editor = await Editor.start(t, {
      capabilities: everything,
      folders: [uri],
      configuration: { meshwright: { exclude: ['**/old'] } },
    });
    editor.open(uriOf('reviews.yaml'), route);
    await editor.untilCodes(uriOf('reviews.yaml'), [hostRule]);
    editor.configuration = { meshwright: { exclude: [] } };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await editor.untilCodes(uriOf('reviews.yaml'), []);
  });

  test('name folders that are deployed together', async (t) => {
    const { uri, uriOf } = makeFolder(t, {
      'my shop/ratings.yaml': service('ratings'),
      'b/service.yaml': service('reviews'),
    });
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri] });
    editor.open(uriOf('my shop/reviews.yaml'), route);
    await editor.untilCodes(uriOf('my shop/reviews.yaml'), []);
    editor.configuration = { meshwright: { environments: ['my shop', 'b'] } };
    editor.notify('workspace/didChangeConfiguration', { settings: null });
    await editor.untilCodes(uriOf('my shop/reviews.yaml'), [hostRule]);
  });
});

/** Longer than the server waits before it looks at what an edit means elsewhere. */
function rest(time = 400): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
