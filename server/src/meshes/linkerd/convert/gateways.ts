/**
 * Gateways, and the routes bound to them, in the words of the Gateway API. Linkerd brings no ingress: the class says whose
 * implementation takes them, and what a route may do there is that implementation's affair.
 */

import { originsOfGateway } from '../../../model/gateway-origins.ts';
import type { Asked, GatewayIntent, GatewaySetting, Origin, Route } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import {
  type Binding,
  bindingsOf,
  hostnameOf,
  hostnamesOf,
  mostHostnames,
  type Sections,
} from '../../kubernetes/gateway/convert/sections.ts';
import {
  type GatewayTarget,
  type Refused,
  type Section,
  writeGateway,
} from '../../kubernetes/gateway/convert/write-gateways.ts';
import { Gateway, HTTPRoute, TCPRoute, TLSRoute } from '../../kubernetes/gateway/kinds.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import type { Draft } from './draft.ts';
import { writeMatches } from '../../kubernetes/gateway/convert/write-matches.ts';
import { draftRule, ruleOrigins } from './write-rules.ts';
import { writeHttpRoutes } from './write-http-routes.ts';

/** Writes all gateways and their routes; those without a class are left out, and the report says so. */
export function writeGateways(draft: Draft): void {
  const sections = new Map<string, readonly Section[]>();
  const classless = new Set<string>();
  for (const gateway of draft.ir.gateways) {
    const id = `${gateway.namespace}/${gateway.name}`;
    const className = classFor(gateway, draft);
    if (className === undefined) {
      if (!gateway.isFact) loseForClass(originsOfGateway(gateway), draft);
      classless.add(id);
    } else sections.set(id, writeOne(gateway, className, draft));
  }
  const isOpen = draft.options.ingressClass !== undefined;
  for (const route of draft.ir.routes.filter((it) => it.gateways.length > 0)) {
    const isClassless = route.gateways.every((it) => classless.has(it.value) || (!isOpen && !sections.has(it.value)));
    if (isClassless) loseRoute(route, draft);
    else writeRoute(route, sections, draft);
  }
}

/** The class that is asked for, else the one that the source has; none where the source's own mesh makes its gateways. */
function classFor({ carrier }: GatewayIntent, { options }: Draft): string | undefined {
  return options.ingressClass ?? carrier.value.className;
}

function loseForClass(from: readonly Origin[], draft: Draft): void {
  draft.ledger.lost(
    from,
    'gateway-deploy',
    'Linkerd has no ingress of its own; nothing says which class of Gateway takes its place.',
    'availability',
  );
  draft.ledger.note(
    'missing',
    'Name the class of the ingress, the option ingressClass, and convert again.',
    'availability',
  );
}

function loseRoute(route: Route, draft: Draft): void {
  loseForClass(
    route.gateways.flatMap((it) => it.from),
    draft,
  );
  // A route that also counts inside the mesh has a place there for the rest.
  if (!route.isMesh)
    loseForClass([...route.targets.flatMap((it) => it.from), ...route.rules.flatMap(ruleOrigins)], draft);
}

// ---- Gateways ------------------------------------------------------------------------------------------------------

/** Writes a gateway, unless it is a fact, and gives the sections that routes may bind to. */
function writeOne(gateway: GatewayIntent, className: string, draft: Draft): readonly Section[] {
  const { namespace } = gateway;
  const name = gateway.isFact
    ? gateway.name
    : draft.nameFor(Gateway, namespace, gateway.name, { gatewayClassName: className });
  const written = writeGateway(gateway, className, name, targetFor(draft));
  if (!written) return [];
  if (gateway.isFact) return written.sections;
  draft.create(Gateway, namespace, name, { spec: written.spec, from: originsOfGateway(gateway) });
  settleCarrier(gateway, className, placeText(Gateway.name, namespace, name, 'spec.gatewayClassName'), draft);
  writeRedirects(gateway, name, written.sections, draft);
  return written.sections;
}

