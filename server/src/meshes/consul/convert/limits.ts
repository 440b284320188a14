/** Limits of requests at a service: `rateLimits` of ServiceDefaults, which only Consul Enterprise follows. */

import type { Concepts, RateLimit } from '../../../model/ir.ts';
import { ServiceDefaults } from '../kinds.ts';
import type { Drafts, Named, Spec } from './drafts.ts';
import { consulName, registeredPort, servicesOfLabels } from './services.ts';

/** Writes the limits of the services in front of the workloads that have one. */
export function writeLimits(limits: Concepts['rateLimits'], drafts: Drafts): void {
  const { ledger, environment, options } = drafts;
  for (const { value, from } of limits) {
    for (const it of [...(value.perClient ? [value.perClient] : []), ...value.overrides])
      ledger.lost(
        it,
        'per-identity',
        'Consul limits all clients of a service together, not each by itself.',
        'availability',
      );
    if (options.consulEdition === 'ce') {
      ledger.lost(
        [...value.target.from, ...from],
        'enterprise',
        'Only Consul Enterprise limits the requests that a service takes.',
        'availability',
      );
      continue;
    }
    const { namespace, labels } = value.target.value;
    const services = servicesOfLabels(environment, namespace, labels);
    const own = services.filter((it) => isAboutPort(value, registeredPort(environment, it)));
    for (const it of own) writeLimit(value, { name: consulName(environment, it), namespace: it.namespace }, drafts);
    if (services.length === 0) {
      ledger.lost(from, 'host-not-service', 'The Service of these workloads is not in the workspace.', 'availability');
      ledger.note('missing', `Add the Service of the workloads of "${value.name}" to the workspace.`, 'availability');
    } else if (own.length === 0)
      ledger.lost(
        from,
        'port-not-addressable',
        'Consul knows one port of a service, and the limit is of another.',
        'availability',
      );
  }
}

function isAboutPort({ port }: RateLimit, registered: ReturnType<typeof registeredPort>): boolean {
  return (
    port === undefined || registered === undefined || port.value === registered.port || port.value === registered.name
  );
}

function writeLimit({ target, port, total, routes }: RateLimit, service: Named, drafts: Drafts): void {
  const { ledger } = drafts;
  const place = drafts.place(ServiceDefaults, service, 'spec.rateLimits.instanceLevel');
  if (!total && routes.length === 0) {
    ledger.lost(
      [...target.from, ...(port?.from ?? [])],
      'per-identity',
      'Nothing is left of the limit.',
      'availability',
    );
    return;
  }
  drafts.needHttp(service);
  const limit: Spec = {};
  if (total) {
    const perSecond = Math.max(1, Math.ceil(total.perSecond.value));
    limit['requestsPerSecond'] = perSecond;
    limit['requestsMaxBurst'] = total.burst?.value ?? perSecond;
    if (perSecond === total.perSecond.value) ledger.exact(total.perSecond, `${place}.requestsPerSecond`);
    else
      ledger.changed(
        total.perSecond,
        `${place}.requestsPerSecond`,
        'no-equivalent',
        `Consul counts whole requests a second: ${perSecond} instead of ${Number(total.perSecond.value.toFixed(3))}.`,
        'availability',
      );
    if (total.burst) ledger.exact(total.burst, `${place}.requestsMaxBurst`);
  }
  if (routes.length > 0)
    limit['routes'] = routes.map(({ value: { path, perSecond, burst } }) => ({
      [path.type === 'exact' ? 'pathExact' : path.type === 'regex' ? 'pathRegex' : 'pathPrefix']: path.value,
      ...(perSecond !== undefined && { requestsPerSecond: perSecond }),
      ...(burst !== undefined && { requestsMaxBurst: burst }),
    }));
  for (const [at, it] of routes.entries()) ledger.exact(it, `${place}.routes[${at}]`);
  ledger.exact(
    target,
    drafts.place(ServiceDefaults, service, 'metadata.name'),
    'The service in front of these workloads.',
  );
  if (port) ledger.exact(port, place, 'It is the one port that Consul knows of the service.');
  drafts.spec(ServiceDefaults, service)['rateLimits'] = { instanceLevel: limit };
}
