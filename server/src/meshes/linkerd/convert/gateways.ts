/**
 * Gateways, and the routes bound to them, in the words of the Gateway API. Linkerd brings no ingress: the class says whose
 * implementation takes them, and what a route may do there is that implementation's affair.
 */

import type { Asked, GatewayIntent, Listener, Origin, Route, RouteTarget } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { Gateway, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { type Draft, shortName } from './draft.ts';
import { concerns, writeMatches } from './write-matches.ts';
import { draftRule, ruleOrigins } from './write-rules.ts';
import { writeHttpRoutes } from './write-routes.ts';

/** Writes all gateways and their routes; without a class they are left out, and the report says so. */
export function writeGateways(draft: Draft): void {
  const routes = draft.ir.routes.filter((it) => it.gateways.length > 0);
  const className = draft.options.ingressClass;
  if (className === undefined) {
    for (const it of draft.ir.gateways) loseForClass(gatewayOrigins(it), draft);
    for (const it of routes) loseRoute(it, draft);
    return;
  }
  const sections = new Map<string, readonly string[]>();
  for (const it of draft.ir.gateways) sections.set(`${it.namespace}/${it.name}`, writeGateway(it, className, draft));
  for (const it of routes) writeRoute(it, sections, draft);
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

function gatewayOrigins({ carrier, listeners }: GatewayIntent): readonly Origin[] {
  const parts = listeners.flatMap((it) => [it.port, it.protocol, it.tls, it.httpsRedirect, ...it.hosts]);
  return [carrier, ...parts].flatMap((it) => it?.from ?? []);
}

// ---- Gateways ------------------------------------------------------------------------------------------------------

/** Writes a gateway and gives the sections that routes may bind to; empty when they may bind to all of it. */
function writeGateway(gateway: GatewayIntent, className: string, draft: Draft): readonly string[] {
  const { namespace } = gateway;
  const name = draft.nameFor(Gateway, namespace, gateway.name, { gatewayClassName: className });
  const place = placeText('Gateway', namespace, name, 'spec');
  const listeners: Readonly<Record<string, unknown>>[] = [];
  const redirecting: string[] = [];
  const serving: string[] = [];
  for (const source of gateway.listeners) {
    const refusal = refusalOf(source);
    if (refusal) {
      const from = [source.port, source.protocol, source.tls, source.httpsRedirect, ...source.hosts].flatMap(
        (it) => it?.from ?? [],
      );
      draft.ledger.lost(from, refusal.code, refusal.reason, refusal.risk);
      continue;
    }
    const redirects = source.httpsRedirect?.value === true;
    for (const host of source.hosts.length > 0 ? source.hosts : [undefined]) {
      const section = sectionName(source.name, listeners);
      const target = `${place}.listeners[${listeners.length}]`;
      listeners.push(listenerOf(source, host, section, namespace));
      (redirects ? redirecting : serving).push(section);
      settleListener(source, host, target, draft);
    }
    if (source.httpsRedirect && !redirects) draft.ledger.exact(source.httpsRedirect, place);
  }
  if (listeners.length === 0) {
    draft.ledger.lost(gateway.carrier, 'gateway-deploy', 'None of its listeners could be written.', 'availability');
    return [];
  }
  draft.create(Gateway, namespace, name, {
    spec: { gatewayClassName: className, listeners },
    from: gatewayOrigins(gateway),
  });
  draft.ledger.changed(
    gateway.carrier,
    `${place}.gatewayClassName`,
    'gateway-deploy',
    `The class "${className}" says what carries it, in place of the pods of a selector.`,
    'none',
  );
  if (redirecting.length > 0) writeRedirect(gateway, name, redirecting, draft);
  return redirecting.length > 0 ? serving : [];
}

function refusalOf({
  tls,
  protocol,
}: Listener): { code: string; reason: string; risk: 'security' | 'availability' } | undefined {
  if (tls?.value.mode === 'mutual')
    return {
      code: 'client-cert',
      reason: 'The listener would ask clients for no certificate, so it is left out.',
      risk: 'availability',
    };
  const needsSecret = protocol.value === 'HTTPS' && tls?.value.mode !== 'passthrough';
  if (needsSecret && tls?.value.secret === undefined)
    return {
      code: 'cert-files',
      reason: 'A listener takes its certificate from a Secret, and none is named.',
      risk: 'availability',
    };
  return undefined;
}

const protocols = { HTTP: 'HTTP', HTTP2: 'HTTP', GRPC: 'HTTP', HTTPS: 'HTTPS', TLS: 'TLS', TCP: 'TCP' } as const;

function listenerOf(
  source: Listener,
  host: Asked<string> | undefined,
  name: string,
  own: string,
): Readonly<Record<string, unknown>> {
  const [namespace, hostname] = splitHost(host?.value ?? '*');
  const tls = source.tls?.value;
  const isPassthrough = tls?.mode === 'passthrough';
  return {
    name,
    port: source.port.value,
    protocol: isPassthrough ? 'TLS' : protocols[source.protocol.value],
    ...(hostname === '*' ? {} : { hostname }),
    ...(tls === undefined
      ? {}
      : isPassthrough
        ? { tls: { mode: 'Passthrough' } }
        : { tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: tls.secret }] } }),
    allowedRoutes: { namespaces: allowedFrom(namespace, own) },
  };
}

/** `shop/a.example.com` → namespace and host; without a namespace, routes of all of them. */
function splitHost(host: string): readonly [string, string] {
  const slash = host.indexOf('/');
  return slash === -1 ? ['*', host] : [host.slice(0, slash), host.slice(slash + 1)];
}

