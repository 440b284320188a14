/**
 * Who may do what on one port, as a table: requests that differ in path, method or headers are its rows, and each row
 * says who is let in. It is worked out with the rules of the source and written with those of Linkerd, where the one
 * most specific route decides and nothing denies. Source: conversion.md §4.4.
 */

import type { PathMatch } from '../../../model/ir.ts';
import type { GatewayText } from '../../kubernetes/gateway/convert/matches.ts';
import { type Account, among, anyone, everyNetwork, type Grant, simplified, type Who, without } from './clients.ts';
import { type Cell, cellsFor, isRootCut, rootCell, takes } from './path-cells.ts';

/** What a rule is about, in terms that a route can tell apart. */
export interface TableOperation {
  readonly paths: readonly PathMatch[];
  readonly notPaths: readonly PathMatch[];
  readonly methods: readonly string[];
  readonly notMethods: readonly string[];
  /** Headers that must, or must not, be as said. */
  readonly headers: readonly { readonly text: GatewayText; readonly isAbsent: boolean }[];
}

/** A rule without anything that cannot be said. */
export interface TableRule {
  readonly effect: 'allow' | 'deny';
  readonly who: Who;
  readonly notWho: Who | undefined;
  readonly networks: readonly string[];
  readonly notNetworks: readonly string[];
  /** Any of them; empty means every request. */
  readonly operations: readonly TableOperation[];
}

export interface TableInput {
  /** `any`: what an allow rule takes, less what a deny rule takes. `first`: of the client's own rules, the first. */
  readonly model: 'any' | 'first';
  readonly rules: readonly TableRule[];
  /** Whether what no rule allows is let in all the same. */
  readonly isOpen: boolean;
  /** Whether only clients with an identity are let in, whatever the rules say. */
  readonly isStrict: boolean;
  /** Paths that the kubelet asks for; they answer to anyone. */
  readonly probes: readonly string[];
  readonly accounts: readonly Account[];
}

/** A row as a route says it. */
export interface Row {
  readonly cell: Cell;
  readonly method: string | undefined;
  readonly headers: readonly GatewayText[];
  readonly grants: readonly Grant[];
  readonly isProbe: boolean;
}

export interface Table {
  readonly cells: readonly Cell[];
  /** The rows that matter, most specific first; the last is everything else. */
  readonly rows: readonly Row[];
  /** Whether known accounts stand for "everyone but some". */
  readonly isGuess: boolean;
}

interface Request {
  readonly cell: Cell;
  /** Undefined stands for every method that no rule names. */
  readonly method: string | undefined;
  readonly headers: readonly GatewayText[];
}

