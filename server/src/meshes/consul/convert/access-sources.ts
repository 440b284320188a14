/**
 * Sources of an intention: for each client all that holds for it, since Consul asks the most exact entry of a client and
 * no other. Of its permissions the first that fits a request decides. Source: consul agent/xds/rbac.go.
 */

import { ServiceIntentions } from '../kinds.ts';
import type { Decision } from './access-decisions.ts';
import { everyone } from './clients.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { includes, mayOverlap, type Permission } from './permissions.ts';
import { hidden, providersSpec, type Token, type Tokens, tokensOfBoth, unique } from './tokens.ts';

/** A permission with the tokens that it takes; undefined for none, empty when nobody can have one. */
interface Gated {
  readonly permission: Permission;
  readonly tokens: readonly Token[] | undefined;
  readonly asked: readonly Tokens[];
}

export type Verdict =
  | 'allow'
  | 'deny'
  | {
      readonly deny: readonly Permission[];
      /** Requests that only a token lets in, where all others are let in. */
      readonly gated: readonly Gated[];
      readonly allow: readonly Gated[];
      /** What becomes of a request that no permission takes. */
      readonly rest: 'allow' | 'deny' | Gated;
    };

/** Writes the sources of one intention; what they need of tokens comes out with the last of them. */
export class SourceWriter {
  looksIntoRequests = false;
  readonly #decisions: readonly Decision[];
  readonly #hasAllow: boolean;
  readonly #place: string;
  readonly #drafts: Drafts;
  readonly #asked: { readonly tokens: Tokens; readonly place: string }[] = [];

  constructor(decisions: readonly Decision[], hasAllow: boolean, destination: Named, drafts: Drafts) {
    this.#decisions = decisions;
    this.#hasAllow = hasAllow;
    this.#place = drafts.place(ServiceIntentions, destination, 'spec');
    this.#drafts = drafts;
  }

  /** All sources behind some that stay: the clients that rules name, then everybody else; and the token that all need. */
  write(kept: number): {
    readonly sources: readonly Spec[];
    readonly jwt?: unknown;
    readonly others: Verdict;
  } {
    const names = this.#decisions.flatMap((it) => [...it.clients, ...it.except]).map((it) => it.name);
    const others = this.#verdict(everyone);
    const sources: Spec[] = [];
    for (const name of new Set(names)) {
      if (name === everyone) continue;
      const verdict = this.#verdict(name);
      // A client that is treated like all others needs no entry, unless that is all its rule says.
      if (sameVerdict(verdict, others) && !this.#isNamed(name)) continue;
      sources.push(this.#source(name, verdict, kept + sources.length));
    }
    sources.push(this.#source(everyone, others, kept + sources.length));
    // What stays would need the token, too.
    const jwt = kept === 0 ? sharedToken(sources) : undefined;
    for (const { tokens, place } of this.#asked) tokens.record(jwt === undefined ? place : `${this.#place}.jwt`, true);
    this.#coverHidden();
    const written = jwt === undefined ? sources : sources.map(withoutToken);
    if (written.some((it) => it['permissions']))
      this.#drafts.ledger.note(
        'generated',
        'The last permission of each source takes every other request: otherwise the default of the ACLs would decide, not "*".',
      );
    return { sources: written, others, ...(jwt !== undefined && { jwt }) };
  }

  /** Whether a rule names a client, so that an entry for it is expected. */
  #isNamed(name: string): boolean {
    return this.#decisions.some((it) => it.clients.some((client) => client.name === name));
  }

  /** What holds for one client when all rules are taken together. */
  #verdict(name: string): Verdict {
    const mine = this.#decisions.filter((it) =>
      it.isForAll
        ? !it.except.some((client) => client.name === name)
        : it.clients.some((client) => client.name === name) && !it.except.some((client) => client.name === name),
    );
    const by = (effect: Decision['effect']) => mine.filter((it) => it.effect === effect);
    if (by('deny').some((it) => it.permissions === undefined)) return 'deny';
    const deny = by('deny').flatMap((it) => it.permissions ?? []);
    const isOpen = !this.#hasAllow || by('allow').some((it) => it.permissions === undefined && !it.tokens);
    const required = by('require').flatMap((it): Gated[] =>
      (it.permissions ?? [everyRequest]).map((permission) => ({
        permission,
        tokens: it.tokens?.anyOf,
        asked: it.tokens ? [it.tokens] : [],
      })),
    );
    const everywhere = required.filter((it) => it.permission === everyRequest);
    const gates = required.filter((it) => it.permission !== everyRequest);
    if (isOpen) {
      const rest = everywhere.length > 0 ? everywhere.reduce(bothOf) : 'allow';
      const gated = gates.map((it) => [...everywhere, ...gates.filter((one) => meet(one, it))].reduce(bothOf, it));
      return deny.length + gated.length === 0 && rest === 'allow' ? 'allow' : { deny, gated, allow: [], rest };
    }
    const allow = by('allow')
      .flatMap((it): Gated[] =>
        (it.permissions ?? [everyRequest]).map((permission) => ({
          permission,
          tokens: it.tokens?.anyOf,
          asked: it.tokens ? [it.tokens] : [],
        })),
      )
      .map((it) => [...everywhere, ...gates.filter((one) => meet(one, it))].reduce(bothOf, it));
    // A gate that holds for a part of what is allowed holds for all of it here.
    for (const gate of gates)
      for (const it of allow)
        if (meet(gate, it) && !includes(gate.permission.http, it.permission.http))
          for (const asked of gate.asked) asked.makeStricter(`${this.#place}.sources`);
    return allow.length === 0 ? 'deny' : { deny, gated: [], allow, rest: 'deny' };
  }

