/**
 * What values a label or annotation takes. Kubernetes knows only strings here; what a mesh makes of one, its own code
 * decides when a pod starts or a proxy asks, which is why a mistake shows late or never.
 */

import { parseDocument } from 'yaml';
import { decode } from './decode.ts';
import { tooDeepAt } from './depth.ts';
import { nearest } from './nearest.ts';
import { isRecord } from './value.ts';
import { weightLimit, weightOf } from './weight.ts';

/** The `type` of an annotation in `schemas/<mesh>/annotations.docs.yaml`, with what narrows it. */
export interface ValueSyntax {
  readonly type: ValueType;
  /** The words of `enum` and `enums`. */
  readonly words: readonly string[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** Whether `*` stands for all. */
  readonly wildcard: boolean;
  /** Whether a network may be a single address. */
  readonly addresses: boolean;
  /** Whether a port among ranges may stand by its name. */
  readonly names: boolean;
}

export type ValueType = keyof typeof types;

/** What is wrong with a value, and what was probably meant. */
export interface ValueProblem {
  /** What the value must be, to go after "must be": `a port from 1 to 65535`. */
  readonly expected: string;
  readonly nearest: string | undefined;
}

/** Reads the syntax of an entry of an annotation file; undefined where it says none. Throws at a type nobody knows. */
export function readSyntax(entry: Readonly<Record<string, unknown>>): ValueSyntax | undefined {
  const { type, values, minimum, maximum } = entry;
  if (type === undefined) return undefined;
  if (!isValueType(type)) throw new Error(`"${String(type)}" is no type of values.`);
  return {
    type,
    words: isRecord(values) ? Object.keys(values) : [],
    minimum: typeof minimum === 'number' ? minimum : undefined,
    maximum: typeof maximum === 'number' ? maximum : undefined,
    wildcard: entry['wildcard'] === true,
    addresses: entry['addresses'] === true,
    names: entry['names'] === true,
  };
}

function isValueType(type: unknown): type is ValueType {
  return typeof type === 'string' && Object.hasOwn(types, type);
}

/** What is wrong with a value; undefined when it is fine. The empty text counts as not set and is always fine. */
export function valueProblem(syntax: ValueSyntax, value: string): ValueProblem | undefined {
  const text = value.trim();
  const { accepts, suggest } = typeOf(syntax);
  if (text === '' || (syntax.wildcard && text === '*')) return undefined;
  // What is longer than anybody means is not compared sign by sign.
  const isLong = text.length > 200 && !isListOrText(syntax.type);
  if (isLong) return { expected: syntaxWords(syntax), nearest: undefined };
  if (accepts(value, syntax)) return undefined;
  const guess = suggest?.(text, syntax);
  return { expected: syntaxWords(syntax), nearest: guess !== undefined && accepts(guess, syntax) ? guess : undefined };
}

/** Types whose values may be long: lists, and texts with a structure of their own. */
function isListOrText(type: ValueType): boolean {
  return /^(?:list|enums|integers|ports|port-|networks|namespaces|http-|upstreams|json|yaml|name)/.test(type);
}

/** A syntax in words that go after "must be": `a quantity such as 100m or 128Mi`. */
export function syntaxWords(syntax: ValueSyntax): string {
  const words = typeOf(syntax).words(syntax);
  return syntax.wildcard ? `${words}, or * for all` : words;
}

/** Values worth offering where the documentation names none: units of durations, both booleans. */
export function sampleValues({ type }: ValueSyntax): readonly string[] {
  return (types[type] as TypeOfValue).samples ?? [];
}

interface TypeOfValue {
  words(syntax: ValueSyntax): string;
  accepts(text: string, syntax: ValueSyntax): boolean;
  suggest?(text: string, syntax: ValueSyntax): string | undefined;
  readonly samples?: readonly string[];
}

function typeOf({ type }: ValueSyntax): TypeOfValue {
  return types[type];
}

const types = {
  /** What Go's `strconv.ParseBool` takes. */
  boolean: {
    words: () => '"true" or "false"',
    accepts: (text) => /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text),
    suggest: (text) =>
      /^(?:y|yes|on|enabled?)$/i.test(text)
        ? 'true'
        : /^(?:n|no|off|disabled?)$/i.test(text)
          ? 'false'
          : nearest(text, ['true', 'false']),
    samples: ['true', 'false'],
  },
  enum: {
    words: ({ words }) => alternatives(words),
    accepts: (text, { words }) => words.includes(text),
    suggest: nearestWord,
  },
  enums: {
    words: ({ words }) => `a list of ${alternatives(words)}, separated by commas without blanks`,
    accepts: (text, { words }) => text.split(',').every((it) => words.includes(it.toLowerCase())),
    suggest: (text, syntax) => {
      const items = text.split(',').map((it) => nearestWord(it.trim().replaceAll('_', '-'), syntax));
      return items.every((it) => it !== undefined) ? items.join(',') : undefined;
    },
  },
  integer: {
    words: (syntax) => `a whole number${bounds(syntax)}`,
    accepts: (text, syntax) => /^[-+]?\d+$/.test(text) && isWithin(Number(text), syntax),
  },
  integers: {
    words: (syntax) => `whole numbers${bounds(syntax)}, separated by commas`,
    accepts: (text) => itemsOf(text).every((it) => /^\d+$/.test(it)),
  },
  number: {
    words: (syntax) => `a number${bounds(syntax)}`,
    accepts: (text, syntax) =>
      /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) && isWithin(Number(text), syntax),
  },
  port: { words: (syntax) => `a port from ${syntax.minimum ?? 1} to 65535`, accepts: isPort },
  ports: {
    words: () => 'ports separated by commas',
    accepts: (text, syntax) => itemsOf(text).every((it) => isPort(it, syntax)),
  },
  'port-ranges': {
    words: ({ names }) => `ports${names ? ' by number or name' : ''} and ranges such as 8000-8010, separated by commas`,
    accepts: (text, syntax) =>
      itemsOf(text.replace(/,\s*$/, '')).every((it) => isPortRange(it, syntax) || (syntax.names && isPortName(it))),
  },
  'port-name': {
    words: () => 'a port by number or name',
    accepts: (text, syntax) => isPort(text, syntax) || isPortName(text),
  },
  'port-names': {
    words: () => 'ports by number or name, separated by commas',
    accepts: (text, syntax) => itemsOf(text).every((it) => isPort(it, syntax) || isPortName(it)),
  },
  /** What Go's `time.ParseDuration` takes. */
  duration: {
    words: () => 'a duration such as 10s or 1m30s',
    accepts: (text) => /^[-+]?(?:0+|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.test(text),
    suggest: withUnit,
    samples: ['1s', '10s', '1m'],
  },
  /** One whole number and one unit: `1m30s` and `1.5s` are refused. */
  'unit-duration': {
    words: () => 'a whole number with one of the units ms, s, m, h, d',
    accepts: (text) => /^\s*(?:0+|\d+(?:ms|s|m|h|d))\s*$/.test(text),
    suggest: inOneUnit,
    samples: ['300ms', '1s', '10s', '1m'],
  },
  quantity: {
    words: () => 'a quantity such as 100m or 128Mi',
    accepts: (text) => /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][-+]?\d+)?$/.test(text),
    suggest: (text) => {
      const unit = /^(\d+(?:\.\d+)?)\s*([kmgtpe])i?b?$/i.exec(text);
      return unit ? `${unit[1]}${(unit[2] ?? '').toUpperCase()}i` : undefined;
    },
  },
  networks: {
    words: ({ addresses }) => `networks such as 10.0.0.0/8${addresses ? ' or addresses' : ''}, separated by commas`,
    accepts: (text, { addresses }) => itemsOf(text).every((it) => isNetwork(it, addresses)),
    suggest: (text) => {
      const items = itemsOf(text).map((it) => (isNetwork(it, false) ? it : isAddress(it) ? withPrefix(it) : undefined));
      return items.every((it) => it !== undefined) ? items.join(',') : undefined;
    },
  },
  namespaces: {
    words: () => 'namespaces separated by commas, . for its own, * for all or ~ for none',
    accepts: (text) => itemsOf(text).every((it) => /^(?:[.*~]|[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)$/.test(it)),
    suggest: (text) => (/^[-A-Za-z0-9, ]+$/.test(text) ? text.toLowerCase() : undefined),
  },
  'http-statuses': {
    words: () =>
      'statuses 100 to 599, ranges such as 500-504, 5xx or gateway-error, separated by commas without blanks',
    accepts: (text) => text.split(',').every(isStatus),
    suggest: (text) => {
      const items = itemsOf(text).map((it) => (isStatus(it) ? it : nearest(it, ['5xx', 'gateway-error'])));
      return items.every((it) => it !== undefined) ? items.join(',') : undefined;
    },
  },
  upstreams: {
    words: () => 'upstreams such as payments.svc:1234, separated by commas',
    accepts: (text) => itemsOf(text).every(isUpstream),
  },
  json: { words: () => 'JSON', accepts: (text) => jsonOf(text) !== undefined },
  'json-map': { words: () => 'a JSON object such as {"key": 1}', accepts: (text) => isRecord(jsonOf(text)) },
  'json-list': { words: () => 'a JSON list such as [{"key": 1}]', accepts: (text) => Array.isArray(jsonOf(text)) },
  'yaml-map': { words: () => 'a map in YAML', accepts: isYamlMap },
  name: { words: () => 'a name', accepts: () => true },
  list: { words: () => 'a list separated by commas', accepts: () => true },
} as const satisfies Readonly<Record<string, TypeOfValue>>;

