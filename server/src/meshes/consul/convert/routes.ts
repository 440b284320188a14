/**
 * Writes routes as ServiceRouter, ServiceSplitter and, for routes of other protocols, a resolver's redirect. A router is
 * read from the top; what no route takes goes to the service itself, through its splitter. A splitter belongs to a
 * service, so any further split gets a service of its own that exists only in Consul.
 */

import type {
  Asked,
  Backend,
  HeaderChange,
  Ir,
  Origin,
  Route,
  RouteMatch,
  RouteParts,
  RouteRule,
  RouteTarget,
  ServiceName,
} from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { type RouteWriters, writeParts } from '../../mesh.ts';
import { subsetSpace } from '../declarations.ts';
import { ServiceDefaults, ServiceResolver, ServiceRouter, ServiceSplitter } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { durationText } from './durations.ts';
import { subsetName } from './filters.ts';
import { combinations, differsInRe2, headerForms, isEveryPath, pathForms, queryForm } from './matches.ts';
import { originsOfMatch, originsOfRule, retryConditions, widerConditions } from './route-parts.ts';
import { consulName, httpHint, isRegisteredPort, namesakes } from './services.ts';
import { percentsOf } from './weights.ts';

/** Writes all routes; those about the same service together, since they make one router. */
export function writeRoutes(ir: Ir, drafts: Drafts): void {
  const groups = new Map<string, Group>();
  for (const route of ir.routes) {
    if (!route.isMesh) continue;
    if (route.visibility)
      drafts.ledger.lost(route.visibility, 'scope-widened', 'Config entries hold for every client of a service.');
    const isOnlyOutside = route.targets.every((it) => it.value.type === 'host');
    // Hosts that a gateway serves have their place there.
    if (isOnlyOutside && route.gateways.length > 0) continue;
    if (isOnlyOutside)
      loseRoute(route, drafts, {
        code: 'host-not-service',
        reason: 'Its hosts are no Services of the cluster, and config entries are about services only.',
      });
    for (const target of route.targets) {
      const service = serviceOf(target, drafts);
      if (!service) continue;
      const id = `${service.namespace}/${service.name}`;
      const group = groups.get(id) ?? { service, routes: [] };
      groups.set(id, group);
      group.routes.push({ route, target });
    }
  }
  const chains = [...groups.values()].map((it) => new Chain(forAllClients(it, drafts), ir, drafts));
  const plain = new Map<string, number>();
  for (const chain of chains) for (const name of chain.plainReferences()) plain.set(name, (plain.get(name) ?? 0) + 1);
  for (const chain of chains) chain.write((plain.get(chain.named.name) ?? 0) === 0);
}

interface Group {
  readonly service: ServiceName;
  readonly routes: { readonly route: Route; readonly target: Asked<RouteTarget> }[];
}

interface Refused {
  readonly code: string;
  readonly reason: string;
}

/**
 * The routes of a service that every client may follow. Those for some clients alone would take the place of the others
 * for all clients, so where there are others these stay, and of routes for different clients the first ones do.
 */
function forAllClients({ service, routes }: Group, drafts: Drafts): Group {
  const clientsOf = ({ route }: Group['routes'][number]) => route.visibility?.value.join(', ');
  const kept = routes.some((it) => clientsOf(it) === undefined) ? undefined : routes[0] && clientsOf(routes[0]);
  for (const it of routes) {
    if (clientsOf(it) === kept) continue;
    const others = kept === undefined ? 'all clients' : `the clients in ${kept}`;
    loseRoute(it.route, drafts, {
      code: 'client-scope',
      reason: `Consul routes the requests of all clients to "${service.name}" alike, and the route for ${others} is kept, not this one for those in ${clientsOf(it) ?? ''}.`,
    });
  }
  return { service, routes: routes.filter((it) => clientsOf(it) === kept) };
}

function loseRoute(route: Route, { ledger }: Drafts, { code, reason }: Refused): void {
  for (const it of [...route.targets, ...route.gateways, ...(route.visibility ? [route.visibility] : [])])
    ledger.lost(it, code, reason, 'availability');
  for (const rule of route.rules) for (const it of originsOfRule(rule)) ledger.lost(it, code, reason, 'availability');
}