function targetFor({ ledger }: Draft): GatewayTarget {
  return {
    ledger,
    title: 'The gateway',
    refuse: () => undefined,
    // Newer than what Linkerd's version of the Gateway API has.
    asksClients: false,
    settingRefusal: (setting: GatewaySetting): Refused | undefined =>
      setting === 'allowedListeners'
        ? {
            code: 'no-equivalent',
            reason: 'Sets of listeners are newer than the version of the Gateway API that Linkerd works with.',
            risk: 'availability',
          }
        : undefined,
  };
}

function settleCarrier({ carrier }: GatewayIntent, className: string, place: string, { ledger }: Draft): void {
  if (carrier.value.className === className) ledger.exact(carrier, place);
  else
    ledger.changed(
      carrier,
      place,
      'gateway-deploy',
      carrier.value.className === undefined
        ? `The class "${className}" says what carries it, in place of the pods of a selector.`
        : `The class "${className}" carries it, in place of "${carrier.value.className}".`,
      'none',
    );
}

/** Listeners that redirect to HTTPS need a route that does. */
function writeRedirects(gateway: GatewayIntent, name: string, sections: readonly Section[], draft: Draft): void {
  const redirecting = sections.filter((it) => it.isRedirect);
  if (redirecting.length === 0) return;
  const known = gateway.listeners.find((it) => it.redirectRoute)?.redirectRoute;
  const namespace = known?.namespace ?? gateway.namespace;
  const parentRefs = redirecting.map((it) => ({
    group: Gateway.group,
    kind: Gateway.name,
    name,
    ...(namespace === gateway.namespace ? {} : { namespace: gateway.namespace }),
    sectionName: it.name,
  }));
  const wanted = known?.name ?? shortName(`${name}-https-redirect`);
  const route = draft.nameFor(HTTPRoute, namespace, wanted, { parentRefs });
  draft.create(HTTPRoute, namespace, route, {
    spec: {
      parentRefs,
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    },
    from: gateway.listeners.flatMap((it) => it.httpsRedirect?.from ?? []),
  });
  for (const it of gateway.listeners)
    if (it.httpsRedirect?.value)
      draft.ledger.exact(it.httpsRedirect, placeText(HTTPRoute.name, namespace, route, 'spec.rules[0].filters'));
}

// ---- Routes --------------------------------------------------------------------------------------------------------

function writeRoute(route: Route, sections: Sections, draft: Draft): void {
  const { bound, unbound } = bindingsOf(route, sections, draft.environment.settings.clusterDomain);
  for (const it of unbound)
    draft.ledger.lost(it, 'shadowed', 'No listener of this gateway takes its requests, in the source either.', 'none');
  const written = bound.filter((it) =>
    route.protocol === 'http' || route.protocol === 'grpc'
      ? writeHttp(route, it, draft)
      : writeConnections(route, it, draft),
  );
  if (written.length > 0 || route.isMesh) return;
  const origins = [...route.targets.flatMap((it) => it.from), ...route.rules.flatMap(ruleOrigins)];
  if (bound.length === 0)
    draft.ledger.lost(origins, 'shadowed', 'None of its gateways takes its requests, in the source either.', 'none');
  else
    draft.ledger.lost(
      route.targets.flatMap((it) => it.from),
      'no-equivalent',
      'No rule of it could be written.',
      'availability',
    );
}

function writeHttp(route: Route, { parentRefs, gateways, rules }: Binding, draft: Draft): boolean {
  const [first] = gateways;
  const where = { gateway: first?.value ?? '', port: undefined, service: undefined };
  const drafted = rules.flatMap((source) => {
    const matches = writeMatches(source, where, draft);
    if (matches.length > 0) return [draftRule(source, where, matches, draft)];
    draft.ledger.lost(
      ruleOrigins(source),
      'no-equivalent',
      'None of the matches of this rule can be said, so the rule is left out.',
    );
    return [];
  });
  const hostnames = firstHostnames(route, draft);
  const [name] = writeHttpRoutes(drafted, 'spec', draft, {
    namespace: route.namespace,
    name: nameOf(route),
    from: [...gateways, ...route.targets].flatMap((it) => it.from).concat(rules.flatMap(ruleOrigins)),
    head: { parentRefs, ...(hostnames.length === 0 ? {} : { hostnames }) },
  });
  settleHead(
    route,
    gateways,
    name === undefined ? undefined : placeText(HTTPRoute.name, route.namespace, name, ''),
    draft,
  );
  return name !== undefined;
}

