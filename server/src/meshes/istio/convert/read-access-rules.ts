/**
 * Rules of AuthorizationPolicies. Entries of `from` are alternatives, so are those of `to`, and all of `when` must hold;
 * within one source the kinds of fields must all hold. Source: istio/istio pilot/pkg/security/authz.
 */

import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Operation,
  Origin,
  PathMatch,
  Peculiar,
  TextMatch,
  TokenCondition,
} from '../../../model/ir.ts';
import { isRecord } from '../../../model/value.ts';
import { readPrincipal, readServiceAccount } from './identities.ts';
import { originsOf, type Place } from './place.ts';
import { standardMethods } from './read-matches.ts';
import { readRequestPrincipals, readTokenConditions } from './read-tokens.ts';
import { quoteRegex, readWildcard } from './texts.ts';

type Condition = AccessRule['conditions'][number];

export class RuleReader {
  readonly peculiar: Peculiar[] = [];
  /** Leaves that say no more than their surroundings: `paths: ["*"]`. */
  readonly silent: Origin[] = [];
  readonly #namespace: string;
  readonly #isDeny: boolean;

  constructor(namespace: string, effect: Access['effect']['value']) {
    this.#namespace = namespace;
    this.#isDeny = effect === 'deny';
  }

  /** One rule for each entry of `from`, since the fields of one source must all hold. */
  rules(rule: Place): AccessRule[] {
    const when = this.#when(rule.at('when'));
    const given = rule.at('to').items.map((it) => this.#operation(it.at('operation')));
    const operations = withConditions(given, when);
    if (!operations) {
      this.#lose(
        [{ value: rule, from: [rule.origin] }],
        'shadowed',
        'The ports of the rule exclude each other, so it never applies.',
        'none',
      );
      return [];
    }
    const sources = rule.at('from').items;
    const clients = sources.length === 0 ? [emptySource] : sources.map((it) => this.#source(it.at('source')));
    return clients.flatMap((it) => {
      const identities = this.#intersection([...it.groups, ...when.groups]);
      if (!identities) return [];
      const networks = [it.networks, when.networks].filter((list) => list.length > 0);
      const [first = [], ...others] = networks;
      if (others.length > 0 && !this.#isDeny) {
        this.#lose(networks.flat(), 'authz-condition', 'Two lists of addresses would have to hold at once.');
        return [];
      }
      return [
        {
          clients: identities,
          notClients: [...it.notClients, ...when.notClients],
          networks: first,
          notNetworks: [...it.notNetworks, ...when.notNetworks],
          operations,
          conditions: [...it.conditions, ...when.conditions],
          tokens: [...it.tokens, ...when.tokens],
        },
      ];
    });
  }

  #source(source: Place): Source {
    const namespaces = (list: Place) => list.items.flatMap((it) => this.#namespaceOf(it));
    const principals = (list: Place) =>
      list.items.flatMap((it) => (it.text === undefined ? [] : [it.asked(readPrincipal(it.text))]));
    const accounts = (list: Place) =>
      list.items.flatMap((it) =>
        it.text === undefined ? [] : [it.asked(readServiceAccount(it.text, this.#namespace))],
      );
    const texts = (list: Place) => list.items.flatMap((it) => (it.text === undefined ? [] : [it.asked(it.text)]));
    const condition = (key: string, list: Place, negate: boolean): Condition[] =>
      list.items.length === 0 ? [] : [list.asked({ key, values: list.texts, negate })];
    return {
      groups: [
        principals(source.at('principals')),
        accounts(source.at('serviceAccounts')),
        namespaces(source.at('namespaces')),
      ].filter((it) => it.length > 0),
      notClients: [
        ...principals(source.at('notPrincipals')),
        ...accounts(source.at('notServiceAccounts')),
        ...namespaces(source.at('notNamespaces')),
      ],
      networks: texts(source.at('ipBlocks')),
      notNetworks: texts(source.at('notIpBlocks')),
      tokens: [
        ...readRequestPrincipals(source.at('requestPrincipals'), false),
        ...readRequestPrincipals(source.at('notRequestPrincipals'), true),
      ],
      conditions: [
        ...condition('remote.ip', source.at('remoteIpBlocks'), false),
        ...condition('remote.ip', source.at('notRemoteIpBlocks'), true),
        ...condition('source.trustDomain', source.at('trustDomains'), false),
        ...condition('source.trustDomain', source.at('notTrustDomains'), true),
      ],
    };
  }

  /** A namespace; a pattern with a star stays text, since no account can be named by it. */
  #namespaceOf(place: Place): Asked<Identity>[] {
    const { text } = place;
    if (text === undefined) return [];
    if (text === '*') return [place.asked({ type: 'authenticated' })];
    return [place.asked(text.includes('*') ? { type: 'other', value: text } : { type: 'namespace', namespace: text })];
  }

  /**
   * Clients that are in each of the groups. Undefined when nobody certain is left, which drops an ALLOW rule; a DENY rule
   * keeps its first group then.
   */
  #intersection(groups: readonly (readonly Asked<Identity>[])[]): readonly Asked<Identity>[] | undefined {
    const [first, ...rest] = groups;
    if (!first) return [];
    let clients = first;
    for (const group of rest) {
      const both: Asked<Identity>[] = clients.flatMap((a) =>
        group.flatMap((b) => {
          const value = commonPart(a.value, b.value);
          return value ? [{ value, from: [...a.from, ...b.from] }] : [];
        }),
      );
      if (both.length === 0 && this.#isDeny) {
        this.#lose(
          group,
          'security-stricter',
          'Both conditions on the client cannot be kept; the rule denies more.',
          'availability',
        );
        continue;
      }
      if (both.length === 0) {
        this.#lose(
          [...clients, ...group],
          'security-stricter',
          'No client satisfies both conditions, so the rule is left out.',
          'availability',
        );
        return undefined;
      }
      const kept = new Set(both.flatMap((it) => it.from));
      const outside = [...clients, ...group].filter((it) => it.from.every((origin) => !kept.has(origin)));
      this.#lose(outside, 'security-stricter', 'No client satisfies both this and the other condition.', 'none');
      clients = both;
    }
    return clients;
  }

