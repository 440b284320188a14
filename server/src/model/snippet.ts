/** Snippets as editors know them: text with tab stops, `$1`, `${2:default}`, `${3|one,two|}`. */

/** The text of a snippet with every tab stop at its default: nothing, the placeholder, the first choice. */
export function plainSnippet(snippet: string): string {
  const values = new Map<string, string>();
  collect(snippet, values);
  return expand(snippet, values, 0);
}

const stop = /\\([\\$}])|\$(\d+)|\$\{(\d+)(?:\|((?:[^|\\]|\\.)*)\|)?/g;

/** Notes the default of every tab stop, so that a stop that only repeats a number shows the same text. */
function collect(snippet: string, values: Map<string, string>): void {
  for (const { number, body } of placeholders(snippet)) {
    if (body === undefined) continue;
    collect(body, values);
    if (!values.has(number)) values.set(number, body);
  }
}

function expand(snippet: string, values: ReadonlyMap<string, string>, depth: number): string {
  let text = '';
  let at = 0;
  for (const { start, end, number, body, literal } of placeholders(snippet)) {
    text += snippet.slice(at, start);
    if (literal !== undefined) text += literal;
    else if (depth < 5) text += expand(body ?? values.get(number) ?? '', values, depth + 1);
    at = end;
  }
  return text + snippet.slice(at);
}

interface Placeholder {
  readonly start: number;
  readonly end: number;
  readonly number: string;
  /** The default; undefined for a stop without one. */
  readonly body?: string;
  /** An escaped sign instead of a stop. */
  readonly literal?: string;
}

function placeholders(snippet: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  const pattern = new RegExp(stop);
  for (let match = pattern.exec(snippet); match; match = pattern.exec(snippet)) {
    const start = match.index;
    const [whole, literal, plain, braced, choices] = match;
    if (literal !== undefined) found.push({ start, end: start + whole.length, number: '', literal });
    else if (plain !== undefined) found.push({ start, end: start + whole.length, number: plain });
    else {
      const number = braced ?? '';
      const inner = start + whole.length;
      const end = closingBrace(snippet, inner);
      const rest = snippet.slice(inner, end);
      if (choices !== undefined) found.push({ start, end: end + 1, number, body: choices.split(/(?<!\\),/)[0] ?? '' });
      else
        found.push(
          rest.startsWith(':') ? { start, end: end + 1, number, body: rest.slice(1) } : { start, end: end + 1, number },
        );
      pattern.lastIndex = end + 1;
    }
  }
  return found;
}

function closingBrace(snippet: string, from: number): number {
  let depth = 0;
  for (let at = from; at < snippet.length; at += 1) {
    if (snippet[at] === '\\') at += 1;
    else if (snippet.startsWith('${', at)) depth += 1;
    else if (snippet[at] === '}' && depth-- === 0) return at;
  }
  return snippet.length;
}
