/** What every entry does: register the views and commands, and start the server once a manifest or a view asks for it. */

import * as vscode from 'vscode';
import {
  type BaseLanguageClient,
  type ConfigurationMiddleware,
  type LanguageClientOptions,
  WorkDoneProgress,
} from 'vscode-languageclient';
import { compareRequest, kindRequest } from '../../server/src/lsp/protocol-compare.ts';
import { schemasRequest } from '../../server/src/lsp/protocol-schemas.ts';
import { looksLikeManifest, looksLikeValues } from '../../server/src/model/looks-like-manifest.ts';
import { ChooseView } from './choose-view.ts';
import { ComparisonView } from './comparison-view.ts';
import { registerConversion } from './convert.ts';
import { CostView } from './cost-view.ts';
import { registerFeatureLinks } from './feature-links.ts';
import { registerLookUp } from './look-up.ts';
import { registerPlan } from './plan.ts';
import { PlaybooksView } from './playbooks-view.ts';
import { registerShowReferences } from './show-references.ts';
import { registerSampleWorkspace } from './sample-workspace.ts';
import { Status } from './status.ts';
import { registerUpgrade } from './upgrade.ts';
import { WorkspaceView } from './workspace-view.ts';
import { YamlTruce } from './yaml-truce.ts';

export interface Running {
  /** Stops the server; resolves when it has ended. */
  stop(): Promise<void>;
}

/** A request to the server, which is started when it does not run yet. */
export type Ask = <Answer>(method: string, params: object, following?: Following) => Promise<Answer>;

/** How a long request is followed, and ended early. */
export interface Following {
  readonly token: vscode.CancellationToken;
  readonly progress: (report: { readonly percentage?: number; readonly message?: string }) => void;
}

const languages = ['yaml', 'helm'];
const schemes = ['file', 'untitled', 'vscode-remote', 'vscode-vfs'];

/** Registers everything with the context; `makeClient` makes a client for a child process or a worker. */
export async function start(
  context: vscode.ExtensionContext,
  makeClient: (options: LanguageClientOptions) => BaseLanguageClient,
): Promise<Running> {
  const output = vscode.window.createOutputChannel('Meshwright', { log: true });
  const truce = new YamlTruce(output);
  const client = makeClient({
    documentSelector: languages.flatMap((language) => schemes.map((scheme) => ({ language, scheme }))),
    outputChannel: output,
    initializationOptions: { commands: true },
    markdown: { isTrusted: { enabledCommands: ['meshwright.compare.reveal'] } },
    middleware: { workspace: { configuration: withWhatTheEditorKnows }, handleDiagnostics: truce.publish },
  });

  let starting: Promise<void> | undefined;
  const ensureStarted = () => {
    starting ??= client.start().then(
      () => setIsRunning(true),
      (error: unknown) => {
        // The next one who asks tries again.
        starting = undefined;
        throw error;
      },
    );
    return starting;
  };
  const stop = async () => {
    starting = undefined;
    await setIsRunning(false);
    if (client.isRunning()) await client.stop();
  };
  let requests = 0;
  const ask: Ask = async <Answer>(method: string, params: object, following?: Following): Promise<Answer> => {
    await ensureStarted();
    if (!following) return client.sendRequest<Answer>(method, params);
    requests += 1;
    const workDoneToken = `${method}-${requests}`;
    const progress = client.onProgress(WorkDoneProgress.type, workDoneToken, (it) => {
      if (it.kind === 'report') following.progress(it);
    });
    try {
      return await client.sendRequest<Answer>(method, { ...params, workDoneToken }, following.token);
    } finally {
      progress.dispose();
    }
  };

  const cost = new CostView(context.extensionUri, ask, (message) => output.warn(message));
  const comparison = new ComparisonView(
    context.extensionUri,
    { comparison: (params) => ask(compareRequest, params), kind: (params) => ask(kindRequest, params) },
    () => cost.showSources(),
    (message) => output.warn(message),
  );
  const startFor = (document: vscode.TextDocument) => {
    if (starting === undefined && isManifest(document))
      ensureStarted().catch((error: unknown) => output.error(String(error)));
  };
  context.subscriptions.push(
    output,
    comparison,
    new Status(
      async (params) => (client.isRunning() ? client.sendRequest(schemasRequest, params) : []),
      (message) => output.warn(message),
    ),
    truce,
    ...registerConversion(ask, context.extensionUri, (message) => output.warn(message)),
    registerPlan(ask),
    new PlaybooksView(context.extensionUri, ask, (message) => output.warn(message)),
    registerUpgrade(ask, client),
    registerShowReferences(client),
    new ChooseView(context.extensionUri, ask, (message) => output.warn(message)),
    new WorkspaceView(ask, client, (message) => output.warn(message)),
    registerSampleWorkspace(context.extensionUri),
    cost,
    vscode.commands.registerCommand('meshwright.compare.reveal', (featureId: unknown) =>
      typeof featureId === 'string' ? comparison.reveal(featureId) : comparison.search(),
    ),
    vscode.commands.registerCommand('meshwright.compare.search', () => comparison.search()),
    registerLookUp(ask, (featureId) => comparison.reveal(featureId)),
    registerFeatureLinks(
      (featureId) => comparison.reveal(featureId),
      (message) => output.warn(message),
    ),
    vscode.commands.registerCommand('meshwright.showOutput', () => output.show()),
    vscode.commands.registerCommand('meshwright.restartServer', async () => {
      await stop();
      await ensureStarted();
    }),
    vscode.workspace.onDidOpenTextDocument(startFor),
    vscode.workspace.onDidChangeTextDocument(({ document }) => startFor(document)),
  );
  for (const document of vscode.workspace.textDocuments) startFor(document);

  return { stop };
}

