/** The protocol of a service, which Istio reads from the Service itself. */

import type { Asked, Destination } from '../../../model/ir.ts';
import type { Drafts } from './drafts.ts';

/** Names of ports begin with their protocol, which is how Istio knows it where `appProtocol` says nothing. */
const nameProtocol = /^(http|http2|grpc|grpc-web|tcp|tls|https|mongo|mysql|redis|udp)(?:-|$)/;

/** Says a protocol where the Service does not say it already: Istio reads its appProtocol, else the name of its port, else the first bytes. */
export function writeProtocol(asked: Asked<string>, { service }: Destination, drafts: Drafts): void {
  const { ledger } = drafts;
  const facts = drafts.service(service.value);
  const { name, namespace } = service.value;
  if (!facts) {
    if (asked.value === 'http' || asked.value === 'http2')
      ledger.exact(asked, '', 'Istio finds out by itself that a connection carries HTTP.');
    else
      drafts.missing(
        asked,
        `Service "${name}" of namespace "${namespace}"`,
        'Istio reads the protocol from the Service, which is not known.',
      );
    return;
  }
  for (const [at, port] of facts.ports.entries()) {
    const known = port.appProtocol ?? nameProtocol.exec(port.name ?? '')?.[1];
    if (known === undefined && asked.value !== 'http')
      drafts.change(facts.resource, ['spec', 'ports', at, 'appProtocol'], asked.value);
  }
  ledger.exact(asked, `Service/${namespace}/${name} spec.ports`, 'Istio reads the protocol from the Service.');
}
