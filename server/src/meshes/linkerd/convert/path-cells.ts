/**
 * Paths cut into cells that do not overlap. Linkerd takes the one most specific route and ranks exact paths and regular
 * expressions alike, so a narrower path must be cut out of the wider one for its own decision to count.
 */

import type { PathMatch } from '../../../model/ir.ts';
import { type GatewayPath, isValidPath, quoteMeta } from '../../kubernetes/gateway/convert/matches.ts';
import { mayMatch, overlap } from '../../kubernetes/gateway/convert/order.ts';

/** A cell: what its pattern matches, without the cells inside it. The root is the prefix of every path. */
export interface Cell {
  readonly type: 'exact' | 'prefix' | 'regex';
  readonly value: string;
}

export const rootCell: Cell = { type: 'prefix', value: '' };

/** The cells for some paths, the root first. Regular expressions that overlap others are not among them. */
export function cellsFor(paths: readonly PathMatch[]): readonly Cell[] {
  const cells: Cell[] = [rootCell];
  const add = (cell: Cell) => {
    if (!cells.some((it) => it.type === cell.type && it.value === cell.value)) cells.push(cell);
  };
  for (const path of paths) for (const cell of literalCells(path)) add(cell);
  for (const path of paths) {
    const cell = regexCell(path);
    if (cell && isApart(cell, cells)) add(cell);
  }
  return cells;
}

/** Whether a path can be told apart in these cells; regular expressions that overlap others cannot. */
export function hasCell(path: PathMatch, cells: readonly Cell[]): boolean {
  const regex = regexCell(path);
  return regex === undefined || cells.some((it) => it.type === 'regex' && it.value === regex.value);
}

/** Whether a path takes a cell; it takes all of it or nothing, since the cell was cut by it. */
export function takes(path: PathMatch, cell: Cell): boolean {
  const regex = regexCell(path);
  if (regex) return cell.type === 'regex' && cell.value === regex.value;
  return (
    literalCells(path).some((it) =>
      it.type === 'exact'
        ? cell.type === 'exact' && cell.value === it.value
        : cell.type !== 'regex' && cell.value.startsWith(it.value),
    ) ||
    (cell.type === 'regex' && literalCells(path).some((it) => it.value === ''))
  );
}

function literalCells(path: PathMatch): readonly Cell[] {
  if (path.type === 'regex' || path.ignoreCase) return [];
  if (path.type === 'exact') return [{ type: 'exact', value: path.value }];
  const value = path.value === '/' ? '' : path.value;
  if (path.type === 'prefix') return [{ type: 'prefix', value }];
  return value === ''
    ? [rootCell]
    : [
        { type: 'exact', value },
        { type: 'prefix', value: `${value}/` },
      ];
}

function regexCell(path: PathMatch): Cell | undefined {
  if (path.type === 'regex') return { type: 'regex', value: `${path.ignoreCase ? '(?i)' : ''}${anchored(path.value)}` };
  if (!path.ignoreCase) return undefined;
  const tail = path.type === 'exact' ? '' : path.type === 'prefix' ? '.*' : '(?:/.*)?';
  return { type: 'regex', value: `(?i)${quoteMeta(path.value)}${tail}` };
}

function anchored(regex: string): string {
  return /\||[*+?}]\?/.test(regex) ? `^(?:${regex.replace(/^\^/, '').replace(/\$$/, '')})$` : regex;
}

/** A regular expression counts as long as every other; it must overlap none, nor the path `/`, which ties with the root. */
function isApart(cell: Cell, cells: readonly Cell[]): boolean {
  const path: GatewayPath = { type: 'RegularExpression', value: cell.value };
  if (mayMatch(path, '/') || isRootCut(cells)) return false;
  return cells.every((it) => it === rootCell || !overlap({ path }, { path: whole(it) }));
}

function whole(cell: Cell): GatewayPath {
  if (cell.type === 'exact') return { type: 'Exact', value: cell.value };
  return { type: 'RegularExpression', value: cell.type === 'prefix' ? `${quoteMeta(cell.value)}.*` : cell.value };
}

/** Whether the root ties with another cell, the path `/` alone, so that it must be cut like all others. */
export function isRootCut(cells: readonly Cell[]): boolean {
  return cells.some((it) => it.type === 'exact' && it.value === '/');
}

/** A cell as the path of a match. */
export function pathOf(cell: Cell, cells: readonly Cell[]): GatewayPath {
  if (cell.type === 'exact') {
    if (isValidPath(cell.value)) return { type: 'Exact', value: cell.value };
    return { type: 'RegularExpression', value: quoteMeta(cell.value) };
  }
  if (cell.type === 'regex') return { type: 'RegularExpression', value: cell.value };
  if (cell === rootCell && !isRootCut(cells)) return { type: 'PathPrefix', value: '/' };
  const value = cell === rootCell ? '/' : cell.value;
  const inside = cells.filter(
    (it) => it !== cell && it.type !== 'regex' && it !== rootCell && it.value.startsWith(value),
  );
  if (inside.length === 0) return { type: 'RegularExpression', value: `${quoteMeta(value)}.*` };
  return { type: 'RegularExpression', value: `^(?:${quoteMeta(value)}${withoutInside(value, inside)})$` };
}

// ---- What is left of a prefix --------------------------------------------------------------------------------------

interface Letters {
  readonly next: Map<string, Letters>;
  /** Everything that starts like this is cut out. */
  isPrefix: boolean;
  /** Exactly this is cut out. */
  isExact: boolean;
}

/** What may follow a prefix so that none of the cells inside it is meant. No engine here has look-ahead, so: by letter. */
function withoutInside(prefix: string, inside: readonly Cell[]): string {
  const root: Letters = { next: new Map(), isPrefix: false, isExact: false };
  for (const cell of inside) {
    let at = root;
    for (const letter of cell.value.slice(prefix.length)) {
      const next = at.next.get(letter) ?? { next: new Map(), isPrefix: false, isExact: false };
      at.next.set(letter, next);
      at = next;
    }
    if (cell.type === 'prefix') at.isPrefix = true;
    else at.isExact = true;
  }
  return restOf(root) ?? '';
}

/** What may follow; undefined when nothing may. */
function restOf(letters: Letters): string | undefined {
  if (letters.isPrefix) return undefined;
  if (letters.next.size === 0) return letters.isExact ? '.+' : '.*';
  const others = `[^${[...letters.next.keys()].map(inClass).join('')}].*`;
  const known = [...letters.next].flatMap(([letter, next]) => {
    const rest = restOf(next);
    return rest === undefined ? [] : [`${quoteMeta(letter)}${rest}`];
  });
  return `(?:${[others, ...known].join('|')})${letters.isExact ? '' : '?'}`;
}

function inClass(letter: string): string {
  return /[\\\]^\-[&~]/.test(letter) ? `\\${letter}` : letter;
}
