/** Settings by port, for meshes that have one set of settings for all ports of a service. */

import type { Asked, Destination, ServiceName } from './ir.ts';
import type { Ledger, Loss } from './report.ts';

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
        if (asked) loseWhole(asked, { code: 'port-policy', reason, risk: 'behaviour' }, ledger);
      return [];
    }
    const own = chosen.find((other) => isSameGroup(other, it));
    if (!own || it.subset !== undefined) return [it];
    const { loadBalancer, locality, outlier, limits, connectTimeout, clientTls, retryBudget, ...kept } = it.parts;
    const reason = 'The port that counts has settings of its own, which take the place of these in the source, too.';
    for (const asked of [loadBalancer, locality, outlier, limits, connectTimeout, clientTls, retryBudget])
      if (asked) loseWhole(asked, { code: 'port-policy', reason, risk: 'none' }, ledger);
    return [{ ...it, parts: kept }];
  });
}

/** Records a value as lost, and the values that it is made of, which have leaves of their own. */
export function loseWhole(asked: Asked<unknown>, loss: Loss, ledger: Ledger): void {
  ledger.lost(asked, loss.code, loss.reason, loss.risk);
  if (typeof asked.value !== 'object' || asked.value === null) return;
  for (const it of Object.values(asked.value).flat()) if (isAsked(it)) loseWhole(it, loss, ledger);
}

function isAsked(value: unknown): value is Asked<unknown> {
  return typeof value === 'object' && value !== null && 'from' in value && 'value' in value;
}

function isSameGroup(a: Destination, b: Destination): boolean {
  const key = ({ service, client, visibility }: Destination) =>
    JSON.stringify([service.value, client?.value ?? null, visibility?.value ?? null]);
  return key(a) === key(b);
}