function allowedFrom(namespace: string, own: string): Readonly<Record<string, unknown>> {
  if (namespace === '*') return { from: 'All' };
  if (namespace === '.' || namespace === own) return { from: 'Same' };
  return { from: 'Selector', selector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

/** A section's name is a DNS label of its own among the listeners. */
function sectionName(name: string, listeners: readonly Readonly<Record<string, unknown>>[]): string {
  const wanted = name.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  for (let count = 1; ; count += 1) {
    const section = count === 1 ? wanted : `${wanted}-${count}`;
    if (!listeners.some((it) => it['name'] === section)) return section;
  }
}

function settleListener(source: Listener, host: Asked<string> | undefined, target: string, draft: Draft): void {
  const { ledger } = draft;
  ledger.exact(source.port, `${target}.port`);
  ledger.exact(source.protocol, `${target}.protocol`);
  if (host && splitHost(host.value)[1] === '*') ledger.exact(host, target, 'Without a host name it takes all hosts.');
  else if (host) ledger.exact(host, `${target}.hostname`);
  if (!source.tls) return;
  ledger.exact(source.tls, `${target}.tls`);
  if (source.tls.value.secret !== undefined)
    ledger.note(
      'manual',
      `Secret "${source.tls.value.secret}" has to stand in the namespace of the Gateway; Istio looks for it beside the gateway's pods.`,
      'availability',
    );
}

function writeRedirect(gateway: GatewayIntent, name: string, sections: readonly string[], draft: Draft): void {
  const { namespace } = gateway;
  const parentRefs = sections.map((sectionName) => ({
    group: Gateway.group,
    kind: Gateway.name,
    name,
    sectionName,
  }));
  const route = draft.nameFor(HTTPRoute, namespace, shortName(`${name}-https-redirect`), { parentRefs });
  draft.create(HTTPRoute, namespace, route, {
    spec: {
      parentRefs,
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    },
    from: gateway.listeners.flatMap((it) => it.httpsRedirect?.from ?? []),
  });
  for (const it of gateway.listeners)
    if (it.httpsRedirect?.value)
      draft.ledger.exact(it.httpsRedirect, placeText('HTTPRoute', namespace, route, 'spec.rules[0].filters'));
}

// ---- Routes --------------------------------------------------------------------------------------------------------

function writeRoute(route: Route, sections: ReadonlyMap<string, readonly string[]>, draft: Draft): void {
  if (route.protocol === 'tcp' || route.protocol === 'tls') {
    const from = [...route.gateways, ...route.targets].flatMap((it) => it.from);
    draft.ledger.lost(
      [...from, ...route.rules.flatMap(ruleOrigins)],
      'no-equivalent',
      'Meshwright writes no TCPRoute or TLSRoute.',
      'availability',
    );
    return;
  }
  for (const gateway of route.gateways) {
    const where = { gateway: gateway.value, port: undefined, service: undefined };
    const rules = route.rules.flatMap((source) => {
      const matches = writeMatches(source, where, draft);
      if (matches.length > 0) return [draftRule(source, where, matches, draft)];
      if (source.matches.some((it) => concerns(it, where)))
        draft.ledger.lost(
          ruleOrigins(source),
          'no-equivalent',
          'None of the matches of this rule can be said, so the rule is left out.',
        );
      return [];
    });
    const hostnames = hostnamesOf(route, draft);
    const names = writeHttpRoutes(rules, 'spec', draft, {
      namespace: route.namespace,
      name: route.isMesh ? `${route.name}-gateway` : route.name,
      from: [...gateway.from, ...route.targets.flatMap((it) => it.from), ...route.rules.flatMap(ruleOrigins)],
      head: {
        parentRefs: parentsOf(gateway.value, route.namespace, sections),
        ...(hostnames.length === 0 ? {} : { hostnames }),
      },
    });
    const [name] = names;
    if (name === undefined) {
      draft.ledger.lost(gateway, 'no-equivalent', 'No rule of it could be written.', 'availability');
      continue;
    }
    draft.ledger.exact(gateway, placeText('HTTPRoute', route.namespace, name, 'spec.parentRefs'));
    // Inside the mesh the hosts have fates of their own.
    if (!route.isMesh) settleHostnames(route, placeText('HTTPRoute', route.namespace, name, ''), draft);
  }
}

function parentsOf(gateway: string, own: string, sections: ReadonlyMap<string, readonly string[]>) {
  const [namespace = own, name = gateway] = gateway.split('/');
  const base = { group: Gateway.group, kind: Gateway.name, name, ...(namespace === own ? {} : { namespace }) };
  const wanted = sections.get(gateway) ?? [];
  return wanted.length === 0 ? [base] : wanted.map((sectionName) => ({ ...base, sectionName }));
}

/** How many host names a route may have, by the CRD. */
const mostHostnames = 16;

/** Host names of a route; none where it takes all those of its listener. */
function hostnamesOf({ targets }: Route, draft: Draft): readonly string[] {
  const hosts = [...new Set(targets.map(({ value }) => hostnameOf(value, draft)))];
  return hosts.includes('*') ? [] : hosts.slice(0, mostHostnames);
}

function hostnameOf(target: RouteTarget, draft: Draft): string {
  if (target.type === 'host') return target.host;
  return `${target.service.name}.${target.service.namespace}.svc.${draft.environment.settings.clusterDomain}`;
}

function settleHostnames(route: Route, place: string, draft: Draft): void {
  const { ledger } = draft;
  const written = hostnamesOf(route, draft);
  for (const it of route.targets) {
    if (written.length === 0) ledger.exact(it, place, 'Without host names a route takes all those of its listener.');
    else if (written.includes(hostnameOf(it.value, draft))) ledger.exact(it, `${place} spec.hostnames`);
    else
      ledger.lost(
        it,
        'order-limit',
        'A route holds 16 host names; split the source in two for the others.',
        'availability',
      );
  }
}
