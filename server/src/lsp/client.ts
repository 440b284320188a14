/** What the editor at the other end can do; whatever it does not announce it is not given. */

import type { InitializeParams } from 'vscode-languageserver';

export interface Client {
  readonly snippets: boolean;
  readonly asIs: boolean;
  readonly resolvesDocumentation: boolean;
  readonly resolvesEdits: boolean;
  readonly locationLinks: boolean;
  readonly hierarchicalSymbols: boolean;
  /** Whether it takes code actions as such; without them there are none. */
  readonly codeActions: boolean;
  /** Whether hovers may be Markdown; else they are sent as plain text. */
  readonly markdownHovers: boolean;
  readonly documentChanges: boolean;
  /** Whether edits may carry a mark by which it groups them where it shows them first. */
  readonly changeAnnotations: boolean;
  /** Whether it asks what would be renamed before it asks for the new name. */
  readonly preparesRenames: boolean;
  readonly watchesFiles: boolean;
  readonly configuration: boolean;
  readonly workspaceFolders: boolean;
  /** Whether it asks again for hints within lines when it is told that they may have changed. */
  readonly refreshesHints: boolean;
  /** Whether it has our own commands (the VS Code extension), so that links and actions may use them. */
  readonly commands: boolean;
  readonly retrigger: boolean;
  /** How many folds of a file it takes. */
  readonly foldLimit: number;
  /** Whether it asks for the range of a symbol of the workspace once somebody picks it. */
  readonly resolvesSymbols: boolean;
  /** Whether it can be told to ask for code lenses again. */
  readonly refreshesLenses: boolean;
  /** Settings sent at the start, for editors that answer no questions about them. */
  readonly settings: unknown;
}

/** Reads the announcement; everything is absent unless said. */
export function readClient({ capabilities, initializationOptions }: Partial<InitializeParams>): Client {
  const { textDocument, workspace } = capabilities ?? {};
  const item = textDocument?.completion?.completionItem;
  const options = (initializationOptions ?? {}) as { commands?: unknown; settings?: unknown };
  const commands = options.commands === true;
  return {
    snippets: item?.snippetSupport ?? false,
    asIs: item?.insertTextModeSupport?.valueSet.includes(1) ?? false,
    resolvesDocumentation: item?.resolveSupport?.properties.includes('documentation') ?? false,
    resolvesEdits: textDocument?.codeAction?.resolveSupport?.properties.includes('edit') ?? false,
    hierarchicalSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport ?? false,
    codeActions: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    markdownHovers: textDocument?.hover?.contentFormat?.includes('markdown') ?? false,
    locationLinks: textDocument?.definition?.linkSupport ?? false,
    documentChanges: workspace?.workspaceEdit?.documentChanges ?? false,
    changeAnnotations: workspace?.workspaceEdit?.changeAnnotationSupport !== undefined,
    preparesRenames: textDocument?.rename?.prepareSupport ?? false,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    configuration: workspace?.configuration ?? false,
    workspaceFolders: workspace?.workspaceFolders ?? false,
    refreshesHints: workspace?.inlayHint?.refreshSupport ?? false,
    commands,
    retrigger: commands,
    foldLimit: textDocument?.foldingRange?.rangeLimit ?? Number.POSITIVE_INFINITY,
    resolvesSymbols: workspace?.symbol?.resolveSupport?.properties.includes('location.range') ?? false,
    refreshesLenses: workspace?.codeLens?.refreshSupport ?? false,
    settings: options.settings,
  };
}
