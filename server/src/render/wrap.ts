/** Lines that fit a terminal. */

/** Text in lines of at most a width, of which the first begins after `first` spaces and the others after `rest`. */
export function indented(text: string, first: number, rest: number, width: number): string[] {
  const [head = '', ...tail] = wrap(text, width - first, width - rest);
  return [' '.repeat(first) + head, ...tail.map((it) => ' '.repeat(rest) + it)];
}

/**
 * Text in lines of at most a width; those after the first may have one of their own. Breaks at spaces, and after hyphens in
 * words that are too long; an address stays whole, since half of it is of no use.
 */
export function wrap(text: string, width: number, later: number = width): string[] {
  const lines: string[] = [];
  let line = '';
  const put = (piece: string, separator: string) => {
    const room = lines.length === 0 ? width : later;
    if (line !== '' && line.length + separator.length + piece.length > room) {
      lines.push(line);
      line = piece;
    } else line = line === '' ? piece : line + separator + piece;
  };
  for (const word of text.split(' ')) {
    const [first = '', ...rest] = word.length > later && !word.includes('://') ? word.split(/(?<=-)/) : [word];
    put(first, ' ');
    for (const piece of rest) put(piece, '');
  }
  return [...lines, line];
}
