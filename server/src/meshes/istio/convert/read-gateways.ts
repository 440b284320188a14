/** Gateways: listeners of the pods that a selector means. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, GatewayIntent, Listener, Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
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

export function readGateway(
  resource: Resource,
  environment: Environment,
): { readonly gateway: GatewayIntent; readonly peculiar: readonly Peculiar[] } {
  const spec = Place.of(resource).at('spec');
  const peculiar: Peculiar[] = [];
  const selector = spec.at('selector');
  const listeners = spec.at('servers').items.flatMap((it) => readListener(it, peculiar));
  return {
    gateway: {
      name: resource.name,
      namespace: environment.namespaceOf(resource),
      carrier: { value: { selector: selector.textRecord }, from: originsOf(selector) },
      listeners,
    },
    peculiar,
  };
}

function readListener(server: Place, peculiar: Peculiar[]): Listener[] {
  const port = server.at('port');
  const [number, name, protocol] = [port.at('number'), port.at('name'), port.at('protocol')];
  const known = protocols[(protocol.text ?? '').toUpperCase()];
  if (number.number === undefined || !known) {
    const reason = `The server has no port, or speaks a protocol that no other mesh has (${protocol.text ?? 'none'}).`;
    peculiar.push({ from: [server.origin], code: 'no-equivalent', reason, risk: 'availability' });
    return [];
  }
  const tls = readTls(server.at('tls'));
  if (tls === 'mesh') {
    const reason =
      'The server takes connections of other clusters or sidecars; how clusters are joined is part of the installation.';
    peculiar.push({ from: [server.origin], code: 'install-setting', reason, risk: 'availability' });
    return [];
  }
  const redirect = server.at('tls', 'httpsRedirect');
  return [
    {
      name: name.text ?? `${known.toLowerCase()}-${number.number}`,
      port: { value: number.number, from: originsOf(number, name) },
      protocol: protocol.asked(known),
      hosts: server.at('hosts').items.flatMap((it) => (it.text === undefined ? [] : [it.asked(it.text)])),
      ...(tls ? { tls } : {}),
      ...(redirect.boolean === undefined ? {} : { httpsRedirect: redirect.asked(redirect.boolean) }),
    },
  ];
}

/** How a server ends TLS; `mesh` for the modes of east-west gateways. */
function readTls(
  tls: Place,
): Asked<{ readonly mode: 'terminate' | 'mutual' | 'passthrough'; readonly secret?: string }> | 'mesh' | undefined {
  const [mode, secret] = [tls.at('mode'), tls.at('credentialName')];
  const from = originsOf(mode, secret);
  const found = {
    SIMPLE: 'terminate',
    MUTUAL: 'mutual',
    OPTIONAL_MUTUAL: 'mutual',
    PASSTHROUGH: 'passthrough',
  } as const;
  if (mode.text === 'AUTO_PASSTHROUGH' || mode.text === 'ISTIO_MUTUAL') return 'mesh';
  // Without a mode but with a certificate, a server is as good as SIMPLE, which is what the proxy does.
  const known = found[(mode.text ?? (secret.exists ? 'SIMPLE' : '')) as keyof typeof found];
  return known && { value: { mode: known, ...(secret.text === undefined ? {} : { secret: secret.text }) }, from };
}
