/** What is outside of the mesh: the Gateway API does not speak of it. What closes, checks or encrypts is lost with its risk. */

import type { Asked, Ir, Risk } from '../../../../model/ir.ts';
import type { Ledger } from '../../../../model/report.ts';

const reason = 'What may leave a mesh is not for the Gateway API to say: keep it where the mesh stays.';
const ofMachines = 'Workloads outside of Kubernetes are the affair of a mesh, as is the service in front of them.';

/** Speaks of hosts outside and of what may leave, none of which can be written. */
export function loseEgress(
  { externals, egress, outsideServices }: Pick<Ir, 'externals' | 'egress' | 'outsideServices'>,
  ledger: Ledger,
): void {
  const lose = (list: readonly (Asked<unknown> | undefined)[], risk: Risk) => {
    for (const it of list) if (it) ledger.lost(it, 'no-equivalent', reason, risk);
  };
  for (const asked of externals) {
    const { isFact, hosts, addresses, ports, visibility, resolution, endpoints, tls, clients } = asked.value;
    if (isFact) continue;
    lose([asked, ...hosts, ...addresses, visibility, resolution, ...endpoints], 'availability');
    lose(
      ports.flatMap((it) => [it.number, it.name, it.protocol, it.targetPort]),
      'availability',
    );
    // Without them anybody calls the host, and in plaintext.
    lose([clients, tls?.mode, tls?.sni, tls?.caFile, tls?.certFile, tls?.keyFile], 'security');
  }
  for (const asked of egress) {
    const { labels, networks, otherwise } = asked.value;
    const risk = otherwise.value === 'deny' ? 'security' : 'none';
    lose([otherwise, labels, ...networks], risk);
  }
  for (const asked of outsideServices) {
    const { hosts, ports, selector } = asked.value;
    for (const it of [asked, ...hosts, ...ports, selector]) ledger.lost(it, 'vm-identity', ofMachines, 'availability');
  }
}
