/** Keys that move between the rows of the table, as they do in VS Code's own trees. */

/** What a key asks for; undefined when it is not one of ours. */
export function rowMove(
  key: string,
): ((rows: readonly HTMLElement[], at: number) => HTMLElement | undefined) | undefined {
  return moves.get(key);
}

/** Whether a key should press the button of a row: Right opens what is closed, Left closes what is open. */
export function togglesRow(key: string, isExpanded: boolean): boolean {
  return (key === 'ArrowRight' && !isExpanded) || (key === 'ArrowLeft' && isExpanded);
}

type Move = (rows: readonly HTMLElement[], at: number) => HTMLElement | undefined;

const moves = new Map<string, Move>([
  ['ArrowDown', (rows, at) => rows[Math.min(at + 1, rows.length - 1)]],
  ['ArrowUp', (rows, at) => rows[Math.max(at - 1, 0)]],
  ['Home', (rows) => rows[0]],
  ['End', (rows) => rows.at(-1)],
  ['ArrowRight', (rows, at) => rows[Math.min(at + 1, rows.length - 1)]],
  // From a closed row to its heading.
  ['ArrowLeft', (rows, at) => rows.slice(0, at).findLast((it) => it.closest('h2'))],
]);
