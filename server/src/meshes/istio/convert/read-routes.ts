/**
 * VirtualServices as the representation says them: rules in the order of the document, of which the first that matches
 * counts. A match that nothing can say in full is left out with its leaves: without a part of it, it would match more.
 * Sources: istio.io VirtualService reference; istio/istio pilot/pkg/networking/core/route/route.go.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Ir, Peculiar, Route, RouteRule } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { rootsOf } from './delegates.ts';
import { originsOf, Place } from './place.ts';
import { readDelegated } from './read-delegates.ts';
import { readHost } from './read-hosts.ts';
import { type Lose, qualified } from './read-matches.ts';
import { readConnectionRule, readHttpRule, type RuleContext } from './read-rules.ts';

export interface ReadRoutes {
  readonly routes: readonly Route[];
  readonly peculiar: readonly Peculiar[];
  readonly notes: NonNullable<Ir['notes']>;
}

/** The routes of a VirtualService: one for HTTP, one for TLS, one for TCP, as far as it has them. */
export function readVirtualService(resource: Resource, environment: Environment): ReadRoutes {
  return new Reader(resource, environment).read();
}

class Reader {
  readonly #spec: Place;
  readonly #resource: Resource;
  readonly #namespace: string;
  readonly #environment: Environment;
  readonly #context: RuleContext;
  readonly #peculiar: Peculiar[] = [];
  readonly #notes: NonNullable<Ir['notes']>[number][] = [];

  constructor(resource: Resource, environment: Environment) {
    this.#resource = resource;
    this.#environment = environment;
    this.#spec = Place.of(resource).at('spec');
    this.#namespace = environment.namespaceOf(resource);
    this.#context = { namespace: this.#namespace, clusterDomain: environment.settings.clusterDomain, lose: this.#lose };
  }

  read(): ReadRoutes {
    const routes: Route[] = [];
    if (this.#spec.at('hosts').items.length === 0) return this.#delegate();
    const http = this.#spec.at('http').items.flatMap((it) => this.#httpRule(it));
    if (http.length > 0) routes.push(this.#route('http', http));
    for (const protocol of ['tls', 'tcp'] as const) {
      const rules = this.#spec.at(protocol).items.flatMap((it) => readConnectionRule(it, this.#context));
      if (rules.length > 0) routes.push(this.#route(protocol, rules));
    }
    if (routes.length === 0)
      this.#lose(originsOf(this.#spec), 'no-equivalent', 'No rule of this VirtualService could be carried over.');
    return { routes, peculiar: this.#peculiar, notes: this.#notes };
  }

  /** A VirtualService without hosts is a part of those that hand over to it, and read with them. */
  #delegate(): ReadRoutes {
    if (rootsOf(this.#resource, this.#environment).length === 0)
      this.#lose(
        originsOf(this.#spec),
        'unused-in-source',
        'A VirtualService without hosts counts only where another hands over to it, and none in the workspace does.',
      );
    else
      this.#lose(
        originsOf(this.#spec.at('exportTo')),
        'no-equivalent',
        'Who may hand over to it plays no part any more: its rules stand with those of the VirtualService that does.',
        'none',
      );
    return { routes: [], peculiar: this.#peculiar, notes: this.#notes };
  }

  #httpRule(rule: Place): readonly RouteRule[] {
    if (!rule.at('delegate').exists) return readHttpRule(rule, this.#context);
    const read = readDelegated(rule, this.#context, this.#environment);
    if ('rules' in read) return read.rules;
    this.#lose([rule.origin], 'no-equivalent', `Nothing in the workspace says what ${read.missing} does.`);
    this.#notes.push({
      kind: 'missing',
      text: `Add ${read.missing} to the workspace, then convert again.`,
      risk: 'availability',
    });
    return [];
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
      targets: this.#spec.at('hosts').items.flatMap((it) => readHost(it, silent, this.#resource, this.#environment)),
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

  readonly #lose: Lose = (from, code, reason, risk = 'behaviour') => {
    if (from.length > 0) this.#peculiar.push({ from, code, reason, risk });
  };
}
