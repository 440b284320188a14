/** A page's side of the wire to the extension. */

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host<From> {
  tell(message: From): void;
  /** What the page kept when it was last hidden; unchecked. */
  keptState(): unknown;
  keepState(state: unknown): void;
}

/**
 * Connects the page, once: calls `receive` for each well-formed message of the extension; others are not ours and are left
 * alone.
 */
export function connect<From, To>(
  isTo: (message: unknown) => message is To,
  receive: (message: To) => void,
): Host<From> {
  const vscode = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (isTo(event.data)) receive(event.data);
  });
  return {
    tell: (message) => vscode.postMessage(message),
    keptState: () => vscode.getState(),
    keepState: (state) => vscode.setState(state),
  };
}