  #operation(operation: Place): Operation {
    const paths = (name: string) => operation.at(name).items.flatMap((it) => this.#path(it));
    const methods = (name: string) => operation.at(name).items.flatMap((it) => this.#method(it));
    const hosts = (name: string) =>
      operation.at(name).items.flatMap((it) => {
        if (it.text === undefined) return [];
        if (it.text === '*') return this.#says(it);
        return [it.asked<TextMatch>({ ...readWildcard(it.text), ignoreCase: true })];
      });
    const ports = (name: string) =>
      operation.at(name).items.flatMap((it) => (/^\d+$/.test(it.text ?? '') ? [it.asked(Number(it.text))] : []));
    return {
      paths: paths('paths'),
      notPaths: paths('notPaths'),
      methods: methods('methods'),
      notMethods: methods('notMethods'),
      hosts: hosts('hosts'),
      notHosts: hosts('notHosts'),
      ports: ports('ports'),
      notPorts: ports('notPorts'),
      headers: [],
    };
  }

  #path(place: Place): Asked<PathMatch>[] {
    const { text } = place;
    if (text === undefined) return [];
    if (text === '*') return [place.asked({ type: 'prefix', value: '/' })];
    if (/\{\*\*?\}/.test(text)) {
      const pieces = text
        .split(/(\{\*\*?\})/)
        .map((it) => (it === '{*}' ? '[^/]+' : it === '{**}' ? '.*' : quoteRegex(it)));
      return [place.asked({ type: 'regex', value: pieces.join('') })];
    }
    const match = readWildcard(text);
    if (match.type === 'suffix') return [place.asked({ type: 'regex', value: `.*${quoteRegex(match.value)}` })];
    if (match.type !== 'exact' && match.type !== 'prefix') return [];
    return [place.asked({ type: match.type, value: match.value })];
  }