function alternatives(words: readonly string[]): string {
  const quoted = words.map((it) => `"${it}"`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}

/** The nearest of some words; for a yes or no the one that says so. */
function nearestWord(text: string, { words }: ValueSyntax): string | undefined {
  const meant = /^(?:y|yes|on|true|1)$/i.test(text)
    ? ['enabled', 'true', 'member', 'ambient']
    : /^(?:n|no|off|false|0)$/i.test(text)
      ? ['disabled', 'false', 'none']
      : [];
  return meant.find((it) => words.includes(it)) ?? nearest(text, words);
}

function bounds({ minimum, maximum }: ValueSyntax): string {
  if (minimum === undefined && maximum === undefined) return '';
  if (minimum === undefined) return ` up to ${maximum}`;
  return maximum === undefined || maximum === 4294967295 ? ` from ${minimum}` : ` from ${minimum} to ${maximum}`;
}

function isWithin(value: number, { minimum, maximum }: ValueSyntax): boolean {
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}

function itemsOf(text: string): readonly string[] {
  return text.split(',').map((it) => it.trim());
}

function isPort(text: string, { minimum = 1 }: ValueSyntax): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= minimum && Number(text) <= 65535;
}

function isPortRange(text: string, syntax: ValueSyntax): boolean {
  const [from = '', to = from, ...rest] = text.split('-');
  return rest.length === 0 && isPort(from, syntax) && isPort(to, syntax) && Number(from) <= Number(to);
}

