/** Round trips about moving around: symbols, folds, selections, links, highlights, calls and lenses, by what editors can do. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CodeLens,
  DocumentHighlight,
  DocumentLink,
  FoldingRange,
  SelectionRange,
  WorkspaceSymbol,
} from 'vscode-languageserver-types';
import { Editor, everything, makeFolder, modest, placeOf, rangeOf } from './editor.ts';

const service = `apiVersion: v1
kind: Service
metadata:
  name: reviews
  namespace: shop
spec:
  selector: { app: reviews }
`;

const route = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: split
  namespace: shop
spec:
  hosts: [reviews]
  http:
    - name: all
      route:
        - destination: { host: reviews }
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: callers, namespace: shop }
spec:
  rules:
    - from: [{ source: { principals: [cluster.local/ns/shop/sa/web] } }]
`;

describe('moving around', () => {
  test('folds, selects, highlights and links in an open file', async (t) => {
    const { uri, uriOf } = makeFolder(t, {
      'base/service.yaml': service,
      'base/kustomization.yaml': 'resources: [service.yaml]\n',
    });
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri] });
    const file = uriOf('route.yaml');
    editor.open(file, route);
    const textDocument = { uri: file };

    const folds = await editor.request<FoldingRange[]>('textDocument/foldingRange', { textDocument });
    assert.deepEqual(
      folds.map((it) => [it.startLine, it.endLine]),
      [
        [0, 10],
        [2, 4],
        [5, 10],
        [7, 10],
        [8, 10],
        [9, 10],
        [11, 17],
        [12, 17],
        [15, 17],
        [16, 17],
      ],
    );

    const positions = [placeOf(route, 'all'), placeOf(route, 'hosts')];
    const [onName, onHosts] = await editor.request<SelectionRange[]>('textDocument/selectionRange', {
      textDocument,
      positions,
    });
    assert.deepEqual(onName?.range, rangeOf(route, 'all'));
    assert.deepEqual(onName?.parent?.range, rangeOf(route, 'name: all'));
    assert.deepEqual(onHosts?.range, rangeOf(route, 'hosts'));

    const marked = await editor.at<DocumentHighlight[]>('documentHighlight', file, placeOf(route, 'reviews'));
    assert.deepEqual(
      marked.map((it) => it.range),
      [rangeOf(route, 'reviews'), rangeOf(route, 'reviews', 2)],
    );
    assert.equal(await editor.at('documentHighlight', file, placeOf(route, 'http')), null);

    const kustomization = { uri: uriOf('base/kustomization.yaml') };
    editor.open(kustomization.uri, 'resources: [service.yaml]\n');
    const found = await editor.request<DocumentLink[]>('textDocument/documentLink', { textDocument: kustomization });
    assert.deepEqual(found, [
      {
        range: { start: { line: 0, character: 12 }, end: { line: 0, character: 24 } },
        target: uriOf('base/service.yaml'),
      },
    ]);
  });

  test('gives an editor no more folds than it takes, the outer ones', async (t) => {
    const capabilities = {
      textDocument: { ...modest.textDocument, foldingRange: { rangeLimit: 3, lineFoldingOnly: true } },
    };
    const editor = await Editor.start(t, { capabilities });
    const file = 'file:///shop/route.yaml';
    editor.open(file, route);
    const folds = await editor.request<FoldingRange[]>('textDocument/foldingRange', { textDocument: { uri: file } });
    assert.deepEqual(
      folds.map((it) => it.startLine),
      [0, 11, 12],
    );
    editor.open('file:///shop/values.yaml', 'a:\n  b: 1\n');
    const textDocument = { uri: 'file:///shop/values.yaml' };
    assert.equal(await editor.request('textDocument/foldingRange', { textDocument }), null);
  });

  test('finds symbols in all folders, with ranges at once or when one is picked', async (t) => {
    const [one, two] = [makeFolder(t, { 'service.yaml': service }), makeFolder(t, { 'route.yaml': route })];
    const folders = [one.uri, two.uri];
    const plain = await Editor.start(t, { capabilities: modest, folders });
    await plain.untilRead(two.uriOf('route.yaml'));
    const symbols = (editor: Editor, query: string) => editor.request<WorkspaceSymbol[]>('workspace/symbol', { query });
    const [found] = await symbols(plain, 'reviews');
    assert.equal(found?.name, 'Service reviews');
    assert.equal(found?.containerName, 'shop');
    assert.deepEqual(found?.location, { uri: one.uriOf('service.yaml'), range: rangeOf(service, 'reviews') });

    const symbol = { resolveSupport: { properties: ['location.range'] } };
    const capabilities = { ...everything, workspace: { ...everything.workspace, symbol } };
    const lazy = await Editor.start(t, { capabilities, folders });
    await lazy.untilRead(two.uriOf('route.yaml'));
    const [named] = await symbols(lazy, 'all');
    assert.ok(named);
    assert.deepEqual(named.location, { uri: two.uriOf('route.yaml') });
    const resolved = await lazy.request<WorkspaceSymbol>('workspaceSymbol/resolve', named);
    assert.deepEqual(resolved.location, { uri: two.uriOf('route.yaml'), range: rangeOf(route, 'all') });
    const foreign = { ...named, data: { uri: 7 } };
    assert.deepEqual(await lazy.request('workspaceSymbol/resolve', foreign), foreign);
  });

  test('tells who calls a host, across files', async (t) => {
    const { uri, uriOf } = makeFolder(t, { 'service.yaml': service });
    const editor = await Editor.start(t, { folders: [uri] });
    await editor.untilRead(uriOf('service.yaml'));
    const file = uriOf('route.yaml');
    editor.open(file, route);
    const prepare = (place: string) =>
      editor.at<CallHierarchyItem[] | null>('prepareCallHierarchy', file, placeOf(route, place));
    const [item] = (await prepare('reviews')) ?? [];
    assert.equal(item?.name, 'Service reviews');
    assert.equal(item?.uri, uriOf('service.yaml'));
    const incoming = await editor.request<CallHierarchyIncomingCall[]>('callHierarchy/incomingCalls', { item });
    assert.deepEqual(
      incoming.map(({ from, fromRanges }) => [from.name, from.uri, fromRanges]),
      [
        ['VirtualService split', file, [rangeOf(route, 'reviews', 2)]],
        ['cluster.local/ns/shop/sa/web', file, [rangeOf(route, 'cluster.local/ns/shop/sa/web')]],
      ],
    );
    const outgoing = await editor.request<CallHierarchyOutgoingCall[]>('callHierarchy/outgoingCalls', {
      item: incoming[0]?.from,
    });
    assert.deepEqual(
      outgoing.map(({ to, fromRanges }) => [to.name, fromRanges]),
      [['Service reviews', [rangeOf(route, 'reviews', 2)]]],
    );
    assert.equal(await prepare('rules'), null);
  });
});

describe('code lenses', () => {
  const capabilities = {
    ...everything,
    workspace: { ...everything.workspace, codeLens: { refreshSupport: true } },
  };

  test('stand above no resource unless a setting asks for them', async (t) => {
    const { uri, uriOf } = makeFolder(t);
    const editor = await Editor.start(t, { capabilities, folders: [uri] });
    editor.open(uriOf('service.yaml'), service);
    assert.deepEqual(await lensesOf(editor, uriOf('service.yaml')), []);
  });

  test('count when they come into view, and lead to what was counted', async (t) => {
    const { uri, uriOf } = makeFolder(t, { 'route.yaml': route });
    const editor = await Editor.start(t, {
      capabilities,
      folders: [uri],
      configuration: { meshwright: { codeLens: true } },
      initializationOptions: { commands: true },
    });
    await editor.untilRead(uriOf('route.yaml'));
    const file = uriOf('service.yaml');
    editor.open(file, service);
    const lenses = await lensesOf(editor, file);
    assert.ok(lenses.every((it) => it.range.start.line === 0 && it.command === undefined));
    const [routes, callers] = await resolved(editor, lenses);
    assert.equal(routes?.command?.title, '1 route');
    assert.equal(routes?.command?.command, 'meshwright.showReferences');
    assert.deepEqual(routes?.command?.arguments, [
      file,
      { line: 0, character: 0 },
      [{ uri: uriOf('route.yaml'), range: rangeOf(route, 'split') }],
    ]);
    assert.equal(callers?.command?.title, '1 caller');

    editor.open(uriOf('route.yaml'), route);
    const ofRoute = await resolved(editor, await lensesOf(editor, uriOf('route.yaml')));
    assert.deepEqual(
      ofRoute.map((it) => it.command?.title),
      ['1 destination', 'no uses', 'convert…', 'no uses', 'convert…'],
    );
    assert.deepEqual(ofRoute[2]?.command?.arguments, [
      uriOf('route.yaml'),
      { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
    ]);
  });

  test('are only read in editors without our commands', async (t) => {
    const editor = await Editor.start(t, { initializationOptions: { settings: { codeLens: true } } });
    const file = 'file:///shop/service.yaml';
    editor.open(file, `${service}---\n${route}`);
    const titles = (await resolved(editor, await lensesOf(editor, file))).map((it) => it.command);
    assert.deepEqual(titles.slice(0, 2), [
      { title: '1 route', command: '' },
      { title: '1 caller', command: '' },
    ]);
    assert.ok(titles.every((it) => it?.command === ''));
  });

  function lensesOf(editor: Editor, uri: string): Promise<CodeLens[]> {
    return editor.request('textDocument/codeLens', { textDocument: { uri } });
  }

  function resolved(editor: Editor, lenses: readonly CodeLens[]): Promise<CodeLens[]> {
    return Promise.all(lenses.map((it) => (it.command ? it : editor.request<CodeLens>('codeLens/resolve', it))));
  }
});
