/**
 * The order in which routes count. The Gateway API ranks matches by how specific they are, whatever their order in the
 * document; Istio and Consul take the first that matches. Both ways across are here.
 * Sources: conversion.md §4.2; linkerd2-proxy linkerd/http/route/src/http/match.rs; Gateway API HTTPRouteRule.matches.
 */

import { type GatewayMatch, type GatewayPath, type GatewayText, prefixOf, takesEveryPath } from './matches.ts';

/**
 * Who ranks. `linkerd`: only the length of what the path matched counts, so an exact path and a regular expression tie;
 * then headers, query parameters, method. `spec`: exact, longest prefix, method, headers, query parameters. `grpc`: the
 * service of a call counts, then its method, then headers, so that a method of any service comes after all services.
 */
export type Precedence = 'linkerd' | 'spec' | 'grpc';

/** Something with a match, and the rule that it belongs to. */
export interface Atom<Rule> {
  readonly match: GatewayMatch;
  readonly rule: Rule;
}

// ---- From ranks to a list ------------------------------------------------------------------------------------------

/**
 * Atoms in an order in which the first match wins as the most specific one did. Where a prefix outranks an exact path or
 * a regular expression only for the path that equals it, a copy with this exact path goes first.
 */
export function inFirstMatchOrder<Rule>(atoms: readonly Atom<Rule>[], precedence: Precedence): readonly Atom<Rule>[] {
  const copies = atoms.flatMap((atom, at) => {
    const path = prefixOf(atom.match.path) || '/';
    const isPrefix = atom.match.path === undefined || atom.match.path.type === 'PathPrefix';
    const isTied = atoms.some(({ match }, other) => {
      if (match.path === undefined || match.path.type === 'PathPrefix' || !mayMatch(match.path, path)) return false;
      const rest = compareRest(atom.match, match, precedence);
      return rest > 0 || (rest === 0 && at < other);
    });
    if (!isPrefix || !isTied || precedence !== 'linkerd') return [];
    return [{ at, atom: { rule: atom.rule, match: { ...atom.match, path: { type: 'Exact' as const, value: path } } } }];
  });
  return [...copies, ...atoms.map((atom, at) => ({ at, atom }))]
    .sort((a, b) => compareForList(b.atom.match, a.atom.match, precedence) || a.at - b.at)
    .map((it) => it.atom);
}

function compareForList(a: GatewayMatch, b: GatewayMatch, precedence: Precedence): number {
  return pathClass(a.path, precedence) - pathClass(b.path, precedence) || compareRest(a, b, precedence);
}

/** A number that grows with the rank of the path; lengths of prefixes stay below all exact paths. */
function pathClass(path: GatewayPath | undefined, precedence: Precedence): number {
  if (path === undefined || path.type === 'PathPrefix') return Math.max(prefixOf(path).length, 1);
  if (path.type !== 'RegularExpression' || precedence === 'linkerd') return Number.MAX_SAFE_INTEGER;
  // More than every call, and less than the shortest service.
  return precedence === 'grpc' ? 1.5 : 0;
}

// ---- From a list to ranks ------------------------------------------------------------------------------------------

export interface Guarded<Rule> {
  /** The atoms to write, those of one rule together and in the order of the list. */
  readonly atoms: readonly Atom<Rule>[];
  /** Atoms that were added so that an earlier rule keeps what a later, more specific one would take. */
  readonly guards: readonly Atom<Rule>[];
  /** Atoms that never match, because an earlier one takes all of it. */
  readonly shadowed: readonly Atom<Rule>[];
  /** Pairs in which the later atom wins in the target and nothing can be done about it. */
  readonly inverted: readonly (readonly [Atom<Rule>, Atom<Rule>])[];
}

/** A rule may have 64 matches and a route 128; guards stop well before. */
const guardLimit = 48;

/**
 * Makes a list of atoms, of which the first match wins, safe for a target that ranks. `rules` gives the order of rules;
 * atoms of one rule share their action and never need guarding against each other.
 */
