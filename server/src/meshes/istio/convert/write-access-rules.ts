/**
 * Rules of AuthorizationPolicies. A rule is never written without one of its conditions: an ALLOW rule that cannot be said
 * in full falls away, a DENY rule then denies more.
 */

import { askedOfOperation, askedOfRule } from '../../../model/access-origins.ts';
import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Operation,
  PathMatch,
  ServiceName,
  TokenMatch,
} from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { noteUnnamedAccount } from '../../kubernetes/common/convert/shared-accounts.ts';
import { workloadsOfService } from '../../kubernetes/common/workloads.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writePrincipal } from './identities.ts';
import { readPathRegex } from './path-patterns.ts';
import { writeWildcard } from './texts.ts';
import { type TokenAlternative, tokenAlternatives } from './write-tokens.ts';

export class RuleWriter {
  readonly #access: Access;
  readonly #draft: Draft;
  readonly #drafts: Drafts;
  #count = 0;

  constructor(access: Access, draft: Draft, drafts: Drafts) {
    this.#access = access;
    this.#draft = draft;
    this.#drafts = drafts;
  }

  get #isDeny(): boolean {
    return this.#access.effect.value === 'deny';
  }

  get #ledger(): Ledger {
    return this.#drafts.ledger;
  }

  /** Rules of the policy; several when operations ask for different headers or tokens, none when something cannot be said. */
  write(rule: AccessRule): Fields[] {
    const sources = this.#sources(rule);
    const conditions = this.#conditions(rule);
    const tokens = this.#tokens(rule);
    if (!sources || !conditions || !tokens) {
      for (const it of askedOfRule(rule))
        this.#ledger.lost(
          it,
          'security-stricter',
          'The rule has a part that Istio cannot say, so it is left out and allows less.',
          'availability',
        );
      return [];
    }
    const groups = this.#operations(rule);
    if (!groups) {
      for (const it of askedOfRule(rule))
        this.#ledger.lost(
          it,
          'security-stricter',
          'Nothing that the rule allows can be said in Istio, so it is left out.',
          'availability',
        );
      return [];
    }
    return groups.flatMap(({ to, when }) =>
      tokens.map((token) => this.#rule(rule, sources, to, when, conditions, token)),
    );
  }

  #rule(
    rule: AccessRule,
    sources: readonly Fields[],
    to: readonly Fields[],
    when: readonly Fields[],
    conditions: readonly Fields[],
    token: TokenAlternative,
  ): Fields {
    const place = this.#draft.place('spec', 'rules', this.#count);
    this.#count += 1;
    for (const it of askedOfRule(rule)) this.#ledger.exact(it, place);
    if (this.#access.combine === 'source-precedence')
      for (const it of (rule.tokens ?? []).flatMap((one) => one.anyOf)) recordToken(it, place, this.#ledger);
    const all = [...when, ...token.when, ...conditions];
    const from = hasFields(token.source) && sources.length === 0 ? [{}] : sources;
    return {
      ...(from.length > 0 ? { from: from.map((source) => ({ source: { ...source, ...token.source } })) } : {}),
      ...(to.length > 0 ? { to: to.map((operation) => ({ operation })) } : {}),
      ...(all.length > 0 ? { when: all } : {}),
    };
  }

  // ---- Clients -----------------------------------------------------------------------------------------------------

  #sources(rule: AccessRule): Fields[] | undefined {
    const excluded = this.#excluded(rule.notClients);
    if (!excluded) return undefined;
    const common = { ipBlocks: texts(rule.networks), notIpBlocks: texts(rule.notNetworks), ...excluded };
    if (rule.clients.some((it) => it.value.type === 'anyone') || rule.clients.length === 0)
      return hasFields(common) ? [withoutUndefined(common)] : [];
    const named = rule.clients.map((it) => this.#named(it, !this.#isDeny));
    const principals = named.flatMap((it) => (it && 'principal' in it ? [it.principal] : []));
    const namespaces = named.flatMap((it) => (it && 'namespace' in it ? [it.namespace] : []));
    const sources = [
      ...(principals.length > 0 ? [withoutUndefined({ principals: unique(principals), ...common })] : []),
      ...(namespaces.length > 0 ? [withoutUndefined({ namespaces: unique(namespaces), ...common })] : []),
    ];
    // Nobody that can be named is left: without a source, the rule would be about everybody.
    return sources.length > 0 ? sources : undefined;
  }

  /** Clients that a rule is not for. Undefined when one of them has no name, so that an ALLOW rule would take it in. */
  #excluded(clients: readonly Asked<Identity>[]): Fields | undefined {
    const named = clients.map((it) => this.#named(it, this.#isDeny));
    if (named.includes(undefined) && !this.#isDeny) return undefined;
    const principals = named.flatMap((it) => (it && 'principal' in it ? [it.principal] : []));
    const namespaces = named.flatMap((it) => (it && 'namespace' in it ? [it.namespace] : []));
    return {
      ...(principals.length > 0 ? { notPrincipals: unique(principals) } : {}),
      ...(namespaces.length > 0 ? { notNamespaces: unique(namespaces) } : {}),
    };
  }

  /** How Istio names a client; undefined, and lost, when it cannot. */
  #named(
    asked: Asked<Identity>,
    isLetIn: boolean,
  ): { readonly principal: string } | { readonly namespace: string } | undefined {
    const { value } = asked;
    const { trustDomain } = this.#drafts.options;
    if (value.type === 'namespace') return { namespace: value.namespace };
    if (value.type === 'other' && /^[a-z0-9-]*\*?[a-z0-9-]*$/.test(value.value)) return { namespace: value.value };
    const principal =
      value.type === 'service' && value.peer === undefined
        ? `${trustDomain}/ns/${value.service.namespace}/sa/${this.#accountOf(value.service, isLetIn)}`
        : writePrincipal(value, trustDomain);
    if (principal !== undefined && (value.type !== 'other' || principal.includes('/'))) return { principal };
    const reason = 'Istio has no name for this client, so it is left out.';
    this.#ledger.lost(asked, 'identity-pattern', reason, this.#isDeny ? 'security' : 'availability');
    return undefined;
  }

  /** The account of a service's pods: what their workload says, else the service's own name. */
  #accountOf(service: ServiceName, isLetIn: boolean): string {
    const facts = this.#drafts.service(service);
    const accounts = new Set(
      facts ? workloadsOfService(this.#drafts.environment, facts).map((it) => it.serviceAccount) : [],
    );
    const [account] = accounts;
    if (account !== undefined) {
      noteUnnamedAccount(service, account, isLetIn, this.#ledger);
      return account;
    }
    this.#ledger.note(
      'assumed',
      `The pods of "${service.name}" in namespace "${service.namespace}" run as ServiceAccount "${service.name}".`,
    );
    return service.name;
  }

  // ---- Operations --------------------------------------------------------------------------------------------------

  /** Operations by the headers they ask for, since Istio has headers per rule; undefined when an ALLOW rule lost all. */
  #operations(rule: AccessRule): readonly { readonly to: Fields[]; readonly when: Fields[] }[] | undefined {
    if (rule.operations.length === 0) return [{ to: [], when: [] }];
    const groups = new Map<string, { readonly to: Fields[]; readonly when: Fields[]; takesAll: boolean }>();
    for (const operation of rule.operations) {
      const written = this.#operation(operation);
      if (!written) continue;
      const key = JSON.stringify(written.when);
      const group = groups.get(key) ?? { to: [], when: written.when, takesAll: false };
      groups.set(key, group);
      if (hasFields(written.to)) group.to.push(written.to);
      else group.takesAll = true;
    }
    if (groups.size === 0) return undefined;
    return [...groups.values()].map(({ to, when, takesAll }) => ({ to: takesAll ? [] : to, when }));
  }

  #operation(operation: Operation): { readonly to: Fields; readonly when: Fields[] } | undefined {
    const lists: Fields = {};
    const put = <T>(name: string, list: readonly Asked<T>[], write: (value: T) => readonly string[] | undefined) => {
      const texts = list.map((it) => write(it.value));
      const lost = list.filter((_, at) => texts[at] === undefined);
      const known = texts.flatMap((it) => it ?? []);
      // Every path is what an operation without paths is about.
      if (name === 'paths' && known.includes('/*')) return true;
      // A DENY rule that keeps some of its alternatives no longer denies the others.
      const isLooser = this.#isDeny && known.length > 0 && !name.startsWith('not');
      for (const it of lost) this.#loseOperation(it, name, isLooser ? 'security' : 'availability');
      if (known.length > 0) lists[name] = unique(known);
      // Without any of its alternatives the condition is gone; without one of its exceptions it admits more.
      if (lost.length === 0) return true;
      return name.startsWith('not') ? this.#isDeny : known.length > 0 || this.#isDeny;
    };
    const isWhole = [
      put('hosts', operation.hosts, (it) => one(writeWildcard(it))),
      put('notHosts', operation.notHosts, (it) => one(writeWildcard(it))),
      put('ports', operation.ports, (it) => [String(it)]),
      put('notPorts', operation.notPorts, (it) => [String(it)]),
      put('methods', operation.methods, (it) => [it]),
      put('notMethods', operation.notMethods, (it) => [it]),
      put('paths', operation.paths, writePath),
      put('notPaths', operation.notPaths, writePath),
    ].every((it) => it);
    const when: Fields[] = [];
    let hasHeaders = true;
    for (const asked of operation.headers) {
      const { name, match } = asked.value;
      const value = match.ignoreCase ? undefined : writeWildcard(match);
      if (value === undefined) {
        this.#loseOperation(asked, 'headers', 'availability');
        hasHeaders = hasHeaders && this.#isDeny;
      } else
        when.push({ key: `request.headers[${name.toLowerCase()}]`, [match.negate ? 'notValues' : 'values']: [value] });
    }
    if (isWhole && hasHeaders) return { to: lists, when };
    for (const it of askedOfOperation(operation))
      this.#ledger.lost(
        it,
        'security-stricter',
        'What is allowed here has a part that Istio cannot say, so it is left out.',
        'availability',
      );
    return undefined;
  }

  #loseOperation(asked: Asked<unknown>, name: string, risk: 'availability' | 'security'): void {
    const what = name.replace(/^not/, '').toLowerCase();
    const reason = `Policies of Istio compare ${what} as a whole, by how they begin or by how they end; regular expressions they do not know.`;
    this.#ledger.lost(asked, 'authz-regex', reason, risk);
  }

  // ---- Conditions --------------------------------------------------------------------------------------------------

  #conditions({ conditions }: AccessRule): Fields[] | undefined {
    const written: Fields[] = [];
    for (const asked of conditions) {
      const { key, values, negate } = asked.value;
      if (isKnownKey(key)) {
        written.push({ key, [negate ? 'notValues' : 'values']: [...values] });
        continue;
      }
      const [code, reason] =
        key === 'jwt'
          ? ['no-jwt', `No JWTProvider in the workspace tells how tokens of "${values.join('", "')}" are checked`]
          : ['authz-condition', 'Istio has no such condition'];
      if (key === 'jwt')
        this.#ledger.note('missing', `Add JWTProvider "${values.join('", "')}" to the workspace.`, 'availability');
      if (this.#drafts.options.authzGap === 'fail-open' && !this.#isDeny)
        this.#ledger.lost(asked, code, `${reason}; the rule is written without it, as you asked.`, 'security');
      else this.#ledger.lost(asked, code, `${reason}.`, 'availability');
      if (this.#drafts.options.authzGap === 'fail-closed' && !this.#isDeny) return undefined;
    }
    return written;
  }

  /** What the rule asks of tokens; one alternative that asks for nothing when it takes none. */
  #tokens({ tokens = [] }: AccessRule): readonly TokenAlternative[] | undefined {
    const found = tokenAlternatives(tokens, this.#drafts);
    // Without its condition a denial holds for more.
    return found ?? (this.#isDeny ? [{ source: {}, when: [] }] : undefined);
  }
}

function recordToken(asked: Asked<TokenMatch>, place: string, ledger: Ledger): void {
  if (asked.value.claims.length > 0)
    ledger.changed(
      asked,
      place,
      'claim-list',
      'Where a claim is a list, Istio looks for the value in it, and Consul does not. The token has to name a subject, too.',
      'security',
    );
  else ledger.changed(asked, place, 'claim-list', 'In Istio the token has to name a subject, too.', 'availability');
}

/** Attributes that policies of Istio may ask for. */
function isKnownKey(key: string): boolean {
  return /^(?:request\.(?:headers\[.+\]|auth\..+)|source\.|remote\.ip$|destination\.|connection\.sni$|experimental\.)/.test(
    key,
  );
}

/** Paths with a star at one end, or templates; undefined for regular expressions that are neither. */
function writePath({ type, value, ignoreCase }: PathMatch): readonly string[] | undefined {
  if (ignoreCase) return undefined;
  switch (type) {
    case 'exact':
      return [value];
    case 'prefix':
      return [value === '/' ? '/*' : `${value}*`];
    case 'segments': {
      const bare = value.replace(/\/+$/, '');
      return bare === '' ? ['/*'] : [bare, `${bare}/*`];
    }
    case 'regex':
      return one(readPathRegex(value));
  }
}

function one(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : [text];
}

function texts(list: readonly Asked<string>[]): string[] | undefined {
  return list.length > 0 ? list.map((it) => it.value) : undefined;
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}

function hasFields(fields: object): boolean {
  return Object.values(fields).some((it) => it !== undefined);
}
