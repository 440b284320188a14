/** Sets of clients: what a policy lets in, and the sums and differences that deny rules need. */

import type { Identity } from '../../../model/ir.ts';
import type { Environment } from '../../../model/environment.ts';
import { ServiceAccount, workloadKinds } from '../../kubernetes/common/kinds.ts';
import { workloadOf } from '../../kubernetes/common/workloads.ts';

export type Account = Extract<Identity, { type: 'account' }>;
/** Identities that a policy can name. */
export type Named = Account | Extract<Identity, { type: 'namespace' }>;

export type Who =
  | { readonly type: 'anyone' }
  | { readonly type: 'authenticated' }
  | { readonly type: 'named'; readonly identities: readonly Named[] };

/** Clients that are let in: of some identity, from some networks. Both must hold. */
export interface Grant {
  readonly who: Who;
  /** Undefined for every network. */
  readonly networks?: readonly string[];
  readonly except?: readonly string[];
}

export const anyone: Who = { type: 'anyone' };
export const everyNetwork = ['0.0.0.0/0', '::/0'] as const;

/** All accounts that the workspace knows: those of workloads, and those that are defined. */
export function knownAccounts(environment: Environment): readonly Account[] {
  const found = new Map<string, Account>();
  const add = (namespace: string, name: string) =>
    found.set(`${namespace}/${name}`, { type: 'account', namespace, name });
  for (const { kind } of workloadKinds) {
    for (const resource of environment.index.all(kind)) {
      const workload = workloadOf(resource, environment);
      if (workload) add(workload.namespace, workload.serviceAccount);
    }
  }
  for (const it of environment.index.all(ServiceAccount)) add(environment.namespaceOf(it), it.name);
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, account]) => account);
}

/** Clients of a set that are among some identities. */
export function among(who: Who, named: Who): Who {
  if (named.type === 'anyone') return who;
  if (who.type === 'anyone') return named;
  if (named.type === 'authenticated') return who;
  if (who.type === 'authenticated') return named;
  const identities = [
    ...who.identities.filter((it) => named.identities.some((one) => holds(one, it))),
    ...named.identities.filter((it) => who.identities.some((one) => one !== it && !same(one, it) && holds(one, it))),
  ];
  return { type: 'named', identities: unique(identities) };
}

/** Clients of a set that are not among some identities; `isGuess` when known accounts stand for all others. */
export function without(
  who: Who,
  named: Who,
  accounts: readonly Account[],
): { readonly who: Who; readonly isGuess: boolean } {
  const nobody: Who = { type: 'named', identities: [] };
  // No policy lets in only those who show no identity, so leaving out all identities leaves nobody.
  if (named.type !== 'named') return { who: nobody, isGuess: false };
  if (named.identities.length === 0) return { who, isGuess: false };
  const isOut = (it: Named) => named.identities.some((one) => holds(one, it));
  if (who.type !== 'named') {
    const identities = accounts.filter((it) => !isOut(it));
    return { who: { type: 'named', identities }, isGuess: true };
  }
  let isGuess = false;
  const identities = who.identities.flatMap((it): readonly Named[] => {
    if (isOut(it)) return [];
    if (it.type === 'account' || !named.identities.some((one) => holds(it, one))) return [it];
    isGuess = true;
    return accounts.filter((one) => one.namespace === it.namespace && !isOut(one));
  });
  return { who: { type: 'named', identities: unique(identities) }, isGuess };
}

function holds(wide: Named, narrow: Named): boolean {
  if (wide.type === 'namespace')
    return wide.namespace === narrow.namespace && (narrow.type === 'namespace' || !narrow.trustDomain);
  return same(wide, narrow);
}

function same(a: Named, b: Named): boolean {
  if (a.type === 'namespace' || b.type === 'namespace') return a.type === b.type && a.namespace === b.namespace;
  return a.namespace === b.namespace && a.name === b.name && a.trustDomain === b.trustDomain;
}

function unique(identities: readonly Named[]): readonly Named[] {
  return identities.filter((it, at) => identities.findIndex((one) => same(one, it)) === at);
}

/** Grants without those that others make needless; nobody is an empty list. Equal decisions come out equal. */
export function simplified(grants: readonly Grant[]): readonly Grant[] {
  const filled = grants.filter((it) => it.who.type !== 'named' || it.who.identities.length > 0);
  const open = filled.filter((it) => !it.networks && !it.except?.length);
  if (open.some((it) => it.who.type === 'anyone')) return [{ who: anyone }];
  const isAuthenticated = open.some((it) => it.who.type === 'authenticated');
  const identities = unique(open.flatMap((it) => (it.who.type === 'named' ? it.who.identities : [])));
  const sorted = [...identities].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  const first: readonly Grant[] = isAuthenticated
    ? [{ who: { type: 'authenticated' } }]
    : sorted.length > 0
      ? [{ who: { type: 'named', identities: sorted } }]
      : [];
  const limited = filled.filter((it) => it.networks || it.except?.length);
  const texts = limited.map((it) => JSON.stringify(it));
  return [...first, ...limited.filter((_, at) => texts.indexOf(texts[at] ?? '') === at)];
}

function textOf(it: Named): string {
  return it.type === 'namespace' ? it.namespace : `${it.namespace}/${it.name}@${it.trustDomain ?? ''}`;
}
