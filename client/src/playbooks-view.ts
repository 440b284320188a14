/** The view "Playbooks": asks the server what its page shows, and copies, puts into a terminal or opens what the user picks there. */

import * as vscode from 'vscode';
import {
  type FromPlaybooks,
  isFromPlaybooks,
  isPlaybooksAnswer,
  isSheet,
  type PlaybooksAnswer,
  type PlaybooksParams,
  playbooksRequest,
  type Sheet,
  type ToPlaybooks,
} from '../../server/src/lsp/protocol-playbooks.ts';
import { isMeshId, type MeshId } from '../../server/src/model/mesh-id.ts';
import { hasControlCharacter } from '../../server/src/model/shell.ts';
import type { Ask } from './start.ts';
import { WebviewView } from './webview-view.ts';

/** Id of the view in package.json. */
export const playbooksViewId = 'meshwright.playbooks';

export class PlaybooksView implements vscode.Disposable {
  readonly #view: WebviewView<FromPlaybooks, ToPlaybooks>;
  readonly #ask: Ask;
  readonly #log: (message: string) => void;
  readonly #disposables: vscode.Disposable[];
  /** What the page shows. */
  #shown: PlaybooksAnswer | undefined;
  /** Counts questions, so that a late answer to an old one is dropped. */
  #question = 0;

  /** `log` takes what went wrong, for the output channel. */
  constructor(extensionUri: vscode.Uri, ask: Ask, log: (message: string) => void) {
    this.#ask = ask;
    this.#log = log;
    this.#view = new WebviewView<FromPlaybooks, ToPlaybooks>(extensionUri, {
      id: playbooksViewId,
      title: 'Playbooks',
      bundle: 'playbooks',
      isFrom: isFromPlaybooks,
      receive: (message) => void this.#receive(message),
      // The page asks for what it showed before it was hidden.
      shown: () => this.#view.deliverWaiting(),
      log,
    });
    this.#disposables = [
      this.#view,
      vscode.commands.registerCommand('meshwright.playbooks.open', (mesh: unknown, sheet: unknown) =>
        this.#open(mesh, sheet),
      ),
    ];
  }

  dispose(): void {
    for (const it of this.#disposables) it.dispose();
  }

  /** Opens the view at a sheet; without a mesh and a sheet that there are, as it was. */
  async #open(mesh: unknown, sheet: unknown): Promise<void> {
    if (isMeshId(mesh) && isSheet(sheet)) await this.#view.openWith({ type: 'reveal', mesh, sheet });
    else await vscode.commands.executeCommand(`${playbooksViewId}.focus`);
  }

  /** Never rejects: the page or the log is told what went wrong. */
  async #receive(message: FromPlaybooks): Promise<void> {
    try {
      switch (message.type) {
        case 'ready':
          return;
        case 'ask':
          return await this.#show(message);
        case 'openSource':
          return await this.#openSource();
        case 'copyAll': {
          const { markdown } = await this.#answer(message);
          await vscode.env.clipboard.writeText(markdown);
          return this.#view.post({ type: 'done', action: '', how: 'copied' });
        }
        default:
          return await this.#act(message.type, message, message.action);
      }
    } catch (error) {
      this.#log(`The playbooks could not answer "${message.type}": ${reasonOf(error)}`);
      if (message.type === 'ask')
        this.#view.post({
          type: 'failed',
          message: 'The language server does not answer, so there is no playbook to show yet.',
        });
    }
  }

  async #show({ mesh, sheet, values, names }: PlaybooksParams): Promise<void> {
    this.#question += 1;
    const question = this.#question;
    const answer = await this.#answer({
      ...(mesh === undefined ? {} : { mesh }),
      sheet,
      values,
      ...(names === undefined ? {} : { names }),
    });
    if (question !== this.#question) return;
    this.#shown = answer;
    const { markdown: _, ...page } = answer;
    this.#view.post({ type: 'page', page });
  }

  /** The server fills in and quotes: what is copied or put is never text that the page has sent. */
  async #act(
    how: 'copy' | 'put' | 'open',
    { mesh, sheet, values }: { mesh: MeshId; sheet: Sheet; values: PlaybooksParams['values'] },
    id: string,
  ): Promise<void> {
    const { playbook } = await this.#answer({ mesh, sheet, values });
    const actions = [
      ...(playbook?.steps.flatMap((it) => [...it.actions, ...it.checks, ...it.rollback]) ?? []),
      ...(playbook?.profiles.map((it) => it.action) ?? []),
    ];
    const action = actions.find((it) => it.id === id);
    if (!action || action.missing.length > 0) {
      this.#log(`The playbooks have no action "${id}" that is filled in.`);
      return;
    }
    if (how === 'copy') {
      await vscode.env.clipboard.writeText(action.text);
      this.#view.post({ type: 'done', action: id, how: 'copied' });
    } else if (how === 'put' && action.kind === 'command') {
      this.#put(action.text);
      this.#view.post({ type: 'done', action: id, how: 'put' });
    } else if (how === 'open' && action.kind === 'file') {
      const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: action.text });
      await vscode.window.showTextDocument(document, { preview: false });
      this.#view.post({ type: 'done', action: id, how: 'opened' });
    }
  }

  /** Types a command into the terminal that is in front, else into a new one, and leaves Enter to the user. */
  #put(command: string): void {
    if (hasControlCharacter(command)) {
      this.#log('A command with a line break or a control character is not put into a terminal.');
      return;
    }
    const active = vscode.window.activeTerminal;
    const terminal =
      active && active.exitStatus === undefined ? active : vscode.window.createTerminal({ name: 'Meshwright' });
    terminal.show();
    terminal.sendText(command, false);
  }

  async #openSource(): Promise<void> {
    const source = this.#shown?.playbook?.source;
    if (source !== undefined) await vscode.env.openExternal(vscode.Uri.parse(source, true));
  }

  async #answer({ mesh, sheet, values, names }: PlaybooksParams): Promise<PlaybooksAnswer> {
    const answer: unknown = await this.#ask(playbooksRequest, { mesh, sheet, values, names });
    if (!isPlaybooksAnswer(answer)) throw new Error('The answer of the language server is not understood.');
    return answer;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
