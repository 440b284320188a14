/**
 * Gateways in the words of the Gateway API: one listener for each name, since a listener has one. What a class of gateways
 * cannot do beside it, its mesh says.
 */

import { originsOfGateway, originsOfListener } from '../../../../model/gateway-origins.ts';
import type {
  Asked,
  Authority,
  Certificate,
  GatewayIntent,
  GatewaySetting,
  Listener,
  ListenerHost,
  ListenerTls,
  Risk,
  RoutesFrom,
} from '../../../../model/ir.ts';
import { Ledger, placeText } from '../../../../model/report.ts';
import { Gateway } from '../kinds.ts';

type Fields = Readonly<Record<string, unknown>>;

export interface Refused {
  readonly code: string;
  readonly reason: string;
  readonly risk: Exclude<Risk, 'none'>;
}

/** What gateways of a class can do. */
export interface GatewayTarget {
  readonly ledger: Ledger;
  /** `Consul`, as reasons name it. */
  readonly title: string;
  /** Why a listener must not be opened; undefined when it may. */
  refuse(listener: Listener): Refused | undefined;
  /** Whether it asks clients for certificates, as the Gateway API says it since 1.5. */
  readonly asksClients: boolean;
  /** The options of a listener that set versions and ciphers of TLS, with their values; undefined where nobody reads such. */
  tlsOptions?(tls: ListenerTls, place: string): Readonly<Record<string, string>>;
  /** Why options of another class are left out; undefined where they stay. */
  readonly foreignOptions?: Refused;
  /** Why a setting of Gateways is left out; undefined where it stays. */
  settingRefusal(setting: GatewaySetting): Refused | undefined;
}

/** A listener as routes bind to it. */
export interface Section {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS' | 'TLS' | 'TCP';
  /** `*` for all names. */
  readonly host: string;
  readonly isRedirect: boolean;
}

export interface WrittenGateway {
  readonly spec: Fields;
  readonly sections: readonly Section[];
}

/**
 * The spec of a Gateway with its sections; undefined when no listener of it can be opened. Says what becomes of all of its
 * leaves but those of its carrier and of a redirect, whose place the caller knows. One that is a fact gives its sections.
 */
export function writeGateway(
  gateway: GatewayIntent,
  className: string,
  name: string,
  given: GatewayTarget,
): WrittenGateway | undefined {
  const target = gateway.isFact ? { ...given, ledger: new Ledger([]) } : given;
  const place = placeText(Gateway.name, gateway.namespace, name, 'spec');
  const listeners: Fields[] = [];
  const sections: Section[] = [];
  const validations: Validation[] = [];
  for (const source of gateway.listeners) {
    const refusal = commonRefusal(source) ?? target.refuse(source) ?? clientRefusal(source, target);
    if (refusal) {
      target.ledger.lost(originsOfListener(source), refusal.code, refusal.reason, refusal.risk);
      continue;
    }
    const first = `${place}.listeners[${listeners.length}]`;
    const tls = writeTls(source, first, gateway, target, validations);
    const protocol = protocolOf(source);
    const named = joinedHosts(source.hosts, gateway.namespace);
    // Plain connections name no host, and a listener for them may not either.
    const hosts = protocol === 'TCP' ? withoutHost(named) : named;
    for (const { host, routes, from } of hosts) {
      const at = `${place}.listeners[${listeners.length}]`;
      const section = sectionName(source.name, listeners);
      listeners.push({
        name: section,
        port: source.port.value,
        protocol,
        ...(host === '*' ? {} : { hostname: host }),
        ...(tls ? { tls } : {}),
        allowedRoutes: {
          namespaces: namespacesOf(routes),
          ...(source.kinds ? { kinds: source.kinds.value } : {}),
        },
      });
      sections.push({
        name: section,
        port: source.port.value,
        protocol,
        host,
        isRedirect: source.httpsRedirect?.value === true,
      });
      if (host === '*') target.ledger.exact(from, at, 'Without a host name it takes all hosts.');
      else target.ledger.exact(from, `${at}.hostname`);
    }
    target.ledger.exact(source.port, `${first}.port`);
    target.ledger.exact(source.protocol, `${first}.protocol`);
    if (source.kinds) target.ledger.exact(source.kinds, `${first}.allowedRoutes.kinds`);
    if (source.httpsRedirect && !source.httpsRedirect.value) target.ledger.exact(source.httpsRedirect, first);
  }
  if (listeners.length === 0) {
    const reason = 'None of its listeners could be written.';
    target.ledger.lost(gateway.carrier, 'gateway-deploy', reason, 'availability');
    target.ledger.lost(
      (gateway.settings ?? []).flatMap((it) => it.from),
      'gateway-deploy',
      reason,
      'availability',
    );
    return undefined;
  }
  const frontend = frontendOf(validations, sections);
  return {
    spec: {
      gatewayClassName: className,
      ...settingsOf(gateway, place, target),
      listeners,
      ...(frontend ? { tls: { frontend } } : {}),
    },
    sections,
  };
}

