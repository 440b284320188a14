/** Gateways: listeners become servers of the pods that carry them. */

import type { GatewayIntent, Labels, Listener } from '../../../model/ir.ts';
import { Gateway } from '../kinds.ts';
import type { Draft, Drafts, Fields } from './drafts.ts';

/** Pods of the gateway that Istio's own charts install. */
const usualCarrier: Labels = { istio: 'ingressgateway' };

export function writeGateways(drafts: Drafts): void {
  for (const it of drafts.ir.gateways) {
    const draft = drafts.draft(Gateway, it.namespace, it.name);
    writeCarrier(it, draft, drafts);
    draft.spec['servers'] = it.listeners.map((listener, at) => writeServer(listener, at, draft, drafts));
    drafts.add(draft, [...it.carrier.from, ...it.listeners.flatMap(({ port }) => port.from)]);
  }
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

function writeServer(listener: Listener, at: number, draft: Draft, { ledger }: Drafts): Fields {
  const { name, port, protocol, hosts, tls, httpsRedirect } = listener;
  const place = (...path: (string | number)[]) => draft.place('spec', 'servers', at, ...path);
  ledger.exact(port, place('port', 'number'));
  ledger.exact(protocol, place('port', 'protocol'));
  for (const [position, host] of hosts.entries()) ledger.exact(host, place('hosts', position));
  const block: Fields = {};
  if (tls) {
    block['mode'] = { terminate: 'SIMPLE', mutual: 'MUTUAL', passthrough: 'PASSTHROUGH' }[tls.value.mode];
    if (tls.value.secret !== undefined) {
      block['credentialName'] = tls.value.secret;
      ledger.note('manual', `Secret "${tls.value.secret}" has to be in the namespace of the gateway's pods.`);
    }
    ledger.exact(tls, place('tls'));
  }
  if (httpsRedirect) {
    block['httpsRedirect'] = httpsRedirect.value;
    ledger.exact(httpsRedirect, place('tls', 'httpsRedirect'));
  }
  return {
    port: { number: port.value, name, protocol: protocol.value },
    hosts: hosts.length > 0 ? hosts.map((it) => it.value) : ['*'],
    ...(Object.keys(block).length > 0 ? { tls: block } : {}),
  };
}
