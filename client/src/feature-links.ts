/** Links from outside of the editor to a row of the comparison: `vscode://meshwright.meshwright/feature/mtls`. */

import * as vscode from 'vscode';
import { featureInLink } from '../../server/src/lsp/protocol-look-up.ts';

/** Registers what opens such links; `log` takes those that name nothing, for the output channel. */
export function registerFeatureLinks(
  reveal: (featureId: string) => Promise<void>,
  log: (message: string) => void,
): vscode.Disposable {
  return vscode.window.registerUriHandler({
    async handleUri(uri) {
      const id = featureInLink(uri.path);
      if (id === undefined) log(`A link leads nowhere: ${uri.toString()}`);
      else await reveal(id);
    },
  });
}