  /** The entry of one client, with the fates of what it says. */
  #source(name: string, verdict: Verdict, at: number): Spec {
    const { ledger } = this.#drafts;
    const place = `${this.#place}.sources[${at}]`;
    for (const client of this.#decisions.flatMap((it) => [...it.clients, ...it.except]))
      if (client.name === name) ledger.exact(client.asked, `${place}.name`, client.reason);
    if (typeof verdict === 'string') return { name, action: verdict };
    this.looksIntoRequests = true;
    const permissions: Spec[] = [];
    const add = (action: 'allow' | 'deny', http: Spec, it?: Gated) => {
      const isClosed = it?.tokens?.length === 0;
      const written: Spec = {
        action: isClosed ? 'deny' : action,
        http,
        ...(it?.tokens && !isClosed && { jwt: providersSpec(it.tokens) }),
      };
      const known = permissions.findIndex((one) => JSON.stringify(one) === JSON.stringify(written));
      const index = known === -1 ? permissions.push(written) - 1 : known;
      it?.permission.record(`${place}.permissions[${index}].http`);
      if (isClosed) for (const tokens of it?.asked ?? []) tokens.makeStricter(place);
      for (const tokens of it?.asked ?? []) this.#asked.push({ tokens, place: `${place}.permissions[${index}].jwt` });
    };
    const plain = (permission: Permission): Gated => ({ permission, tokens: undefined, asked: [] });
    const { deny, gated, allow, rest } = verdict;
    // Exceptions from a deny come right before it; they may only be let through where nothing else would deny them.
    const excepting = [...deny.map(plain), ...gated].filter((it) => it.permission.except.length > 0);
    const [only, ...more] = excepting;
    const isLast = !!only && more.length === 0 && (gated.length === 0 || gated.includes(only));
    const keepsException = rest === 'allow' && isLast;
    const putBelow = (action: 'allow' | 'deny', it: Gated) => {
      if (keepsException) for (const http of it.permission.except) add('allow', http);
      else it.permission.makeStricter(place);
      add(action, it.permission.http, it);
    };
    for (const it of deny) if (it.except.length === 0) add('deny', it.http, plain(it));
    for (const it of deny) if (it.except.length > 0) putBelow('deny', plain(it));
    const hasExcept = (it: Gated) => it.permission.except.length > 0;
    for (const it of narrowFirst(gated)) if (!hasExcept(it)) add('allow', it.permission.http, it);
    for (const it of gated) if (hasExcept(it)) putBelow('allow', it);
    const open = allow.filter((it) => !it.tokens && it.permission.except.length === 0);
    for (const it of open) add('allow', it.permission.http, it);
    const closed = allow.filter((it) => it.tokens ?? it.permission.except.length > 0);
    for (const it of inSafeOrder(merged(closed), place)) {
      for (const http of it.permission.except) add('deny', http);
      add('allow', it.permission.http, it);
    }
    if (typeof rest !== 'string') add('allow', { pathPrefix: '/' }, rest);
    // A permission for every request leaves nothing to those after it.
    const isCovered = permissions.some((it) => includes(it['http'] as Spec, { pathPrefix: '/' }));
    add(rest === 'allow' && !isCovered ? 'allow' : 'deny', { pathPrefix: '/' });
    return { name, permissions };
  }

  /** What rules say that stands nowhere, since others say as much: all of them were taken into account. */
  #coverHidden(): void {
    const place = `${this.#place}.sources`;
    for (const { clients, except, permissions, tokens } of this.#decisions) {
      for (const client of [...clients, ...except]) this.#drafts.ledger.exact(client.asked, place, hidden);
      for (const permission of permissions ?? []) permission.record(place);
      tokens?.record(place, false);
    }
  }
}

const everyRequest: Permission = { http: { pathPrefix: '/' }, except: [], record() {}, makeStricter() {} };

// ---- Tokens of several rules ---------------------------------------------------------------------------------------