export function guardOrder<Rule>(
  list: readonly Atom<Rule>[],
  rules: readonly Rule[],
  precedence: Precedence,
): Guarded<Rule> {
  const position = (atom: Atom<Rule>) => rules.indexOf(atom.rule);
  let atoms = [...list];
  const guards: Atom<Rule>[] = [];
  const shadowed: Atom<Rule>[] = [];
  const inverted: (readonly [Atom<Rule>, Atom<Rule>])[] = [];
  const isKnown = (a: Atom<Rule>, b: Atom<Rule>) => inverted.some((it) => it[0] === a && it[1] === b);

  for (let changed = true; changed; ) {
    changed = false;
    for (const a of atoms) {
      for (const b of atoms) {
        if (position(a) >= position(b) || isKnown(a, b) || !overlap(a.match, b.match)) continue;
        if (contains(a.match, b.match)) {
          atoms = atoms.filter((it) => it !== b);
          shadowed.push(b);
          changed = true;
          break;
        }
        if (!mayOutrank(b.match, a.match, precedence)) continue;
        if (atoms.some((it) => it.rule === a.rule && it !== a && isGuard(it.match, a.match, b.match, precedence)))
          continue;
        const both = intersection(a.match, b.match);
        // What both take belongs to an earlier rule anyway.
        if (both && atoms.some((it) => position(it) < position(a) && contains(it.match, both))) continue;
        if (both && guards.length < guardLimit && !atoms.some((it) => it.rule === a.rule && same(it.match, both))) {
          const guard = { match: both, rule: a.rule };
          guards.push(guard);
          atoms = [...atoms, guard];
          changed = true;
          break;
        }
        inverted.push([a, b]);
      }
      if (changed) break;
    }
  }
  const ordered = rules.flatMap((rule) => atoms.filter((it) => it.rule === rule));
  return { atoms: ordered, guards, shadowed, inverted };
}

/** Whether a match of the earlier rule already takes all that two atoms share, and takes it before the later one. */
function isGuard(guard: GatewayMatch, a: GatewayMatch, b: GatewayMatch, precedence: Precedence): boolean {
  const both = intersection(a, b);
  return both !== undefined && contains(guard, both) && !mayOutrank(b, guard, precedence);
}

/** Whether two matches that overlap may tie in every criterion, so that only their places decide. */
export function mayTie(a: GatewayMatch, b: GatewayMatch, precedence: Precedence): boolean {
  return pathOrders(a.path, b.path, precedence).includes(0) && compareRest(a, b, precedence) === 0;
}

/** Whether there is a request that both match and that the first gets, judged by rank alone. */
export function mayOutrank(a: GatewayMatch, b: GatewayMatch, precedence: Precedence): boolean {
  return pathOrders(a.path, b.path, precedence).some((it) => (it || compareRest(a, b, precedence)) > 0);
}

/** All ways in which two paths may compare on a request that both match: 1 when the first wins. */
function pathOrders(
  a: GatewayPath | undefined,
  b: GatewayPath | undefined,
  precedence: Precedence,
): readonly (-1 | 0 | 1)[] {
  const aPrefix = a === undefined || a.type === 'PathPrefix';
  const bPrefix = b === undefined || b.type === 'PathPrefix';
  if (aPrefix && bPrefix) return [signOf(Math.max(prefixOf(a).length, 1) - Math.max(prefixOf(b).length, 1))];
  if (!aPrefix && !bPrefix) {
    if (precedence === 'linkerd' || a.type === b.type) return [0];
    return a.type === 'Exact' ? [1] : [-1];
  }
  if (aPrefix) return pathOrders(b, a, precedence).map((it) => signOf(-it));
  const prefix = prefixOf(b) || '/';
  if (a?.type === 'Exact') return precedence === 'spec' || a.value.length > prefix.length ? [1] : [0];
  if (precedence === 'spec') return [-1, 0, 1];
  return a && mayMatch(a, prefix) ? [1, 0] : [1];
}

function signOf(value: number): -1 | 0 | 1 {
  return value > 0 ? 1 : value < 0 ? -1 : 0;
}

/** Headers, query parameters and method, in the order in which they count. */
function compareRest(a: GatewayMatch, b: GatewayMatch, precedence: Precedence): number {
  const headers = (a.headers?.length ?? 0) - (b.headers?.length ?? 0);
  const query = (a.queryParams?.length ?? 0) - (b.queryParams?.length ?? 0);
  const method = Number(a.method !== undefined) - Number(b.method !== undefined);
  return precedence === 'spec' ? method || headers || query : headers || query || method;
}

/** Whether some request can match both; when it is not known, yes. */
export function overlap(a: GatewayMatch, b: GatewayMatch): boolean {
  if (a.method !== undefined && b.method !== undefined && a.method !== b.method) return false;
  return (
    pathsOverlap(a.path, b.path) &&
    !textsConflict(a.headers ?? [], b.headers ?? [], true) &&
    !textsConflict(a.queryParams ?? [], b.queryParams ?? [], false)
  );
}

function pathsOverlap(a: GatewayPath | undefined, b: GatewayPath | undefined): boolean {
  if (takesEveryPath(a) || takesEveryPath(b) || !a || !b) return true;
  if (a.type === 'Exact') return mayMatch(b, a.value);
  if (b.type === 'Exact') return mayMatch(a, b.value);
  const [one, other] = [literalHead(a), literalHead(b)];
  if (a.type === 'PathPrefix' && b.type === 'PathPrefix')
    return inSegments(prefixOf(a), prefixOf(b)) || inSegments(prefixOf(b), prefixOf(a));
  return one.startsWith(other) || other.startsWith(one);
}