/** The Service of a target, when Consul can have a chain for it; else its loss is reported. */
function serviceOf(target: Asked<RouteTarget>, drafts: Drafts): ServiceName | undefined {
  const { ledger, environment } = drafts;
  if (target.value.type === 'host') {
    ledger.lost(
      target,
      'host-not-service',
      `"${target.value.host}" is no Service of the cluster, and config entries are about services only.`,
      'availability',
    );
    return undefined;
  }
  const { service } = target.value;
  const others = namesakes(environment, service);
  if (others.length === 0) return service;
  ledger.lost(
    target,
    'name-collision',
    `Consul knows services by name alone, and there is a Service "${service.name}" in ${others.join(', ')} too.`,
    'availability',
  );
  return undefined;
}

// ---- One chain -----------------------------------------------------------------------------------------------------

/** A rule with one of its matches, the way a router takes them. */
interface Atom {
  readonly rule: RouteRule;
  readonly match: RouteMatch | undefined;
}

/** What the parts of a rule are written into. */
interface RuleDraft {
  readonly destination: Spec;
  readonly splits: Spec[];
  /** Where the destination stands, in the report's words. */
  readonly at: string;
  readonly isSplit: boolean;
  rewrite: { readonly value: string } | undefined;
  /** Who asked for the one backend; its place is known when it is known whether a route is needed. */
  from: readonly Origin[] | undefined;
}

class Chain {
  readonly named: Named;
  readonly #group: Group;
  readonly #ir: Ir;
  readonly #drafts: Drafts;
  readonly #atoms: readonly Atom[];
  readonly #routes: unknown[] = [];
  /** Fates of what Consul's own last route does, once it is known which entry stands for the chain. */
  readonly #defaults: ((place: string) => void)[] = [];
  readonly #isHttp: boolean;

  constructor(group: Group, ir: Ir, drafts: Drafts) {
    this.#group = group;
    this.#ir = ir;
    this.#drafts = drafts;
    this.named = { name: consulName(drafts.environment, group.service), namespace: group.service.namespace };
    this.#isHttp = group.routes.some(({ route }) => route.protocol === 'http' || route.protocol === 'grpc');
    const atoms = group.routes.flatMap(({ route }) =>
      route.rules.flatMap((rule): readonly Atom[] =>
        rule.matches.length === 0 ? [{ rule, match: undefined }] : rule.matches.map((match) => ({ rule, match })),
      ),
    );
    const isRanked = group.routes.some(({ route }) => route.order === 'specificity');
    this.#atoms = isRanked ? [...atoms].sort((a, b) => compareRanks(rankOf(a.match), rankOf(b.match))) : atoms;
  }

  /** Services that this chain sends requests to as a whole, by Consul's name: a splitter of their own would split these. */
  plainReferences(): readonly string[] {
    return this.#atoms.flatMap(({ rule, match }) => {
      const backends = rule.parts.backends?.value ?? [];
      const isDefault = isEvery(match) && backends.length === 0;
      const isOwnSplit = isEvery(match) && backends.length > 1;
      const plain = backends.filter((it) => it.subset === undefined && it.host === undefined);
      const names = plain.map((it) => consulName(this.#drafts.environment, it.service));
      const isItself = isDefault || (isEvery(match) && names.length === 1 && backends.length === 1);
      if (isItself && names.every((it) => it === this.named.name)) return [];
      if (backends.length === 0) return [this.named.name];
      return isOwnSplit ? names.filter((it) => it !== this.named.name) : names;
    });
  }