  #method(place: Place): Asked<string>[] {
    const { text } = place;
    if (text === undefined) return [];
    if (text === '*') return standardMethods.map((it) => place.asked(it));
    const match = readWildcard(text);
    if (match.type === 'exact') return [place.asked(text)];
    const found = standardMethods.filter((it) =>
      match.type === 'prefix' ? it.startsWith(match.value) : match.type === 'suffix' && it.endsWith(match.value),
    );
    // No standard method fits: the name itself keeps the condition from falling away.
    return (found.length > 0 ? found : [text.replaceAll('*', '')]).map((it) => place.asked(it));
  }

  #when(when: Place): When {
    const found: {
      -readonly [Name in keyof When]: When[Name] extends readonly (infer Item)[] ? Item[] : never;
    } = {
      groups: [],
      notClients: [],
      networks: [],
      notNetworks: [],
      headers: [],
      ports: [],
      notPorts: [],
      conditions: [],
      tokens: [],
    };
    for (const it of when.items) {
      const key = it.at('key').text ?? '';
      const from = originsOf(it.at('key'));
      const values = it.at('values').items.map((place) => ({ place, from: [...originsOf(place), ...from] }));
      const notValues = it.at('notValues').items.map((place) => ({ place, from: [...originsOf(place), ...from] }));
      const identity = (text: string): Identity | undefined => {
        if (key === 'source.principal') return readPrincipal(text);
        if (key === 'source.namespace')
          return text.includes('*') ? { type: 'other', value: text } : { type: 'namespace', namespace: text };
        return key === 'source.serviceAccount' ? readServiceAccount(text, this.#namespace) : undefined;
      };
      const isIdentity = identity('x') !== undefined;
      if (isIdentity) {
        const clients = (list: typeof values) =>
          list.flatMap(({ place, from }) => {
            const value = identity(place.text ?? '');
            return value ? [{ value, from }] : [];
          });
        if (values.length > 0) found.groups.push(clients(values));
        found.notClients.push(...clients(notValues));
        continue;
      }
      if (key === 'source.ip') {
        found.networks.push(...values.map(({ place, from }) => ({ value: place.text ?? '', from })));
        found.notNetworks.push(...notValues.map(({ place, from }) => ({ value: place.text ?? '', from })));
        continue;
      }
      if (key === 'destination.port') {
        found.ports.push(...values.map(({ place, from }) => ({ value: Number(place.text), from })));
        found.notPorts.push(...notValues.map(({ place, from }) => ({ value: Number(place.text), from })));
        continue;
      }
      const header = /^request\.headers\[(.+)\]$/.exec(key)?.[1];
      if (header !== undefined) {
        const match = ({ place, from }: (typeof values)[number]) => ({
          value: { name: header.toLowerCase(), match: readWildcard(place.text ?? '') },
          from,
        });
        // Values are alternatives; values that must not be there are all conditions of their own.
        if (values.length > 0) found.headers.push(values.map(match));
        for (const value of notValues) {
          const { value: it, from } = match(value);
          found.headers.push([{ value: { ...it, match: { ...it.match, negate: true } }, from }]);
        }
        continue;
      }
      const tokens = readTokenConditions(it);
      if (tokens) {
        found.tokens.push(...tokens);
        continue;
      }
      const condition = (list: Place, negate: boolean): Condition[] =>
        list.items.length === 0
          ? []
          : [{ value: { key, values: list.texts, negate }, from: [...originsOf(list), ...from] }];
      found.conditions.push(...condition(it.at('values'), false), ...condition(it.at('notValues'), true));
    }
    return found;
  }

  #says(place: Place): [] {
    this.silent.push(place.origin);
    return [];
  }

  #lose(asked: readonly Asked<unknown>[], code: string, reason: string, risk: Peculiar['risk'] = 'behaviour'): void {
    if (asked.length > 0) this.peculiar.push({ from: asked.flatMap((it) => it.from), code, reason, risk });
  }
}

interface Source {
  /** A client must be in each of the groups. */
  readonly groups: readonly (readonly Asked<Identity>[])[];
  readonly notClients: readonly Asked<Identity>[];
  readonly networks: readonly Asked<string>[];
  readonly notNetworks: readonly Asked<string>[];
  readonly conditions: readonly Condition[];
  readonly tokens: readonly TokenCondition[];
}

const emptySource: Source = { groups: [], notClients: [], networks: [], notNetworks: [], conditions: [], tokens: [] };

interface When extends Source {
  /** Each list one condition, its items alternatives. */
  readonly headers: readonly (readonly Operation['headers'][number][])[];
  readonly ports: readonly Asked<number>[];
  readonly notPorts: readonly Asked<number>[];
}

const emptyOperation: Operation = {
  paths: [],
  notPaths: [],
  methods: [],
  notMethods: [],
  hosts: [],
  notHosts: [],
  ports: [],
  notPorts: [],
  headers: [],
};

/**
 * Operations with the conditions of `when` in each; alternatives of headers multiply them. Undefined when the ports that
 * both ask for exclude each other everywhere: no operation at all would mean every operation.
 */
function withConditions(operations: readonly Operation[], when: When): readonly Operation[] | undefined {
  if (when.headers.length === 0 && when.ports.length === 0 && when.notPorts.length === 0) return operations;
  let all: readonly Operation[] = (operations.length === 0 ? [emptyOperation] : operations).flatMap((it) => {
    const ports = commonPorts(it.ports, when.ports);
    return ports ? [{ ...it, ports, notPorts: [...it.notPorts, ...when.notPorts] }] : [];
  });
  for (const alternatives of when.headers)
    all = all.flatMap((it) => alternatives.map((header) => ({ ...it, headers: [...it.headers, header] })));
  return all.length > 0 ? all : undefined;
}

/** Ports that are in both lists, of which an empty one means all ports; undefined when there are none. */
function commonPorts(a: readonly Asked<number>[], b: readonly Asked<number>[]): readonly Asked<number>[] | undefined {
  if (a.length === 0 || b.length === 0) return [...a, ...b];
  const both = a.flatMap((it) => {
    const other = b.find(({ value }) => value === it.value);
    return other ? [{ value: it.value, from: [...it.from, ...other.from] }] : [];
  });
  return both.length > 0 ? both : undefined;
}

/** The clients that two identities have in common; undefined when there are none, or nobody can say. */
function commonPart(a: Identity, b: Identity): Identity | undefined {
  if (a.type === 'authenticated') return b;
  if (b.type === 'authenticated') return a;
  if (a.type === 'account' && b.type === 'namespace') return a.namespace === b.namespace ? a : undefined;
  if (a.type === 'namespace' && b.type === 'account') return a.namespace === b.namespace ? b : undefined;
  return isRecord(a) && JSON.stringify(a) === JSON.stringify(b) ? a : undefined;
}
