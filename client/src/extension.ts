/** Desktop entry: the language server runs as a child process. */

import * as vscode from 'vscode';
import { LanguageClient, type LanguageClientOptions, TransportKind } from 'vscode-languageclient/node';
import { type Running, start } from './start.ts';

let running: Running | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
  const makeClient = (options: LanguageClientOptions) =>
    new LanguageClient('meshwright', 'Meshwright', { module, transport: TransportKind.ipc }, options);
  running = await start(context, makeClient);
}

export function deactivate(): Promise<void> | undefined {
  return running?.stop();
}
