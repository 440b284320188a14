/** The extension in a real VS Code: each of its uses once, through the interfaces that the editor itself calls. */
import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';

const virtualService = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: shop
spec:
  hosts: [reviews]
  http:
    - route:
        - destination:
            host: reviews
      `;

/** A Service and its route; each test has a name of its own, so that none finds what another has written. */
const routeOf = (name: string) => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: trade }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name}, namespace: trade }
spec:
  hosts: [${name}]
  http:
    - timeout: 3s
      route:
        - destination: { host: ${name} }
`;

/** Linkerd has no delays. */
const faulty = routeOf('slow').replace(
  '    - timeout: 3s',
  '    - fault:\n        delay: { fixedDelay: 2s, percentage: { value: 10 } }',
);

interface Outcome {
  readonly title: string;
  /** The text that holds the result; undefined while it is not there. */
  written(source: vscode.TextDocument, route: string): Promise<string | undefined>;
  check(text: string, route: string): void;
}

/** What the buttons of a preview do. */
const outcomes: Readonly<Record<string, Outcome>> = {
  replace: {
    title: 'replaces the source',
    written: async (source, route) => (source.getText() === route ? undefined : source.getText()),
    check(text) {
      assert.match(text, /kind: HTTPRoute/);
      assert.doesNotMatch(text, /kind: VirtualService/);
      assert.match(text, /^kind: Service$/m, 'what was not converted stays');
    },
  },
  insertBelow: {
    title: 'inserts it below',
    written: async (source, route) => (source.getText() === route ? undefined : source.getText()),
    check(text, route) {
      assert.ok(text.startsWith(route.trimEnd()), 'the source stays as it was');
      assert.match(text, /\n---\n[^]*kind: HTTPRoute/);
    },
  },
  newFile: {
    title: 'writes a new file',
    written: (source) => readFile(vscode.Uri.joinPath(source.uri, '..', 'route.linkerd.yaml')),
    check: (text) => assert.match(text, /kind: HTTPRoute/),
  },
  newFolder: {
    title: 'writes a new folder with the report',
    written: (source) => readFile(vscode.Uri.joinPath(source.uri, '..', 'linkerd', 'conversion-report.md')),
    check: (text) => assert.match(text, /spec\.http\[0\]\.timeout/),
  },
};

