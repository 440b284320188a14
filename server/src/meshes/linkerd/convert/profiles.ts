/** What a ServiceProfile does to the routes of its Service: Linkerd takes no notice of them while it is there. */

import type { Environment } from '../../../model/environment.ts';
import type { Peculiar, ServiceName } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { placeText } from '../../../model/report.ts';
import { listAt, recordAt } from '../../../model/value.ts';
import { readParents } from '../../kubernetes/gateway/convert/routes.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { TrafficSplit } from '../../kubernetes/smi/kinds.ts';
import { PolicyHTTPRoute, ServiceProfile } from '../kinds.ts';
import type { Draft } from './draft.ts';
import { ruleOrigins } from './write-rules.ts';

/**
 * The profile that counts for a Service in place of routes: that of its own namespace, or the one that clients of `home`
 * have for themselves. One without routes and overrides leaves them alone.
 */
export function profileOf(
  { name, namespace }: ServiceName,
  home: string,
  environment: Environment,
): Resource | undefined {
  const host = `${name}.${namespace}.svc.${environment.settings.clusterDomain}`;
  return [home, namespace]
    .map((it) => environment.index.find(ServiceProfile, it, host))
    .find((it) => it && ['routes', 'dstOverrides'].some((key) => listAt(it.value, ['spec', key]).length > 0));
}

/** The reason why a route that a profile overrules is left out. */
export function overruled(route: Resource, profile: Resource): Peculiar {
  return {
    from: [
      { resource: route, path: ['spec'] },
      { resource: route, path: ['metadata', 'annotations'] },
    ],
    code: 'unused-in-source',
    reason: `ServiceProfile "${profile.name}" counts in place of this route, so leaving it out keeps the behaviour.`,
    risk: 'none',
  };
}

/** The same of retries and timeouts that stand on the Service itself. */
export function overruledAnnotations(service: Resource, profile: Resource): Peculiar {
  const keys = Object.keys(recordAt(service.value, ['metadata', 'annotations']));
  const own = keys.filter((it) => /^(?:retry|timeout)\.linkerd\.io\//.test(it));
  return {
    ...overruled(service, profile),
    from: own.map((it) => ({ resource: service, path: ['metadata', 'annotations', it] })),
    reason: `ServiceProfile "${profile.name}" counts in place of it, so leaving it out keeps the behaviour.`,
  };
}

/**
 * Tells which profiles have to go before new routes count, and which routes begin to count once a profile, which became
 * new routes, is gone.
 */
export function noteProfiles({ ir, environment, ledger }: Draft): void {
  for (const route of ir.routes) {
    if (!route.isMesh) continue;
    const origins = [...route.targets.flatMap((it) => it.from), ...route.rules.flatMap(ruleOrigins)];
    const sources = new Set(origins.map((it) => it.resource));
    if ([...sources].some((it) => isOfKind(it, TrafficSplit)))
      ledger.note(
        'manual',
        `Delete TrafficSplit "${route.name}" from the cluster: the linkerd-smi extension keeps a ServiceProfile for each split, and ` +
          'Linkerd ignores routes of a Service that has one.',
      );
    for (const { value } of route.targets) {
      const profile = value.type === 'service' ? profileOf(value.service, route.namespace, environment) : undefined;
      if (!profile || value.type !== 'service' || origins.length === 0) continue;
      const awake = sources.has(profile) ? routesOn(value.service, environment) : [];
      for (const it of awake)
        ledger.note(
          'manual',
          `${placeText(it.kind, environment.namespaceOf(it), it.name, '')} did nothing beside the profile and counts once that is ` +
            'gone: delete it, or put it together with the new route.',
          'behaviour',
        );
      if (sources.has(profile)) continue;
      ledger.note(
        'manual',
        `Delete ServiceProfile "${profile.name}" of namespace "${environment.namespaceOf(profile)}", or convert it: while it is ` +
          'there, Linkerd ignores the new routes of its Service.',
        'behaviour',
      );
    }
  }
}

/** Routes of today on a Service. */
function routesOn({ name, namespace }: ServiceName, environment: Environment): readonly Resource[] {
  const isOn = (it: Resource) =>
    readParents(it, environment.namespaceOf(it)).some(
      (parent) => parent.kind === 'Service' && parent.name === name && parent.namespace === namespace,
    );
  return [HTTPRoute, GRPCRoute, PolicyHTTPRoute].flatMap((kind) => environment.index.all(kind).filter(isOn));
}
