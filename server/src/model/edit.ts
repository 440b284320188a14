/** Changes told by path → text edits that keep the file's own style: its indentation, its lists, its braces. */

import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { keyText, rangeOf } from './decode.ts';
import { nodesAt, type Manifest, type Resource, startOf } from './manifest.ts';
import type { Part } from './part.ts';
import { type BlockStyle, blockStyleOf, readOutline } from './outline.ts';
import type { FixEdit } from './rule.ts';
import { escapeControls, needsEscapes, quoteIfNeeded, quoted } from './scalar.ts';
import { lineStartOf, type Path, type TextEdit, type Uri } from './text.ts';
import { valueAt } from './value.ts';

/** Text edits by file; changes to files that `manifestOf` does not know are left out. */
export function textEdits(
  edits: readonly FixEdit[],
  manifestOf: (uri: Uri) => Manifest | undefined,
): ReadonlyMap<Uri, readonly TextEdit[]> {
  const byFile = new Map<Uri, readonly TextEdit[]>();
  for (const edit of edits) {
    const uri = 'resource' in edit ? edit.resource.uri : edit.uri;
    const manifest = manifestOf(uri);
    const made = manifest ? textEditsIn(edit, manifest) : [];
    for (const it of made) byFile.set(uri, joined(byFile.get(uri) ?? [], it));
  }
  return byFile;
}

/**
 * Adds an edit; a second field that goes into the same empty braces needs a comma. Lines that go in where lines are taken
 * out take their place.
 */
function joined(edits: readonly TextEdit[], added: TextEdit): TextEdit[] {
  const isTakenOut = ({ range, newText }: TextEdit) =>
    newText === '' && range.start < added.range.start && added.range.end < range.end;
  const gap = added.newText.startsWith('\n') ? edits.find(isTakenOut) : undefined;
  if (gap) return edits.map((it) => (it === gap ? { ...gap, newText: `${added.newText.slice(1)}\n` } : it));
  const isSamePoint = ({ range }: TextEdit) => range.start === added.range.start && range.end === added.range.end;
  const isInBraces = added.range.start === added.range.end && /^[^\s,]/.test(added.newText);
  const needsComma = isInBraces && edits.some(isSamePoint);
  return [...edits, needsComma ? { ...added, newText: `, ${added.newText}` } : added];
}

function textEditsIn(edit: FixEdit, manifest: Manifest): readonly TextEdit[] {
  if (edit.type === 'append-document') return [appendDocument(manifest.text, edit.text)];
  if (edit.type === 'replace-text') {
    const from = startOf(manifest, edit.part);
    if (from === undefined) return [];
    return [{ range: { start: from + edit.range.start, end: from + edit.range.end }, newText: edit.text }];
  }
  const { resource } = edit;
  const start = startOf(manifest, resource.part);
  const document = resource.part.document();
  if (start === undefined || !document) return [];
  const path = [...resource.root, ...edit.path];
  const inPart = editPart(edit, resource.part, document, path);
  if (!inPart) return [];
  const newText = manifest.text.includes('\r\n') ? inPart.newText.replace(/\r?\n/g, '\r\n') : inPart.newText;
  return [{ range: { start: start + inPart.range.start, end: start + inPart.range.end }, newText }];
}

function editPart(
  edit: FixEdit & { readonly path: Path },
  part: Part,
  document: Document,
  path: Path,
): TextEdit | undefined {
  switch (edit.type) {
    case 'rename-key': {
      const key = nodesAt(document, path)?.key;
      return key && { range: rangeOf(key), newText: quoteIfNeeded(edit.key) };
    }
    case 'replace-value':
      return (
        (isOldInList(edit) ? wrapInList(part, document, path) : undefined) ??
        replaceValue(part, document, path, edit.value)
      );
    case 'spell-value': {
      const node = nodesAt(document, path)?.value;
      return node && { range: contentRange(part.text, node), newText: edit.text };
    }
    case 'delete':
      return remove(part, document, path, edit.isFirst);
    case 'insert':
      return insert(part, document, path, edit.value);
  }
}

