/** What is wrong with a value by its schema, as the API server would say it, but in words. Interprets the schema view. */

import { nearest } from './nearest.ts';
import { formatMissed, matches, patternWords } from './pattern.ts';
import { type Choice, choicesOf, guessKey, type SchemaNode } from './schema.ts';
import type { Constraint } from './structure.ts';
import type { Path } from './text.ts';
import { isRecord } from './value.ts';

export type SchemaCode =
  | 'common/unknown-field'
  | 'common/wrong-type'
  | 'common/missing-required-field'
  | 'common/enum-value'
  | 'common/pattern-mismatch'
  | 'common/one-of';

export interface SchemaProblem {
  readonly path: Path;
  /** Whether the key or the value at the path is at fault. */
  readonly part: 'key' | 'value';
  readonly code: SchemaCode;
  readonly message: string;
  readonly suggestion?: Suggestion;
  /** Keys of the same map beside which the key cannot stand. */
  readonly rivals?: readonly string[];
}

/** What would mend a problem; speaks of the place that the problem's path names. */
export type Suggestion =
  | { readonly kind: 'rename-key'; readonly to: string }
  | { readonly kind: 'delete-key' }
  | { readonly kind: 'replace-value'; readonly to: string | number | boolean }
  | { readonly kind: 'quote' }
  | { readonly kind: 'unquote'; readonly to: number | boolean }
  | { readonly kind: 'wrap-in-list' }
  /** `path` is the map that lacks the fields. */
  | { readonly kind: 'add-fields'; readonly path: Path; readonly fields: readonly string[] };

export interface ValidateOptions {
  /** Values that nobody can know yet, such as those out of templates; they satisfy everything. */
  isUnknown?(value: unknown): boolean;
  /** Whether more may be written at a path than the value shows; nothing is called missing there. Patches say true everywhere. */
  incomplete?(path: Path): boolean;
  /** How many problems are looked for. */
  readonly limit?: number;
}

/**
 * Compares a value with its schema and gives the problems in the order of the value. Never throws, whatever the value;
 * stops after `limit` problems (200).
 */
export function validate(schema: SchemaNode, value: unknown, options: ValidateOptions = {}): SchemaProblem[] {
  const check = new Check(value, options);
  check.visit(schema, value);
  return check.problems;
}

class Check {
  readonly problems: SchemaProblem[] = [];
  readonly #root: unknown;
  readonly #limit: number;
  readonly #isUnknown: (value: unknown) => boolean;
  readonly #incomplete: (path: Path) => boolean;
  /** The place that is visited, and the schemas on the way to it. */
  readonly #path: (string | number)[] = [];
  readonly #above: SchemaNode[] = [];

  constructor(root: unknown, options: ValidateOptions) {
    this.#root = root;
    this.#limit = options.limit ?? 200;
    this.#isUnknown = options.isUnknown?.bind(options) ?? (() => false);
    this.#incomplete = options.incomplete?.bind(options) ?? (() => false);
  }