/** The part at the front of a path that is certain: all of it, or a regular expression up to its first operator. */
function literalHead(path: GatewayPath): string {
  if (path.type !== 'RegularExpression') return prefixOf(path) || path.value;
  if (/\||^\(\?i/.test(path.value)) return '';
  const head = /^\^?((?:[\w/~%&,;=:@-]|\\[.+*?()|[\]{}^$\\])*)([*?{]?)/.exec(path.value);
  const text = (head?.[1] ?? '').replace(/\\(.)/g, '$1');
  return head?.[2] ? text.slice(0, -1) : text;
}

/** Whether a path may match a request path; a regular expression that cannot be read may. */
export function mayMatch(path: GatewayPath | undefined, request: string): boolean {
  if (takesEveryPath(path) || !path) return true;
  if (path.type === 'Exact') return path.value === request;
  if (path.type === 'PathPrefix') return inSegments(prefixOf(path), request);
  try {
    const flags = path.value.startsWith('(?i)') ? 'iu' : 'u';
    return new RegExp(`^(?:${path.value.replace(/^\(\?i\)/, '')})$`, flags).test(request);
  } catch {
    return true; // Rust's syntax that JavaScript lacks: nobody knows, so it may.
  }
}

function inSegments(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

function textsConflict(a: readonly GatewayText[], b: readonly GatewayText[], isHeader: boolean): boolean {
  return a.some((one) =>
    b.some(
      (other) =>
        nameOf(one, isHeader) === nameOf(other, isHeader) &&
        one.type === 'Exact' &&
        other.type === 'Exact' &&
        one.value !== other.value,
    ),
  );
}

function nameOf(text: GatewayText, isHeader: boolean): string {
  return isHeader ? text.name.toLowerCase() : text.name;
}

/** Whether every request that the second matches is matched by the first; when it is not known, no. */
export function contains(a: GatewayMatch, b: GatewayMatch): boolean {
  return (
    (a.method === undefined || a.method === b.method) &&
    pathContains(a.path, b.path) &&
    (a.headers ?? []).every((it) => (b.headers ?? []).some((other) => sameText(it, other, true))) &&
    (a.queryParams ?? []).every((it) => (b.queryParams ?? []).some((other) => sameText(it, other, false)))
  );
}

function pathContains(a: GatewayPath | undefined, b: GatewayPath | undefined): boolean {
  if (takesEveryPath(a) || !a) return true;
  if (takesEveryPath(b) || !b) return false;
  if (a.type === b.type && a.value === b.value) return true;
  return a.type === 'PathPrefix' && b.type !== 'RegularExpression' && inSegments(prefixOf(a), prefixOf(b) || b.value);
}

function sameText(a: GatewayText, b: GatewayText, isHeader: boolean): boolean {
  return nameOf(a, isHeader) === nameOf(b, isHeader) && a.type === b.type && a.value === b.value;
}

function same(a: GatewayMatch, b: GatewayMatch): boolean {
  return contains(a, b) && contains(b, a);
}

/** The match of what both match; undefined when a route cannot say it. */
function intersection(a: GatewayMatch, b: GatewayMatch): GatewayMatch | undefined {
  const path = pathIntersection(a.path, b.path);
  const headers = textIntersection(a.headers ?? [], b.headers ?? [], true);
  const queryParams = textIntersection(a.queryParams ?? [], b.queryParams ?? [], false);
  if (path === 'unknown' || !headers || !queryParams) return undefined;
  const method = a.method ?? b.method;
  return {
    ...(path === undefined ? {} : { path }),
    ...(headers.length === 0 ? {} : { headers }),
    ...(queryParams.length === 0 ? {} : { queryParams }),
    ...(method === undefined ? {} : { method }),
  };
}

function pathIntersection(a: GatewayPath | undefined, b: GatewayPath | undefined): GatewayPath | undefined | 'unknown' {
  if (takesEveryPath(a) || !a) return b;
  if (takesEveryPath(b) || !b) return a;
  if (pathContains(a, b)) return b;
  if (pathContains(b, a)) return a;
  if (a.type === 'Exact') return a;
  if (b.type === 'Exact') return b;
  return 'unknown';
}

function textIntersection(
  a: readonly GatewayText[],
  b: readonly GatewayText[],
  isHeader: boolean,
): readonly GatewayText[] | undefined {
  const all = [...a];
  for (const text of b) {
    const twin = all.find((it) => nameOf(it, isHeader) === nameOf(text, isHeader));
    if (!twin) all.push(text);
    else if (!sameText(twin, text, isHeader)) return undefined;
  }
  return all;
}
