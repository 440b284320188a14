/** Shows places that the server counted, as the editor shows references. */

import * as vscode from 'vscode';
import type { BaseLanguageClient, Location, Position } from 'vscode-languageclient';

/** Registers the command behind a code lens; its arguments are the server's and speak the protocol. */
export function registerShowReferences(client: BaseLanguageClient): vscode.Disposable {
  return vscode.commands.registerCommand(
    'meshwright.showReferences',
    (uri: string, position: Position, locations: Location[]) => {
      const { protocol2CodeConverter: converter } = client;
      return vscode.commands.executeCommand(
        'editor.action.showReferences',
        converter.asUri(uri),
        converter.asPosition(position),
        locations.map((it) => converter.asLocation(it)),
      );
    },
  );
}