  visit(node: SchemaNode, value: unknown): void {
    if (this.problems.length >= this.#limit || this.#isUnknown(value)) return;
    const absent = value === null || value === undefined;
    if (absent && (node.nullable || node.types.length === 0)) return;
    if (!hasType(node, value)) return this.#wrongType(node, value);
    if (node.enum && !this.#isAllowed(node.enum, value)) return;
    if (typeof value === 'string') this.#string(node, value);
    else if (typeof value === 'number') this.#number(node, value);
    else if (Array.isArray(value)) this.#list(node, value);
    else if (isRecord(value)) this.#map(node, value);
    if (logicOf(node).rest.length > 0) this.#logic(node, value);
  }

  #below(key: string | number, node: SchemaNode, value: unknown): void {
    this.#path.push(key);
    this.visit(node, value);
    this.#path.pop();
  }

  #list(node: SchemaNode, list: readonly unknown[]): void {
    const { minItems, maxItems, uniqueItems } = node.attributes;
    if (minItems !== undefined && list.length < minItems && !this.#incomplete([...this.#path])) {
      this.#bound(
        'key',
        minItems === 1 ? 'must not be empty' : `must have at least ${minItems} entries, not ${list.length}`,
      );
    }
    if (maxItems !== undefined && list.length > maxItems) {
      this.#bound('key', `may have at most ${counted(maxItems, 'entry', 'entries')}, not ${list.length}`);
    }
    if (uniqueItems && new Set(list.map((it) => JSON.stringify(it))).size < list.length)
      this.#bound('key', 'has the same entry twice');
    const { items } = node;
    if (!items) return;
    this.#above.push(node);
    for (let position = 0; position < list.length; position += 1) this.#below(position, items, list[position]);
    this.#above.pop();
  }

  #map(node: SchemaNode, map: Readonly<Record<string, unknown>>): void {
    const { properties, values, open } = node;
    const closed = !open && !values && (properties.size > 0 || node.types.length > 0);
    this.#missing(node, map);
    this.#count(node, map);
    this.#choices(node, map);
    this.#above.push(node);
    for (const key of Object.keys(map)) {
      const value = map[key];
      const property = properties.get(key) ?? values;
      if (property) {
        if (!isDropped(property, value)) this.#below(key, property, value);
      } else if (closed && !node.ignored.has(key) && !this.#isUnknown(key)) {
        this.#unknownField(node, map, key);
      }
    }
    this.#above.pop();
  }

  #missing(node: SchemaNode, map: Readonly<Record<string, unknown>>): void {
    const missing: string[] = [];
    for (const name of node.required) if (!isSet(node, map, name) && !isMeant(node, map, name)) missing.push(name);
    if (missing.length > 0 && !this.#incomplete([...this.#path])) this.#needs(missing, listed(missing, 'and'));
    for (const alternatives of logicOf(node).atLeast) {
      if (
        alternatives.some((names) => names.every((name) => isSet(node, map, name) || isMeant(node, map, name))) ||
        this.#incomplete([...this.#path])
      )
        continue;
      this.#needs(
        alternatives[0] ?? [],
        listed(
          alternatives.map((it) => it[0] ?? ''),
          'or',
        ),
      );
    }
  }

  #needs(fields: readonly string[], words: string): void {
    const path = [...this.#path];
    this.#report({
      ...this.#keyOfMap(),
      code: 'common/missing-required-field',
      message: `${this.#subject()} needs ${words}.`,
      suggestion: { kind: 'add-fields', path, fields },
    });
  }

  /** Where to mark what a map lacks: at its key, at the top at the kind. */
  #keyOfMap(): { readonly path: Path; readonly part: 'key' } {
    const isTop = this.#path.length === 0 && isRecord(this.#root) && Object.hasOwn(this.#root, 'kind');
    return { path: isTop ? ['kind'] : [...this.#path], part: 'key' };
  }

  #count(node: SchemaNode, map: Readonly<Record<string, unknown>>): void {
    const { minProperties, maxProperties } = node.attributes;
    if (minProperties === undefined && maxProperties === undefined) return;
    const count = Object.keys(map).length;
    if (minProperties !== undefined && count < minProperties && !this.#incomplete([...this.#path])) {
      this.#bound(
        'key',
        minProperties === 1 ? 'must not be empty' : `must have at least ${minProperties} keys, not ${count}`,
      );
    }
    if (maxProperties !== undefined && count > maxProperties) {
      this.#bound('key', `may have at most ${counted(maxProperties, 'key', 'keys')}, not ${count}`);
    }
  }

  #choices(node: SchemaNode, map: Readonly<Record<string, unknown>>): void {
    for (const { names, needed } of logicOf(node).choices) {
      const taken = names.filter((name) => isSet(node, map, name));
      if (taken.length > 1) {
        const written = Object.keys(map).filter((key) => taken.includes(key));
        const extra = written[1] ?? written[0];
        this.#report({
          path: extra === undefined ? [...this.#path] : [...this.#path, extra],
          part: 'key',
          code: 'common/one-of',
          message: `Only one of ${listed(names, 'and')} may be set.`,
          suggestion: { kind: 'delete-key' },
          rivals: written.filter((it) => it !== extra),
        });
      } else if (
        taken.length === 0 &&
        needed &&
        !names.some((name) => isMeant(node, map, name)) &&
        !this.#incomplete([...this.#path])
      ) {
        const message = names.length === 2 ? `Either ${listed(names, 'or')}` : `One of ${listed(names, 'and')}`;
        this.#report({
          ...this.#keyOfMap(),
          code: 'common/one-of',
          message: `${message} must be set.`,
          suggestion: { kind: 'add-fields', path: [...this.#path], fields: names.slice(0, 1) },
        });
      }
    }
  }

  #unknownField(node: SchemaNode, map: Readonly<Record<string, unknown>>, key: string): void {
    const guess = guessKey(node, key, map);
    const home = guess === undefined ? this.#homeOf(node, key) : undefined;
    const advice =
      guess !== undefined ? `; did you mean "${guess}"?` : home !== undefined ? `; it belongs in ${home}.` : '.';
    this.#report({
      path: [...this.#path, key],
      part: 'key',
      code: 'common/unknown-field',
      message: `${this.#subject()} has no field "${shortened(key)}"${advice}`,
      suggestion: guess !== undefined ? { kind: 'rename-key', to: guess } : { kind: 'delete-key' },
    });
    const meant = guess === undefined ? undefined : node.properties.get(guess);
    if (meant && !isDropped(meant, map[key])) this.#below(key, meant, map[key]);
  }

  /** The map beside that does have such a field, since fields often slip one level too high or too deep. */
  #homeOf(node: SchemaNode, key: string): string | undefined {
    const below = [...node.properties].filter(([, it]) => (it.items ?? it).properties.has(key));
    const [name, child] = below.length === 1 ? (below[0] ?? []) : [];
    if (name !== undefined && child) return child.items ? `an entry of "${name}"` : `"${name}"`;
    for (let depth = this.#above.length - 2; depth > 0; depth -= 1) {
      if (this.#above[depth]?.properties.has(key)) return this.#subject(this.#path.slice(0, depth), 'an');
    }
    return undefined;
  }

  #wrongType(node: SchemaNode, value: unknown): void {
    const suggestion = retyped(node, value);
    this.#report({
      path: [...this.#path],
      part: 'value',
      code: 'common/wrong-type',
      message: `${this.#subject()} must be ${typeWords(node)}, not ${valueWords(value)}.`,
      ...(suggestion ? { suggestion } : {}),
    });
  }

  #isAllowed(allowed: readonly unknown[], value: unknown): boolean {
    if (typeof value === 'object' || allowed.includes(value)) return true;
    const names = allowed.filter((it) => typeof it === 'string');
    const near = typeof value === 'string' ? nearest(value, names) : undefined;
    const words = allowed.map((it) => JSON.stringify(it));
    const isLong = words.length > 8;
    const choice = isLong
      ? `one of ${words.length} values such as ${joined(words.slice(0, 3), 'and')}`
      : joined(words, 'or');
    this.#report({
      path: [...this.#path],
      part: 'value',
      code: 'common/enum-value',
      message: `${this.#subject()} must be ${choice}, not ${plainWords(value)}${isLong && near ? `; did you mean "${near}"?` : '.'}`,
      ...(near === undefined ? {} : { suggestion: { kind: 'replace-value', to: near } }),
    });
    return false;
  }

  #string(node: SchemaNode, value: string): void {
    const { minLength, maxLength, pattern, format } = node.attributes;
    const length = minLength === undefined && maxLength === undefined ? 0 : lengthOf(value);
    if (minLength !== undefined && length < minLength) {
      return this.#bound(
        'value',
        minLength === 1 ? 'must not be empty' : `must have at least ${minLength} characters, not ${length}`,
      );
    }
    if (maxLength !== undefined && length > maxLength) {
      return this.#bound('value', `may have at most ${counted(maxLength, 'character', 'characters')}, not ${length}`);
    }
    if (pattern !== undefined && !matches(pattern, value)) return this.#patternMissed(node, pattern, value);
    const missed = format === undefined ? undefined : formatMissed(format, value);
    if (missed !== undefined) this.#bound('value', `must be ${missed}, not ${plainWords(value)}`);
  }

  #patternMissed(node: SchemaNode, pattern: string, value: string): void {
    const words = patternWords(pattern);
    const constraint = node.doc?.constraint?.replace(/\.$/, '');
    const message =
      words !== undefined
        ? `${this.#subject()} must be ${words}, not ${plainWords(value)}.`
        : constraint !== undefined
          ? `${this.#subject()} does not take ${plainWords(value)}; allowed: ${constraint}.`
          : `${this.#subject()} must match ${pattern}, not ${plainWords(value)}.`;
    const normal = [value.trim(), value.toLowerCase(), value.trim().toLowerCase()].find(
      (it) => it !== value && matches(pattern, it),
    );
    this.#report({
      path: [...this.#path],
      part: 'value',
      code: 'common/pattern-mismatch',
      message,
      ...(normal === undefined ? {} : { suggestion: { kind: 'replace-value', to: normal } }),
    });
  }

  #number(node: SchemaNode, value: number): void {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format } = node.attributes;
    const tooSmall = minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum);
    const tooBig = maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum);
    if (tooSmall || tooBig) {
      const least = exclusiveMinimum ? 'more than' : 'at least';
      const most = exclusiveMaximum ? 'less than' : 'at most';
      const range =
        minimum !== undefined && maximum !== undefined && !exclusiveMinimum && !exclusiveMaximum
          ? `between ${minimum} and ${maximum}`
          : tooSmall
            ? `${least} ${minimum}`
            : `${most} ${maximum}`;
      return this.#bound('value', `must be ${range}, not ${value}`);
    }
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
      return this.#bound('value', `must be a multiple of ${multipleOf}, not ${value}`);
    const missed = format === undefined ? undefined : formatMissed(format, value);
    if (missed !== undefined) this.#bound('value', `must be ${missed}, not ${value}`);
  }

  /** Conditions over several fields that are more than a choice, such as "an IPAddress has an IP as its value". */
  #logic(node: SchemaNode, value: unknown): void {
    for (const constraint of logicOf(node).rest) {
      const seen = isRecord(value) ? withDefaults(node, value, namesIn(constraint)) : value;
      if (isRecord(seen) && Object.values(seen).some((it) => this.#isUnknown(it))) continue;
      if (satisfies(constraint, seen)) continue;
      const [name, words] = explained(constraint, seen) ?? [];
      if (name === undefined || words === undefined || !isRecord(seen)) {
        this.#bound('value', 'fits none of the forms that are allowed here');
        continue;
      }
      this.#path.push(name);
      this.#bound('value', `must be ${words}, not ${plainWords(seen[name])}`);
      this.#path.pop();
    }
  }

  #bound(part: 'key' | 'value', words: string): void {
    this.#report({
      path: [...this.#path],
      part,
      code: 'common/pattern-mismatch',
      message: `${this.#subject()} ${words}.`,
    });
  }

  #report(problem: SchemaProblem): void {
    if (this.problems.length < this.#limit) this.problems.push(problem);
  }

  /** What a sentence about a place calls it: `"host"`, `An entry of "http"`, at the top the kind. */
  #subject(path: Path = this.#path, article: 'An' | 'an' = 'An'): string {
    const last = path.at(-1);
    if (last === undefined)
      return isRecord(this.#root) && typeof this.#root.kind === 'string' ? this.#root.kind : 'The resource';
    if (typeof last === 'string') return `"${shortened(last)}"`;
    const list = path.findLast((it) => typeof it === 'string');
    return list === undefined ? `${article} entry` : `${article} entry of "${list}"`;
  }
}

