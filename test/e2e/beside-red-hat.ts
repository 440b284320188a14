/** What VS Code runs with a stand-in for Red Hat's YAML extension installed beside us, on the folder that the test wrote. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** What the stand-in exports. */
interface StandIn {
  readonly contributors: readonly {
    readonly scheme: string;
    readonly requestSchema: (resource: string) => string | undefined;
    readonly requestSchemaContent: (uri: string) => string | undefined;
    readonly label: string;
  }[];
  readonly marks: vscode.DiagnosticCollection;
}

/** Throws when something is not as it should be, which gives VS Code its exit code. */
export async function run(): Promise<void> {
  const redHat = vscode.extensions.getExtension<StandIn>('redhat.vscode-yaml');
  assert.ok(redHat, 'the stand-in is not installed');

  // Other manifests are no reason to wake it.
  const service = await open('service.yaml');
  await eventually('Meshwright', () => vscode.extensions.getExtension('meshwright.meshwright')?.isActive);
  await eventually('the server', () => ours(service.uri).includes('common/duplicate-map-key'));
  assert.equal(redHat.isActive, false);

  const mesh = await open('mesh.yaml');
  await eventually('the stand-in', () => redHat.isActive);
  const { contributors, marks } = redHat.exports;
  const contributor = await eventually('our contributor', () => contributors[0]);
  const schemaOf = (document: vscode.TextDocument) => contributor.requestSchema(document.uri.toString());
  assert.equal(contributors.length, 1);
  assert.equal(contributor.requestSchemaContent(schemaOf(mesh) ?? ''), 'true');
  assert.equal(schemaOf(service), undefined);
  assert.match(mesh.getText(), new RegExp(contributor.label));

  // A key that stands twice, and a field that only we know to be wrong.
  const both = ['common/duplicate-map-key', 'common/unknown-field'];
  await eventually('our marks', () => ours(mesh.uri).join() === both.join());
  const twice = new vscode.Range(4, 0, 4, 13);
  const mark = new vscode.Diagnostic(twice, 'Map keys must be unique', vscode.DiagnosticSeverity.Error);
  mark.source = 'YAML';
  marks.set(mesh.uri, [mark]);
  await eventually('our mark to go', () => ours(mesh.uri).join() === 'common/unknown-field');
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    mesh.uri,
    twice,
  );
  assert.ok(
    actions.some((it) => it.kind?.value === 'quickfix'),
    'our fix is still offered',
  );

  const setting = vscode.workspace.getConfiguration('meshwright');
  await setting.update('yaml.truce', false, vscode.ConfigurationTarget.Workspace);
  await eventually('our mark after switching the truce off', () => ours(mesh.uri).join() === both.join());
  assert.equal(schemaOf(mesh), undefined);
  await setting.update('yaml.truce', undefined, vscode.ConfigurationTarget.Workspace);
  await eventually('our mark to go again', () => ours(mesh.uri).join() === 'common/unknown-field');

  marks.clear();
  await eventually('our mark when the other is gone', () => ours(mesh.uri).join() === both.join());
  await vscode.commands.executeCommand('meshwright.restartServer');
  await eventually('our marks after a restart', () => ours(mesh.uri).join() === both.join());
}

async function open(name: string): Promise<vscode.TextDocument> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'VS Code has no folder open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Codes of our marks in a file, sorted. */
function ours(uri: vscode.Uri): string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((it) => it.source === 'meshwright')
    .map((it) => String(typeof it.code === 'object' ? it.code.value : it.code))
    .sort();
}

/** Asks again until the answer is neither undefined nor false; throws after 20 seconds. */
async function eventually<T>(what: string, ask: () => T | undefined | false): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    assert.ok(Date.now() < deadline, `${what} did not come within 20 seconds`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
