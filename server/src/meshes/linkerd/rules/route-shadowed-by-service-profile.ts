/** linkerd/route-shadowed-by-service-profile: a route of a Service does nothing while a ServiceProfile exists for it. */

import type { Environment } from '../../../model/environment.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { PolicyHTTPRoute, ServiceProfile } from '../kinds.ts';

/** Source: linkerd2-proxy, linkerd/app/outbound: a profile with routes or targets is used in place of a client policy. */
export const routeShadowedByServiceProfile: Rule = {
  id: 'linkerd/route-shadowed-by-service-profile',
  severity: 'warning',
  summary:
    'A route is attached to a Service that has a ServiceProfile, which Linkerd prefers, so that the route is ignored.',
  kinds: [PolicyHTTPRoute, HTTPRoute, GRPCRoute],
  peers: [],

  *check(resource, environment) {
    for (const [position, parent] of listAt(resource.value, ['spec', 'parentRefs']).entries()) {
      const name = textAt(parent, ['name']);
      const group = textAt(parent, ['group']);
      if (name === undefined || textAt(parent, ['kind']) !== 'Service' || (group !== '' && group !== 'core')) continue;
      const home = environment.namespaceOf(resource);
      const namespace = textAt(parent, ['namespace']) ?? home;
      const profile = profileOf(environment, name, namespace, home);
      if (!profile) continue;
      const path: Path = ['spec', 'parentRefs', position, 'name'];
      yield {
        path,
        message: `Service "${name}" has a ServiceProfile, which Linkerd uses in place of this route.`,
        related: [{ resource: profile, path: ['metadata', 'name'], message: 'The ServiceProfile that counts.' }],
      };
    }
  },
};

/** The profile of a Service: its own namespace's, or the one that clients of a namespace have for themselves. */
function profileOf(environment: Environment, name: string, namespace: string, home: string): Resource | undefined {
  const full = `${name}.${namespace}.svc.${environment.settings.clusterDomain}`;
  return [namespace, home].map((it) => environment.index.find(ServiceProfile, it, full)).find((it) => it !== undefined);
}