/** The edit that adds a new resource to the file of another, in that file's style. */
export function createDocument(beside: Resource, value: Readonly<Record<string, unknown>>): FixEdit {
  const lines = blockLines(value, blockStyleOf(readOutline(beside.part.text)));
  return { type: 'append-document', uri: beside.uri, text: `${lines.join('\n')}\n` };
}

/** A new document at the end of a file, with the line that separates it. */
function appendDocument(text: string, added: string): TextEdit {
  const range = { start: text.length, end: text.length };
  const newline = text === '' || text.endsWith('\n') ? '' : '\n';
  const separator = text.trim() === '' || /(?:^|\n)---\s*$/.test(text) ? '' : '---\n';
  return { range, newText: `${newline}${separator}${added}` };
}

function replaceValue(part: Part, document: Document, path: Path, value: unknown): TextEdit | undefined {
  const found = nodesAt(document, path);
  if (!found) return undefined;
  const { text } = part;
  const { key, value: node } = found;
  const isScalarValue = value === null || typeof value !== 'object';
  const range = node ? contentRange(text, node) : undefined;
  if (isScalarValue) {
    const written = scalarText(value, node, inFlow(document, path));
    if (range && range.end > range.start) return { range, newText: written };
    const at = key ? colonAfter(text, rangeOf(key).end) : range?.start;
    return at === undefined ? undefined : { range: { start: at, end: at }, newText: ` ${written}` };
  }
  const spaced = isSpaced(text);
  if (!key) return range && { range, newText: flowText(value, spaced) };
  const colon = colonAfter(text, rangeOf(key).end);
  if (inFlow(document, path) || (isCollection(node) && node.flow && Object.keys(value).length > 0))
    return {
      range: { start: colon, end: Math.max(range?.end ?? colon, colon) },
      newText: ` ${flowText(value, spaced)}`,
    };
  if (!node || isEmptyScalar(node)) return fill(text, key, value);
  const column = columnOf(text, rangeOf(key).start);
  return {
    range: { start: colon, end: Math.max(range?.end ?? colon, colon) },
    newText: blockText(value, column, blockStyleOf(readOutline(text))),
  };
}

/** Gives a value to a key in block style that has none; a comment beside the key stays there. */
function fill(text: string, key: Node, value: unknown): TextEdit {
  const { start, end } = rangeOf(key);
  const newText = blockText(value, columnOf(text, start), blockStyleOf(readOutline(text)));
  const colon = colonAfter(text, end);
  const at = newText.startsWith('\n') ? endOfLine(text, colon) : colon;
  return { range: { start: at, end: at }, newText };
}

/** Whether the new value is a list of the old one and nothing else. */
function isOldInList({ resource, path, value }: FixEdit & { readonly type: 'replace-value' }): boolean {
  return Array.isArray(value) && value.length === 1 && value[0] === valueAt(resource.value, path);
}

/** A map in block style gets a dash and moves as it is written, comments included; undefined for other values. */
function wrapInList({ text }: Part, document: Document, path: Path): TextEdit | undefined {
  const { key, value } = nodesAt(document, path) ?? {};
  if (!key || !isMap(value) || value.flow || value.items.length === 0 || value.anchor) return undefined;
  const { start, end } = contentRange(text, value);
  const column = columnOf(text, start);
  const dash = columnOf(text, rangeOf(key).start) + blockStyleOf(readOutline(text)).listIndent;
  const shift = dash + 2 - column;
  const [first = '', ...below] = text.slice(start, end).split('\n');
  const lines = below.map((it) => (it.trim() === '' ? it : shift < 0 ? it.slice(-shift) : ' '.repeat(shift) + it));
  if (shift < 0 && below.some((it) => it.trim() !== '' && !it.startsWith(' '.repeat(-shift)))) return undefined;
  return {
    range: { start: start - column, end },
    newText: [`${' '.repeat(dash)}- ${first}`, ...lines].join('\n'),
  };
}

