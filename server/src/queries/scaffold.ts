/** What a new key or resource brings along: the smallest value that works, with tab stops where a person has to decide. */

import { isSpaced } from '../model/edit.ts';
import { isDecision } from '../model/essentials.ts';
import { quoteIfNeeded } from '../model/scalar.ts';
import type { SchemaNode } from '../model/schema.ts';
import type { Path } from '../model/text.ts';
import { isRecord } from '../model/value.ts';
import { escape, type Question } from './completion.ts';

export interface ScaffoldStyle {
  /** Column of the key. */
  readonly column: number;
  readonly inFlow: boolean;
  /** Whether the file puts spaces inside its braces. */
  readonly isSpaced: boolean;
  readonly listIndent: number;
  readonly indentStep: number;
}

/** The style of the file around a question. */
export function styleAt({ slot, part }: Question): ScaffoldStyle {
  return { ...slot, isSpaced: slot.inFlow && isSpaced(part.text) };
}

/** What is known beyond the schema of the place where something new is written. */
export interface Ground {
  /** What most people have there, as essentials say it; undefined for what the schema requires alone. */
  readonly essentials: unknown;
  /** The open place of the essentials for which the workspace has to have something. */
  readonly needs?: string | undefined;
  /** What the workspace has for a place below it, best first, when the rest is filled in as `draft` has it. */
  choices(path: Path, draft: unknown): readonly (string | number)[];
}

/** A snippet for `name:` with what it needs below it. Lines after the first are indented from column 0. */
export function scaffold(name: string, node: SchemaNode, style: ScaffoldStyle, ground: Ground): string {
  const sketch = sketchOf(node, ground);
  return `${escape(name)}:${valueText(sketch, style, new TabStops(sketch, true))}`;
}

/** A snippet for the fields of a list's item, the first of them where the cursor is. */
export function scaffoldItem(node: SchemaNode, style: ScaffoldStyle, ground: Ground): string {
  const sketch = sketchOf(node, ground);
  const stops = new TabStops(sketch, true);
  return style.inFlow ? flowText(sketch, style, stops) : itemText(sketch, style, stops);
}

/**
 * A snippet for a whole resource; each place shows its choices or what is meant, since nothing around it does. Undefined
 * when the workspace lacks what the ground needs.
 */
export function scaffoldResource(node: SchemaNode, style: ScaffoldStyle, ground: Ground): string | undefined {
  const opens: Open[] = [];
  const sketch = sketchOf(node, ground, opens);
  if (opens.some((it) => it.name !== undefined && it.name === ground.needs && it.choices.length === 0))
    return undefined;
  return itemText(sketch, style, new TabStops(sketch, false));
}

/** The names of the fields that `scaffoldItem` writes. */
export function namesOfFields(node: SchemaNode, ground: Ground): readonly string[] {
  const sketch = sketchOf(node, ground);
  return sketch.type === 'map' ? [...sketch.fields.keys()] : [];
}

// ---- What to write -------------------------------------------------------------------------------------------------

type Sketch =
  | { readonly type: 'map'; readonly fields: ReadonlyMap<string, Sketch> }
  | { readonly type: 'list'; readonly items: readonly Sketch[] }
  | { readonly type: 'text'; readonly value: string | number | boolean }
  | Open
  /** A map of texts of which one is set: the name of the field is for a person to decide, too. */
  | { readonly type: 'one-of'; readonly names: readonly string[]; readonly value: Open };

/** A place where a person decides. */
interface Open {
  readonly type: 'open';
  readonly path: Path;
  /** Places of one name are one decision. */
  readonly name: string | undefined;
  /** What the schema allows and people usually write; second to what the workspace has. */
  readonly usual: readonly (string | number)[];
  /** Whether a map stands there, of which nothing is required. */
  readonly isMap: boolean;
  /** Whether any text may stand there. */
  readonly isText: boolean;
  choices: readonly (string | number)[];
}

/** Deeper than this nothing is required in any mesh; the bound keeps recursive schemas finite. */
const deepest = 12;

/** How many names a tab stop offers; more are found by typing. */
const mostChoices = 12;

