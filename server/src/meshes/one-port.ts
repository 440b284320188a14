/** Settings by port, for meshes that have one set of settings for all ports of a service. */

import type { Asked, Destination, Risk, ServiceName } from '../model/ir.ts';
import type { Ledger } from '../model/report.ts';

/**
 * The destinations with those of ports folded in: settings of the port that stands for its service take the place of the
 * general ones, which no request to that port ever followed; those of other ports are lost.
 */
export function forOnePort(
  destinations: readonly Destination[],
  isThePort: (service: ServiceName, port: number) => boolean,
  ledger: Ledger,
): readonly Destination[] {
  const chosen = destinations.filter((it) => it.port && isThePort(it.service.value, it.port.value));
  return destinations.flatMap((it): readonly Destination[] => {
    if (it.port) {
      if (chosen.includes(it)) {
        ledger.exact(it.port, '', `It is the one port of "${it.service.value.name}" that is known here.`);
        const { port: _, ...rest } = it;
        return [rest];
      }
      const reason = 'There is one set of settings for all ports of a service, and this is not the port it is for.';
      for (const asked of [it.port, ...Object.values<Asked<unknown> | undefined>({ ...it.parts })])
        if (asked) loseAll(asked, reason, ledger, 'behaviour');
      return [];
    }
    const own = chosen.find((other) => isSameGroup(other, it));
    if (!own || it.subset !== undefined) return [it];
    const { loadBalancer, locality, outlier, limits, connectTimeout, clientTls, retryBudget, ...kept } = it.parts;
    const reason = 'The port that counts has settings of its own, which take the place of these in the source, too.';
    for (const asked of [loadBalancer, locality, outlier, limits, connectTimeout, clientTls, retryBudget])
      if (asked) loseAll(asked, reason, ledger, 'none');
    return [{ ...it, parts: kept }];
  });
}

/** A value and the values it is made of, which may have leaves of their own. */
function loseAll(asked: Asked<unknown>, reason: string, ledger: Ledger, risk: Risk): void {
  ledger.lost(asked, 'port-policy', reason, risk);
  if (typeof asked.value !== 'object' || asked.value === null) return;
  for (const it of Object.values(asked.value).flat()) if (isAsked(it)) loseAll(it, reason, ledger, risk);
}

function isAsked(value: unknown): value is Asked<unknown> {
  return typeof value === 'object' && value !== null && 'from' in value && 'value' in value;
}

function isSameGroup(a: Destination, b: Destination): boolean {
  const key = ({ service, client, visibility }: Destination) =>
    JSON.stringify([service.value, client?.value ?? null, visibility?.value ?? null]);
  return key(a) === key(b);
}
