/**
 * VirtualServices as the representation says them: rules in the order of the document, of which the first that matches
 * counts. A match that nothing can say in full is left out with its leaves: without a part of it, it would match more.
 * Sources: istio.io VirtualService reference; istio/istio pilot/pkg/networking/core/route/route.go.
 */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Backend,
  Origin,
  Peculiar,
  Route,
  RouteMatch,
  RouteParts,
  RouteRule,
  RouteTarget,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { serviceOfHost } from '../hosts.ts';
import { readDuration } from './durations.ts';
import { originsOf, Place } from './place.ts';
import { readCors, readDirectResponse, readHeaders, readRedirect, readRewrite } from './read-actions.ts';
import { clientsOf, foldSegments, type Lose, qualified, readHttpMatch } from './read-matches.ts';
import { readFault, readRetries } from './read-resilience.ts';

export interface ReadRoutes {
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
}

/** The routes of a VirtualService: one for HTTP, one for TLS, one for TCP, as far as it has them. */
export function readVirtualService(resource: Resource, environment: Environment): ReadRoutes {
  return new Reader(resource, environment).read();
}

class Reader {
  readonly #spec: Place;
  readonly #resource: Resource;
  readonly #namespace: string;
  readonly #clusterDomain: string;
  readonly #peculiar: Peculiar[] = [];

  constructor(resource: Resource, environment: Environment) {
    this.#resource = resource;
    this.#spec = Place.of(resource).at('spec');
    this.#namespace = environment.namespaceOf(resource);
    this.#clusterDomain = environment.settings.clusterDomain;
  }