/** An IANA service name, which is what Kubernetes lets a port be called. */
function isPortName(text: string): boolean {
  return /^[a-z0-9-]{1,15}$/.test(text) && /[a-z]/.test(text) && !/^-|-$|--/.test(text);
}

function withUnit(text: string): string | undefined {
  const match = /^(\d+)\s*(milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?)?$/i.exec(text);
  if (!match) return undefined;
  const word = (match[2] ?? 's').toLowerCase();
  return `${match[1]}${word.startsWith('mil') || word === 'ms' ? 'ms' : word[0]}`;
}

/** A duration of several units, or with a fraction, as one whole number of the largest unit that fits. */
function inOneUnit(text: string): string | undefined {
  const simple = withUnit(text);
  if (simple !== undefined) return simple;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ms|s|m|h))+$/.test(text)) return undefined;
  const lengths: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  let milliseconds = 0;
  for (const [, count, unit = 'ms'] of text.matchAll(/(\d+\.?\d*|\.\d+)(ms|s|m|h)/g))
    milliseconds += Number(count) * (lengths[unit] ?? 1);
  const whole = Math.round(milliseconds);
  const unit = (['h', 'm', 's'] as const).find((it) => whole % (lengths[it] ?? 1) === 0) ?? 'ms';
  return `${whole / (lengths[unit] ?? 1)}${unit}`;
}

function isAddress(text: string): boolean {
  const isFour = /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) && text.split('.').every((it) => Number(it) <= 255);
  return isFour || (text.includes(':') && /^[0-9A-Fa-f:.]{2,45}$/.test(text));
}

function isNetwork(text: string, addresses: boolean): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (rest.length > 0 || !isAddress(address)) return false;
  if (prefix === undefined) return addresses;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (address.includes(':') ? 128 : 32);
}

function withPrefix(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function isStatus(text: string): boolean {
  if (text === '5xx' || text === 'gateway-error') return true;
  const [from = '', to = from, ...rest] = text.split('-');
  const isCode = (it: string) => /^[1-5]\d\d$/.test(it);
  return rest.length === 0 && isCode(from) && isCode(to) && Number(from) <= Number(to);
}

/**
 * One upstream of Consul's sidecar: `prepared_query:name:port`, `name.svc[.other.peer|.dc|.ns|.ap]:port`, or
 * `name[.namespace[.partition]]:port[:datacenter]`.
 */
function isUpstream(text: string): boolean {
  const parts = text.split(':').map((it) => it.trim());
  const isPortText = (it: string | undefined) =>
    it !== undefined && (/^\d{1,5}$/.test(it) ? Number(it) > 0 : it !== '');
  if (parts[0] === 'prepared_query') return parts.length >= 3 && parts[1] !== '' && isPortText(parts[2]);
  const [name = '', port, ...options] = parts;
  if (!isPortText(port)) return false;
  const words = name.split('.');
  if (words.some((it) => it === '')) return false;
  if (words[1] !== 'svc') return words.length <= 3;
  const labels = words.slice(2);
  const known = new Set(['peer', 'dc', 'ns', 'ap']);
  return options.length === 0 && labels.length % 2 === 0 && labels.every((it, at) => at % 2 === 0 || known.has(it));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The question is whether it is JSON; "no" is an answer.
    return undefined;
  }
}

/** Text that takes too long to read, or nests too deep for a parser, counts as fine: nobody can tell. */
function isYamlMap(text: string): boolean {
  if (tooDeepAt(text) !== undefined || weightOf(text, weightLimit) > weightLimit) return true;
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent', prettyErrors: false });
  if (document.errors.length > 0) return false;
  const { value, problems } = decode(document);
  return problems.length === 0 && isRecord(value);
}