/** Loses all leaves of a gateway for one reason. */
export function loseGateway(gateway: GatewayIntent, ledger: Ledger, refusal: Refused): void {
  ledger.lost(originsOfGateway(gateway), refusal.code, refusal.reason, refusal.risk);
}

// ---- Listeners -----------------------------------------------------------------------------------------------------

/** What no Gateway can do without: a certificate to end TLS with. */
function commonRefusal({ tls, protocol }: Listener): Refused | undefined {
  const endsTls = tls ? tls.mode.value !== 'passthrough' : protocol.value === 'HTTPS';
  if (!endsTls || (tls && tls.certificates.length > 0)) return undefined;
  return {
    code: 'cert-files',
    reason: 'A listener takes its certificate from a Secret, and none is named.',
    risk: 'availability',
  };
}

function clientRefusal({ tls }: Listener, { asksClients, title }: GatewayTarget): Refused | undefined {
  const mode = tls?.mode.value;
  if (mode !== 'mutual' && mode !== 'optional-mutual') return undefined;
  if (!asksClients)
    return {
      code: 'client-cert',
      reason: `${title} would ask clients for no certificate here, so the listener is left out.`,
      risk: 'availability',
    };
  if (tls?.authorities.length !== 0) return undefined;
  return {
    code: 'client-cert',
    reason: 'Nothing says who signs the certificates of clients, so the listener is left out.',
    risk: 'availability',
  };
}

const protocols = { HTTP: 'HTTP', HTTP2: 'HTTP', GRPC: 'HTTP', HTTPS: 'HTTPS', TLS: 'TLS', TCP: 'TCP' } as const;

function protocolOf({ protocol, tls }: Listener): Section['protocol'] {
  if (tls?.mode.value === 'passthrough') return 'TLS';
  return protocols[protocol.value];
}

interface JoinedHost {
  readonly host: string;
  readonly routes: RoutesFrom;
  readonly from: Asked<unknown>['from'];
}

/** Listeners of one port have names of their own: a name that several namespaces may use is one listener for all of them. */
function joinedHosts(hosts: readonly Asked<ListenerHost>[], own: string): readonly JoinedHost[] {
  if (hosts.length === 0) return [{ host: '*', routes: { type: 'all' }, from: [] }];
  const byName = new Map<string, JoinedHost>();
  for (const { value, from } of hosts) {
    const known = byName.get(value.host);
    byName.set(
      value.host,
      known
        ? { host: value.host, routes: joinedRoutes(known.routes, value.routes, own), from: [...known.from, ...from] }
        : { ...value, from },
    );
  }
  return [...byName.values()];
}

/** All hosts as one listener that names none. */
function withoutHost(hosts: readonly JoinedHost[]): readonly JoinedHost[] {
  const [first] = hosts;
  return first ? [{ ...first, host: '*', from: hosts.flatMap((it) => it.from) }] : [];
}

const namespaceLabel = 'kubernetes.io/metadata.name';

function joinedRoutes(a: RoutesFrom, b: RoutesFrom, own: string): RoutesFrom {
  if (a.type === 'all' || b.type === 'all') return { type: 'all' };
  const namespaces = [...new Set([...named(a, own), ...named(b, own)])];
  return {
    type: 'selector',
    selector: { matchExpressions: [{ key: namespaceLabel, operator: 'In', values: namespaces }] },
  };
}