/** Conditions of a node over several fields, sorted by what can be said about them. */
interface Logic {
  readonly choices: readonly Choice[];
  /** Groups of field names of which at least one group must be there. */
  readonly atLeast: readonly (readonly (readonly string[])[])[];
  readonly rest: readonly Constraint[];
}

const noLogic: Logic = { choices: [], atLeast: [], rest: [] };
const logics = new WeakMap<SchemaNode, Logic>();

function logicOf(node: SchemaNode): Logic {
  const { oneOf, anyOf, allOf, not } = node.attributes;
  if (!oneOf && !anyOf && !allOf && !not) return noLogic;
  let logic = logics.get(node);
  if (!logic) {
    logic = sortLogic({ ...(oneOf && { oneOf }), ...(anyOf && { anyOf }), ...(not && { not }) }, allOf ?? []);
    logics.set(node, logic);
  }
  return logic;
}

function sortLogic(own: Constraint, others: readonly Constraint[]): Logic {
  const choices: Choice[] = [];
  const atLeast: (readonly (readonly string[])[])[] = [];
  const rest: Constraint[] = [];
  const parts: Constraint[] = [];
  if (own.oneOf) parts.push({ oneOf: own.oneOf });
  if (own.anyOf) parts.push({ anyOf: own.anyOf });
  if (own.not) parts.push({ not: own.not });
  for (const part of [...parts, ...others]) {
    const isPlain = Object.keys(part).length === 1;
    const found = isPlain ? choicesOf(part) : [];
    const required = isPlain
      ? part.anyOf?.map((it) => (Object.keys(it).length === 1 ? it.required : undefined))
      : undefined;
    if (found.length > 0 && !part.allOf) choices.push(...found);
    else if (required?.every((it) => it !== undefined)) atLeast.push(required);
    else rest.push(part);
  }
  return { choices, atLeast, rest };
}

