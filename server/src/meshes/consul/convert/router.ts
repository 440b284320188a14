/**
 * Writes a chain of requests as ServiceRouter. A router is read from the top; what no route takes goes to the service
 * itself, through its splitter.
 */

import type { RouteRule } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { ServiceDefaults, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import { type Atom, type Chain, ownSplit, protocolFor, type Refused, writeTarget } from './chain.ts';
import { deadEnd } from './dead-ends.ts';
import type { Spec } from './drafts.ts';
import { refusalOfBackends, refusalOfRule } from './refusals.ts';
import { type RuleDraft, writeRule } from './route-destinations.ts';
import { formsOf, reportMatch } from './route-matches.ts';
import { originsOfMatch, originsOfRule } from './route-parts.ts';
import { isEvery } from './specificity.ts';

/** Writes a chain of requests; a split of all of them may be the service's own where no chain leads to it whole. */
export function writeRouter(chain: Chain, mayOwnSplit: boolean): void {
  new Router(degraded(chain)).write(mayOwnSplit);
}

/** The chain with rules that Consul cannot rewrite for as they would be without it, where that is wanted. */
function degraded(chain: Chain): Chain {
  const { options, ledger } = chain.drafts;
  if (options.onInexpressibleAction !== 'degrade') return chain;
  const bare = new Map<RouteRule, RouteRule>();
  for (const { rule } of chain.atoms) {
    const { rewrite, ...parts } = rule.parts;
    const refusal = refusalOfRule(rule);
    if (!refusal || !rewrite || !parts.backends || bare.has(rule)) continue;
    bare.set(rule, { ...rule, parts });
    ledger.lost(rewrite, refusal.code, 'Consul cannot rewrite in this way; the rule is carried over without it.');
  }
  return { ...chain, atoms: chain.atoms.map((it) => ({ ...it, rule: bare.get(it.rule) ?? it.rule })) };
}

/** The router of one chain of requests, while it is written. */
class Router {
  readonly #chain: Chain;
  readonly #routes: unknown[] = [];
  /** Fates of what Consul's own last route does, once it is known which entry stands for the chain. */
  readonly #defaults: ((place: string) => void)[] = [];

  /** The rule whose split is the service's own. */
  readonly #own: RouteRule | undefined;

  constructor(chain: Chain) {
    this.#chain = chain;
    this.#own = ownSplit(chain);
  }

  write(mayOwnSplit: boolean): void {
    const { ledger, environment } = this.#chain.drafts;
    // Its entries come first, before those of the services that it leads to.
    this.#chain.drafts.spec(ServiceRouter, this.#chain.named);
    if (!environment.index.find(Service, this.#chain.group.service.namespace, this.#chain.group.service.name))
      ledger.note(
        'assumed',
        `Consul knows the service "${this.#chain.named.name}" by the name of its Kubernetes Service.`,
      );

    let isClosed = false;
    const written = new Map<RouteRule, RuleDraft | undefined>();
    for (const [at, atom] of this.#chain.atoms.entries()) {
      if (isClosed) {
        if (!written.has(atom.rule))
          this.#lose(atom, { code: 'shadowed', reason: 'A rule before it takes every request already.' }, 'none');
        continue;
      }
      isClosed = this.#writeAtom(atom, at, written, mayOwnSplit) && isEvery(atom.match);
    }
    const main = this.#chain.drafts.place(this.#mainKind(), this.#chain.named, '');
    for (const settle of this.#defaults) settle(main);
    const isWritten = [...written.values()].some((it) => it !== undefined);
    for (const { target } of this.#chain.group.routes) {
      if (isWritten) writeTarget(target, `${main} metadata.name`, this.#chain);
      else
        ledger.lost(
          target,
          'no-equivalent',
          'None of its rules can be written for Consul, so nothing is.',
          'availability',
        );
    }
    if (!isWritten) return;
    const isOpen = !isClosed && this.#chain.group.routes.some(({ route }) => route.unmatched === 'not-found');
    if (isOpen && this.#chain.drafts.options.consulUnmatched === 'blackhole')
      this.#routes.push({ match: { http: withPath({}) }, destination: deadEnd(this.#chain.named, this.#chain.drafts) });
    else if (isOpen)
      ledger.note(
        'implicit',
        `Consul sends requests to "${this.#chain.named.name}" that no route takes to the service itself; the source answers them with 404.`,
        'behaviour',
      );
    if (this.#routes.length > 0) this.#chain.drafts.spec(ServiceRouter, this.#chain.named)['routes'] = this.#routes;
    this.#noteDefaults();
  }

  /** The entry that stands for the chain: the first that Consul asks. */
  #mainKind(): Kind {
    if (this.#routes.length > 0) return ServiceRouter;
    return this.#chain.drafts.has(ServiceSplitter, this.#chain.named) ? ServiceSplitter : ServiceDefaults;
  }

  /** What Consul does when nobody says otherwise, where the source may do something else. */
  #noteDefaults(): void {
    const { ledger } = this.#chain.drafts;
    const rules = this.#chain.atoms.map((it) => it.rule);
    if (rules.some((it) => it.parts.timeout === undefined))
      ledger.note(
        'implicit',
        `Consul ends a request after 15 s, at the client and at the service, unless its route says otherwise; some requests to "${this.#chain.named.name}" have no timeout in the source.`,
        'behaviour',
      );
  }

  #lose({ rule, match }: Atom, { code, reason }: Refused, risk: 'none' | 'behaviour' | 'availability' = 'behaviour') {
    const isOnly = match === undefined || rule.matches.length === 1;
    const origins = isOnly ? originsOfRule(rule) : originsOfMatch(match);
    for (const it of origins) this.#chain.drafts.ledger.lost(it, code, reason, risk);
  }

  /** Writes one match of a rule; says whether its requests are taken care of. */
  #writeAtom(
    atom: Atom,
    position: number,
    written: Map<RouteRule, RuleDraft | undefined>,
    mayOwnSplit: boolean,
  ): boolean {
    const { rule, match } = atom;
    const action = refusalOfRule(rule);
    if (action && this.#chain.drafts.options.onInexpressibleAction === 'fail') return this.#fail(atom, action, written);
    const refusal = action ?? refusalOfBackends(rule, this.#chain);
    if (refusal) {
      if (!written.has(rule))
        for (const it of originsOfRule(rule))
          this.#chain.drafts.ledger.lost(it, refusal.code, refusal.reason, refusal.risk);
      written.set(rule, undefined);
      return false;
    }
    const forms = match ? formsOf(match, this.#chain) : [{ http: {}, tail: '' as const }];
    if ('code' in forms) {
      this.#lose(atom, forms);
      return false;
    }
    let draft = written.get(rule);
    if (!draft) {
      this.#chain.drafts.needHttp(this.#chain.named, protocolFor(this.#chain));
      const place = this.#place(this.#routes.length, 'destination');
      draft = writeRule(rule, position, rule === this.#own && mayOwnSplit, place, this.#chain);
      written.set(rule, draft);
      if (rule.name)
        this.#chain.drafts.ledger.lost(rule.name, 'metrics-only', 'Routes have no names in Consul.', 'none');
    }
    const isDefault = isEvery(match) && !draft.rewrite && isJustService(draft.destination, this.#chain.named.name);
    const at = this.#routes.length;
    const { from } = draft;
    if (isDefault) {
      this.#defaults.push((place) => {
        if (match) reportMatch(match, place, this.#chain);
        if (from) this.#chain.drafts.ledger.exact(from, place, "Consul's own last route goes there.");
      });
      return true;
    }
    if (match) reportMatch(match, this.#place(at, 'match'), this.#chain);
    if (from) this.#chain.drafts.ledger.exact(from, draft.at);
    for (const { http, tail } of forms) {
      const prefixRewrite = draft.rewrite && rewritten(draft.rewrite.value, tail);
      const path = Object.keys(http).some((it) => it.startsWith('path')) ? {} : { pathPrefix: '/' };
      const needsPath = draft.rewrite !== undefined || Object.keys(http).length === 0;
      this.#routes.push({
        match: { http: { ...(needsPath && path), ...http } },
        destination: {
          ...draft.destination,
          ...(prefixRewrite !== undefined && { prefixRewrite }),
        },
      });
    }
    return true;
  }

  /** Writes one match of a rule so that its requests fail; says whether they are taken care of. */
  #fail({ rule, match }: Atom, { code, reason }: Refused, written: Map<RouteRule, RuleDraft | undefined>): boolean {
    const { ledger } = this.#chain.drafts;
    const forms = match ? formsOf(match, this.#chain) : [{ http: {} }];
    if ('code' in forms) {
      this.#lose({ rule, match }, forms);
      return false;
    }
    const at = this.#place(this.#routes.length, 'destination');
    if (!written.has(rule)) {
      this.#chain.drafts.needHttp(this.#chain.named, protocolFor(this.#chain));
      const { name, parts } = rule;
      const instead = `${reason.replace(/, so the rule is left out\.$/, '')}: its requests fail with 503 instead.`;
      for (const it of originsOfRule({ matches: [], parts, ...(name && { name }) })) ledger.lost(it, code, instead);
    }
    const destination = deadEnd(this.#chain.named, this.#chain.drafts);
    written.set(rule, { destination, at, rewrite: undefined, from: undefined });
    if (match) reportMatch(match, this.#place(this.#routes.length, 'match'), this.#chain);
    for (const { http } of forms) this.#routes.push({ match: { http: withPath(http) }, destination });
    return true;
  }

  #place(at: number, below: string): string {
    return this.#chain.drafts.place(ServiceRouter, this.#chain.named, `spec.routes[${at}].${below}`);
  }
}

/** A match says at least that it takes every path. */
function withPath(http: Spec): Spec {
  return Object.keys(http).length === 0 ? { pathPrefix: '/' } : http;
}

function rewritten(value: string, tail: '' | '/'): string {
  const text = value === '' ? '/' : value;
  return tail === '/' && !text.endsWith('/') ? `${text}/` : text;
}

/** Whether a destination is what Consul does anyway: the service itself, through its splitter. */
function isJustService(destination: Spec, name: string): boolean {
  return Object.keys(destination).length === 1 && destination['service'] === name;
}
