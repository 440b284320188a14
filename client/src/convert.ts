/**
 * Converting: ask the server, show the result beside its source with the report below, and let the user decide what
 * becomes of it. Nothing is written before that.
 */

import * as vscode from 'vscode';
import {
  type ConvertAnswer,
  type ConvertParams,
  convertRequest,
  type Question,
  questionsRequest,
  type Target,
  type TargetsParams,
  targetsRequest,
} from '../../server/src/lsp/protocol-convert.ts';
import { ConversionPreview, previewScheme, type Conversion } from './conversion-preview.ts';
import { askOptions } from './conversion-options.ts';
import { nothingText } from './conversion-words.ts';
import { convertFolder } from './convert-folder.ts';
import type { Ask } from './start.ts';
import { writeBelow, writeFile, writeFolder, writeInPlace } from './conversion-write.ts';

type Range = NonNullable<ConvertParams['range']>;

/** Registers the commands of conversion and the provider of its previews. */
export function registerConversion(
  ask: Ask,
  extensionUri: vscode.Uri,
  log: (message: string) => void,
): vscode.Disposable[] {
  const preview = new ConversionPreview(extensionUri, log);
  const onPreview = (name: string, act: (conversion: Conversion) => Promise<void>) =>
    vscode.commands.registerCommand(`meshwright.conversion.${name}`, async (uri?: unknown) => {
      const conversion = preview.find(uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri);
      if (conversion) await act(conversion);
    });
  return [
    preview,
    vscode.commands.registerCommand('meshwright.convert', (uri?: unknown, range?: unknown, to?: unknown) =>
      convert(ask, preview, uri, range, to),
    ),
    vscode.commands.registerCommand('meshwright.convertFile', (uri?: unknown) => convertFile(ask, preview, uri)),
    vscode.commands.registerCommand('meshwright.convertFolder', (uri?: unknown) =>
      convertFolder(ask, preview, uri instanceof vscode.Uri ? uri : undefined),
    ),
    vscode.commands.registerCommand('meshwright.convertWorkspace', () => convertFolder(ask, preview, undefined)),
    onPreview('replace', writeInPlace),
    onPreview('insertBelow', writeBelow),
    onPreview('newFile', writeFile),
    onPreview('newFolder', writeFolder),
    onPreview('report', (conversion) => preview.showReport(conversion)),
    onPreview('options', (conversion) => convertAgain(ask, preview, conversion)),
  ];
}

async function convert(ask: Ask, preview: ConversionPreview, uri: unknown, range: unknown, to: unknown): Promise<void> {
  const place = typeof uri === 'string' ? { uri, ...(isRange(range) ? { range } : {}) } : activePlace();
  if (!place) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('Open a manifest of Istio, Linkerd or Consul to convert it.'),
    );
    return;
  }
  const target = typeof to === 'string' ? to : await pickTarget(ask, place);
  if (target !== undefined) await convertAs(ask, preview, { ...place, to: target });
}

/** Converts and shows the result. */
async function convertAs(ask: Ask, preview: ConversionPreview, params: ConvertParams): Promise<void> {
  const answer = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Converting') },
    () => ask<ConvertAnswer>(convertRequest, params),
  );
  if (answer.outputs.length === 0 && answer.changes.length === 0) {
    await vscode.window.showWarningMessage(nothingText(answer));
    return;
  }
  const conversion = preview.add(params, answer);
  await preview.show(conversion);
  // The message stays as long as it likes; the command is done.
  offer(conversion).then(undefined, (error: unknown) =>
    vscode.window.showErrorMessage(vscode.l10n.t('The result could not be written: {0}', String(error))),
  );
}

/** Converts once more, with other options than before. */
async function convertAgain(ask: Ask, preview: ConversionPreview, { params }: Conversion): Promise<void> {
  const questions = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for options that matter') },
    () => ask<readonly Question[]>(questionsRequest, params),
  );
  if (questions.length === 0) {
    await vscode.window.showInformationMessage(vscode.l10n.t('No option makes a difference to this conversion.'));
    return;
  }
  const options = await askOptions(questions, params.options ?? {}, vscode.l10n.t('Convert'));
  if (options) await convertAs(ask, preview, { ...params, options });
}

/** Converts all of a file: one of the explorer, or the active one. */
async function convertFile(ask: Ask, preview: ConversionPreview, uri: unknown): Promise<void> {
  const file = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
  await convert(ask, preview, file?.toString(), undefined, undefined);
}

/** The cursor or selection of the active editor. */
function activePlace(): TargetsParams | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || editor.document.uri.scheme === previewScheme) return undefined;
  const { start, end } = editor.selection;
  return {
    uri: editor.document.uri.toString(),
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
  };
}

async function pickTarget(ask: Ask, place: TargetsParams): Promise<string | undefined> {
  const targets = await ask<readonly Target[]>(targetsRequest, place);
  if (targets.length === 0) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('No resource here can be converted. Put the cursor on a resource of Istio, Linkerd or Consul.'),
    );
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    targets.map((it) => ({ label: it.name, id: it.id })),
    { title: vscode.l10n.t('Convert to Another Mesh'), placeHolder: vscode.l10n.t('Mesh to convert to') },
  );
  return picked?.id;
}

/** Says what came out; the buttons are the ones of the preview's title, for those who look here first. */
async function offer(conversion: Conversion): Promise<void> {
  const { counts, securityLosses, meshName } = conversion.answer;
  const summary = vscode.l10n.t(
    'Converted to {0}: {1} exact, {2} changed, {3} lost.',
    meshName,
    counts.exact,
    counts.changed,
    counts.lost,
  );
  const actions: Readonly<Record<string, (it: Conversion) => Promise<void>>> = {
    [vscode.l10n.t('Replace')]: writeInPlace,
    [vscode.l10n.t('Insert Below')]: writeBelow,
    [vscode.l10n.t('New File')]: writeFile,
  };
  const [worst] = securityLosses;
  const picked = worst
    ? await vscode.window.showWarningMessage(
        `${summary} ${vscode.l10n.t('Security is affected: {0}', worst)}`,
        ...Object.keys(actions),
      )
    : await vscode.window.showInformationMessage(summary, ...Object.keys(actions));
  if (picked !== undefined) await actions[picked]?.(conversion);
}

function isRange(value: unknown): value is Range {
  return typeof value === 'object' && value !== null && 'start' in value && 'end' in value;
}