function sketchOf(node: SchemaNode, ground: Ground, opens: Open[] = []): Sketch {
  const sketch = plan(node, ground.essentials, [], opens);
  const decided = new Set<Open>();
  const used = new Set<string | number>();
  const needed = ground.needs === undefined ? undefined : opens.find((it) => it.name === ground.needs);
  for (const open of opens) {
    if (decided.has(open)) continue;
    const together = open.name === undefined ? [open] : opens.filter((it) => it.name === open.name);
    const draft = valueOf(sketch);
    const found = firstOf(together, (it) => ground.choices(it.path, draft));
    const all = found ?? firstOf(together, (it) => it.usual) ?? [];
    const decide = (choices: readonly (string | number)[]) => {
      for (const it of together) it.choices = choices;
    };
    /** Whether what is needed can be had once this is decided so. */
    const suits = (choice: string | number) => {
      decide([choice]);
      return !needed || ground.choices(needed.path, valueOf(sketch)).length > 0;
    };
    const choices = needed && !decided.has(needed) && open !== needed ? all.filter(suits) : all;
    // Two decisions are two things: who calls a service is another one.
    const inOrder = [...choices.filter((it) => !used.has(it)), ...choices.filter((it) => used.has(it))];
    decide(inOrder.slice(0, mostChoices));
    for (const it of together) decided.add(it);
    if (inOrder[0] !== undefined) used.add(inOrder[0]);
  }
  return sketch;
}

function firstOf<Item, Value>(
  items: readonly Item[],
  of: (item: Item) => readonly Value[],
): readonly Value[] | undefined {
  for (const it of items) {
    const values = of(it);
    if (values.length > 0) return values;
  }
  return undefined;
}

/** What stands at a node: what the essentials say, and what the schema requires beside it. */
function plan(node: SchemaNode | undefined, wanted: unknown, path: Path, opens: Open[]): Sketch {
  if (Array.isArray(wanted))
    return { type: 'list', items: wanted.map((it, at) => plan(node?.items, it, [...path, at], opens)) };
  if (isDecision(wanted)) return openAt(node, path, opens, wanted.decide, wanted.usual);
  if (isRecord(wanted) || (wanted === undefined && node && isMap(node))) return planMap(node, wanted, path, opens);
  if (typeof wanted === 'string' || typeof wanted === 'number' || typeof wanted === 'boolean')
    return { type: 'text', value: wanted };
  if (node?.items) return { type: 'list', items: [plan(node.items, undefined, [...path, 0], opens)] };
  const only = node?.enum?.length === 1 ? node.enum[0] : undefined;
  return typeof only === 'string' ? { type: 'text', value: only } : openAt(node, path, opens);
}

function planMap(
  node: SchemaNode | undefined,
  wanted: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  opens: Open[],
): Sketch {
  const fields = new Map<string, Sketch>();
  const at = (name: string) => node?.properties.get(name) ?? node?.values;
  for (const [name, value] of Object.entries(wanted ?? {}))
    fields.set(name, plan(at(name), value, [...path, name], opens));
  const isDeep = path.length > deepest;
  for (const name of isDeep ? [] : (node?.required ?? [])) {
    const field = at(name);
    if (field && !fields.has(name)) fields.set(name, plan(field, undefined, [...path, name], opens));
  }
  if (fields.size > 0) return { type: 'map', fields };
  const names = node ? plainAlternatives(node) : [];
  if (names.length === 0) return openAt(node, path, opens);
  return { type: 'one-of', names, value: openAt(undefined, path, opens) };
}

/** The fields of a map that is nothing but a choice of texts, such as exact, prefix and regex; empty for other maps. */
function plainAlternatives(node: SchemaNode): readonly string[] {
  const [group] = node.choices;
  if (!group || node.choices.length !== 1 || group.length !== node.properties.size) return [];
  return [...node.properties.values()].every((it) => it.types.includes('string') && !it.enum) ? group : [];
}

function openAt(
  node: SchemaNode | undefined,
  path: Path,
  opens: Open[],
  name?: string,
  usual?: string | number,
): Sketch & Open {
  const allowed = node ? allowedIn(node) : [];
  const first = usual === undefined ? [] : [usual];
  const open: Open = {
    type: 'open',
    path,
    name,
    usual: [...first, ...allowed.filter((it) => it !== usual)],
    isMap: node !== undefined && isMap(node) && !node.intOrString,
    isText: node === undefined || node.types.includes('string'),
    choices: [],
  };
  opens.push(open);
  return open;
}

/** The values that a person may want: what stands for nothing, or should not be used any more, is found by typing. */
function allowedIn(node: SchemaNode): readonly (string | number)[] {
  const all: readonly unknown[] = node.enum ?? Object.keys(node.doc?.values ?? {});
  return all.filter(
    (it): it is string | number =>
      typeof it === 'number' ||
      (typeof it === 'string' &&
        !/^(?:UNSET|UNSPECIFIED|UNDEFINED|INVALID)/.test(it) &&
        !/^(?:deprecated|old name)/i.test(node.doc?.values?.[it] ?? '')),
  );
}

function isMap(node: SchemaNode): boolean {
  return node.properties.size > 0 || node.values !== undefined || node.types.includes('object');
}

