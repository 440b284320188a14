/** How much work a document makes for the YAML parser, counted without parsing. */

/** A document above it is not read: the parser needs 2 to 6 µs for each, so that this many take up to a second. */
export const weightLimit = 150_000;

/**
 * Lines, and the signs that make keys, items and collections; what stands in block scalars counts by the line only. Takes
 * any text; stops counting at `limit`.
 */
export function weightOf(text: string, limit: number): number {
  let weight = 0;
  // Column of the key or dash whose block scalar is read; -1 outside of one.
  let holder = -1;
  for (let at = 0; at < text.length && weight <= limit; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    weight += 1;
    const indent = indentAt(text, at, end);
    const isBlank = at + indent === end;
    if (holder !== -1 && !isBlank && indent <= holder) holder = -1;
    if (holder === -1 && !isBlank) {
      weight += signsIn(text, at + indent, end);
      if (opensBlockScalar(text, end)) holder = indent;
    }
    at = end + 1;
  }
  return weight;
}

function indentAt(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && /[ \r]/.test(text[at] ?? '')) at += 1;
  return at - start;
}

function signsIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1)
    if (structure.has(text.charCodeAt(at)) || (text[at] === '-' && text[at + 1] === ' ')) count += 1;
  return count;
}

const structure = new Set([...':,{}[]'].map((it) => it.charCodeAt(0)));

/** Whether a line ends as `key: |` and `- >2` do; a comment behind it is not looked for. */
function opensBlockScalar(text: string, end: number): boolean {
  return /(?:^|[\s:-])[|>][-+0-9]{0,2}\s*$/.test(text.slice(Math.max(0, end - 8), end));
}
