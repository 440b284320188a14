/** Gateways: listeners of the pods that a selector means. */

import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Authority,
  Certificate,
  GatewayIntent,
  Listener,
  ListenerHost,
  ListenerTls,
  Peculiar,
  Route,
  TlsVersion,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { selects, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { Gateway } from '../kinds.ts';
import { originsOf, Place } from './place.ts';

type Protocol = Listener['protocol']['value'];

const protocols: Readonly<Record<string, Protocol>> = {
  HTTP: 'HTTP',
  HTTP2: 'HTTP2',
  HTTP_PROXY: 'HTTP',
  GRPC: 'GRPC',
  'GRPC-WEB': 'GRPC',
  HTTPS: 'HTTPS',
  TLS: 'TLS',
  TCP: 'TCP',
  MONGO: 'TCP',
  MYSQL: 'TCP',
  REDIS: 'TCP',
};

/** As facts, the Gateways of the environment that some routes are bound to and that are not converted themselves. */
export function gatewayFacts(
  routes: readonly Route[],
  converted: readonly Resource[],
  environment: Environment,
): readonly GatewayIntent[] {
  const ids = new Set(routes.flatMap((it) => it.gateways.map((gateway) => gateway.value)));
  return [...ids].flatMap((id): GatewayIntent[] => {
    const [namespace = '', name = ''] = id.split('/');
    const resource = environment.index.find(Gateway, namespace, name);
    if (!resource || converted.includes(resource)) return [];
    return [{ ...readGateway(resource, environment).gateway, isFact: true }];
  });
}

/** Reads one Gateway. */
export function readGateway(
  resource: Resource,
  environment: Environment,
): { readonly gateway: GatewayIntent; readonly peculiar: readonly Peculiar[] } {
  const spec = Place.of(resource).at('spec');
  const peculiar: Peculiar[] = [];
  const selector = spec.at('selector');
  const namespace = environment.namespaceOf(resource);
  const home = namespaceOfPods(selector.textRecord, namespace, environment);
  const gateway: GatewayIntent = {
    name: resource.name,
    namespace,
    carrier: { value: { selector: selector.textRecord }, from: originsOf(selector) },
    listeners: spec.at('servers').items.flatMap((it) => readListener(it, resource.name, home, peculiar)),
  };
  return { gateway, peculiar };
}

/** Istio looks for Secrets beside the pods of a gateway; undefined where these stand with the Gateway, or are not known. */
function namespaceOfPods(
  selector: Readonly<Record<string, string>>,
  own: string,
  environment: Environment,
): string | undefined {
  if (Object.keys(selector).length === 0) return undefined;
  const runsIn = (namespace: string) => workloadsIn(environment, namespace).some((it) => selects(selector, it.labels));
  const root = environment.settings.convert.istioNamespace;
  return !runsIn(own) && runsIn(root) ? root : undefined;
}

function readListener(server: Place, gateway: string, home: string | undefined, peculiar: Peculiar[]): Listener[] {
  const port = server.at('port');
  const [number, name, protocol] = [port.at('number'), port.at('name'), port.at('protocol')];
  const known = protocols[(protocol.text ?? '').toUpperCase()];
  if (number.number === undefined || !known) {
    const reason = `The server has no port, or speaks a protocol that no other mesh has (${protocol.text ?? 'none'}).`;
    peculiar.push({ from: [server.origin], code: 'no-equivalent', reason, risk: 'availability' });
    return [];
  }
  const mode = server.at('tls', 'mode').text;
  if (mode === 'AUTO_PASSTHROUGH' || mode === 'ISTIO_MUTUAL') {
    const reason =
      'The server takes connections of other clusters or sidecars; how clusters are joined is part of the installation.';
    peculiar.push({ from: [server.origin], code: 'install-setting', reason, risk: 'availability' });
    return [];
  }
  const tls = readTls(server.at('tls'), `${gateway}-cert`, home);
  const redirect = server.at('tls', 'httpsRedirect');
  return [
    {
      name: name.text ?? `${known.toLowerCase()}-${number.number}`,
      port: { value: number.number, from: originsOf(number, name) },
      protocol: protocol.asked(known),
      hosts: server.at('hosts').items.flatMap((it) => (it.text === undefined ? [] : [it.asked(readHost(it.text))])),
      ...(tls ? { tls } : {}),
      ...(redirect.boolean === undefined ? {} : { httpsRedirect: redirect.asked(redirect.boolean) }),
    },
  ];
}

/** `shop/a.example.com` → the host for routes of one namespace; without a namespace, for those of all. */
function readHost(text: string): ListenerHost {
  const slash = text.indexOf('/');
  const host = text.slice(slash + 1);
  const namespace = slash === -1 ? '*' : text.slice(0, slash);
  if (namespace === '*') return { host, routes: { type: 'all' } };
  return { host, routes: namespace === '.' ? { type: 'same' } : { type: 'namespace', namespace } };
}

// ---- TLS -----------------------------------------------------------------------------------------------------------

const modes = {
  SIMPLE: 'terminate',
  MUTUAL: 'mutual',
  OPTIONAL_MUTUAL: 'optional-mutual',
  PASSTHROUGH: 'passthrough',
} as const;

const versions: Readonly<Record<string, TlsVersion>> = {
  TLS_AUTO: 'auto',
  TLSV1_0: '1.0',
  TLSV1_1: '1.1',
  TLSV1_2: '1.2',
  TLSV1_3: '1.3',
};

/** How a server ends TLS; undefined where it does nothing of the kind. Secrets of `home` are those beside its pods. */
function readTls(tls: Place, made: string, home: string | undefined): ListenerTls | undefined {
  const mode = tls.at('mode');
  const certificates = readCertificates(tls, made, home);
  // Without a mode but with a certificate, a server is as good as SIMPLE, which is what the proxy does.
  const known = modes[(mode.text ?? (certificates.length > 0 ? 'SIMPLE' : '')) as keyof typeof modes];
  if (!known) return undefined;
  const version = (place: Place) => {
    const value = versions[place.text ?? ''];
    return value && place.asked(value);
  };
  const [minVersion, maxVersion] = [version(tls.at('minProtocolVersion')), version(tls.at('maxProtocolVersion'))];
  const ciphers = tls.at('cipherSuites');
  return {
    mode: { value: known, from: originsOf(mode) },
    certificates,
    authorities: known === 'mutual' || known === 'optional-mutual' ? readAuthorities(tls, home) : [],
    ...(minVersion ? { minVersion } : {}),
    ...(maxVersion ? { maxVersion } : {}),
    ...(ciphers.exists ? { ciphers: ciphers.asked(ciphers.texts) } : {}),
    options: [],
  };
}

function readCertificates(tls: Place, made: string, home: string | undefined): readonly Asked<Certificate>[] {
  const [one, several] = [tls.at('credentialName'), tls.at('credentialNames')];
  const named = several.exists ? several.items : one.exists ? [one] : [];
  const where = home === undefined ? {} : { copyFrom: home };
  if (named.length > 0)
    return named.flatMap((it) => (it.text === undefined ? [] : [it.asked({ name: it.text, ...where })]));
  const files = originsOf(tls.at('serverCertificate'), tls.at('privateKey'), tls.at('tlsCertificates'));
  return files.length === 0 ? [] : [{ value: { name: made, isMade: 'from-files', ...where }, from: files }];
}

/** The Secret that names them, else the one of the certificate, which holds `ca.crt` beside it. */
function readAuthorities(tls: Place, home: string | undefined): readonly Asked<Authority>[] {
  const where = home === undefined ? {} : { copyFrom: home };
  const [own, certificate] = [tls.at('caCertCredentialName'), tls.at('credentialName')];
  if (own.text !== undefined) return [own.asked({ kind: 'Secret', name: own.text, ...where })];
  if (certificate.text !== undefined)
    return [{ value: { kind: 'Secret', name: certificate.text, ...where }, from: [] }];
  return [];
}