/** The namespaces that are named one by one. */
function named(routes: RoutesFrom, own: string): readonly string[] {
  if (routes.type === 'namespace') return [routes.namespace];
  if (routes.type === 'same') return [own];
  if (routes.type !== 'selector') return [];
  const [expression] = (routes.selector['matchExpressions'] ?? []) as readonly {
    readonly values?: readonly string[];
  }[];
  return expression?.values ?? [];
}

function namespacesOf(routes: RoutesFrom): Fields {
  switch (routes.type) {
    case 'all':
      return { from: 'All' };
    case 'same':
      return { from: 'Same' };
    case 'none':
      return { from: 'None' };
    case 'namespace':
      return { from: 'Selector', selector: { matchLabels: { [namespaceLabel]: routes.namespace } } };
    case 'selector':
      return { from: 'Selector', selector: routes.selector };
  }
}

/** A section's name is a DNS label of its own among the listeners. */
function sectionName(name: string, listeners: readonly Fields[]): string {
  const wanted =
    name
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'listener';
  for (let count = 1; ; count += 1) {
    const section = count === 1 ? wanted : `${wanted}-${count}`;
    if (!listeners.some((it) => it['name'] === section)) return section;
  }
}

// ---- TLS -----------------------------------------------------------------------------------------------------------

/** Authorities for the clients of a port. */
interface Validation {
  readonly port: number;
  readonly validation: Fields;
}

