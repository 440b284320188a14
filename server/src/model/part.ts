/**
 * A part: the text of one document between `---` lines, and what is made of it. A part knows neither its file nor where
 * in the file it stands, so an edit elsewhere in the file leaves it untouched. Everything is made on first use.
 */

import { type Document, isScalar, parseDocument, visit, type YAMLError } from 'yaml';
import { decode, rangeOf, type TextProblem } from './decode.ts';
import { nestingLimit, tooDeepAt } from './depth.ts';
import { looksLikeManifest } from './looks-like-manifest.ts';
import { hasVariable, type Masked, maskTemplates, placeholder } from './mask.ts';
import { LineIndex, lineStartOf, type Range, shortened } from './text.ts';
import { weightLimit, weightOf } from './weight.ts';

/** Longer documents are not read; Kubernetes itself refuses objects above 1.5 MB (etcd's request limit). */
export const partLengthLimit = 1_500_000;

interface Reading {
  readonly value: unknown;
  readonly problems: readonly TextProblem[];
}

export class Part {
  readonly text: string;
  /** What the part said when it was last well-formed; serves look-ups while the text is broken. */
  readonly #lastGood: unknown;
  #isManifest: boolean | undefined;
  #masked: Masked | undefined;
  #reading: Reading | undefined;
  #document: WeakRef<Document> | undefined;

  constructor(text: string, lastGood?: unknown) {
    this.text = text;
    this.#lastGood = lastGood;
  }

  get masked(): Masked {
    this.#masked ??= maskTemplates(withoutMarkers(this.text));
    return this.#masked;
  }

  /** Whether the text claims to be a Kubernetes resource; nothing else is read. */
  get isManifest(): boolean {
    this.#isManifest ??= looksLikeManifest(this.text);
    return this.#isManifest;
  }

  /** The value of the text as it stands now, as far as it can be read; null for an empty document. */
  get value(): unknown {
    return this.#read().value;
  }

  /** The value for look-ups from elsewhere: the present one, or while the text is broken the last that was well-formed. */
  get goodValue(): unknown {
    const { value, problems } = this.#read();
    return problems.length > 0 && this.#lastGood !== undefined ? this.#lastGood : value;
  }

  /** `goodValue` as far as it is known already; asking does not read the text. */
  get knownGoodValue(): unknown {
    return this.#reading ? this.goodValue : this.#lastGood;
  }

  /** Mistakes in the text, in order; offsets count from the start of the part. */
  get problems(): readonly TextProblem[] {
    return this.#read().problems;
  }

  get isWellFormed(): boolean {
    return !this.#read().problems.some((it) => it.code === 'common/yaml-syntax');
  }

  /**
   * Whether a template hides whole lines between two offsets, so that of what stands before and behind them only one may
   * come out: the two branches of an `if`.
   */
  hidesBetween(start: number, end: number): boolean {
    if (!this.masked.hiddenLines) return false;
    const masked = this.masked.text.slice(start, end).split('\n');
    return this.text
      .slice(start, end)
      .split('\n')
      .some((line, position) => line.includes('{{') && /^\s*(?:#|$)/.test(masked[position] ?? ''));
  }

  /** The parsed document for ranges; parsed again when memory had to let it go. Undefined for texts that are not read. */
  document(): Document | undefined {
    const kept = this.#document?.deref();
    if (kept) return kept;
    if (unreadable(this.masked.text)) return undefined;
    const document = parseTolerantly(this.masked.text).document;
    this.#document = new WeakRef(document);
    return document;
  }

  #read(): Reading {
    this.#reading ??= this.#parse();
    return this.#reading;
  }

  /** Of two equal keys, hidden `if` and `else` lines may let only one stand; and a hidden line is not a blank one. */
  #mayVanish({ code, message }: TextProblem): boolean {
    return this.masked.hiddenLines && (code === 'common/duplicate-map-key' || message === deepBlankLine);
  }

  #parse(): Reading {
    const { text } = this.masked;
    const refusal = unreadable(text);
    if (refusal) return { value: null, problems: [refusal] };
    const { document, problems } = parseTolerantly(text);
    this.#document = new WeakRef(document);
    const decoded = decode(document);
    const all = [...problems, ...controlSigns(text), ...decoded.problems]
      .filter((it) => !this.#mayVanish(it))
      .sort((a, b) => a.range.start - b.range.start);
    return { value: decoded.value, problems: limited(all) };
  }
}

/** How many mistakes in its text a document lists; nobody reads more, and an editor would choke on them. */
export const problemLimit = 200;