/** Takes a field or item out: whole lines in block style, with its comma in flow style. */
function remove(part: Part, document: Document, path: Path, isFirst = false): TextEdit | undefined {
  const parent = collectionAt(document, path.slice(0, -1));
  const found = isFirst && isMap(parent) ? firstPair(parent, String(path.at(-1))) : nodesAt(document, path);
  if (!parent || !found) return undefined;
  const { text } = part;
  const start = rangeOf(found.key ?? found.value).start;
  const end = Math.max(contentRange(text, found.value ?? found.key).end, found.key ? rangeOf(found.key).end : 0);
  if (parent.flow) {
    const after = /^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0;
    const before = after === 0 ? (/,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0) : 0;
    return { range: { start: start - before, end: end + after }, newText: '' };
  }
  const items = parent.items.length;
  if (items === 1 && path.length > 1) return remove(part, document, path.slice(0, -1));
  const lineStart = lineStartOf(text, start);
  const lineEnd = endOfLine(text, end);
  const isOnItemLine = isMap(parent) && /-\s/.test(text.slice(lineStart, start));
  if (isOnItemLine) {
    // The first key of a list item shares its line with the dash, which stays for the next key.
    const next = text.slice(lineEnd + 1).match(/^\s*/)?.[0].length ?? 0;
    return { range: { start, end: Math.min(lineEnd + 1 + next, text.length) }, newText: '' };
  }
  return { range: { start: lineStart, end: Math.min(lineEnd + 1, text.length) }, newText: '' };
}

/** The nodes of the first pair with a key, where others of the same key follow. */
function firstPair(map: YAMLMap, name: string): ReturnType<typeof nodesAt> {
  const pair = map.items.find((it) => keyText(it.key) === name);
  return pair && { key: pair.key as Node, value: (pair.value ?? undefined) as Node | undefined };
}

/** Adds a field or item; parents that are missing are made on the way, and a field that is there gets the value. */
function insert(part: Part, document: Document, path: Path, value: unknown): TextEdit | undefined {
  // A key that waits for its value is there already.
  if (nodesAt(document, path)?.key) return replaceValue(part, document, path, value);
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const parent = collectionAt(document, path.slice(0, length));
    const nested = wrap(path.slice(length + 1), value);
    const key = path[length];
    if (key === undefined) return undefined;
    if (parent) return insertInto(part, parent, key, nested);
    const found = nodesAt(document, path.slice(0, length));
    if (found?.key && (!found.value || isEmptyScalar(found.value))) {
      const child = typeof key === 'number' ? [nested] : { [key]: nested };
      if (!inFlow(document, path.slice(0, length))) return fill(part.text, found.key, child);
      const colon = colonAfter(part.text, rangeOf(found.key).end);
      return { range: { start: colon, end: colon }, newText: ` ${flowText(child, isSpaced(part.text))}` };
    }
  }
  return undefined;
}

function wrap(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);
}

function insertInto(part: Part, parent: YAMLMap | YAMLSeq, key: string | number, value: unknown): TextEdit {
  const { text } = part;
  const range = rangeOf(parent);
  const last = parent.items.at(-1);
  if (parent.flow) {
    const item = flowText(value, isSpaced(text));
    const added = isMap(parent) ? `${quoteIfNeeded(String(key), true)}: ${item}` : item;
    // Straight behind the last one, for a comment may follow it.
    const end = last ? itemEnd(text, last) : range.start + 1;
    return { range: { start: end, end }, newText: last ? `, ${added}` : added };
  }
  const style = blockStyleOf(readOutline(text));
  const end = last ? itemEnd(text, last) : range.end;
  const first = parent.items[0];
  const firstStart = isMap(parent)
    ? rangeOf((first as Pair | undefined)?.key).start
    : dashBefore(text, rangeOf(isPairNode(first) ? first.key : first).start);
  const column = first ? columnOf(text, firstStart) : columnOf(text, range.start);
  const body = isMap(parent) ? { [String(key)]: value } : [value];
  const lines = blockLines(body, style).map((it) => ' '.repeat(column) + it);
  const at = endOfLine(text, text.slice(0, end).trimEnd().length);
  return { range: { start: at, end: at }, newText: `\n${lines.join('\n')}` };
}

function isPairNode(node: unknown): node is Pair {
  return typeof node === 'object' && node !== null && 'key' in node && 'value' in node;
}