function writeTls(
  { tls, port }: Listener,
  at: string,
  { namespace }: GatewayIntent,
  target: GatewayTarget,
  validations: Validation[],
): Fields | undefined {
  if (!tls) return undefined;
  const { ledger } = target;
  if (tls.mode.value === 'passthrough') {
    ledger.exact(tls.mode, `${at}.tls.mode`);
    for (const it of [...tls.certificates, ...tls.authorities])
      ledger.exact(it, `${at}.tls`, 'What passes through needs no certificate here.');
    settleVersions(tls, at, target);
    return { mode: 'Passthrough' };
  }
  for (const it of tls.certificates) settleCertificate(it, `${at}.tls`, namespace, ledger);
  if (tls.mode.value === 'terminate') ledger.exact(tls.mode, `${at}.tls.mode`);
  else {
    validations.push({ port: port.value, validation: validationOf(tls, namespace) });
    settleClients(tls, ledger, at.replace(/\.listeners.*/, '.tls.frontend'));
  }
  const options = { ...settleVersions(tls, at, target), ...ownOptions(tls, at, target) };
  return {
    mode: 'Terminate',
    certificateRefs: tls.certificates.map(({ value }) => ({
      kind: 'Secret',
      name: value.name,
      ...(value.namespace === undefined || value.namespace === namespace ? {} : { namespace: value.namespace }),
    })),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function settleCertificate(asked: Asked<Certificate>, place: string, home: string, ledger: Ledger): void {
  const { name, namespace, copyFrom, isMade } = asked.value;
  const at = namespace ?? home;
  if (isMade === 'from-files') {
    ledger.changed(
      asked,
      place,
      'cert-files',
      'Certificates come from a Secret here, and not from files in the pods of the gateway.',
      'availability',
    );
    ledger.note(
      'manual',
      `Make Secret "${name}" in namespace "${at}" out of the files of the certificate.`,
      'availability',
    );
  } else if (isMade === 'by-mesh') {
    ledger.changed(
      asked,
      place,
      'cert-source',
      'The mesh issued this certificate by itself; here a Secret has to hold one.',
      'availability',
    );
    ledger.note(
      'manual',
      `Make Secret "${name}" in namespace "${at}", with a certificate for the hosts.`,
      'availability',
    );
  } else {
    ledger.exact(asked, place);
    if (asked.value.isInPlace) return;
    const text =
      copyFrom === undefined || copyFrom === at
        ? `Secret "${name}" has to stand in namespace "${at}", where the Gateway looks for it.`
        : `Copy Secret "${name}" from namespace "${copyFrom}", beside the pods of the gateway, to "${at}", where the Gateway looks for it.`;
    ledger.note('manual', text, 'availability');
  }
}

function validationOf(tls: ListenerTls, home: string): Fields {
  return {
    caCertificateRefs: tls.authorities.map(({ value: { kind, name, namespace } }) => ({
      group: '',
      kind,
      name,
      ...(namespace === undefined || namespace === home ? {} : { namespace }),
    })),
    ...(tls.mode.value === 'optional-mutual' ? { mode: 'AllowInsecureFallback' } : {}),
  };
}

function settleClients(tls: ListenerTls, ledger: Ledger, place: string): void {
  const reason =
    'Whether and how certificates of clients are checked is up to the implementation of the class: try it.';
  ledger.changed(tls.mode, place, 'client-cert', reason);
  for (const it of tls.authorities) settleAuthority(it, place, ledger);
}

function settleAuthority(asked: Asked<Authority>, place: string, ledger: Ledger): void {
  if (asked.value.kind === 'ConfigMap') return ledger.exact(asked, place);
  ledger.changed(
    asked,
    place,
    'client-cert',
    'All implementations take authorities from a ConfigMap, only some from a Secret.',
    'availability',
  );
}

/** One for all ports where all listeners that end TLS agree, else one for each port. */
function frontendOf(validations: readonly Validation[], sections: readonly Section[]): Fields | undefined {
  const [first, ...others] = validations;
  if (!first) return undefined;
  const ports = new Set(sections.filter((it) => it.protocol === 'HTTPS').map((it) => it.port));
  const isSame = others.every((it) => JSON.stringify(it.validation) === JSON.stringify(first.validation));
  const isForAll = [...ports].every((port) => validations.some((it) => it.port === port));
  if (isSame && isForAll) return { default: { validation: first.validation } };
  const byPort = new Map(validations.map((it) => [it.port, it.validation]));
  return { default: {}, perPort: [...byPort].map(([port, validation]) => ({ port, tls: { validation } })) };
}

/** Versions and ciphers as options that the class reads; where it reads none they are lost. */
function settleVersions(tls: ListenerTls, at: string, target: GatewayTarget): Readonly<Record<string, string>> {
  const { minVersion, maxVersion, ciphers } = tls;
  if (target.tlsOptions) return target.tlsOptions(tls, `${at}.tls.options`);
  const reason = (what: string) =>
    `The Gateway API leaves ${what} to each implementation, which has its own way to set it.`;
  const { ledger } = target;
  if (minVersion?.value === 'auto') ledger.exact(minVersion, at, 'The implementation chooses.');
  else if (minVersion)
    ledger.lost(
      minVersion,
      'no-equivalent',
      reason('the oldest version of TLS'),
      // Implementations start at 1.2 unless told.
      minVersion.value === '1.3' ? 'security' : 'behaviour',
    );
  if (maxVersion?.value === 'auto') ledger.exact(maxVersion, at, 'The implementation chooses.');
  else if (maxVersion) ledger.lost(maxVersion, 'no-equivalent', reason('the newest version of TLS'));
  if (ciphers) ledger.lost(ciphers, 'no-equivalent', reason('ciphers'), 'security');
  return {};
}

/** Options of the source's own class. */
function ownOptions({ options }: ListenerTls, at: string, target: GatewayTarget): Readonly<Record<string, string>> {
  const { foreignOptions, ledger } = target;
  for (const it of options) {
    if (foreignOptions) ledger.lost(it, foreignOptions.code, foreignOptions.reason, foreignOptions.risk);
    else ledger.exact(it, `${at}.tls.options`);
  }
  return foreignOptions ? {} : Object.fromEntries(options.map(({ value }) => [value.key, value.value]));
}

function settingsOf({ settings }: GatewayIntent, place: string, target: GatewayTarget): Fields {
  const kept = (settings ?? []).filter((it) => {
    const refusal = target.settingRefusal(it.value.field);
    if (refusal) target.ledger.lost(it, refusal.code, refusal.reason, refusal.risk);
    else target.ledger.exact(it, `${place}.${it.value.field}`);
    return !refusal;
  });
  return Object.fromEntries(kept.map(({ value }) => [value.field, value.value]));
}
