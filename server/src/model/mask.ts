/**
 * Helm templates, hidden from the YAML parser without moving anything: `{{ … }}` inside a line becomes as many
 * placeholder signs, a line that holds only template actions becomes blank. A scalar with a placeholder is *unknown*.
 * What writes nothing where it stands becomes blank too: the body of a `define`, and the `end` of a line that has its `if`.
 */

import type { Range } from './text.ts';

/** A sign of the private use area: legal in YAML, absent from manifests. */
export const placeholder = '\ue000';

export interface Masked {
  readonly text: string;
  /** Whether anything was hidden. */
  readonly templated: boolean;
  /** Whether whole lines were hidden, so that keys may be there which we cannot see. */
  readonly hiddenLines: boolean;
}

/** A variable in braces with what it may fall back to. Source: the forms that Flux fills in and `envsubst` reads. */
const variable = /\$\{[A-Za-z_][A-Za-z0-9_]*(?:\}|:?[-=+?])/;

/**
 * Whether a text has a variable such as `${HOST}`, which Flux and `envsubst` fill in before Kubernetes reads it. It stays
 * in the text as it is, for YAML has to be right around it.
 */
export function hasVariable(text: string): boolean {
  return text.includes('${') && variable.test(text);
}

/** Masks a text to the same length. An action that is never closed is hidden to the end of its line. */
export function maskTemplates(text: string): Masked {
  if (!text.includes('{{')) return { text, templated: false, hiddenLines: false };
  const actions = [...actionsIn(text)];
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of actions) {
    const action = text.slice(start, end);
    const isComment = action.endsWith('}}') && /^\{\{-?\s*\/\*/.test(action);
    pieces.push(text.slice(at, start), hide(action, isComment ? ' ' : placeholder));
    at = end;
  }
  pieces.push(text.slice(at));
  const { definitions, heads, tails } = silentRanges(text, actions);
  const whole = blanked(blanked(pieces.join(''), tails), heads);
  // Where a document is nothing but definitions, they are what somebody edits there.
  const called = blanked(whole, definitions);
  const masked = called.split('\n').some(says) ? called : whole;

  let hiddenLines = heads.length > 0;
  const lines = masked.split('\n').map((line) => {
    if (!line.includes(placeholder) || says(line)) return line;
    hiddenLines = true;
    return line.replaceAll(placeholder, ' ');
  });
  return { text: lines.join('\n'), templated: true, hiddenLines };
}

/** Whether a masked line holds more than actions and a comment. */
function says(line: string): boolean {
  const rest = line.replaceAll(placeholder, '').trim();
  return rest !== '' && rest !== '---' && !rest.startsWith('#');
}

/** A text with blanks for ranges that follow each other. */
function blanked(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end } of ranges) {
    pieces.push(text.slice(at, start), hide(text.slice(start, end), ' '));
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

interface Silent {
  /** Whole `define`s with their `end`; those inside of others do not count. */
  readonly definitions: readonly Range[];
  /** An `if` where a value or a further field may begin: behind a dash or a colon that ends its line, or a closing bracket. */
  readonly heads: readonly Range[];
  /** The last `end` of a line that also has its `if`, from the `else` on; the `if` keeps its placeholder, and so the doubt. */
  readonly tails: readonly Range[];
}

/** What of a text's actions, and between them, writes nothing where it stands. */
function silentRanges(text: string, actions: readonly Range[]): Silent {
  const definitions: Range[] = [];
  const heads: Range[] = [];
  const tails: Range[] = [];
  const open: { readonly word: string; readonly start: number; readonly lineEnd: number; otherwise?: number }[] = [];
  const lineEnds = new Ahead(text, '\n');
  let defining = 0;
  for (const { start, end } of actions) {
    const action = text.slice(start, end);
    const word = action.endsWith('}}') ? /^\{\{-?\s*(\w+)/.exec(action)?.[1] : undefined;
    const top = open.at(-1);
    if (word === 'else' && top) top.otherwise ??= start;
    if (word !== undefined && opening.has(word)) {
      const lineEnd = lineEnds.from(start);
      open.push({ word, start, lineEnd: lineEnd === -1 ? text.length : lineEnd });
      if (word === 'define') defining += 1;
      else if (isHead(text, start, end)) heads.push({ start, end });
    }
    if (word !== 'end' || !top) continue;
    open.pop();
    if (top.word === 'define') {
      defining -= 1;
      if (defining === 0) definitions.push({ start: top.start, end });
    } else if (end <= top.lineEnd && /[\n\r#]/.test(firstSign(text, end))) {
      tails.push({ start: top.otherwise ?? start, end });
    }
  }
  return { definitions, heads, tails };
}

/** Whether an action stands where a blank is as good: what it lets through comes on the next line, or behind a comma. */
function isHead(text: string, start: number, end: number): boolean {
  const near = text.slice(Math.max(0, start - 200), start);
  const before = near.slice(near.lastIndexOf('\n') + 1).trimEnd();
  const last = before.at(-1);
  if (last === ':' || last === '-') return /[\n\r]/.test(firstSign(text, end));
  return (last === '}' || last === ']') && !before.endsWith('}}') && /(?:^|[\s,[{])[{[]/.test(before);
}

/** The actions that an `end` closes. Source: Go's text/template. */
const opening: ReadonlySet<string> = new Set(['if', 'with', 'range', 'block', 'define']);

/** The first sign from an offset on that is no blank; a line break at the end of the text. */
function firstSign(text: string, from: number): string {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return text[at] ?? '\n';
}

function hide(action: string, sign: string): string {
  return action.replace(/[^\n\r]/g, sign);
}

/** Template actions in order; the walk goes back over no sign more than once, so that any text takes linear time. */
function* actionsIn(text: string): Generator<Range> {
  const closings = new Ahead(text, '}}');
  const backticks = new Ahead(text, '`');
  let mayGoOn = true;
  for (let start = text.indexOf('{{'); start !== -1; ) {
    const lineEnd = lineEndOf(text, start);
    // What stood open to the end of the text stays open wherever it starts; only a line may close it.
    const closed = actionEnd(text, start, mayGoOn ? text.length : lineEnd, closings, backticks);
    if (closed === undefined) mayGoOn = false;
    const end = closed ?? lineEnd;
    yield { start, end };
    start = text.indexOf('{{', end);
  }
}

/** Where an action ends, past its `}}`; undefined when none before `limit` closes it outside of its strings. */
function actionEnd(text: string, start: number, limit: number, closings: Ahead, backticks: Ahead): number | undefined {
  let at = start + 2;
  // A quote that is never closed is a sign like any other, and so are those behind it on its line.
  let plainUntil = at;
  for (;;) {
    const closing = closings.from(at);
    if (closing === -1 || closing >= limit) return undefined;
    const quote = nextQuote(text, at, closing, plainUntil);
    if (quote === undefined) return closing + 2;
    const end = text[quote] === '`' ? backticks.from(quote + 1) : closingQuote(text, quote);
    if (end === -1 && text[quote] === '"') plainUntil = lineEndOf(text, quote);
    at = end === -1 ? quote + 1 : end + 1;
  }
}

/** The first quote of a stretch: a backtick anywhere, a double quote only from `plainUntil` on. */
function nextQuote(text: string, from: number, to: number, plainUntil: number): number | undefined {
  for (let at = from; at < to; at += 1) if (text[at] === '`' || (text[at] === '"' && at >= plainUntil)) return at;
  return undefined;
}

/** Where a string in double quotes ends, which must be on its line; -1 when it does not. */
function closingQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function lineEndOf(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** The next place of a word from an offset on; remembers it, so that a word far ahead or nowhere is looked for once. */
class Ahead {
  readonly #text: string;
  readonly #word: string;
  #asked = 0;
  #found: number;

  constructor(text: string, word: string) {
    this.#text = text;
    this.#word = word;
    this.#found = text.indexOf(word);
  }

  /** -1 when there is none. */
  from(offset: number): number {
    const stillHolds = offset >= this.#asked && (this.#found === -1 || this.#found >= offset);
    if (!stillHolds) this.#found = this.#text.indexOf(this.#word, offset);
    this.#asked = offset;
    return this.#found;
  }
}