  write(mayOwnSplit: boolean): void {
    const { ledger, environment } = this.#drafts;
    if (!this.#isHttp) {
      this.#writeTcp();
      return;
    }
    // Its entries come first, before those of the services that it leads to.
    this.#drafts.spec(ServiceRouter, this.named);
    if (!environment.index.find(Service, this.#group.service.namespace, this.#group.service.name))
      ledger.note('assumed', `Consul knows the service "${this.named.name}" by the name of its Kubernetes Service.`);

    let isClosed = false;
    const written = new Map<RouteRule, RuleDraft | undefined>();
    for (const [at, atom] of this.#atoms.entries()) {
      if (isClosed) {
        if (!written.has(atom.rule))
          this.#lose(atom, { code: 'shadowed', reason: 'A rule before it takes every request already.' }, 'none');
        continue;
      }
      isClosed = this.#writeAtom(atom, at, written, mayOwnSplit) && isEvery(atom.match);
    }
    const main = this.#drafts.place(this.#mainKind(), this.named, '');
    for (const settle of this.#defaults) settle(main);
    const isWritten = [...written.values()].some((it) => it !== undefined);
    for (const { target } of this.#group.routes) {
      if (isWritten) this.#writeTarget(target, `${main} metadata.name`);
      else
        ledger.lost(
          target,
          'no-equivalent',
          'None of its rules can be written for Consul, so nothing is.',
          'availability',
        );
    }
    if (!isWritten) return;
    if (!isClosed && this.#group.routes.some(({ route }) => route.unmatched === 'not-found'))
      ledger.note(
        'implicit',
        `Consul sends requests to "${this.named.name}" that no route takes to the service itself; the source answers them with 404.`,
        'behaviour',
      );
    if (this.#routes.length > 0) this.#drafts.spec(ServiceRouter, this.named)['routes'] = this.#routes;
    this.#noteDefaults();
  }

  /** The entry that stands for the chain: the first that Consul asks. */
  #mainKind(): Kind {
    if (this.#routes.length > 0) return ServiceRouter;
    return this.#drafts.has(ServiceSplitter, this.named) ? ServiceSplitter : ServiceDefaults;
  }

  /** What Consul does when nobody says otherwise, where the source may do something else. */
  #noteDefaults(): void {
    const { ledger } = this.#drafts;
    const rules = this.#atoms.map((it) => it.rule);
    if (rules.some((it) => it.parts.timeout === undefined))
      ledger.note(
        'implicit',
        `Consul ends a request after 15 s, at the client and at the service, unless its route says otherwise; some requests to "${this.named.name}" have no timeout in the source.`,
        'behaviour',
      );
  }

  /** The protocol of the chain: Consul refuses one whose services do not speak the same. */
  #protocol(): string {
    const { service, routes } = this.#group;
    const known = this.#drafts.httpProtocol(this.named);
    if (known !== undefined) return known;
    if (routes.some(({ route }) => route.protocol === 'grpc')) return 'grpc';
    const said = this.#ir.destinations.find(
      (it) => sameService(it.service.value, service) && it.parts.protocol !== undefined,
    )?.parts.protocol?.value;
    const hint = said ?? httpHint(this.#drafts.environment, service) ?? 'http';
    if (hint === 'grpc') return 'grpc';
    return hint === 'http2' || hint === 'kubernetes.io/h2c' ? 'http2' : 'http';
  }

  #writeTarget(target: Asked<RouteTarget>, place: string): void {
    const { ledger, environment } = this.#drafts;
    const { value } = target;
    const isOther =
      value.type === 'service' &&
      value.port !== undefined &&
      isRegisteredPort(environment, value.service, value.port) === false;
    if (isOther)
      ledger.changed(
        target,
        place,
        'port-not-addressable',
        `Consul knows one port of a service, and it is not ${value.port}: the route holds for that one.`,
      );
    else ledger.exact(target, place);
  }

  #lose({ rule, match }: Atom, { code, reason }: Refused, risk: 'none' | 'behaviour' | 'availability' = 'behaviour') {
    const isOnly = match === undefined || rule.matches.length === 1;
    const origins = isOnly ? originsOfRule(rule) : originsOfMatch(match);
    for (const it of origins) this.#drafts.ledger.lost(it, code, reason, risk);
  }

  /** Writes one match of a rule; says whether its requests are taken care of. */
  #writeAtom(
    atom: Atom,
    position: number,
    written: Map<RouteRule, RuleDraft | undefined>,
    mayOwnSplit: boolean,
  ): boolean {
    const { rule, match } = atom;
    const refusal = refusalOfRule(rule) ?? this.#refusalOfBackends(rule);
    if (refusal) {
      if (!written.has(rule))
        for (const it of originsOfRule(rule)) this.#drafts.ledger.lost(it, refusal.code, refusal.reason);
      written.set(rule, undefined);
      return false;
    }
    const forms = match ? this.#forms(match) : [{ http: {}, tail: '' as const }];
    if ('code' in forms) {
      this.#lose(atom, forms);
      return false;
    }
    let draft = written.get(rule);
    if (!draft) {
      this.#drafts.needHttp(this.named, this.#protocol());
      draft = this.#writeRule(rule, position, isEvery(match) && mayOwnSplit);
      written.set(rule, draft);
      if (rule.name) this.#drafts.ledger.lost(rule.name, 'metrics-only', 'Routes have no names in Consul.', 'none');
    }
    const isDefault = isEvery(match) && !draft.rewrite && isJustService(draft.destination, this.named.name);
    const at = this.#routes.length;
    const { from } = draft;
    if (isDefault) {
      this.#defaults.push((place) => {
        if (match) this.#exactMatch(match, place);
        if (from) this.#drafts.ledger.exact(from, place, "Consul's own last route goes there.");
      });
      return true;
    }
    if (match) this.#exactMatch(match, this.#place(at, 'match'));
    if (from) this.#drafts.ledger.exact(from, draft.at);
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

  #place(at: number, below: string): string {
    return this.#drafts.place(ServiceRouter, this.named, `spec.routes[${at}].${below}`);
  }

  /** All forms that a match takes in Consul, or why it has none. */
  #forms(match: RouteMatch): readonly { readonly http: Spec; readonly tail: '' | '/' }[] | Refused {
    const { environment } = this.#drafts;
    const { clients, sni, port } = match;
    if (clients && (clients.value.labels || clients.value.namespace))
      return { code: 'client-scope', reason: 'Consul routes the requests of all clients alike; the rule is for some.' };
    if (clients?.value.gateways && !clients.value.gateways.includes('mesh'))
      return { code: 'client-scope', reason: 'The rule is for requests from a gateway; config entries are not.' };
    if (sni) return { code: 'sni-route', reason: 'Consul routes no TLS by server name.' };
    if (port && isRegisteredPort(environment, this.#group.service, port.value) === false)
      return {
        code: 'port-not-addressable',
        reason: `Consul knows one port of a service, and it is not ${port.value}.`,
      };
    const query: Spec[] = [];
    for (const { value } of match.query) {
      const form = queryForm(value.name, value.match);
      if (!form) return { code: 'negated-match', reason: 'Consul cannot ask that a query parameter is not there.' };
      query.push(form);
    }
    const paths = match.path && !isEveryPath(match.path.value) ? pathForms(match.path.value) : undefined;
    const headers = [
      ...match.headers.map(({ value }) => headerForms(value.name, value.match, 'route')),
      ...(match.authority ? [headerForms(':authority', match.authority.value, 'route')] : []),
      ...(match.scheme ? [headerForms(':scheme', match.scheme.value, 'route')] : []),
    ];
    return (paths ?? [{ fields: {}, tail: '' as const }]).flatMap(({ fields, tail }) =>
      combinations(headers).map((header) => ({
        http: {
          ...fields,
          ...(match.methods && { methods: [...match.methods.value] }),
          ...(header.length > 0 && { header }),
          ...(query.length > 0 && { queryParam: query }),
        },
        tail,
      })),
    );
  }

  #exactMatch(match: RouteMatch, place: string): void {
    const { ledger } = this.#drafts;
    const parts = originsOfMatch(match);
    if (parts.length === 1) ledger.exact(match.from, place);
    const below = (path: string) => (place.endsWith('.match') ? `${place}.http.${path}` : place);
    if (match.path) {
      const { type } = match.path.value;
      const isPair = type === 'segments' && !isEveryPath(match.path.value);
      const field = { exact: 'pathExact', prefix: 'pathPrefix', segments: 'pathPrefix', regex: 'pathRegex' }[type];
      ledger.exact(
        match.path,
        below(field),
        isPair
          ? 'A prefix in Consul ends anywhere, so there is a route for the path itself and one for what is below.'
          : '',
      );
    }
    if (match.methods) ledger.exact(match.methods, below('methods'));
    for (const [at, header] of match.headers.entries()) {
      if (differsInRe2(header.value.match))
        ledger.changed(
          header,
          below(`header[${at}]`),
          'regex-dialect',
          'Consul reads the regex as RE2, whose \\d, \\w and \\s know ASCII only.',
        );
      else
        ledger.exact(
          header,
          below(`header[${at}]`),
          header.value.match.negate && header.value.match.type !== 'present'
            ? 'Two routes: the header is absent, or has another value.'
            : '',
        );
    }
    for (const [at, it] of match.query.entries()) {
      if (differsInRe2(it.value.match))
        ledger.changed(
          it,
          below(`queryParam[${at}]`),
          'regex-dialect',
          'Consul reads the regex as RE2, whose \\d, \\w and \\s know ASCII only.',
        );
      else ledger.exact(it, below(`queryParam[${at}]`));
    }
    if (match.authority)
      ledger.changed(
        match.authority,
        below('header'),
        'authority-match',
        'Matched as the header ":authority" by its text: clients write a service in several ways, with and without port.',
      );
    if (match.scheme)
      ledger.changed(
        match.scheme,
        below('header'),
        'no-equivalent',
        'Matched as the header ":scheme", always http here.',
      );
    if (match.port) this.#settlePort(match.port, place);
    if (match.clients) ledger.exact(match.clients, place, 'Config entries are about clients in the mesh.');
  }

  /** The port of a match that is written: the one that Consul knows, or one of which nobody can tell. */
  #settlePort(port: Asked<number>, place: string): void {
    const { ledger, environment } = this.#drafts;
    if (isRegisteredPort(environment, this.#group.service, port.value) === undefined)
      ledger.changed(
        port,
        place,
        'port-not-addressable',
        `Consul knows one port of a service, and the workspace does not tell whether it is ${port.value}: the route holds for that one.`,
      );
    else ledger.exact(port, place, 'It is the one port that Consul knows of the service.');
  }

  // ---- Destinations ------------------------------------------------------------------------------------------------

  /** Why the backends of a rule cannot be written, if so. */
  #refusalOfBackends(rule: RouteRule): Refused | undefined {
    const { environment } = this.#drafts;
    const backends = rule.parts.backends?.value ?? [];
    for (const it of backends) {
      if (it.host !== undefined)
        return {
          code: 'host-not-service',
          reason: `"${it.host}" is no Service of the cluster; Consul reaches it only by way of a terminating gateway.`,
        };
      const others = namesakes(environment, it.service);
      if (others.length > 0)
        return {
          code: 'name-collision',
          reason: `Consul knows services by name alone, and there is a Service "${it.service.name}" in ${others.join(', ')} too.`,
        };
      if (it.port !== undefined && isRegisteredPort(environment, it.service, it.port) === false)
        return {
          code: 'port-not-addressable',
          reason: `Consul knows one port of "${it.service.name}", and it is not ${it.port}.`,
        };
      if (it.subset !== undefined && !this.#isSubset(it.service, it.subset))
        return {
          code: 'subset-undefined',
          reason: `Nothing defines the subset "${it.subset}" of "${it.service.name}"; with it Consul would refuse the whole chain.`,
        };
    }
    if (backends.length > 1 && backends.every((it) => it.weight === 0))
      return { code: 'no-equivalent', reason: 'All shares are 0, and in Consul they have to sum to 100.' };
    return undefined;
  }

  #isSubset(service: ServiceName, subset: string): boolean {
    const { environment } = this.#drafts;
    const isMade = this.#ir.destinations.some(
      (it) => sameService(it.service.value, service) && it.subsets.some(({ value }) => value.name === subset),
    );
    const key = `${consulName(environment, service)}|${subsetName(subset)}`;
    return isMade || environment.index.declared(subsetSpace, key).length > 0;
  }

  #writeRule(rule: RouteRule, position: number, mayOwnSplit: boolean): RuleDraft {
    const backends = rule.parts.backends?.value ?? [];
    const draft: RuleDraft = {
      destination: { service: this.named.name },
      splits: [],
      at: this.#place(this.#routes.length, 'destination'),
      isSplit: backends.length > 1,
      rewrite: undefined,
      from: undefined,
    };
    writeParts(rule.parts, this.#writers(rule, position, mayOwnSplit), draft, this.#drafts.ledger);
    return draft;
  }

  #writers(rule: RouteRule, position: number, mayOwnSplit: boolean): RouteWriters<RuleDraft> {
    const { ledger } = this.#drafts;
    return {
      backends: ({ value, from }, draft) => {
        const [only] = value;
        if (value.length > 1) this.#writeSplit(rule, value, position, mayOwnSplit, draft);
        else if (only) this.#writeBackend(only, draft);
        else draft.from = from;
      },
      requestHeaders: (asked, draft) => this.#writeHeaders('requestHeaders', asked, draft),
      responseHeaders: (asked, draft) => this.#writeHeaders('responseHeaders', asked, draft),
      rewrite: ({ value, from }, draft) => {
        draft.rewrite = { value: value.path?.value ?? '/' };
        ledger.exact(from, `${draft.at}.prefixRewrite`);
      },
      timeout: (asked, draft) => this.#writeTimeout(asked, draft, rule),
      retries: (asked, draft) => this.#writeRetries(asked, draft),
      redirect: { code: 'no-redirect', lost: 'Consul cannot redirect.' },
      directResponse: { code: 'direct-response', lost: 'Consul cannot answer without a backend.' },
      mirrors: { code: 'no-mirror', lost: 'Consul cannot mirror requests; the rule is carried over without it.' },
      fault: { code: 'no-fault', lost: 'Consul cannot inject faults; the rule is carried over without it.' },
      cors: {
        code: 'no-cors',
        lost: 'Consul answers no CORS preflight; the application has to.',
        risk: 'availability',
      },
      backendTimeout: { code: 'per-try', lost: 'Consul limits a request as a whole, not its attempts.' },
    };
  }

  /** A backend in Consul's words, and the protocol that it needs as a part of the chain. */
  #aim(backend: Backend): Spec {
    const { environment } = this.#drafts;
    const name = consulName(environment, backend.service);
    if (name !== this.named.name)
      this.#drafts.needHttp({ name, namespace: backend.service.namespace }, this.#protocol());
    return { service: name, ...(backend.subset !== undefined && { serviceSubset: subsetName(backend.subset) }) };
  }

  #writeBackend(backend: Backend, draft: RuleDraft): void {
    Object.assign(draft.destination, this.#aim(backend));
    for (const side of ['requestHeaders', 'responseHeaders'] as const) {
      const change = backend[side];
      if (change)
        draft.destination[side] = mergedHeaders(draft.destination[side], this.#headers(change, backend.from, draft.at));
    }
    draft.from = backend.from;
  }

  #writeSplit(
    rule: RouteRule,
    backends: readonly Backend[],
    position: number,
    mayOwn: boolean,
    draft: RuleDraft,
  ): void {
    const { ledger } = this.#drafts;
    const percents = percentsOf(backends.map((it) => it.weight ?? 1));
    if (!percents) return;
    const splitter = mayOwn ? this.named : this.#virtualService(rule, position);
    const splits = percents.order.map((at, place): Spec => {
      const backend = backends[at];
      if (!backend) return {};
      const target = this.#drafts.place(ServiceSplitter, splitter, `spec.splits[${place}]`);
      const weight = percents.values[at] ?? 0;
      const isSame = weight === backend.weight;
      if (percents.isRounded)
        ledger.changed(
          backend.from,
          target,
          'weight-rounded',
          `Consul takes percents of two decimals at most, so the share is ${weight} %.`,
        );
      else ledger.exact(backend.from, target, isSame ? '' : `A share of ${weight} %.`);
      const aim = this.#aim(backend);
      const isOwn = aim['service'] === splitter.name;
      return {
        weight,
        ...(!isOwn && { service: aim['service'] }),
        ...('serviceSubset' in aim && { serviceSubset: aim['serviceSubset'] }),
        ...(backend.requestHeaders && { requestHeaders: this.#headers(backend.requestHeaders, backend.from, target) }),
        ...(backend.responseHeaders && {
          responseHeaders: this.#headers(backend.responseHeaders, backend.from, target),
        }),
      };
    });
    this.#drafts.spec(ServiceSplitter, splitter)['splits'] = splits.map((it) =>
      // A split without service and subset would be the splitter itself; name the service where nothing else is said.
      'service' in it || 'serviceSubset' in it ? it : { weight: it['weight'], service: splitter.name, ...it },
    );
    if (splitter !== this.named) draft.destination['service'] = splitter.name;
  }

  /** A service that exists only in Consul, to carry a split of its own. */
  #virtualService(rule: RouteRule, position: number): Named {
    const { environment, ledger } = this.#drafts;
    const said = rule.name?.value
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '');
    let name = `${this.named.name}-${said || String(position)}`;
    const isTaken = (it: Named) =>
      environment.index.all(Service).some((service) => service.name === it.name) ||
      this.#drafts.has(ServiceSplitter, it);
    while (isTaken({ ...this.named, name })) name += '-split';
    const named = { name, namespace: this.named.namespace };
    this.#drafts.spec(ServiceDefaults, named)['protocol'] = this.#protocol();
    ledger.note(
      'generated',
      `"${name}" is a service that exists only in Consul: a splitter belongs to a service, and a route of "${this.named.name}" needs one of its own.`,
    );
    return named;
  }

  #writeHeaders(side: 'requestHeaders' | 'responseHeaders', asked: Asked<HeaderChange>, draft: RuleDraft): void {
    const place = `${draft.at}.${side}`;
    this.#drafts.ledger.exact(asked, place);
    const own = this.#headers(asked.value, asked.from, place);
    // What the backend asks for comes second, wherever it was written first.
    draft.destination[side] = mergedHeaders(own, draft.destination[side]);
  }

  #headers(change: HeaderChange, from: readonly Origin[], place: string): Spec {
    const isForbidden = (name: string) => name.startsWith(':') || name.toLowerCase() === 'host';
    const keep = (pairs: HeaderChange['set']) =>
      Object.fromEntries(Object.entries(pairs).filter(([it]) => !isForbidden(it)));
    const names = [...Object.keys(change.set), ...Object.keys(change.add), ...change.remove];
    if (names.some(isForbidden))
      this.#drafts.ledger.changed(
        from,
        place,
        'host-rewrite',
        'The host is not a header that Consul may change; the others are.',
      );
    const [set, add] = [keep(change.set), keep(change.add)];
    const remove = change.remove.filter((it) => !isForbidden(it));
    return {
      ...(Object.keys(set).length > 0 && { set }),
      ...(Object.keys(add).length > 0 && { add }),
      ...(remove.length > 0 && { remove }),
    };
  }

  #writeTimeout(asked: Asked<number>, draft: RuleDraft, rule: RouteRule): void {
    const { ledger } = this.#drafts;
    const isOff = asked.value <= 0;
    draft.destination['requestTimeout'] = isOff ? '-1s' : durationText(asked.value);
    ledger.exact(asked, `${draft.at}.requestTimeout`, isOff ? 'Below zero switches the timeout off.' : '');
    if (asked.value <= serverTimeout) return;
    const services = rule.parts.backends?.value.map((it) => it.service) ?? [this.#group.service];
    for (const service of services) {
      const named = { name: consulName(this.#drafts.environment, service), namespace: service.namespace };
      const spec = this.#drafts.spec(ServiceDefaults, named);
      const known = spec['localRequestTimeoutMs'];
      spec['localRequestTimeoutMs'] = Math.max(asked.value, typeof known === 'number' ? known : 0);
      ledger.note(
        'generated',
        `ServiceDefaults "${named.name}" raises localRequestTimeoutMs: the proxy of the service itself gives up after 15 s.`,
      );
    }
  }

  #writeRetries({ value }: RouteParts['retries'] & object, draft: RuleDraft): void {
    const { ledger } = this.#drafts;
    const { attempts, conditions, perTryTimeout, backoff } = value.origins;
    if (perTryTimeout) ledger.lost(perTryTimeout, 'per-try', 'Consul limits a request as a whole, not its attempts.');
    if (backoff)
      ledger.lost(
        backoff,
        'no-equivalent',
        'Consul waits 25 to 250 ms between attempts, and that cannot be set.',
        'none',
      );
    if (value.attempts === 0) {
      for (const it of [attempts, conditions])
        if (it) ledger.exact(it, draft.at, 'Consul retries nothing unless it is asked to.');
      return;
    }
    const { on, codes, lost, changed } = retryConditions(value.on, value.codes, value.codeRanges);
    const isNothing = on.length + codes.length === 0;
    if (isNothing) {
      for (const it of [attempts, conditions])
        if (it)
          ledger.lost(it, 'retry-conditions', `Consul cannot retry on ${value.on.join(', ') || 'what it asks for'}.`);
      return;
    }
    draft.destination['numRetries'] = value.attempts;
    if (on.length > 0) draft.destination['retryOn'] = on;
    if (codes.length > 0) draft.destination['retryOnStatusCodes'] = codes;
    if (attempts) ledger.exact(attempts, `${draft.at}.numRetries`);
    if (!conditions) return;
    const place = `${draft.at}.${on.length > 0 ? 'retryOn' : 'retryOnStatusCodes'}`;
    if (lost.length > 0)
      ledger.changed(
        conditions,
        place,
        'retry-conditions',
        `Consul cannot retry on ${lost.join(', ')}; on the others it does.`,
      );
    else if (changed || (this.#ir.proxy === 'linkerd' && on.some((it) => it === '5xx' || it === 'gateway-error')))
      ledger.changed(conditions, place, 'retry-conditions', changed ?? widerConditions);
    else ledger.exact(conditions, place);
  }

  // ---- TCP ---------------------------------------------------------------------------------------------------------

  #writeTcp(): void {
    const { ledger } = this.#drafts;
    const [atom, ...others] = this.#atoms;
    const backends = atom?.rule.parts.backends?.value ?? [];
    const [backend] = backends;
    const lose = (code: string, reason: string) => {
      for (const { route } of this.#group.routes) loseRoute(route, this.#drafts, { code, reason });
    };
    if (backends.length > 1) {
      lose('tcp-split', 'Consul splits requests, not connections.');
      return;
    }
    const match = atom?.match;
    const isConditional = match !== undefined && !isEvery(match, 'sni');
    if (!atom || !backend || others.length > 0 || isConditional) {
      lose('l4-match', 'For connections Consul knows one destination, without conditions.');
      return;
    }
    const isOther =
      match?.port !== undefined &&
      isRegisteredPort(this.#drafts.environment, this.#group.service, match.port.value) === false;
    const refusal = isOther
      ? { code: 'port-not-addressable', reason: 'Consul knows one port of a service, and it is another.' }
      : this.#refusalOfBackends(atom.rule);
    if (refusal) {
      lose(refusal.code, refusal.reason);
      return;
    }
    const name = consulName(this.#drafts.environment, backend.service);
    const place = this.#drafts.place(ServiceResolver, this.named, 'spec.redirect');
    for (const { target } of this.#group.routes)
      this.#writeTarget(target, this.#drafts.place(ServiceResolver, this.named, 'metadata.name'));
    ledger.exact(backend.from, place);
    if (match?.port) this.#settlePort(match.port, place);
    if (match?.sni)
      ledger.changed(match.sni, place, 'sni-route', 'All connections go there, whatever name TLS asks for.');
    for (const [part, asked] of Object.entries(atom.rule.parts))
      if (part !== 'backends' && asked)
        ledger.lost(asked, 'no-equivalent', 'Consul has no such thing for connections.');
    if (name === this.named.name && backend.subset === undefined) return;
    const spec = this.#drafts.spec(ServiceResolver, this.named);
    if (name === this.named.name && backend.subset !== undefined) spec['defaultSubset'] = subsetName(backend.subset);
    else
      spec['redirect'] = {
        service: name,
        ...(backend.subset !== undefined && { serviceSubset: subsetName(backend.subset) }),
      };
  }
}

/** The time that the proxy of a service gives its application unless told otherwise, in milliseconds. */
const serverTimeout = 15_000;

/** Actions without a form in Consul: such a rule is left out, since to forward its requests would be something else. */
function refusalOfRule({ parts, matches }: RouteRule): Refused | undefined {
  if (parts.redirect) return { code: 'no-redirect', reason: 'Consul cannot redirect, so the rule is left out.' };
  if (parts.directResponse)
    return { code: 'direct-response', reason: 'Consul cannot answer without a backend, so the rule is left out.' };
  const rewrite = parts.rewrite?.value;
  if (rewrite?.host !== undefined)
    return { code: 'host-rewrite', reason: 'Consul cannot rewrite the host, so the rule is left out.' };
  const types = matches.map((it) => it.path?.value.type);
  const isByRegex = rewrite?.path?.type === 'regex' || types.includes('regex');
  if (rewrite?.path && isByRegex)
    return { code: 'regex-rewrite', reason: 'Consul rewrites a prefix or a whole path only, so the rule is left out.' };
  if (rewrite?.path?.type === 'full' && (types.length === 0 || types.some((it) => it !== 'exact')))
    return { code: 'regex-rewrite', reason: 'Consul replaces the matched prefix only, so the rule is left out.' };
  return undefined;
}

function rewritten(value: string, tail: '' | '/'): string {
  const text = value === '' ? '/' : value;
  return tail === '/' && !text.endsWith('/') ? `${text}/` : text;
}

function mergedHeaders(first: unknown, second: unknown): unknown {
  const [a, b] = [first, second] as (Record<string, Record<string, string> | string[]> | undefined)[];
  if (!a || !b) return a ?? b;
  return {
    ...((a['set'] ?? b['set']) && { set: { ...a['set'], ...b['set'] } }),
    ...((a['add'] ?? b['add']) && { add: { ...a['add'], ...b['add'] } }),
    ...((a['remove'] ?? b['remove']) && { remove: [...asList(a['remove']), ...asList(b['remove'])] }),
  };
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether a destination is what Consul does anyway: the service itself, through its splitter. */
function isJustService(destination: Spec, name: string): boolean {
  return Object.keys(destination).length === 1 && destination['service'] === name;
}

/** Whether a match takes every request; of every server name when that one plays no part. */
function isEvery(match: RouteMatch | undefined, aside?: 'sni'): boolean {
  if (!match) return true;
  const { methods, headers, query, authority, scheme, sni, clients } = match;
  return (
    isEveryPath(match.path?.value) &&
    headers.length + query.length === 0 &&
    [methods, authority, scheme, aside === 'sni' ? undefined : sni, clients].every((it) => it === undefined)
  );
}

function sameService(a: ServiceName, b: ServiceName): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}

// ---- Specificity ---------------------------------------------------------------------------------------------------

/** How specific a match is, the greater the sooner: path, then headers, query parameters, method. */
function rankOf(match: RouteMatch | undefined): readonly number[] {
  const path = match?.path?.value;
  const isWhole = path?.type === 'exact' || path?.type === 'regex';
  const length = isWhole ? Number.MAX_SAFE_INTEGER : Math.max(1, (path?.value ?? '/').replace(/\/+$/, '').length);
  return [length, match?.headers.length ?? 0, match?.query.length ?? 0, match?.methods ? 1 : 0];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [at, rank] of a.entries()) if (rank !== b[at]) return (b[at] ?? 0) - rank;
  return 0;
}
