/** The panel's side of the wire to the extension. */

import type { FromPanel, ToPanel } from '../../server/src/lsp/protocol-compare.ts';
import { isToPanel } from '../../server/src/lsp/protocol-compare.ts';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** VS Code hands its interface out once. */
const vscode = acquireVsCodeApi();

export function tell(message: FromPanel): void {
  vscode.postMessage(message);
}

/** Calls `receive` for each well-formed message of the extension; others are not ours and are left alone. */
export function listen(receive: (message: ToPanel) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isToPanel(event.data)) receive(event.data);
  });
}

/** What the panel kept when it was last hidden; unchecked. */
export function keptState(): unknown {
  return vscode.getState();
}

export function keepState(state: unknown): void {
  vscode.setState(state);
}
