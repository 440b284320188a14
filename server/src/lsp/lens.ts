/** Answers about what stands above resources, and the word to editors that it may have changed. */

import { type CodeLens, CodeLensRefreshRequest, type Command, type Connection } from 'vscode-languageserver';
import type { Workspace } from '../model/workspace.ts';
import { isCount, lensCount, lenses } from '../queries/lens.ts';
import type { Desk } from './desk.ts';
import { describe } from './session.ts';
import { linesOf, toRange } from './to-lsp.ts';
import { normalUri } from './uris.ts';

/** What a lens carries until it is shown. */
interface LensData {
  readonly uri: string;
  readonly offset: number;
  readonly type: string;
}

/** Answers which lenses a file has, and counts for one when it comes into view. */
export function registerLens(connection: Connection, desk: Desk): void {
  /** The newest workspace of which the editor has been told that its counts may differ. */
  let told: Workspace | undefined;
  let hadLenses = false;

  connection.onCodeLens(
    desk.guarded([], ({ textDocument }): CodeLens[] => {
      const uri = normalUri(textDocument.uri);
      const manifest = desk.workspace.manifests.get(uri);
      if (!manifest) return [];
      return lenses(desk.workspace, uri).flatMap(({ type, range, offset }): CodeLens[] => {
        const whole = toRange(linesOf(manifest), range);
        const first = { start: whole.start, end: whole.start };
        if (type !== 'convert') return [{ range: first, data: { uri, offset, type } satisfies LensData }];
        const command: Command = {
          title: 'convert…',
          command: 'meshwright.convert',
          arguments: [textDocument.uri, { start: whole.start, end: whole.start }],
        };
        return desk.client.commands ? [{ range: first, command }] : [];
      });
    }),
  );
  connection.onCodeLensResolve(
    desk.guardedOr(
      (lens) => lens,
      (lens): CodeLens => (isLensData(lens.data) ? { ...lens, command: countCommand(lens, lens.data) } : lens),
    ),
  );

  // Editors ask again for a file that is edited; what edits, files on disk and settings mean elsewhere they cannot know.
  desk.session.onSettled(() => {
    if (!desk.client.refreshesLenses || desk.phase !== 'running' || told === desk.workspace) return;
    told = desk.workspace;
    const { settings, folderSettings } = desk.workspace;
    const hasLenses = [settings, ...folderSettings.values()].some((it) => it.codeLens);
    const isNews = hasLenses || hadLenses;
    hadLenses = hasLenses;
    if (!isNews) return;
    connection
      .sendRequest(CodeLensRefreshRequest.type)
      .catch((error: unknown) => connection.console.warn(describe(error)));
  });

  /** The command shows what was counted, in editors that have ours; in others it is only read. */
  function countCommand({ range }: CodeLens, { uri, offset, type }: LensData): Command {
    const { text, locations } = isCount(type)
      ? lensCount(desk.workspace, uri, offset, type)
      : { text: '', locations: [] };
    if (!desk.client.commands || locations.length === 0) return { title: text, command: '' };
    return {
      title: text,
      command: 'meshwright.showReferences',
      arguments: [desk.session.spelt(uri), range.start, locations.flatMap((it) => desk.located(it))],
    };
  }
}

function isLensData(data: unknown): data is LensData {
  const lens = data as Partial<LensData> | null | undefined;
  return typeof lens?.uri === 'string' && typeof lens.offset === 'number' && isCount(lens.type);
}
