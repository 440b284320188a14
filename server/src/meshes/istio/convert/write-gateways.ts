/** Gateways: listeners become servers of the pods that carry them. */

import { originsOfGateway } from '../../../model/gateway-origins.ts';
import type {
  Asked,
  Authority,
  Certificate,
  GatewayIntent,
  Labels,
  Listener,
  ListenerHost,
  ListenerTls,
  RoutesFrom,
  ServiceName,
  TlsVersion,
} from '../../../model/ir.ts';
import { textRecordAt } from '../../../model/value.ts';
import { Namespace } from '../../kubernetes/common/kinds.ts';
import { selectorMatches, selects, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { Gateway } from '../kinds.ts';
import type { Draft, Drafts, Fields } from './drafts.ts';

/** Pods of the gateway that Istio's own charts install. */
const usualCarrier: Labels = { istio: 'ingressgateway' };

/** Writes the gateways that are converted. */
export function writeGateways(drafts: Drafts): void {
  for (const it of drafts.ir.gateways) {
    if (it.isFact) continue;
    const draft = drafts.draft(Gateway, it.namespace, it.name);
    writeCarrier(it, draft, drafts);
    draft.spec['servers'] = it.listeners.map((listener, at) => writeServer(listener, at, draft, drafts));
    for (const setting of it.settings ?? [])
      drafts.ledger.lost(
        setting,
        'gateway-deploy',
        'It is about the pods and addresses of a gateway, which Istio leaves to a Deployment and a Service of your own.',
        'availability',
      );
    drafts.add(draft, originsOfGateway(it));
  }
}

/** The pods that carry a gateway which is converted, as a client of services; undefined for any other client. */
export function podsOfGateway(
  { name, namespace }: ServiceName,
  { ir, environment, options }: Drafts,
): { readonly labels: Labels; readonly namespace: string } | undefined {
  const gateway = ir.gateways.find((it) => it.name === name && it.namespace === namespace);
  if (!gateway) return undefined;
  const labels = gateway.carrier.value.selector ?? usualCarrier;
  const runIn = (home: string) => workloadsIn(environment, home).some((it) => selects(labels, it.labels));
  return { labels, namespace: runIn(namespace) ? namespace : options.istioNamespace };
}

function writeCarrier({ carrier, name }: GatewayIntent, draft: Draft, { ledger }: Drafts): void {
  const { selector } = carrier.value;
  const place = draft.place('spec', 'selector');
  draft.spec['selector'] = selector ?? usualCarrier;
  if (selector) {
    ledger.exact(carrier, place);
    return;
  }
  ledger.changed(
    carrier,
    place,
    'gateway-deploy',
    'Istio does not start pods for a Gateway; it configures pods that run already.',
  );
  ledger.note('assumed', `Gateway "${name}" is carried by pods with the label istio: ingressgateway.`);
}

function writeServer(listener: Listener, at: number, draft: Draft, drafts: Drafts): Fields {
  const { ledger } = drafts;
  const { name, port, protocol, hosts, kinds, tls, httpsRedirect } = listener;
  const place = (...path: (string | number)[]) => draft.place('spec', 'servers', at, ...path);
  ledger.exact(port, place('port', 'number'));
  ledger.exact(protocol, place('port', 'protocol'));
  if (kinds) ledger.exact(kinds, place('port', 'protocol'), 'A server takes what its protocol says.');
  const names = hosts.flatMap((it, position) => writeHost(it, place('hosts', position), draft, drafts));
  const block: Fields = tls ? writeTls(tls, place, drafts) : {};
  if (httpsRedirect) {
    block['httpsRedirect'] = httpsRedirect.value;
    ledger.exact(httpsRedirect, place('tls', 'httpsRedirect'));
  }
  return {
    port: { number: port.value, name, protocol: protocol.value },
    hosts: names.length > 0 ? [...new Set(names)] : ['*'],
    ...(Object.keys(block).length > 0 ? { tls: block } : {}),
  };
}

// ---- Hosts ---------------------------------------------------------------------------------------------------------

/** A host with the namespaces whose VirtualServices may use it; one for each namespace. */
function writeHost(
  { value, from }: Asked<ListenerHost>,
  place: string,
  draft: Draft,
  drafts: Drafts,
): readonly string[] {
  const { ledger } = drafts;
  const { routes, host } = value;
  if (routes.type === 'none') {
    ledger.changed(
      from,
      place,
      'scope',
      'Istio cannot keep routes of all namespaces out, so those of the namespace of the Gateway may be bound.',
    );
    return [`./${host}`];
  }
  if (routes.type !== 'selector') {
    ledger.exact(from, place);
    return [hostText(routes, host, draft.namespace)];
  }
  const found = drafts.environment.index
    .all(Namespace)
    .filter((it) => selectorMatches(routes.selector, namespaceLabels(it.value, it.name)))
    .map((it) => it.name)
    .sort();
  if (found.length === 0) {
    ledger.changed(
      from,
      place,
      'scope',
      'Istio names namespaces one by one, and the workspace has none with these labels: routes of the namespace of the Gateway alone may be bound.',
      'availability',
    );
    return [`./${host}`];
  }
  ledger.changed(
    from,
    place,
    'scope',
    'Istio names namespaces one by one: those with these labels that the workspace has, and none that comes later.',
  );
  return found.map((namespace) => hostText({ type: 'namespace', namespace }, host, draft.namespace));
}

function hostText(routes: RoutesFrom, host: string, own: string): string {
  if (routes.type === 'all') return host;
  return routes.type === 'namespace' && routes.namespace !== own ? `${routes.namespace}/${host}` : `./${host}`;
}

/** The labels of a Namespace with the one that Kubernetes sets. */
function namespaceLabels(value: unknown, name: string): Labels {
  return { ...textRecordAt(value, ['metadata', 'labels']), 'kubernetes.io/metadata.name': name };
}

// ---- TLS -----------------------------------------------------------------------------------------------------------

const modes = {
  terminate: 'SIMPLE',
  mutual: 'MUTUAL',
  'optional-mutual': 'OPTIONAL_MUTUAL',
  passthrough: 'PASSTHROUGH',
} as const;

const versions: Readonly<Record<TlsVersion, string>> = {
  auto: 'TLS_AUTO',
  '1.0': 'TLSV1_0',
  '1.1': 'TLSV1_1',
  '1.2': 'TLSV1_2',
  '1.3': 'TLSV1_3',
};

function writeTls(tls: ListenerTls, place: (...path: (string | number)[]) => string, drafts: Drafts): Fields {
  const { ledger } = drafts;
  const { mode, certificates, authorities, minVersion, maxVersion, ciphers, options } = tls;
  ledger.exact(mode, place('tls', 'mode'));
  const [first, ...others] = certificates.map((it) => it.value.name);
  const field = others.length > 0 ? 'credentialNames' : 'credentialName';
  for (const it of certificates) settleCertificate(it, place('tls', field), drafts);
  for (const it of authorities) settleAuthority(it, first, place('tls', 'caCertCredentialName'), drafts);
  if (minVersion) ledger.exact(minVersion, place('tls', 'minProtocolVersion'));
  if (maxVersion) ledger.exact(maxVersion, place('tls', 'maxProtocolVersion'));
  if (ciphers) ledger.exact(ciphers, place('tls', 'cipherSuites'));
  for (const it of options)
    ledger.lost(
      it,
      'no-equivalent',
      'Only the class of gateways that it was written for knows this option.',
      /tls|cipher/i.test(it.value.key) ? 'security' : 'behaviour',
    );
  const authority = authorities[0]?.value.name;
  return {
    mode: modes[mode.value],
    ...(first === undefined
      ? {}
      : others.length > 0
        ? { credentialNames: [first, ...others] }
        : { credentialName: first }),
    ...(authority === undefined || authority === first ? {} : { caCertCredentialName: authority }),
    ...(minVersion ? { minProtocolVersion: versions[minVersion.value] } : {}),
    ...(maxVersion ? { maxProtocolVersion: versions[maxVersion.value] } : {}),
    ...(ciphers ? { cipherSuites: [...ciphers.value] } : {}),
  };
}

function settleCertificate(asked: Asked<Certificate>, place: string, { ledger }: Drafts): void {
  const { name, isMade } = asked.value;
  if (isMade === 'by-mesh') {
    ledger.changed(
      asked,
      place,
      'cert-source',
      'Consul issued this certificate by its own authority; Istio takes it from a Secret.',
      'availability',
    );
    ledger.note(
      'manual',
      `Make Secret "${name}" beside the pods of the gateway, with a certificate for the hosts.`,
      'availability',
    );
    return;
  }
  ledger.exact(asked, place);
  ledger.note('manual', `Secret "${name}" has to be in the namespace of the gateway's pods.`);
}

function settleAuthority(
  asked: Asked<Authority>,
  certificate: string | undefined,
  place: string,
  { ledger }: Drafts,
): void {
  const { kind, name } = asked.value;
  if (kind === 'Secret')
    return ledger.exact(asked, name === certificate ? place.replace('caCertCredentialName', 'credentialName') : place);
  ledger.changed(
    asked,
    place,
    'client-cert',
    'Istio takes authorities from a Secret, not from a ConfigMap.',
    'availability',
  );
  ledger.note(
    'manual',
    `Make Secret "${name}" beside the pods of the gateway, with ca.crt of the ConfigMap of this name.`,
    'availability',
  );
}