/** Works the table out. */
export function accessTable(input: TableInput): Table {
  const operations = input.rules.flatMap((it) => it.operations);
  const probePaths = input.probes.map((value): PathMatch => ({ type: 'exact', value }));
  const cells = cellsFor([...operations.flatMap((it) => [...it.paths, ...it.notPaths]), ...probePaths]);
  const methods = unique([
    ...operations.flatMap((it) => [...it.methods, ...it.notMethods]),
    ...(input.probes.length > 0 ? ['GET'] : []),
  ]);
  const headers = headerSets(operations.flatMap((it) => it.headers.map((one) => one.text)));
  const state = { isGuess: false };
  const requests = cells.flatMap((cell) =>
    [...methods, undefined].flatMap((method) => headers.map((set): Request => ({ cell, method, headers: set }))),
  );
  const decided = requests.map((request): Row => {
    const isProbe =
      request.method === 'GET' && request.cell.type === 'exact' && input.probes.includes(request.cell.value);
    const grants = isProbe ? [{ who: anyone }] : simplified(decide(input, request, state));
    return { ...request, grants, isProbe };
  });
  return { cells, rows: pruned(decided, isRootCut(cells)), isGuess: state.isGuess };
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** The sets of headers that a request may have, as far as a route can tell them apart. */
function headerSets(texts: readonly GatewayText[]): readonly (readonly GatewayText[])[] {
  const distinct = texts.filter((it, at) => texts.findIndex((one) => sameText(one, it)) === at);
  const byName = new Map<string, GatewayText[]>();
  for (const it of distinct) byName.set(it.name.toLowerCase(), [...(byName.get(it.name.toLowerCase()) ?? []), it]);
  let sets: readonly (readonly GatewayText[])[] = [[]];
  // Of one header a route can ask one thing: to be there, or to have a value.
  for (const choices of byName.values()) sets = sets.flatMap((set) => [set, ...choices.map((it) => [...set, it])]);
  return sets;
}

export function sameText(a: GatewayText, b: GatewayText): boolean {
  return a.name.toLowerCase() === b.name.toLowerCase() && a.type === b.type && a.value === b.value;
}

// ---- Deciding ------------------------------------------------------------------------------------------------------

function decide(input: TableInput, request: Request, state: { isGuess: boolean }): readonly Grant[] {
  const grants = input.model === 'first' ? decideFirst(input, request, state) : decideAny(input, request, state);
  if (!input.isStrict) return grants;
  return grants.map((it) => ({ ...it, who: among(it.who, { type: 'authenticated' }) }));
}

function decideAny(input: TableInput, request: Request, state: { isGuess: boolean }): readonly Grant[] {
  const isMet = (rule: TableRule) => meets(rule, request);
  let grants: readonly Grant[] = input.isOpen
    ? [{ who: anyone }]
    : input.rules.filter((it) => it.effect === 'allow' && isMet(it)).map((it) => grantOf(it, input, state));
  for (const rule of input.rules) {
    if (rule.effect !== 'deny' || !isMet(rule)) continue;
    grants = grants.flatMap((grant) => remainders(grant, rule, input, state));
  }
  return grants;
}

function grantOf(rule: TableRule, { accounts }: TableInput, state: { isGuess: boolean }): Grant {
  const rest = rule.notWho ? without(rule.who, rule.notWho, accounts) : { who: rule.who, isGuess: false };
  if (rest.isGuess) state.isGuess = true;
  const except = rule.notNetworks.length > 0 ? { except: rule.notNetworks } : {};
  return { who: rest.who, ...(rule.networks.length > 0 ? { networks: rule.networks } : {}), ...except };
}

/** What is left of a grant: it must miss at least one of the conditions of the deny rule. */
function remainders(
  grant: Grant,
  rule: TableRule,
  { accounts }: TableInput,
  state: { isGuess: boolean },
): readonly Grant[] {
  const left: Grant[] = [];
  if (rule.who.type !== 'anyone') {
    const rest = without(grant.who, rule.who, accounts);
    if (rest.isGuess) state.isGuess = true;
    left.push({ ...grant, who: rest.who });
  }
  if (rule.notWho) left.push({ ...grant, who: among(grant.who, rule.notWho) });
  if (rule.networks.length > 0) left.push({ ...grant, except: [...(grant.except ?? []), ...rule.networks] });
  // Networks cannot be intersected by name: keep the narrower list when the grant has one already.
  if (rule.notNetworks.length > 0 && !grant.networks) left.push({ ...grant, networks: rule.notNetworks });
  return left;
}

/** Of the rules of the most exact source, the first that the request meets; without one it is denied. */
function decideFirst(input: TableInput, request: Request, state: { isGuess: boolean }): readonly Grant[] {
  const isNamed = (it: TableRule) => it.who.type === 'named';
  const keys = unique(input.rules.filter(isNamed).map((it) => JSON.stringify(it.who)));
  const verdict = (rules: readonly TableRule[]) => {
    const first = rules.find((it) => meets(it, request));
    return first ? first.effect === 'allow' : input.isOpen;
  };
  const named = keys.map((key) => {
    const own = input.rules.filter((it) => JSON.stringify(it.who) === key);
    return { who: own[0]?.who ?? anyone, isAllowed: verdict(own) };
  });
  const others = input.rules.filter((it) => !isNamed(it));
  const grants: Grant[] = named.filter((it) => it.isAllowed).map(({ who }) => ({ who }));
  if (others.length === 0 ? input.isOpen : verdict(others)) {
    const denied = named
      .filter((it) => !it.isAllowed)
      .flatMap(({ who }) => (who.type === 'named' ? who.identities : []));
    const rest = without({ type: 'authenticated' }, { type: 'named', identities: denied }, input.accounts);
    if (rest.isGuess) state.isGuess = true;
    grants.push({ who: rest.who });
  }
  return grants;
}

function meets(rule: TableRule, request: Request): boolean {
  return rule.operations.length === 0 || rule.operations.some((it) => meetsOperation(it, request));
}

function meetsOperation(operation: TableOperation, { cell, method, headers }: Request): boolean {
  if (operation.paths.length > 0 && !operation.paths.some((it) => takes(it, cell))) return false;
  if (operation.notPaths.some((it) => takes(it, cell))) return false;
  if (operation.methods.length > 0 && (method === undefined || !operation.methods.includes(method))) return false;
  if (method !== undefined && operation.notMethods.includes(method)) return false;
  return operation.headers.every(({ text, isAbsent }) => headers.some((it) => implies(it, text)) !== isAbsent);
}

/** Whether a header that is as the first says is also as the second says. */
function implies(known: GatewayText, asked: GatewayText): boolean {
  const isPresence = asked.type === 'RegularExpression' && asked.value === '.*';
  return sameText(known, asked) || (isPresence && known.name.toLowerCase() === asked.name.toLowerCase());
}

// ---- Leaving out what does not matter ------------------------------------------------------------------------------

/** Rows that change a decision, in the order in which Linkerd prefers them; the root row always stays. */
function pruned(decided: readonly Row[], rootIsCut: boolean): readonly Row[] {
  const order = [...decided].sort((a, b) => rankOf(b) - rankOf(a));
  let rows: readonly Row[] = order;
  for (let before = -1; before !== rows.length; ) {
    before = rows.length;
    for (const row of rows) {
      if (row.cell === rootCell && row.method === undefined && row.headers.length === 0) continue;
      const fewer = rows.filter((it) => it !== row);
      const affected = decided.filter((it) => row.cell === rootCell || it.cell === row.cell);
      if (affected.every((it) => isDecided(chosen(fewer, it, rootIsCut), it))) rows = fewer;
    }
  }
  return rows;
}

/** Linkerd's rank among rows of one cell: headers, then whether there is a method. */
function rankOf({ cell, headers, method }: Row): number {
  return (cell === rootCell ? 0 : 1000) + headers.length * 2 + (method === undefined ? 0 : 1);
}

/** The rows that may count for a request: those of the best rank, of which nobody knows which one wins. */
function chosen(rows: readonly Row[], request: Row, rootIsCut: boolean): readonly Row[] {
  const fitting = rows.filter(
    (it) =>
      (it.cell === request.cell || (it.cell === rootCell && !rootIsCut)) &&
      (it.method === undefined || it.method === request.method) &&
      it.headers.every((text) => request.headers.some((one) => implies(one, text))),
  );
  const best = Math.max(...fitting.map(rankOf));
  return fitting.filter((it) => rankOf(it) === best);
}

function isDecided(rows: readonly Row[], request: Row): boolean {
  // Without a route the answer is 404, which lets nobody in either.
  if (rows.length === 0) return request.grants.length === 0;
  return rows.every(
    (it) => JSON.stringify(it.grants) === JSON.stringify(request.grants) && it.isProbe === request.isProbe,
  );
}

/** The networks of a grant as a NetworkAuthentication lists them; undefined when it does not look at them. */
export function networksOf({
  networks,
  except,
}: Grant): readonly { cidr: string; except?: readonly string[] }[] | undefined {
  if (!networks && !except?.length) return undefined;
  return (networks ?? everyNetwork).map((cidr) => {
    const inside = (except ?? []).filter((it) => it.includes(':') === cidr.includes(':'));
    return inside.length > 0 ? { cidr, except: inside } : { cidr };
  });
}
