/** Round trips with the server that ships: what editors of different abilities ask, and what they are answered. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  CodeAction,
  CompletionItem,
  DocumentSymbol,
  Hover,
  Location,
  LocationLink,
  MarkupContent,
  SymbolInformation,
  TextEdit,
} from 'vscode-languageserver-types';
import type { ConvertAnswer, Target } from '../server/src/lsp/protocol-convert.ts';
import { isComparison } from '../server/src/lsp/protocol-compare.ts';
import { Editor, everything, makeFolder, placeOf, rangeOf, RequestError } from './lsp/editor.ts';

const uri = 'file:///shop/reviews.yaml';

const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: shop
spec:
  hosts: [reviews]
  gateways: [edge]
  http:
    - route:
        - destination:
            host: reviews
            subset: v1
      timeout: 3s
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata:
  name: reviews
  namespace: shop
spec:
  host: reviews
  subsets:
    - name: v1
      labels: {version: v1}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: edge
  namespace: ingress
spec:
  servers: []
---
apiVersion: v1
kind: Service
metadata:
  name: reviews
  namespace: shop
spec:
  ports: [{port: 80}]
`;

describe('completion', () => {
  const halfTyped = route.replace('      timeout: 3s\n', '      re\n');
  const cursor = placeOf(halfTyped, '      re\n', '      re'.length);

  test('an editor with snippets and resolve gets tab stops at once and documentation when it asks', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    editor.open(uri, halfTyped);
    const items = await editor.at<CompletionItem[]>('completion', uri, cursor);
    const retries = items.find((it) => it.label === 'retries');
    assert.ok(retries, `no "retries" among ${items.map((it) => it.label).join()}`);
    assert.equal(retries.insertTextFormat, 2);
    assert.match((retries.textEdit as TextEdit).newText, /\$\{?\d/);
    assert.equal(retries.documentation, undefined);
    assert.equal(retries.command, undefined, 'only our extension is asked to suggest again');
    const resolved = await editor.request<CompletionItem>('completionItem/resolve', retries);
    assert.equal((resolved.documentation as MarkupContent).kind, 'markdown');
    assert.match((resolved.documentation as MarkupContent).value, /\w/);
    assert.deepEqual({ ...resolved, documentation: undefined }, { ...retries, documentation: undefined });
  });

  test('an item of an older list is given back as it was', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    editor.open(uri, halfTyped);
    const [old] = await editor.at<CompletionItem[]>('completion', uri, cursor);
    await editor.at('completion', uri, cursor);
    assert.deepEqual(await editor.request('completionItem/resolve', old), old);
    const bare = { label: 'from another server' };
    assert.deepEqual(await editor.request('completionItem/resolve', bare), bare);
  });

  test('an editor without snippets gets plain text, and documentation at once when it cannot ask later', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, halfTyped);
    const items = await editor.at<CompletionItem[]>('completion', uri, cursor);
    const retries = items.find((it) => it.label === 'retries');
    assert.ok(retries);
    for (const it of items) {
      assert.notEqual(it.insertTextFormat, 2, it.label);
      assert.doesNotMatch((it.textEdit as TextEdit).newText, /\$\{?\d/, it.label);
    }
    assert.match((retries.documentation as MarkupContent).value, /\w/);
  });

  test('accepting an item changes only what was typed', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, halfTyped);
    const items = await editor.at<CompletionItem[]>('completion', uri, cursor);
    const edit = items.find((it) => it.label === 'retries')?.textEdit as TextEdit;
    assert.deepEqual(edit.range, { start: { ...cursor, character: cursor.character - 2 }, end: cursor });
  });

  test('our extension is asked to suggest again after a key whose values are known', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything, initializationOptions: { commands: true } });
    const text =
      'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: a, namespace: b}\nspec:\n  mtls:\n    m';
    editor.open(uri, text);
    const items = await editor.at<CompletionItem[]>('completion', uri, placeOf(text, '    m', 5));
    const mode = items.find((it) => it.label === 'mode');
    assert.equal(mode?.command?.command, 'editor.action.triggerSuggest');
  });

  test('an editor that indents by itself is told to insert as is', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    editor.open(uri, halfTyped);
    const items = await editor.at<CompletionItem[]>('completion', uri, cursor);
    for (const it of items) assert.equal(it.insertTextMode, 1, it.label);
  });
});

describe('hover', () => {
  const onKind = placeOf(route, 'VirtualService', 3);

  test('explains a field with its range', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    const hover = await editor.at<Hover>('hover', uri, placeOf(route, 'timeout', 2));
    assert.match((hover.contents as MarkupContent).value, /timeout/);
    assert.deepEqual(hover.range, rangeOf(route, 'timeout'));
  });

  test('names the other meshes on a kind, with links only where they lead somewhere', async (t) => {
    for (const commands of [true, false]) {
      const editor = await Editor.start(t, { initializationOptions: { commands } });
      editor.open(uri, route);
      const { contents } = await editor.at<Hover>('hover', uri, onKind);
      const { value } = contents as MarkupContent;
      assert.match(value, /Linkerd/);
      assert.match(value, /Consul/);
      assert.equal(value.includes('command:meshwright.compare.reveal?'), commands);
    }
  });

  test('says nothing between documents and in other YAML', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, `${route}\n---\n`);
    const end = { line: `${route}\n---\n`.split('\n').length - 1, character: 0 };
    assert.equal(await editor.at('hover', uri, end), null);
    editor.open('file:///ci.yaml', 'jobs:\n  timeout: 3\n');
    assert.equal(await editor.at('hover', 'file:///ci.yaml', { line: 1, character: 4 }), null);
  });
});

describe('names', () => {
  const onSubset = placeOf(route, 'subset: v1', 9);
  const declared = rangeOf(route, 'v1', route.slice(0, route.indexOf('- name: v1')).split('v1').length);

  test('definition as locations', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    assert.deepEqual(await editor.at<Location[]>('definition', uri, onSubset), [{ uri, range: declared }]);
    assert.equal(await editor.at('definition', uri, placeOf(route, 'timeout')), null);
  });

  test('definition as links for editors that take them', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    editor.open(uri, route);
    const [link] = await editor.at<LocationLink[]>('definition', uri, onSubset);
    assert.equal(link?.targetUri, uri);
    assert.deepEqual(link?.targetSelectionRange, declared);
    assert.deepEqual(link?.originSelectionRange?.start, placeOf(route, 'subset: v1', 8));
  });

  test('references with and without the definition', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    const ask = (includeDeclaration: boolean) =>
      editor.at<Location[]>('references', uri, onSubset, { context: { includeDeclaration } });
    const uses = await ask(false);
    assert.deepEqual(
      uses.map((it) => it.range.start),
      [placeOf(route, 'subset: v1', 8)],
    );
    assert.equal((await ask(true)).length, 2);
  });

  test('an editor that announces nothing gets lists, plain text and no actions', async (t) => {
    const editor = await Editor.start(t, { capabilities: {} });
    editor.open(uri, route);
    const outline = await editor.request<SymbolInformation[]>('textDocument/documentSymbol', { textDocument: { uri } });
    assert.ok(outline.some((it) => it.name === 'Gateway edge' && it.location.uri === uri));
    const position = placeOf(route, 'VirtualService');
    const hover = await editor.request<Hover>('textDocument/hover', { textDocument: { uri }, position });
    assert.equal((hover.contents as MarkupContent).kind, 'plaintext');
    const range = { start: position, end: position };
    const context = { diagnostics: [] };
    assert.deepEqual(await editor.request('textDocument/codeAction', { textDocument: { uri }, range, context }), []);
  });

  test('the outline nests entries in resources, and each selection lies in its range', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    const outline = await editor.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    assert.deepEqual(
      outline.map((it) => [it.name, it.detail]),
      [
        ['VirtualService reviews', 'shop'],
        ['DestinationRule reviews', 'shop'],
        ['Gateway edge', 'ingress'],
        ['Service reviews', 'shop'],
      ],
    );
    assert.ok((outline[1]?.children ?? []).some((it) => it.name.includes('v1')));
    const check = (symbol: DocumentSymbol, outer: DocumentSymbol | undefined) => {
      assert.ok(isWithin(symbol.selectionRange, symbol.range), symbol.name);
      if (outer) assert.ok(isWithin(symbol.range, outer.range), symbol.name);
      for (const it of symbol.children ?? []) check(it, symbol);
    };
    for (const it of outline) check(it, undefined);
  });
});

describe('code actions', () => {
  const onGateway = rangeOf(route, 'edge');

  async function actionsAt(editor: Editor, range: object, context: object = {}): Promise<CodeAction[]> {
    const { diagnostics } = editor.last(uri) ?? { diagnostics: [] };
    return editor.request('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics, ...context },
    });
  }

  test('a fix carries its edit for editors that cannot ask for it', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    await editor.until(uri, ({ diagnostics }) => diagnostics.some((it) => it.code === gatewayRule));
    const actions = await actionsAt(editor, onGateway);
    const fix = actions.find((it) => it.title === 'Use "ingress/edge"');
    assert.deepEqual(fix?.edit, { changes: { [uri]: [{ range: onGateway, newText: 'ingress/edge' }] } });
    assert.deepEqual(
      fix?.diagnostics?.map((it) => it.code),
      [gatewayRule],
    );
    assert.equal(fix?.isPreferred, true);
    assert.ok(
      actions.every((it) => it.kind === 'quickfix' && !it.command),
      'no commands for editors without them',
    );
  });

  test('a fix is worked out when asked for, with the version of the document it is for', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    editor.open(uri, route);
    await editor.until(uri, ({ diagnostics }) => diagnostics.some((it) => it.code === gatewayRule));
    const fix = (await actionsAt(editor, onGateway)).find((it) => it.title === 'Use "ingress/edge"');
    assert.ok(fix);
    assert.equal(fix.edit, undefined);
    const resolved = await editor.request<CodeAction>('codeAction/resolve', fix);
    assert.deepEqual(resolved.edit, {
      documentChanges: [{ textDocument: { uri, version: 1 }, edits: [{ range: onGateway, newText: 'ingress/edge' }] }],
    });
    editor.change(uri, { text: 'kind: Nothing\n' });
    assert.equal((await editor.request<CodeAction>('codeAction/resolve', fix)).edit, undefined);
  });

  test('only the kinds of actions that are asked for', async (t) => {
    const editor = await Editor.start(t, { initializationOptions: { commands: true } });
    editor.open(uri, route);
    await editor.until(uri, ({ diagnostics }) => diagnostics.some((it) => it.code === gatewayRule));
    const kindsFor = async (only: string[]) => {
      const actions = await actionsAt(editor, onGateway, { only });
      return [...new Set(actions.map((it) => it.kind))];
    };
    assert.deepEqual(await kindsFor(['quickfix']), ['quickfix']);
    assert.deepEqual(await kindsFor(['refactor']), ['refactor.rewrite']);
    assert.deepEqual(await kindsFor(['refactor.extract']), []);
    assert.deepEqual(await kindsFor(['source']), ['source.fixAll.meshwright']);
    assert.deepEqual(await kindsFor(['source.organizeImports']), []);
  });

  test('conversion is offered to editors that have our commands', async (t) => {
    const editor = await Editor.start(t, { initializationOptions: { commands: true } });
    editor.open(uri, route);
    const cursor = placeOf(route, 'timeout');
    const range = { start: cursor, end: cursor };
    const offers = (await actionsAt(editor, range)).filter((it) => it.kind === 'refactor.rewrite');
    assert.deepEqual(offers.map((it) => it.title).sort(), [
      'Convert to Consul',
      'Convert to Gateway API',
      'Convert to Linkerd',
    ]);
    assert.deepEqual(offers.find((it) => it.title === 'Convert to Consul')?.command, {
      title: 'Convert to Consul',
      command: 'meshwright.convert',
      arguments: [uri, range, 'consul'],
    });
  });
});

const gatewayRule = 'istio/virtualservice-gateway-not-found';

describe('our own requests', () => {
  test('meshwright/compare puts what a file uses first', async (t) => {
    const editor = await Editor.start(t);
    const whole: unknown = await editor.request('meshwright/compare', {});
    assert.ok(isComparison(whole));
    assert.equal(whole.groups.flatMap((it) => it.rows).length, 59);
    assert.ok(whole.groups.every((it) => it.rows.every((row) => !row.used)));
    editor.open(uri, route);
    const used: unknown = await editor.request('meshwright/compare', { uri });
    assert.ok(isComparison(used));
    assert.equal(used.groups[0]?.category, 'In this file');
    assert.equal(used.groups.flatMap((it) => it.rows).length, 59);
    // Without a file that it knows, it tells of the workspace alone.
    const later: unknown = await editor.request('meshwright/compare', {});
    assert.ok(isComparison(later));
    assert.ok(later.groups.every((it) => it.rows.every((row) => !row.used)));
    assert.ok(later.groups.some((it) => it.rows.some((row) => row.files === 1)));
    assert.deepEqual(await editor.request('meshwright/compare', { uri: 'file:///unknown.yaml' }), later);
    assert.deepEqual(await editor.request('meshwright/compare', null), later);
  });

  test('meshwright/targets names what a place can become', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    const ask = (params: object) => editor.request<Target[]>('meshwright/targets', params);
    assert.deepEqual(await ask({ uri }), [
      { id: 'linkerd', name: 'Linkerd' },
      { id: 'consul', name: 'Consul' },
      { id: 'gateway-api', name: 'Gateway API' },
    ]);
    assert.deepEqual(await ask({ uri, range: rangeOf(route, 'timeout: 3s') }), await ask({ uri }));
    assert.deepEqual(await ask({ uri: 'file:///unknown.yaml' }), []);
  });

  test('meshwright/convert gives manifests, places and a report', async (t) => {
    const editor = await Editor.start(t);
    const text = route.replace('  gateways: [edge]\n', '');
    editor.open(uri, text);
    const answer = await editor.request<ConvertAnswer>('meshwright/convert', {
      uri,
      range: rangeOf(text, 'timeout: 3s'),
      to: 'consul',
    });
    assert.equal(answer.meshName, 'Consul');
    assert.ok(answer.outputs.length > 0);
    for (const it of answer.outputs) {
      assert.doesNotMatch(it.path, /\//);
      assert.match(it.text, /consul\.hashicorp\.com/);
    }
    assert.deepEqual(answer.sources, [
      { start: { line: 0, character: 0 }, end: placeOf(text, 'timeout: 3s', 'timeout: 3s'.length) },
    ]);
    assert.match(answer.report, /spec\.http\[0\]\.timeout/);
    assert.equal(answer.counts.exact + answer.counts.changed + answer.counts.lost, 4, 'one for each leaf');
    assert.ok(Array.isArray(answer.securityLosses) && Array.isArray(answer.refused) && Array.isArray(answer.changes));
  });

  test('meshwright/convert refuses meshes that are none', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    await assert.rejects(editor.request('meshwright/convert', { uri, to: 'kuma' }), /nothing "kuma" to convert to/);
  });
});

describe('what cannot be answered', () => {
  const methods = ['completion', 'hover', 'definition', 'references'] as const;

  test('a file that nobody opened has no answers', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    const unknown = 'file:///unknown.yaml';
    const position = { line: 3, character: 1 };
    for (const method of methods) {
      const answer = await editor.at<unknown>(method, unknown, position, { context: { includeDeclaration: true } });
      assert.ok(answer === null || (Array.isArray(answer) && answer.length === 0), method);
    }
    const symbols = await editor.request('textDocument/documentSymbol', { textDocument: { uri: unknown } });
    assert.deepEqual(symbols, []);
  });

  test('places outside a file count as its nearest', async (t) => {
    const editor = await Editor.start(t);
    editor.open(uri, route);
    for (const position of [
      { line: 9999, character: 0 },
      { line: 0, character: 9999 },
    ])
      for (const method of methods)
        await editor.at<unknown>(method, uri, position, { context: { includeDeclaration: true } });
  });

  test('broken messages cost one answer, not the server', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    editor.open(uri, route);
    for (const params of [null, {}, { textDocument: null }, { textDocument: { uri }, position: 'here' }, [1], 'x'])
      for (const method of [...methods, 'codeAction', 'documentSymbol'])
        await editor.request(`textDocument/${method}`, params).catch(expectRequestError);
    for (const method of ['completionItem/resolve', 'codeAction/resolve'])
      for (const params of [null, {}, { data: 7 }, { data: { uri: 1, range: 2 } }])
        await editor.request(method, params).catch(expectRequestError);
    for (const method of ['meshwright/targets', 'meshwright/convert', 'meshwright/compare'])
      for (const params of [null, {}, { uri: 7 }, [[]]]) await editor.request(method, params).catch(expectRequestError);
    for (const method of ['didOpen', 'didChange', 'didClose', 'didSave'])
      for (const params of [null, {}, { textDocument: {} }, { textDocument: { uri }, contentChanges: 'all' }])
        editor.notify(`textDocument/${method}`, params);
    for (const method of ['didChangeConfiguration', 'didChangeWatchedFiles', 'didChangeWorkspaceFolders'])
      for (const params of [null, {}, { changes: [{ uri: 'not a uri' }] }, { event: { added: [7] } }])
        editor.notify(`workspace/${method}`, params);
    editor.notify('$/nobodyKnows', { deep: true });
    await assert.rejects(editor.request('textDocument/unheardOf', {}), expectRequestError);
    editor.open('file:///after.yaml', route);
    const hover = await editor.at<Hover>('hover', 'file:///after.yaml', placeOf(route, 'timeout', 2));
    assert.match((hover.contents as MarkupContent).value, /timeout/);
  });

  test('a body that is no JSON costs nothing else', async (t) => {
    const { uri: folder } = makeFolder(t);
    const editor = await Editor.start(t, { folders: [folder] });
    editor.process.sendText('{"jsonrpc":"2.0","method":');
    editor.process.sendText('');
    editor.process.sendText('[]');
    editor.open(uri, route);
    assert.ok(await editor.at('hover', uri, placeOf(route, 'timeout', 2)));
  });
});

function expectRequestError(error: unknown): true {
  assert.ok(error instanceof RequestError, String(error));
  return true;
}

function isWithin(inner: DocumentSymbol['range'], outer: DocumentSymbol['range']): boolean {
  const order = (it: { line: number; character: number }) => it.line * 10_000 + it.character;
  return order(inner.start) >= order(outer.start) && order(inner.end) <= order(outer.end);
}
