/** Settings by workspace folder: asked of the editor, and what is wrong with them told once. */

import { type Connection, MessageType, ShowMessageNotification } from 'vscode-languageserver';
import { readSettings, settingProblems, type Settings } from '../model/settings.ts';
import type { Uri } from '../model/text.ts';
import type { Client } from './client.ts';
import { describe } from './session.ts';
import { uriPath } from './uris.ts';

/** What holds where. */
export interface SettingsByFolder {
  /** Outside of all folders. */
  readonly settings: Settings;
  readonly folderSettings: ReadonlyMap<Uri, Settings>;
}

const section = 'meshwright';

export class SettingsReader {
  readonly #connection: Connection;
  /** Sentences about the settings of now that have been shown. */
  #told: ReadonlySet<string> = new Set();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Asks for the settings of each folder; an editor that cannot be asked has those that it `pushed` or sent at the start. */
  async read(client: Client, pushed: unknown, folders: readonly Uri[]): Promise<SettingsByFolder> {
    const [outside, ...own] = client.configuration
      ? await this.#ask([undefined, ...folders])
      : [pushed ?? client.settings];
    this.#tell(new Set([outside, ...own].flatMap((it) => settingProblems(it))));
    return {
      settings: withPaths(outside),
      folderSettings: new Map(
        own.flatMap((it, position) => {
          const folder = folders[position];
          return folder === undefined ? [] : [[folder, withPaths(it)] as const];
        }),
      ),
    };
  }

  async #ask(scopes: readonly (Uri | undefined)[]): Promise<readonly unknown[]> {
    try {
      const items = scopes.map((it) => (it === undefined ? { section } : { section, scopeUri: it }));
      const answers: unknown = await this.#connection.workspace.getConfiguration(items);
      return Array.isArray(answers) ? answers : [];
    } catch (error) {
      this.#connection.console.warn(describe(error));
      return [];
    }
  }

  #tell(problems: ReadonlySet<string>): void {
    const news = [...problems].filter((it) => !this.#told.has(it));
    this.#told = problems;
    if (news.length === 0) return;
    const message = `${news.join(' ')} The default holds instead.`;
    void this.#connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message });
  }
}

function withPaths(sent: unknown): Settings {
  const read = readSettings(sent);
  return { ...read, environments: read.environments.map(uriPath) };
}