function nameOf({ name, isMesh }: Route): string {
  return isMesh ? `${name}-gateway` : name;
}

/** Connections, by their server name or not; Linkerd's version of the Gateway API has these kinds as v1alpha2. */
function writeConnections(route: Route, { parentRefs, gateways, rules }: Binding, draft: Draft): boolean {
  const kind = route.protocol === 'tls' ? TLSRoute : TCPRoute;
  const hostnames = kind === TLSRoute ? firstHostnames(route, draft) : [];
  const names: string[] = [];
  for (const source of rules) {
    const where = { gateway: gateways[0]?.value ?? '', port: undefined, service: undefined };
    const rule = draftRule({ ...source, matches: [] }, where, [], draft);
    if (rule.missing !== undefined || rule.backends.length === 0) {
      draft.ledger.lost(
        ruleOrigins(source),
        'no-equivalent',
        rule.missing === undefined
          ? 'Nothing is left that could get the connections.'
          : `Not written: the workspace does not hold ${rule.missing}.`,
        'availability',
      );
      continue;
    }
    const own = source.matches.flatMap((it) => it.sni?.value ?? []);
    const head = {
      parentRefs,
      ...(kind === TLSRoute && (own.length > 0 || hostnames.length > 0)
        ? { hostnames: own.length > 0 ? own : hostnames }
        : {}),
    };
    const name = draft.nameFor(kind, route.namespace, shortName(nameOf(route)), head);
    names.push(name);
    draft.create(kind, route.namespace, name, {
      version: 'v1alpha2',
      spec: { ...head, rules: [{ backendRefs: rule.backends }] },
      from: ruleOrigins(source),
    });
    const place = placeText(kind.name, route.namespace, name, 'spec.rules[0]');
    for (const settle of rule.settle) settle({ rule: place, annotations: place });
    draft.ledger.exact(
      source.matches.flatMap((it) => [...it.from, ...(it.sni?.from ?? [])]),
      placeText(kind.name, route.namespace, name, kind === TLSRoute ? 'spec.hostnames' : 'spec.parentRefs'),
    );
  }
  const [first] = names;
  settleHead(
    route,
    gateways,
    first === undefined ? undefined : placeText(kind.name, route.namespace, first, ''),
    draft,
  );
  return first !== undefined;
}

/** Says what became of the gateways and host names of a route; `place` is undefined where none could be written. */
function settleHead(route: Route, gateways: readonly Asked<string>[], place: string | undefined, draft: Draft): void {
  const { ledger, environment } = draft;
  for (const it of gateways) {
    if (place === undefined) ledger.lost(it, 'no-equivalent', 'No rule of it could be written.', 'availability');
    else ledger.exact(it, `${place} spec.parentRefs`);
  }
  // Inside the mesh the hosts have fates of their own.
  if (place === undefined || route.isMesh) return;
  const written = firstHostnames(route, draft);
  for (const it of route.targets) {
    if (written.length === 0) ledger.exact(it, place, 'Without host names a route takes all those of its listener.');
    else if (written.includes(hostnameOf(it.value, environment.settings.clusterDomain)))
      ledger.exact(it, `${place} spec.hostnames`);
    else
      ledger.lost(
        it,
        'order-limit',
        'A route holds 16 host names; split the source in two for the others.',
        'availability',
      );
  }
}

function firstHostnames({ targets }: Route, { environment }: Draft): readonly string[] {
  return hostnamesOf(targets, environment.settings.clusterDomain).slice(0, mostHostnames);
}
