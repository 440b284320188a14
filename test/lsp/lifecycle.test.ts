/** Round trips about a server's life: hello, goodbye, and what happens without either. */

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { Editor, eventually, everything, makeFolder, RequestError, ServerProcess } from './editor.ts';

const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec: {ports: [{port: 80}]}\n';
const start = { line: 0, character: 0 };

interface Capabilities {
  readonly textDocumentSync: { readonly openClose: boolean; readonly change: number };
  readonly codeActionProvider: { readonly resolveProvider: boolean };
  readonly workspace?: { readonly workspaceFolders: { readonly supported: boolean } };
}

describe('hello', () => {
  test('an editor that can nothing is asked for nothing', async (t) => {
    const editor = await Editor.start(t);
    const capabilities = editor.capabilities as unknown as Capabilities;
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
    assert.equal(capabilities.codeActionProvider.resolveProvider, false);
    assert.equal(capabilities.workspace, undefined);
    editor.open('file:///a.yaml', 'kind: Service\n');
    await editor.until('file:///a.yaml', () => true);
    assert.deepEqual([...editor.registered], []);
  });

  test('an editor that can all is told all', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    const capabilities = editor.capabilities as unknown as Capabilities;
    assert.equal(capabilities.codeActionProvider.resolveProvider, true);
    assert.equal(capabilities.workspace?.workspaceFolders.supported, true);
    const methods = ['workspace/didChangeConfiguration', 'workspace/didChangeWatchedFiles'];
    await eventually(async () => assert.deepEqual([...editor.registered.keys()].sort(), methods));
  });

  test('an editor that can less than it says is served all the same', async (t) => {
    const { uri, uriOf } = makeFolder(t, { 'service.yaml': service });
    const editor = await Editor.start(t, { capabilities: everything, folders: [uri], refuses: true });
    await editor.untilRead(uriOf('service.yaml'));
  });

  test('requests before it are refused', async (t) => {
    const { server, send, next } = bare(t);
    send({ id: 1, method: 'textDocument/hover', params: { textDocument: { uri: 'file:///a.yaml' }, position: start } });
    const { error } = (await next()) as { error: { code: number } };
    assert.equal(error.code, -32002);
    server.child.stdin?.end();
    await server.ended;
  });

  test('nothing but the protocol is needed to say it', async (t) => {
    const { server, send, next } = bare(t);
    send({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    const hello = (await next()) as { result: { serverInfo: { name: string; version: string } } };
    assert.equal(hello.result.serverInfo.name, 'meshwright');
    assert.match(hello.result.serverInfo.version, /^\d+\.\d+\.\d+$/);
    send({ method: 'initialized', params: {} });
    send({ id: 2, method: 'shutdown' });
    assert.deepEqual(await next(), { jsonrpc: '2.0', id: 2, result: null });
    send({ method: 'exit' });
    assert.equal(await server.ended, 0);
  });
});

describe('the end', () => {
  test('shutdown and exit end with 0', async (t) => {
    const editor = await Editor.start(t);
    assert.equal(await editor.stop(), 0);
  });

  test('exit without shutdown ends with 1', async (t) => {
    const editor = await Editor.start(t);
    editor.notify('exit');
    assert.equal(await editor.process.ended, 1);
  });

  test('after shutdown nothing but exit is answered', async (t) => {
    const editor = await Editor.start(t);
    await editor.request('shutdown');
    await assert.rejects(
      editor.request('textDocument/documentSymbol', { textDocument: { uri: 'file:///a.yaml' } }),
      (error: unknown) => error instanceof RequestError,
    );
    editor.notify('exit');
    assert.equal(await editor.process.ended, 0);
  });

  test('an editor that is gone takes its server along', async (t) => {
    const editor = await Editor.start(t, { capabilities: everything });
    editor.open('file:///a.yaml', 'kind: Service\n');
    await editor.until('file:///a.yaml', () => true);
    editor.process.child.stdin?.end();
    await editor.process.ended;
  });

  test('so does one that never said hello', async (t) => {
    const { server } = bare(t);
    server.child.stdin?.end();
    await server.ended;
  });
});

/** A process and its messages one after another, without an editor. */
function bare(t: TestContext) {
  const received: unknown[] = [];
  let wake = () => {};
  const server = new ServerProcess((message) => {
    received.push(message);
    wake();
  });
  t.after(() => server.child.kill('SIGKILL'));
  const next = async (): Promise<unknown> => {
    while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return received.shift();
  };
  return { server, send: (message: object) => server.send(message), next };
}