/** Kubernetes drops nulls where they are not allowed before it looks at anything else. */
function isDropped(node: SchemaNode, value: unknown): boolean {
  return (value === null || value === undefined) && !node.nullable;
}

/** Whether a field counts as there: written, or filled in by Kubernetes before it checks. */
function isSet(node: SchemaNode, map: Readonly<Record<string, unknown>>, name: string): boolean {
  const property = node.properties.get(name);
  const value = Object.hasOwn(map, name) ? map[name] : undefined;
  const isWritten = property?.nullable ? Object.hasOwn(map, name) : value !== null && value !== undefined;
  return isWritten || (property !== undefined && property.default !== undefined);
}

/** Whether a misspelt key of the map means a field: one mistake, which the unknown key tells, and no absence besides. */
function isMeant(node: SchemaNode, map: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.keys(map).some((key) => !node.properties.has(key) && guessKey(node, key, map) === name);
}

/** The named fields of a map as Kubernetes checks them: with defaults, without the nulls that it drops. */
function withDefaults(
  node: SchemaNode,
  map: Readonly<Record<string, unknown>>,
  names: Iterable<string>,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const property = node.properties.get(name);
    const value = Object.hasOwn(map, name) ? map[name] : undefined;
    const isThere = property ? value !== undefined && !isDropped(property, value) : value !== undefined;
    if (isThere) result[name] = value;
    else if (property?.default !== undefined) result[name] = property.default;
  }
  return result;
}