describe('Meshwright in VS Code', () => {
  it('activates on a mesh manifest of the samples', async () => {
    await open(path.join('istio', 'reviews.yaml'));
    const extension = vscode.extensions.getExtension('meshwright.meshwright');
    assert.ok(extension, 'the extension is not installed');
    await eventually('activation', () => extension.isActive || undefined);
  });

  it('completes retries within an http rule', async () => {
    const document = await write('completes.yaml', virtualService);
    const labels = await eventually('retries among the completions', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        endOf(document),
      );
      const found = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return found.includes('retries') ? found : undefined;
    });
    assert.ok(labels.includes('timeout'), `timeout belongs beside retries: ${labels.join(', ')}`);
  });

  it('explains the kind PeerAuthentication on hover', async () => {
    const document = await write(
      'hover.yaml',
      'apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata:\n  name: default\n  namespace: shop\nspec:\n  mtls:\n    mode: STRICT\n',
    );
    const text = await eventually('a hover', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        new vscode.Position(1, 8),
      );
      const texts = hovers.flatMap(({ contents }) => contents.map((it) => (typeof it === 'string' ? it : it.value)));
      return texts.join('\n') || undefined;
    });
    assert.match(text, /PeerAuthentication/);
  });

  it('reports a misspelt key and says what was meant', async () => {
    const document = await write('misspelt.yaml', `${virtualService.trimEnd()}\n      retrys:\n        attempts: 3\n`);
    const diagnostic = await eventually('a diagnostic of the key', () =>
      vscode.languages.getDiagnostics(document.uri).find(({ range }) => document.getText(range) === 'retrys'),
    );
    assert.match(diagnostic.message, /retries/);
    assert.equal(diagnostic.source, 'meshwright');
  });

  it('offers to convert a VirtualService to Linkerd', async () => {
    const document = await write('converts.yaml', virtualService.trimEnd());
    const titles = await eventually('a conversion among the code actions', async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(1, 0, 1, 0),
      );
      const found = actions.map(({ title }) => title);
      return found.some((title) => title.startsWith('Convert to')) ? found : undefined;
    });
    assert.ok(titles.includes('Convert to Linkerd'), titles.join(', '));
    assert.ok(titles.includes('Convert to Consul'), titles.join(', '));
    assert.ok(!titles.includes('Convert to Istio'), 'a mesh is not offered its own manifests');
  });

  for (const [action, outcome] of Object.entries(outcomes)) {
    it(`converts, shows the result beside its source, and on request ${outcome.title}`, async () => {
      const route = routeOf(`cart-${action.toLowerCase()}`);
      const document = await write(path.join(action, 'route.yaml'), route);
      await vscode.commands.executeCommand('meshwright.convert', document.uri.toString(), undefined, 'linkerd');
      const result = await eventually('the preview', () =>
        vscode.window.visibleTextEditors
          .map((it) => it.document)
          .find((it) => it.uri.scheme === 'meshwright-conversion'),
      );
      assert.match(result.getText(), /kind: HTTPRoute/);
      assert.equal(document.getText(), route, 'nothing is written before it is asked for');
      await vscode.commands.executeCommand(`meshwright.conversion.${action}`, result.uri);
      const text = await eventually(outcome.title, () => outcome.written(document, route));
      outcome.check(text, route);
    });
  }

  it('marks lost fields in the source for as long as the conversion is shown', async () => {
    const document = await write('fault.yaml', faulty);
    await vscode.commands.executeCommand('meshwright.convert', document.uri.toString(), undefined, 'linkerd');
    const marks = () =>
      vscode.languages.getDiagnostics(document.uri).filter((it) => it.source === 'meshwright conversion');
    const [mark] = await eventually('a mark', () => (marks().length > 0 ? marks() : undefined));
    assert.ok(mark);
    assert.equal(mark.severity, vscode.DiagnosticSeverity.Information);
    assert.match(mark.message, /^Not carried over to Linkerd: /);
    assert.match(document.lineAt(mark.range.start).text, /fault|delay|fixedDelay/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await eventually('the end of the marks', () => (marks().length === 0 ? true : undefined));
  });

  it('creates a sample workspace, whose files it ships', async () => {
    const parent = vscode.Uri.joinPath(folder(), 'written', 'samples');
    await vscode.workspace.fs.createDirectory(parent);
    for (const name of ['meshwright-samples', 'meshwright-samples-2']) {
      const made = await vscode.commands.executeCommand<vscode.Uri>('meshwright.createSampleWorkspace', parent);
      assert.equal(path.posix.basename(made.path), name);
      const text = await readFile(vscode.Uri.joinPath(made, 'istio', 'reviews.yaml'));
      assert.match(text ?? '', /kind: VirtualService/);
    }
  });

  it('leads from a field to how the others do it', async () => {
    const document = await write('led.yaml', routeOf('led'));
    const line = document
      .getText()
      .split('\n')
      .findIndex((it) => it.includes('timeout'));
    const action = await eventually('the way to the comparison', async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(line, 8, line, 8),
      );
      return actions.find(({ title }) => title === 'Show how the others do it');
    });
    assert.deepEqual(action.command?.arguments, ['timeouts']);
  });

  it('opens the Compare view', async () => {
    await vscode.commands.executeCommand('meshwright.compare.focus');
    const commands = await vscode.commands.getCommands(true);
    assert.ok(commands.includes('meshwright.convert'));
  });
});

/** Opens a file of the folder. */
async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** Writes a file beside the samples, in a folder of its own, and opens it. */
async function write(name: string, text: string): Promise<vscode.TextDocument> {
  const place = path.join('written', name);
  await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), place), Buffer.from(text));
  return open(place);
}

/** The text of a file; undefined while it is not there. */
async function readFile(uri: vscode.Uri): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

function folder(): vscode.Uri {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'VS Code has no folder open');
  return first.uri;
}

function endOf(document: vscode.TextDocument): vscode.Position {
  return document.positionAt(document.getText().length);
}

/** Asks again until there is an answer; throws after 20 seconds. */
async function eventually<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    assert.ok(Date.now() < deadline, `${what} did not come within 20 seconds`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
