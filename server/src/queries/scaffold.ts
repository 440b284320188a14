/** What a new key brings along: the smallest value that the schema takes, with tab stops where a person has to decide. */

import type { SchemaNode } from '../model/schema.ts';

export interface ScaffoldStyle {
  /** Column of the key. */
  readonly column: number;
  readonly inFlow: boolean;
  /** Whether the file puts spaces inside its braces. */
  readonly isSpaced: boolean;
  readonly listIndent: number;
  readonly indentStep: number;
}

/** A snippet for `name:` with what is required below it. Lines after the first are indented from column 0. */
export function scaffold(name: string, node: SchemaNode, style: ScaffoldStyle): string {
  const stops = { next: 1 };
  const body = style.inFlow ? flowValue(node, style, stops) : blockValue(node, style, stops, 0);
  const text = `${name}:${body}`;
  return stops.next === 2 ? text.replace('$1', '$0') : text;
}

interface Stops {
  next: number;
}

/** Deeper than this nothing is required in any mesh; the bound keeps recursive schemas finite. */
const deepest = 8;

function blockValue(node: SchemaNode, style: ScaffoldStyle, stops: Stops, depth: number): string {
  if (node.items) {
    const column = style.column + style.listIndent;
    return `\n${' '.repeat(column)}- ${blockItem(node.items, { ...style, column: column + 2 }, stops, depth + 1)}`;
  }
  if (isMap(node)) {
    const column = style.column + style.indentStep;
    return `\n${' '.repeat(column)}${blockFields(node, { ...style, column }, stops, depth + 1)}`;
  }
  return ` ${scalar(node, stops)}`;
}

function blockItem(node: SchemaNode, style: ScaffoldStyle, stops: Stops, depth: number): string {
  return isMap(node) ? blockFields(node, style, stops, depth) : node.items ? '$0' : scalar(node, stops);
}

function blockFields(node: SchemaNode, style: ScaffoldStyle, stops: Stops, depth: number): string {
  const required = requiredFields(node);
  if (required.length === 0 || depth > deepest) return `$${stops.next++}`;
  return required
    .map(([name, field]) => `${name}:${blockValue(field, style, stops, depth)}`)
    .join(`\n${' '.repeat(style.column)}`);
}

function flowValue(node: SchemaNode, style: ScaffoldStyle, stops: Stops, depth = 0): string {
  const map = (it: SchemaNode) => flowMap(it, style, stops, depth);
  if (node.items) return ` [${isMap(node.items) ? map(node.items) : scalar(node.items, stops)}]`;
  return ` ${isMap(node) ? map(node) : scalar(node, stops)}`;
}

function flowMap(node: SchemaNode, style: ScaffoldStyle, stops: Stops, depth: number): string {
  const space = style.isSpaced ? ' ' : '';
  const required = depth > deepest ? [] : requiredFields(node);
  const fields = required.map(([name, field]) => `${name}:${flowValue(field, style, stops, depth + 1)}`);
  return `{${space}${fields.length === 0 ? `$${stops.next++}` : fields.join(', ')}${space}\\}`;
}

function requiredFields(node: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  return [...node.properties].filter(([name]) => node.required.has(name));
}

function isMap(node: SchemaNode): boolean {
  return node.properties.size > 0 || node.values !== undefined || node.types.includes('object');
}

/** A tab stop; one value that is the only one allowed is written out. */
function scalar(node: SchemaNode, stops: Stops): string {
  const only = node.enum?.length === 1 ? node.enum[0] : undefined;
  return only === undefined ? `$${stops.next++}` : String(only);
}