function hasType(node: SchemaNode, value: unknown): boolean {
  const { types } = node;
  if (types.length === 0) return true;
  const actual = typeOf(value);
  return types.includes(actual) || (actual === 'integer' && types.includes('number'));
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The same scalar in the type that is wanted, where the difference is a matter of quotes or brackets. */
function retyped(node: SchemaNode, value: unknown): Suggestion | undefined {
  const { types, items } = node;
  if (types.includes('array') && value !== null && value !== undefined && items && hasType(items, value))
    return { kind: 'wrap-in-list' };
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) return { kind: 'quote' };
  if (typeof value !== 'string') return undefined;
  if (types.includes('boolean') && /^(true|false)$/.test(value)) return { kind: 'unquote', to: value === 'true' };
  if (types.includes('integer') && /^-?(0|[1-9]\d{0,14})$/.test(value)) return { kind: 'unquote', to: Number(value) };
  if (types.includes('number') && /^-?(0|[1-9]\d{0,14})(\.\d{1,10})?$/.test(value))
    return { kind: 'unquote', to: Number(value) };
  if (types.includes('boolean') && /^(yes|on|y)$/i.test(value)) return { kind: 'replace-value', to: true };
  if (types.includes('boolean') && /^(no|off|n)$/i.test(value)) return { kind: 'replace-value', to: false };
  return undefined;
}

