/**
 * Limits of requests as HTTPLocalRateLimitPolicies. Each stands on a Server, and a Server closes its port unless it is told
 * whom to let in: one that is made for the limit alone lets in whom the port did before.
 */

import type { Asked, Concepts, RateLimit } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { selects, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { HTTPLocalRateLimitPolicy, Server } from '../kinds.ts';
import type { Port } from './access-rules.ts';
import { portsOf, serverOf, serverFor } from './access-servers.ts';
import type { Unit } from './access-units.ts';
import type { Draft } from './draft.ts';
import { modeOn } from './mutual-tls.ts';

/** One policy for each port of the pods that have a limit. */
export function writeLimits(limits: Concepts['rateLimits'], draft: Draft): void {
  for (const it of limits) writeLimit(it, draft);
}

function writeLimit({ value, from }: Asked<RateLimit>, draft: Draft): void {
  const { ledger } = draft;
  for (const it of value.routes)
    ledger.lost(it, 'no-equivalent', 'Linkerd limits a port, not some of its paths.', 'availability');
  if (!value.total && value.perClient === undefined) {
    ledger.lost(
      [...value.target.from, ...(value.port?.from ?? [])],
      'no-equivalent',
      'Nothing is left of the limit.',
      'availability',
    );
    return;
  }
  const { namespace, labels: own, service } = value.target.value;
  const labels = Object.keys(own).length > 0 || !service ? own : (draft.service(service)?.selector ?? {});
  const workloads = workloadsIn(draft.environment, namespace).filter((it) => selects(labels, it.labels));
  const unit: Unit = { namespace, labels, accesses: [], workloads };
  const ports = portsOf(unit, draft, value.port?.value).filter((it) => it.isHttp);
  if (ports.length === 0 || Object.keys(labels).length === 0) {
    const fact = service
      ? `the pods of Service "${service.name}"`
      : `the pods of "${value.name}" with their labels and ports`;
    ledger.lost(from, 'host-not-service', `Not written: the workspace does not hold ${fact}.`, 'availability');
    ledger.note('missing', `Add ${fact} to the workspace, then convert again.`, 'availability');
    return;
  }
  for (const port of ports) writeOn(port, unit, value, ports.length === 1, draft);
}

function writeOn(port: Port, unit: Unit, value: RateLimit, isOnlyPort: boolean, draft: Draft): void {
  const { ledger } = draft;
  const { total, perClient, overrides, target } = value;
  const { namespace } = unit;
  const existing = serverOf(unit, port.number, draft);
  const isStrict = modeOn(draft, namespace, unit.workloads[0]?.labels ?? unit.labels, port.number) === 'strict';
  const server = existing ?? serverFor(unit, port, [], isStrict ? 'all-authenticated' : 'all-unauthenticated', draft);
  if (existing === undefined)
    ledger.note(
      'generated',
      `${placeText(Server.name, namespace, server, '')} carries the limit, and lets in ${isStrict ? 'all clients of the mesh' : 'everybody'}, as the port does without a Server.`,
    );
  const targetRef = { group: Server.group, kind: Server.name, name: server };
  const wanted = isOnlyPort ? value.name : `${value.name}-${port.number}`;
  const name = draft.nameFor(HTTPLocalRateLimitPolicy, namespace, wanted, { targetRef });
  const perSecond = total && Math.max(1, Math.ceil(total.perSecond.value));
  draft.create(HTTPLocalRateLimitPolicy, namespace, name, {
    spec: {
      targetRef,
      ...(perSecond === undefined ? {} : { total: { requestsPerSecond: perSecond } }),
      ...(perClient ? { identity: { requestsPerSecond: perClient.value } } : {}),
      ...(overrides.length === 0
        ? {}
        : {
            overrides: overrides.map((it) => ({
              requestsPerSecond: it.value.perSecond,
              clientRefs: it.value.clients.map((client) => ({ kind: 'ServiceAccount', ...client })),
            })),
          }),
    },
    from: [...target.from, ...(total?.perSecond.from ?? [])],
  });
  const place = placeText(HTTPLocalRateLimitPolicy.name, namespace, name, 'spec');
  ledger.exact(target, `${place}.targetRef`);
  if (value.port) ledger.exact(value.port, placeText(Server.name, namespace, server, 'spec.port'));
  if (perClient) ledger.exact(perClient, `${place}.identity.requestsPerSecond`);
  for (const [at, it] of overrides.entries()) ledger.exact(it, `${place}.overrides[${at}]`);
  if (!total || perSecond === undefined) return;
  const totalPlace = `${place}.total.requestsPerSecond`;
  if (total.perSecond.value === perSecond) ledger.exact(total.perSecond, totalPlace);
  else
    ledger.changed(
      total.perSecond,
      totalPlace,
      'no-equivalent',
      `Linkerd counts whole requests a second: ${perSecond} instead of ${Number(total.perSecond.value.toFixed(3))}.`,
      'availability',
    );
  if (!total.burst) return;
  if (total.burst.value === perSecond) ledger.exact(total.burst, totalPlace, 'As many at once as in a second.');
  else
    ledger.changed(
      total.burst,
      totalPlace,
      'no-equivalent',
      `Linkerd takes as many at once as in a second, ${perSecond} instead of ${total.burst.value}.`,
      'availability',
    );
}