/** Menus of the explorer offer conversions only in workspaces that have something to convert. */
async function setIsRunning(isRunning: boolean): Promise<void> {
  await vscode.commands.executeCommand('setContext', 'meshwright.isRunning', isRunning);
}

/** Whether a document holds a Kubernetes resource, or Helm values that we know; other YAML costs nothing but this look. */
export function isManifest(document: vscode.TextDocument): boolean {
  return (
    languages.includes(document.languageId) &&
    schemes.includes(document.uri.scheme) &&
    (looksLikeManifest(document.getText()) || looksLikeValues(document.getText()))
  );
}

/**
 * Adds what the editor itself leaves out of searches to what our own setting leaves out, and tells the tab size that an
 * open file has in its language and after its own indentation was looked at.
 */
const withWhatTheEditorKnows: NonNullable<ConfigurationMiddleware['configuration']> = async (
  { items },
  token,
  next,
) => {
  const answers = await next({ items }, token);
  if (!Array.isArray(answers)) return answers;
  return answers.map((answer: unknown, position) => {
    const { section, scopeUri } = items[position] ?? {};
    if (section === 'editor.tabSize' && scopeUri !== undefined) return tabSizeOf(scopeUri) ?? answer;
    if (section !== 'meshwright' || typeof answer !== 'object' || answer === null) return answer;
    const own: unknown = (answer as { exclude?: unknown }).exclude;
    return { ...answer, exclude: [...(Array.isArray(own) ? own : []), ...excludedByEditor(scopeUri)] };
  });
};

/** What the editor that shows a file counts as a level; without one, what its language says. */
function tabSizeOf(uri: string): unknown {
  const isIt = (document: vscode.TextDocument) => document.uri.toString() === uri;
  const shown = vscode.window.visibleTextEditors.find(({ document }) => isIt(document));
  if (typeof shown?.options.tabSize === 'number') return shown.options.tabSize;
  const document = vscode.workspace.textDocuments.find(isIt);
  return document && vscode.workspace.getConfiguration('editor', document).get('tabSize');
}

/** Globs of the editor's own settings for a folder; without one, for the window. */
function excludedByEditor(folder: string | undefined): string[] {
  const scope = folder === undefined ? undefined : vscode.Uri.parse(folder);
  return ['search.exclude', 'files.exclude'].flatMap((section) =>
    Object.entries(vscode.workspace.getConfiguration(undefined, scope).get<Record<string, unknown>>(section) ?? {})
      .filter(([, on]) => on === true)
      .map(([glob]) => glob),
  );
}