/** Whether a value meets a constraint; types are JSON Schema's, a keyword for another type says nothing. */
function satisfies(constraint: Constraint, value: unknown): boolean {
  const { type, required, properties, oneOf, anyOf, allOf, not } = constraint;
  const map = isRecord(value) ? value : undefined;
  if (type !== undefined && typeOf(value) !== type && !(type === 'number' && typeOf(value) === 'integer')) return false;
  if (constraint.enum && !constraint.enum.includes(value)) return false;
  if (typeof value === 'string' && !textSatisfies(constraint, value)) return false;
  if (typeof value === 'number') {
    if (constraint.minimum !== undefined && value < constraint.minimum) return false;
    if (constraint.maximum !== undefined && value > constraint.maximum) return false;
    if (constraint.format !== undefined && formatMissed(constraint.format, value) !== undefined) return false;
  }
  if (Array.isArray(value)) {
    if (constraint.minItems !== undefined && value.length < constraint.minItems) return false;
    if (constraint.maxItems !== undefined && value.length > constraint.maxItems) return false;
  }
  if (map && required?.some((name) => map[name] === undefined || map[name] === null)) return false;
  if (
    map &&
    properties &&
    !Object.entries(properties).every(([name, it]) => map[name] === undefined || satisfies(it, map[name]))
  )
    return false;
  if (allOf && !allOf.every((it) => satisfies(it, value))) return false;
  if (anyOf && !anyOf.some((it) => satisfies(it, value))) return false;
  if (oneOf && oneOf.filter((it) => satisfies(it, value)).length !== 1) return false;
  return !not || !satisfies(not, value);
}

function textSatisfies(constraint: Constraint, value: string): boolean {
  const { pattern, format, minLength, maxLength } = constraint;
  if (pattern !== undefined && !matches(pattern, value)) return false;
  if (format !== undefined && formatMissed(format, value) !== undefined) return false;
  return (
    (minLength === undefined || lengthOf(value) >= minLength) &&
    (maxLength === undefined || lengthOf(value) <= maxLength)
  );
}

/** Which field breaks the alternative that the others select, and what it must be: `['value', 'an IPv4 address or …']`. */
function explained(constraint: Constraint, value: unknown): readonly [string, string] | undefined {
  if (!isRecord(value)) return undefined;
  for (const { properties = {} } of constraint.oneOf ?? constraint.anyOf ?? []) {
    const entries = Object.entries(properties);
    const isSelected = entries.some(([name, it]) => it.enum?.includes(value[name]));
    const broken = entries.filter(([name, it]) => value[name] !== undefined && !satisfies(it, value[name]));
    const [name, demand] = broken[0] ?? [];
    if (!isSelected || broken.length !== 1 || name === undefined || !demand) continue;
    const formats = (demand.anyOf ?? [demand]).map((it) =>
      it.format === undefined ? undefined : formatMissed(it.format, ''),
    );
    const words = formats.filter((it) => it !== undefined);
    if (words.length === formats.length) return [name, joined(words, 'or')];
  }
  return undefined;
}

function* namesIn(constraint: Constraint): Generator<string> {
  yield* constraint.required ?? [];
  yield* Object.keys(constraint.properties ?? {});
  const { oneOf = [], anyOf = [], allOf = [], not } = constraint;
  for (const inner of [...oneOf, ...anyOf, ...allOf, ...(not ? [not] : [])]) yield* namesIn(inner);
}

const typeNames: Readonly<Record<string, string | undefined>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  object: 'a map',
  array: 'a list',
};

function typeWords(node: SchemaNode): string {
  return joined(
    node.types.map((it) => typeNames[it] ?? it),
    'or',
  );
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'boolean' ? String(value) : `the ${typeof value} ${plainWords(value)}`;
}

function plainWords(value: unknown): string {
  return typeof value === 'string'
    ? `"${shortened(value)}"`
    : typeof value === 'object'
      ? valueWords(value)
      : String(value);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}

function listed(names: readonly string[], word: 'and' | 'or'): string {
  return joined(
    names.map((it) => `"${it}"`),
    word,
  );
}

function joined(words: readonly string[], word: 'and' | 'or'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${word} ${words.at(-1)}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Characters as Kubernetes counts them: code points. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _character of text) length += 1;
  return length;
}