function collectionAt(document: Document, path: Path): YAMLMap | YAMLSeq | undefined {
  const value: unknown = path.length === 0 ? document.contents : nodesAt(document, path)?.value;
  const node = isAlias(value) ? undefined : value;
  return isMap(node) || isSeq(node) ? node : undefined;
}

function inFlow(document: Document, path: Path): boolean {
  for (let length = path.length - 1; length >= 0; length -= 1)
    if (collectionAt(document, path.slice(0, length))?.flow) return true;
  return false;
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && (node.value === '' || node.value === null) && !/^QUOTE/.test(node.type ?? '');
}

/** The signs of a node without the blank space that the parser counts to collections. */
function contentRange(text: string, node: unknown): { readonly start: number; readonly end: number } {
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1);
    const { start, end } = rangeOf(node);
    return { start, end: last ? itemEnd(text, last) : end };
  }
  const { start, end } = rangeOf(node);
  let trimmed = end;
  while (trimmed > start && /\s/.test(text[trimmed - 1] ?? '')) trimmed -= 1;
  return { start, end: trimmed };
}

/** Where a pair of a map or an item of a list ends; one without a value ends with its colon. */
function itemEnd(text: string, item: unknown): number {
  if (!isPairNode(item)) return contentRange(text, item).end;
  const end = colonAfter(text, rangeOf(item.key).end);
  const isEmpty = !item.value || isEmptyScalar(item.value as Node);
  return isEmpty ? end : Math.max(contentRange(text, item.value).end, end);
}

function colonAfter(text: string, end: number): number {
  const colon = text.indexOf(':', end);
  return colon === -1 ? end : colon + 1;
}

function dashBefore(text: string, start: number): number {
  const dash = text.lastIndexOf('-', start);
  return dash === -1 ? start : dash;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStartOf(text, offset);
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

/** A scalar as text, in the quotes that the old one had. */
function scalarText(value: unknown, old: Node | undefined, flow: boolean): string {
  if (typeof value !== 'string') return String(value);
  const quote = isScalar(old) ? old.type : undefined;
  if (quote === Scalar.QUOTE_DOUBLE) return quoted(value);
  if (quote === Scalar.QUOTE_SINGLE && !value.includes('\n')) return `'${value.replaceAll("'", "''")}'`;
  return quoteIfNeeded(value, flow);
}

/** Whether a text puts spaces inside its braces, as `{ host: a }` does. */
export function isSpaced(text: string): boolean {
  return /[:[,-] *\{ +[^ }]/.test(text);
}

/** A value in flow style on one line; `spaced` puts spaces inside braces. */
export function flowText(value: unknown, spaced = false): string {
  if (Array.isArray(value)) return `[${value.map((it) => flowText(it, spaced)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, it]) => `${quoteIfNeeded(key, true)}: ${flowText(it, spaced)}`);
    return spaced && fields.length > 0 ? `{ ${fields.join(', ')} }` : `{${fields.join(', ')}}`;
  }
  return typeof value === 'string' ? quoteIfNeeded(value, true) : String(value);
}

/** What follows `key:` for a value: on the same line for scalars and empty collections, else lines below it. */
export function blockText(value: unknown, column: number, style: BlockStyle): string {
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) return ` ${flowText(value)}`;
  const indent = column + (Array.isArray(value) ? style.listIndent : style.indentStep);
  return `\n${blockLines(value, style)
    .map((it) => ' '.repeat(indent) + it)
    .join('\n')}`;
}

function blockLines(value: unknown, style: BlockStyle): string[] {
  const document = new Document(value, { version: '1.1' });
  visit(document, {
    Scalar(_key, node) {
      // A block scalar that starts with blank space would be read with another indentation.
      const { value: content } = node;
      if (typeof content === 'string' && (/^\s[^]*\n|^\n/.test(content) || needsEscapes(content)))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document.toString({
    indent: Math.max(style.indentStep, 1),
    indentSeq: style.listIndent > 0,
    lineWidth: 0,
    defaultStringType: 'PLAIN',
  });
  return escapeControls(text).replace(/\n$/, '').split('\n');
}