/** The value that a sketch stands for, as far as it is decided. */
function valueOf(sketch: Sketch): unknown {
  switch (sketch.type) {
    case 'map':
      return Object.fromEntries([...sketch.fields].map(([name, it]) => [name, valueOf(it)]));
    case 'list':
      return sketch.items.map(valueOf);
    case 'text':
      return sketch.value;
    case 'open':
      return sketch.choices[0];
    case 'one-of':
      return {};
  }
}

// ---- How it is written ---------------------------------------------------------------------------------------------

/** Numbers the open places of a sketch in the order in which they are written. */
class TabStops {
  /** Whether the cursor goes to the only place there is. */
  readonly #isSingle: boolean;
  readonly #numbers = new Map<string, number>();
  #next = 1;

  constructor(sketch: Sketch, endsThere: boolean) {
    this.#isSingle = endsThere && countOpen(sketch) === 1;
  }

  /** The stop of a place; where the same was decided before, what was decided. */
  at({ name, choices, isText }: Open, inFlow: boolean): string {
    if (this.#isSingle) return '$0';
    const known = name === undefined ? undefined : this.#numbers.get(name);
    if (known !== undefined) return `$${known}`;
    const number = this.#next++;
    if (name !== undefined) this.#numbers.set(name, number);
    const texts = choices.map((it) => plainText(it, inFlow));
    const listed = texts.filter((it) => !/[\\,|$}]/.test(it));
    if (listed.length > 1 && listed[0] === texts[0]) return `\${${number}|${listed.join(',')}|}`;
    const text = texts[0] ?? (isText ? name : undefined);
    return text === undefined ? `$${number}` : `\${${number}:${escape(text)}}`;
  }

  /** A stop at which one of some names is taken. */
  names(names: readonly string[]): string {
    return `\${${this.#next++}|${names.join(',')}|}`;
  }
}

function countOpen(sketch: Sketch): number {
  const sum = (items: Iterable<Sketch>) => [...items].reduce((total, it) => total + countOpen(it), 0);
  if (sketch.type === 'map') return sum(sketch.fields.values());
  if (sketch.type === 'list') return sum(sketch.items);
  return sketch.type === 'open' ? 1 : sketch.type === 'one-of' ? 2 : 0;
}

/** What follows the colon of a key at the column of the style. */
function valueText(sketch: Sketch, style: ScaffoldStyle, stops: TabStops): string {
  if (style.inFlow) return ` ${flowText(sketch, style, stops)}`;
  const isBelow = sketch.type === 'map' || sketch.type === 'one-of' || (sketch.type === 'open' && sketch.isMap);
  if (sketch.type === 'list') {
    const column = style.column + style.listIndent;
    const items = sketch.items.map((it) => `- ${itemText(it, { ...style, column: column + 2 }, stops)}`);
    return lineBreak(column) + items.join(lineBreak(column));
  }
  if (!isBelow) return ` ${itemText(sketch, style, stops)}`;
  const column = style.column + style.indentStep;
  return lineBreak(column) + itemText(sketch, { ...style, column }, stops);
}

/** A sketch that begins where the cursor is, at the column of the style. */
function itemText(sketch: Sketch, style: ScaffoldStyle, stops: TabStops): string {
  switch (sketch.type) {
    case 'map':
      return [...sketch.fields]
        .map(([name, it]) => `${escape(quoteIfNeeded(name))}:${valueText(it, style, stops)}`)
        .join(lineBreak(style.column));
    case 'one-of':
      return `${stops.names(sketch.names)}: ${stops.at(sketch.value, false)}`;
    case 'list':
      return flowText(sketch, style, stops);
    case 'text':
      return escape(plainText(sketch.value, false));
    case 'open':
      return stops.at(sketch, false);
  }
}

function flowText(sketch: Sketch, style: ScaffoldStyle, stops: TabStops): string {
  const space = style.isSpaced ? ' ' : '';
  const inBraces = (text: string) => `{${space}${text}${space}\\}`;
  switch (sketch.type) {
    case 'map': {
      const fields = [...sketch.fields].map(
        ([name, it]) => `${escape(quoteIfNeeded(name, true))}: ${flowText(it, style, stops)}`,
      );
      return inBraces(fields.join(', '));
    }
    case 'one-of':
      return inBraces(`${stops.names(sketch.names)}: ${stops.at(sketch.value, true)}`);
    case 'list':
      return `[${sketch.items.map((it) => flowText(it, style, stops)).join(', ')}]`;
    case 'text':
      return escape(plainText(sketch.value, true));
    case 'open':
      return sketch.isMap ? inBraces(stops.at(sketch, true)) : stops.at(sketch, true);
  }
}

function lineBreak(column: number): string {
  return `\n${' '.repeat(column)}`;
}

function plainText(value: string | number | boolean, inFlow: boolean): string {
  return typeof value === 'string' ? quoteIfNeeded(value, inFlow) : String(value);
}