/** The first problems; where there are more, the last one says how many. */
function limited(problems: readonly TextProblem[]): readonly TextProblem[] {
  const next = problems[problemLimit];
  if (!next) return problems;
  const rest = problems.slice(problemLimit);
  const isBroken = rest.some((it) => it.code === 'common/yaml-syntax');
  const count = rest.length.toLocaleString('en');
  return [
    ...problems.slice(0, problemLimit),
    {
      code: isBroken ? 'common/yaml-syntax' : next.code,
      range: next.range,
      message:
        rest.length === 1
          ? 'From here on, 1 more mistake of this document is not listed.'
          : `From here on, ${count} more mistakes of this document are not listed.`,
    },
  ];
}

/** What go-yaml refuses wherever it stands, in quotes and comments too. Source: go-yaml's readerc.go. */
const controlSign = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]|(?!^)\ufeff/g;

function controlSigns(text: string): TextProblem[] {
  return [...text.matchAll(controlSign)].slice(0, 20).map(({ 0: sign, index }) => {
    const code = sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `Kubernetes refuses the control character U+${code}, in quotes and comments too.`;
    return syntax({ start: index, end: index + 1 }, message);
  });
}

/**
 * Whether a value comes out of a template, so that nobody can know it before Helm has rendered it, or has a variable
 * that a tool fills in on the way to the cluster.
 */
export function isUnknown(value: unknown): boolean {
  return typeof value === 'string' && (value.includes(placeholder) || hasVariable(value));
}

/** Blanks `...` lines, and a part that holds only directives, which belong to the document after the next `---`. */
function withoutMarkers(text: string): string {
  const blanked = text.replace(/^\.\.\.(?=\s|$)/gm, '   ');
  return /^%/m.test(blanked) && !/^---/m.test(blanked)
    ? blanked.replace(/^%.*$/gm, (it) => ' '.repeat(it.length))
    : blanked;
}

function unreadable(text: string): TextProblem | undefined {
  const firstLine: Range = { start: 0, end: Math.max(text.indexOf('\n'), 0) };
  if (text.length > partLengthLimit) {
    const size = (text.length / 1_000_000).toFixed(1);
    return syntax(
      firstLine,
      `This document has ${size} million characters and is not checked; Kubernetes refuses objects above 1.5 MB.`,
    );
  }
  if (weightOf(text, weightLimit) > weightLimit) {
    const count = weightLimit.toLocaleString('en');
    return syntax(
      firstLine,
      `This document has more than ${count} lines, keys and items and is not checked, since reading it takes too long.`,
    );
  }
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    return syntax(
      { start: deep, end: deep + 1 },
      `The document nests more than ${nestingLimit} levels deep here and is not checked.`,
    );
  }
  return undefined;
}

function syntax(range: Range, message: string): TextProblem {
  return { code: 'common/yaml-syntax', range, message };
}

/** How often a broken text is mended and read again, so that one mistake does not hide the rest. */
const repairLimit = 8;

/** How many signs are read again for that; long documents are mended less often, since each time may take a second. */
const repairLength = 200_000;

/** The parser may stumble at every sign; only so many of its complaints are put into words. */
const explainLimit = 2_000;

/** Parses; where the parser loses its way, the word at fault is blanked (same length) and the rest is read again. */
function parseTolerantly(text: string): { readonly document: Document; readonly problems: readonly TextProblem[] } {
  const found: TextProblem[] = [];
  let mended = text;
  for (let attempt = 0; ; attempt += 1) {
    const document = parse(mended);
    const mayRepair = attempt < repairLimit && attempt * text.length < repairLength;
    const repair = mayRepair ? findRepair(mended, document) : undefined;
    if (!repair) {
      const rest = document.errors
        .slice(0, explainLimit)
        .map((it) => explain(it, mended))
        .filter((it) => it !== undefined);
      return { document, problems: distinct([...found, ...rest], mended) };
    }
    found.push(repair.problem);
    mended =
      mended.slice(0, repair.blank.start) +
      ' '.repeat(repair.blank.end - repair.blank.start) +
      mended.slice(repair.blank.end);
  }
}

/** A text of a thousand mistakes is read twice as fast without a stack for each of them, which nobody looks at. */
function parse(text: string): Document {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      merge: false,
      logLevel: 'silent',
      prettyErrors: false,
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

interface Repair {
  readonly blank: Range;
  readonly problem: TextProblem;
}

function findRepair(text: string, document: Document): Repair | undefined {
  for (const error of document.errors) {
    if (error.code === 'MULTILINE_IMPLICIT_KEY') {
      const line = lineOf(text, error.pos[0]);
      const word = { start: error.pos[0], end: line.end };
      const wrapped = text.slice(error.pos[0], error.pos[1]).includes('\n');
      if (!wrapped || text.slice(word.start, word.end).trim() === '') continue;
      return {
        blank: word,
        problem: syntax(word, notFinished(text, word)),
      };
    }
    if (error.code === 'MISSING_CHAR' && /closing ["']/.test(error.message)) {
      const quote = openingQuote(document, error.pos[0]);
      if (quote === undefined) continue;
      const line = lineOf(text, quote);
      return {
        blank: { start: quote, end: quote + 1 },
        problem: syntax({ start: quote, end: line.end }, 'This quote is never closed.'),
      };
    }
  }
  return undefined;
}

function notFinished(text: string, { start, end }: Range): string {
  return `"${shortened(text.slice(start, end).trim())}" is not finished: a key needs a colon.`;
}

/** Where the quoted scalar starts that runs into `end`. */
function openingQuote(document: Document, end: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar(_key, node) {
      if (
        isScalar(node) &&
        /^QUOTE/.test(node.type ?? '') &&
        rangeOf(node).start < end &&
        (node.range?.[2] ?? 0) >= end - 1
      )
        start = rangeOf(node).start;
    },
  });
  return start;
}

