/** Our types → the protocol's. Lines and columns begin here. */

import {
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  type Diagnostic as LspDiagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  InsertTextFormat,
  InsertTextMode,
  type Location as LspLocation,
  type Range as LspRange,
  SymbolKind,
  type TextEdit as LspTextEdit,
} from 'vscode-languageserver';
import { LineIndex, type Location, type Range, type TextEdit, type Uri } from '../model/text.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Diagnostic, Severity } from '../model/rule.ts';
import { plainSnippet } from '../model/snippet.ts';
import type { Completion } from '../queries/complete.ts';
import type { Symbol } from '../queries/symbols.ts';

const lines = new WeakMap<Manifest, LineIndex>();

/** Line starts of a manifest, made once. */
export function linesOf(manifest: Manifest): LineIndex {
  let index = lines.get(manifest);
  if (!index) {
    index = new LineIndex(manifest.text);
    lines.set(manifest, index);
  }
  return index;
}

export function toRange(index: LineIndex, range: Range): LspRange {
  return { start: index.positionAt(range.start), end: index.positionAt(range.end) };
}

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const repository = 'https://github.com/meshwright/meshwright/blob/main';

/** Rooms whose folder is called otherwise than the first word of their rules. */
const roomFolders: Readonly<Record<string, string>> = { common: 'kubernetes/common', gateway: 'kubernetes/gateway' };

/** The page that explains a rule, as a path in the repository: `test/meshes/istio/rules/subset-not-defined.md`. */
export function rulePagePath(code: string): string {
  const [room = '', name = ''] = code.split('/');
  return `test/meshes/${roomFolders[room] ?? room}/rules/${name}.md`;
}

/** `indexOf` gives the lines of other files that related places stand in; those of unknown files are left out. */
export function toDiagnostic(
  diagnostic: Diagnostic,
  index: LineIndex,
  indexOf: (uri: Uri) => LineIndex | undefined,
): LspDiagnostic {
  const { range, severity, code, message, peers, tags, related } = diagnostic;
  const relatedInformation = related.flatMap((it) => {
    const other = indexOf(it.uri);
    return other ? [{ location: { uri: it.uri, range: toRange(other, it.range) }, message: it.message }] : [];
  });
  return {
    range: toRange(index, range),
    severity: severities[severity],
    source: 'meshwright',
    code,
    codeDescription: { href: `${repository}/${rulePagePath(code)}` },
    message,
    ...(tags.length > 0
      ? { tags: tags.map((it) => (it === 'deprecated' ? DiagnosticTag.Deprecated : DiagnosticTag.Unnecessary)) }
      : {}),
    ...(relatedInformation.length > 0 ? { relatedInformation } : {}),
    data: { peers },
  };
}

const completionKinds: Record<Completion['type'], CompletionItemKind> = {
  key: CompletionItemKind.Property,
  'required-key': CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  kind: CompletionItemKind.Class,
  name: CompletionItemKind.Reference,
  annotation: CompletionItemKind.Field,
  item: CompletionItemKind.Struct,
  snippet: CompletionItemKind.Snippet,
};

export interface CompletionAbilities {
  readonly snippets: boolean;
  readonly asIs: boolean;
  /** Whether the editor knows VS Code's command that asks for completions again. */
  readonly retrigger: boolean;
}

/** `position` is the item's place in the list, by which its documentation is asked for later. */
export function toCompletionItem(
  completion: Completion,
  index: LineIndex,
  position: number,
  list: number,
  abilities: CompletionAbilities,
): CompletionItem {
  const { label, type, detail, range, snippet, filter, order, isDeprecated, continues, also } = completion;
  return {
    label,
    kind: completionKinds[type],
    ...(detail ? { labelDetails: { description: detail } } : {}),
    filterText: filter,
    sortText: order,
    textEdit: { range: toRange(index, range), newText: abilities.snippets ? snippet : plainSnippet(snippet) },
    insertTextFormat: abilities.snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(abilities.asIs ? { insertTextMode: InsertTextMode.asIs } : {}),
    ...(isDeprecated ? { tags: [CompletionItemTag.Deprecated] } : {}),
    ...(also.length > 0 ? { additionalTextEdits: also.map((it) => toTextEdit(index, it)) } : {}),
    ...(continues && abilities.retrigger ? { command: { title: '', command: 'editor.action.triggerSuggest' } } : {}),
    data: { list, position },
  };
}

export function toTextEdit(index: LineIndex, edit: TextEdit): LspTextEdit {
  return { range: toRange(index, edit.range), newText: edit.newText };
}

export function toLocation(location: Location, index: LineIndex): LspLocation {
  return { uri: location.uri, range: toRange(index, location.range) };
}

export const symbolKinds: Readonly<Record<Symbol['type'], SymbolKind>> = {
  resource: SymbolKind.Class,
  route: SymbolKind.Method,
  name: SymbolKind.Field,
};

export function toDocumentSymbol(symbol: Symbol, index: LineIndex): DocumentSymbol {
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: symbolKinds[symbol.type],
    range: toRange(index, symbol.range),
    selectionRange: toRange(index, symbol.selection),
    children: symbol.children.map((it) => toDocumentSymbol(it, index)),
  };
}