/** A permission that wants the tokens of both. */
function bothOf(it: Gated, other: Gated): Gated {
  if (it === other || !other.tokens) return it;
  const tokens = it.tokens ? tokensOfBoth(it.tokens, other.tokens) : other.tokens;
  return { ...it, tokens, asked: [...new Set([...it.asked, ...other.asked])] };
}

/** Whether some request is about both, exceptions aside. */
function meet(gate: Gated, { permission }: Gated): boolean {
  const isExcepted = gate.permission.except.some((it) => includes(it, permission.http));
  return !isExcepted && mayOverlap(gate.permission.http, permission.http);
}

/** Permissions for the same requests as one, and each with the tokens of wider ones, which let its requests in as well. */
function merged(permissions: readonly Gated[]): readonly Gated[] {
  const isWider = (wide: Gated, narrow: Gated) =>
    wide !== narrow &&
    wide.permission.except.length + narrow.permission.except.length === 0 &&
    includes(wide.permission.http, narrow.permission.http);
  const all = permissions.map((it): Gated => {
    const wider = permissions.filter((one) => it.tokens && one.tokens && isWider(one, it));
    const same = wider.filter((one) => isWider(it, one));
    return wider.length === 0
      ? it
      : {
          ...it,
          tokens: unique([...(it.tokens ?? []), ...wider.flatMap((one) => one.tokens ?? [])]),
          asked: [...it.asked, ...same.flatMap((one) => one.asked)],
        };
  });
  return narrowFirst(all);
}

function narrowFirst(permissions: readonly Gated[]): readonly Gated[] {
  const width = ({ permission: { http } }: Gated) => {
    const { pathExact, pathPrefix } = http;
    const path = typeof pathExact === 'string' ? `${pathExact}.` : typeof pathPrefix === 'string' ? pathPrefix : '';
    return path.length * 4 + Object.keys(http).length;
  };
  return [...permissions].sort((a, b) => width(b) - width(a));
}

/** The token that every permission asks for that lets in; undefined when some lets in without it. */
function sharedToken(sources: readonly Spec[]): unknown {
  const allowing = sources.flatMap((it) => {
    const { permissions } = it;
    if (Array.isArray(permissions)) return (permissions as readonly Spec[]).filter((one) => one['action'] === 'allow');
    return it['action'] === 'allow' ? [it] : [];
  });
  const [first, ...others] = allowing.map((it) => it['jwt']);
  return first !== undefined && others.every((it) => JSON.stringify(it) === JSON.stringify(first)) ? first : undefined;
}

function withoutToken(source: Spec): Spec {
  const { permissions, ...rest } = source;
  if (!Array.isArray(permissions)) return source;
  const bare = (permissions as readonly Spec[]).map(({ jwt: _, ...it }) => it);
  const every = JSON.stringify({ action: 'allow', http: { pathPrefix: '/' } });
  return JSON.stringify(bare[0]) === every ? { ...rest, action: 'allow' } : { ...rest, permissions: bare };
}

// ---- Order ---------------------------------------------------------------------------------------------------------

/**
 * Permissions with exceptions or tokens in an order in which none takes away what a later one allows. Where there is no
 * such order, the later ones allow less than they should, and that is reported.
 */
function inSafeOrder(permissions: readonly Gated[], place: string): readonly Gated[] {
  const rest = [...permissions];
  const ordered: Gated[] = [];
  while (rest.length > 0) {
    const safe = rest.findIndex((it) => !rest.some((other) => spoils(it, other)));
    const [next] = rest.splice(Math.max(safe, 0), 1);
    if (!next) break;
    if (safe === -1) {
      next.permission.makeStricter(place);
      for (const it of next.asked) it.makeStricter(place);
    }
    ordered.push(next);
  }
  return ordered;
}

/** Whether the first, asked before the second, refuses what the second lets in. */
function spoils(a: Gated, b: Gated): boolean {
  if (a === b) return false;
  if (a.permission.except.some((it) => mayOverlap(it, b.permission.http) && !isExcepted(it, b.permission))) return true;
  if (!a.tokens || includes(b.permission.http, a.permission.http)) return !!a.tokens && !b.tokens && overlap(a, b);
  return JSON.stringify(a.tokens) !== JSON.stringify(b.tokens) && overlap(a, b);
}

function overlap(a: Gated, b: Gated): boolean {
  return mayOverlap(a.permission.http, b.permission.http);
}

/** Whether the other permission makes the same exception, so that it loses nothing by it. */
function isExcepted(exception: Spec, { except }: Permission): boolean {
  return except.some((it) => JSON.stringify(it) === JSON.stringify(exception));
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  const text = ({ deny, gated, allow, rest }: Exclude<Verdict, string>) => {
    const plain = (it: Gated) => [it.permission.http, it.permission.except, it.tokens];
    return JSON.stringify([
      deny.map(({ http, except }) => [http, except]),
      gated.map(plain),
      allow.map(plain),
      typeof rest === 'string' ? rest : plain(rest),
    ]);
  };
  return text(a) === text(b);
}
