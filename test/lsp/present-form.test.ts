/** What an editor is offered for a kind that a newer one has taken the place of. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeAction } from 'vscode-languageserver';
import { Editor, makeFolder } from './editor.ts';

const profile = `apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata: { name: web.shop.svc.cluster.local, namespace: shop }
spec:
  routes:
    - { name: report, condition: { pathRegex: /report }, timeout: 30s }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80 }] }
`;

const target = `apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: web, namespace: shop }
spec:
  destination: { kind: ServiceAccount, name: web }
  sources: [{ kind: ServiceAccount, name: shop }]
  rules: [{ kind: TCPRoute, name: any }]
`;

async function offersAt(editor: Editor, uri: string, line: number): Promise<readonly CodeAction[]> {
  const position = { line, character: 14 };
  const range = { start: position, end: position };
  const { diagnostics } = await editor.until(uri, (it) => it.diagnostics.some((one) => one.tags?.includes(2)));
  const context = { diagnostics };
  const actions = await editor.request<readonly CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri },
    range,
    context,
  });
  return actions.filter((it) => it.title.startsWith('Convert to'));
}

test('the fix of a hint writes the newer kind, the light bulb shows it first', async (t) => {
  const { uri: folder, uriOf } = makeFolder(t, {});
  const editor = await Editor.start(t, { folders: [folder], initializationOptions: { commands: true } });
  const uri = uriOf('profile.yaml');
  editor.open(uri, profile);
  const offers = (await offersAt(editor, uri, 1)).filter((it) => it.title === 'Convert to HTTPRoute');
  assert.deepEqual(
    offers.map((it) => [it.kind, it.isPreferred ?? false, it.command?.command]),
    [
      ['quickfix', true, undefined],
      ['refactor.rewrite', false, 'meshwright.convert'],
    ],
  );
  const edits = offers[0]?.edit?.changes?.[uri] ?? [];
  assert.match(edits[0]?.newText ?? '', /^apiVersion: gateway.networking.k8s.io\/v1\nkind: HTTPRoute\n/);
});

test('where the result would be less secure, the fix opens the preview', async (t) => {
  const { uri: folder, uriOf } = makeFolder(t, {});
  const editor = await Editor.start(t, { folders: [folder], initializationOptions: { commands: true } });
  const uri = uriOf('target.yaml');
  editor.open(uri, target);
  const fix = (await offersAt(editor, uri, 0)).find((it) => it.kind === 'quickfix');
  assert.equal(fix?.title, 'Convert to AuthorizationPolicy');
  assert.equal(fix.edit, undefined);
  assert.equal(fix.command?.command, 'meshwright.convert');
  assert.equal(fix.command?.arguments?.[2], 'linkerd');
});