  read(): ReadRoutes {
    const routes: Route[] = [];
    const http = this.#spec.at('http').items.flatMap((it) => this.#httpRule(it));
    if (http.length > 0) routes.push(this.#route('http', http));
    for (const protocol of ['tls', 'tcp'] as const) {
      const rules = this.#spec.at(protocol).items.flatMap((it) => this.#layer4Rule(it));
      if (rules.length > 0) routes.push(this.#route(protocol, rules));
    }
    if (routes.length === 0)
      this.#lose(originsOf(this.#spec), 'no-equivalent', 'No rule of this VirtualService could be carried over.');
    return { routes, peculiar: this.#peculiar };
  }

  #route(protocol: Route['protocol'], rules: readonly RouteRule[]): Route {
    const gateways = this.#spec.at('gateways').items;
    const names = gateways.filter((it) => it.text !== undefined && it.text !== 'mesh');
    const exportTo = this.#spec.at('exportTo').items;
    const isForAll = exportTo.length === 0 || exportTo.some((it) => it.text === '*');
    // What only repeats a default goes where the hosts go.
    const silent = originsOf(...gateways.filter((it) => it.text === 'mesh'), ...(isForAll ? exportTo : []));
    return {
      name: this.#resource.name,
      namespace: this.#namespace,
      targets: this.#spec.at('hosts').items.flatMap((it) => this.#target(it, silent)),
      gateways: names.map((it) => it.asked(qualified(it.text ?? '', this.#namespace))),
      isMesh: gateways.length === 0 || gateways.length > names.length,
      ...(isForAll
        ? {}
        : {
            visibility: {
              value: exportTo.flatMap((it) =>
                it.text === '.' ? [this.#namespace] : it.text && it.text !== '~' ? [it.text] : [],
              ),
              from: originsOf(...exportTo),
            },
          }),
      protocol,
      order: 'document',
      unmatched: 'not-found',
      rules,
    };
  }

  #target(place: Place, silent: readonly Origin[]): Asked<RouteTarget>[] {
    if (place.text === undefined) return [];
    const service = serviceOfHost(place.text, this.#namespace, this.#clusterDomain);
    const value: RouteTarget = service ? { type: 'service', service } : { type: 'host', host: place.text };
    return [{ value, from: [place.origin, ...silent] }];
  }

  // ---- HTTP --------------------------------------------------------------------------------------------------------

  #httpRule(rule: Place): RouteRule[] {
    if (rule.at('delegate').exists) {
      this.#lose(
        [rule.origin],
        'no-equivalent',
        'The rule hands over to another VirtualService; conversions do not follow delegates.',
      );
      return [];
    }
    const all = rule.at('match').items;
    const matches = foldSegments(all.flatMap((it) => readHttpMatch(it, this.#namespace, this.#lose)));
    if (all.length > 0 && matches.length === 0) {
      this.#lose([rule.origin], 'no-equivalent', 'None of its matches can be said elsewhere, so the rule is left out.');
      return [];
    }
    const name = rule.at('name');
    return [
      {
        ...(name.text === undefined ? {} : { name: name.asked(name.text) }),
        matches,
        parts: this.#parts(rule, matches),
      },
    ];
  }

  #parts(rule: Place, matches: readonly RouteMatch[]): RouteParts {
    const parts: { -readonly [Name in keyof RouteParts]: RouteParts[Name] } = {};
    const backends = this.#backends(rule.at('route'));
    if (backends.length > 0) parts.backends = { value: backends, from: backends.flatMap((it) => it.from) };
    const redirect = rule.at('redirect');
    if (redirect.exists) parts.redirect = redirect.asked(readRedirect(redirect));
    const direct = rule.at('directResponse');
    if (direct.exists) parts.directResponse = direct.asked(readDirectResponse(direct));
    const rewrite = rule.at('rewrite');
    if (rewrite.exists) parts.rewrite = rewrite.asked(readRewrite(rewrite, matches));
    const request = rule.at('headers', 'request');
    if (request.exists) parts.requestHeaders = request.asked(readHeaders(request));
    const response = rule.at('headers', 'response');
    if (response.exists) parts.responseHeaders = response.asked(readHeaders(response));
    const mirrors = this.#mirrors(rule);
    if (mirrors.value.length > 0) parts.mirrors = mirrors;
    const timeout = rule.at('timeout');
    const millis = readDuration(timeout.text);
    if (millis !== undefined) parts.timeout = timeout.asked(millis === 0 ? -1 : millis);
    const retries = rule.at('retries');
    if (retries.exists) parts.retries = retries.asked(readRetries(retries));
    const fault = readFault(rule.at('fault'));
    if (fault) parts.fault = rule.at('fault').asked(fault);
    const cors = rule.at('corsPolicy');
    if (cors.exists) parts.cors = cors.asked(readCors(cors));
    return parts;
  }

  #backends(route: Place): Backend[] {
    const { items } = route;
    return items.flatMap((it) => {
      const backend = this.#backend(it.at('destination'));
      if (!backend) return [];
      const [weight, request, response] = [it.at('weight'), it.at('headers', 'request'), it.at('headers', 'response')];
      return [
        {
          ...backend,
          // One destination gets everything; of several, one without a weight gets nothing.
          ...(items.length > 1 ? { weight: weight.number ?? 0 } : {}),
          ...(request.exists ? { requestHeaders: readHeaders(request) } : {}),
          ...(response.exists ? { responseHeaders: readHeaders(response) } : {}),
          from: [...backend.from, ...originsOf(weight, request, response)],
        },
      ];
    });
  }

  #backend(destination: Place): Backend | undefined {
    const [host, subset, port] = [destination.at('host'), destination.at('subset'), destination.at('port', 'number')];
    if (host.text === undefined) return undefined;
    const service = serviceOfHost(host.text, this.#namespace, this.#clusterDomain);
    return {
      service: service ?? { name: host.text, namespace: '' },
      ...(service ? {} : { host: host.text }),
      ...(port.number === undefined ? {} : { port: port.number }),
      ...(subset.text === undefined || subset.text === '' ? {} : { subset: subset.text }),
      from: originsOf(host, subset, port),
    };
  }

  #mirrors(rule: Place): Asked<readonly { readonly backend: Backend; readonly percent: number }[]> {
    const value: { backend: Backend; percent: number }[] = [];
    const from: Origin[] = [];
    const single = this.#backend(rule.at('mirror'));
    if (single) {
      const percents = [rule.at('mirrorPercentage', 'value'), rule.at('mirrorPercent'), rule.at('mirror_percent')];
      const written = originsOf(...percents);
      const backend = { ...single, from: [...single.from, ...written] };
      value.push({ backend, percent: percents.find((it) => it.number !== undefined)?.number ?? 100 });
      from.push(...backend.from);
    }
    for (const it of rule.at('mirrors').items) {
      const read = this.#backend(it.at('destination'));
      if (!read) continue;
      const percent = it.at('percentage', 'value');
      const backend = { ...read, from: [...read.from, ...originsOf(percent)] };
      value.push({ backend, percent: percent.number ?? 100 });
      from.push(...backend.from);
    }
    return { value, from };
  }

  // ---- TLS and TCP -------------------------------------------------------------------------------------------------

  #layer4Rule(rule: Place): RouteRule[] {
    const backends = this.#backends(rule.at('route'));
    const all = rule.at('match').items;
    const matches = all.flatMap((match): RouteMatch[] => {
      const subnets = originsOf(match.at('destinationSubnets'), match.at('sourceSubnet'));
      if (subnets.length > 0) {
        this.#lose([match.origin], 'l4-match', 'The match asks for addresses, which no other mesh routes by.');
        return [];
      }
      const [port, sni] = [match.at('port'), match.at('sniHosts')];
      return [
        {
          from: [match.origin],
          headers: [],
          query: [],
          ...(port.number === undefined ? {} : { port: port.asked(port.number) }),
          ...(sni.exists ? { sni: sni.asked(sni.texts) } : {}),
          ...clientsOf(match, this.#namespace),
        },
      ];
    });
    if ((all.length > 0 && matches.length === 0) || backends.length === 0) {
      this.#lose([rule.origin], 'l4-match', 'None of its matches can be said elsewhere, so the rule is left out.');
      return [];
    }
    return [{ matches, parts: { backends: { value: backends, from: backends.flatMap((it) => it.from) } } }];
  }

  readonly #lose: Lose = (from, code, reason, risk = 'behaviour') => {
    this.#peculiar.push({ from, code, reason, risk });
  };
}