function lineOf(text: string, offset: number): Range {
  const start = lineStartOf(text, offset);
  const end = text.indexOf('\n', offset);
  const stop = end === -1 ? text.length : end;
  return { start, end: text[stop - 1] === '\r' ? stop - 1 : stop };
}

/** The parser's words are for people who write parsers; ours name what a person sees. */
const explanations: Record<string, string | undefined> = {
  ALIAS_PROPS: 'An alias cannot have an anchor or a tag.',
  BAD_ALIAS: 'This alias has no valid name.',
  BAD_DIRECTIVE: 'This YAML directive is not known.',
  BAD_DQ_ESCAPE: 'This escape is not known inside double quotes.',
  BAD_INDENT: 'The indentation fits none of the levels above it.',
  BAD_SCALAR_START: 'A value cannot start with this sign; put it in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'A second "key:" cannot stand on the same line; put the value in quotes or on a line of its own.',
  BLOCK_IN_FLOW: 'Block style cannot stand inside { } or [ ].',
  COMMENT_SPACE: 'A comment needs a space before its #.',
  KEY_OVER_1024_CHARS: 'A key cannot be longer than 1,024 characters.',
  MULTILINE_IMPLICIT_KEY: 'A key must stand on one line.',
  MULTIPLE_ANCHORS: 'A value can have one anchor only.',
  MULTIPLE_TAGS: 'A value can have one tag only.',
  TAB_AS_INDENT: 'Tabs cannot indent YAML; use spaces.',
  UNEXPECTED_TOKEN: 'This does not belong here; a quote, a comma or a line break is missing before it.',
  RESOURCE_EXHAUSTION: 'The document nests too deep here.',
};

const deepBlankLine =
  'This text begins with a blank line that has more spaces than what follows; take them out, or write the indentation behind the | or >.';

function explain(error: YAMLError, text: string): TextProblem | undefined {
  if (error.code === 'MULTIPLE_DOCS') return undefined;
  const line = lineOf(text, Math.min(error.pos[0], text.length));
  const start = Math.min(error.pos[0], text.length);
  const end = Math.min(Math.max(error.pos[1], start + 1), Math.max(line.end, start + 1), text.length);
  if (error.code === 'MISSING_CHAR' && error.message.includes('map values')) {
    const word = { start, end: line.end };
    return syntax(word, notFinished(text, word));
  }
  if (error.message.includes('more-indented leading empty lines')) return syntax({ start, end }, deepBlankLine);
  const bracket = error.code === 'BAD_INDENT' ? openBracket(text, start, error.message) : undefined;
  if (bracket !== undefined) return syntax({ start: bracket, end: bracket + 1 }, 'This bracket is never closed.');
  const message =
    explanations[error.code] ?? `${error.message.replace(/ at line \d+, column \d+:?[^]*$/, '').replace(/\.$/, '')}.`;
  return error.code === 'TAB_AS_INDENT'
    ? { ...syntax({ start, end }, message), isTab: true }
    : syntax({ start, end }, message);
}

/** The bracket of a flow collection that runs into what stands at `end`. */
function openBracket(text: string, end: number, message: string): number | undefined {
  const [open, close] = message.startsWith('Flow map') ? '{}' : message.startsWith('Flow sequence') ? '[]' : '';
  if (open === undefined) return undefined;
  let closed = 0;
  for (let at = end - 1; at >= 0; at -= 1) {
    if (text[at] === close) closed += 1;
    else if (text[at] === open && closed-- === 0) return at;
  }
  return undefined;
}

/** One mistake often makes the parser stumble several times on its line; the first time says enough. */
function distinct(problems: readonly TextProblem[], text: string): TextProblem[] {
  const lines = problems.length > 0 ? new LineIndex(text) : undefined;
  const seen = new Set<string>();
  return problems.filter(({ range, message }) => {
    const key = `${lines?.positionAt(range.start).line}:${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
