/** istio/destination-host-not-found: traffic is sent to a host that no Service or ServiceEntry has. */

import { type Environment, namesAt } from '../../../model/environment.ts';
import { definitionsOf, useNearest } from '../../../model/lookup.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Named, Reference } from '../../../model/reference.ts';
import type { Finding, Rule } from '../../../model/rule.ts';
import { listAt } from '../../../model/value.ts';
import { hostSpace } from '../declarations.ts';
import { exportScopes } from '../export.ts';
import { covers, fullHost, serviceOfHost } from '../hosts.ts';
import { VirtualService } from '../kinds.ts';
import { destinationHosts } from '../references.ts';

export const destinationHostNotFound: Rule = {
  id: 'istio/destination-host-not-found',
  severity: 'error',
  summary: 'A route sends traffic to a host that no Service and no ServiceEntry has.',
  kinds: [VirtualService],
  peers: ['IST0101', 'KIA1101'],

  *check(resource, environment) {
    for (const reference of destinationHosts) {
      for (const named of namesAt(environment, resource, reference.path)) {
        if (reference.keys(named.text, named.site).length === 0) continue;
        const scopes = scopesOfRoutes(resource, environment);
        const isSeen = ({ site }: Named) => isVisible(site.resource, scopes, environment);
        const exact = definitionsOf(environment, reference, named);
        if (exact.some(isSeen)) continue;
        const wildcards = wildcardsFor(environment, named);
        if (wildcards.some(isSeen)) continue;
        const owner = (exact[0] ?? wildcards[0])?.site.resource;
        yield owner ? hidden(named, owner, environment) : missing(environment, reference, named);
      }
    }
  },
};

/** ServiceEntries that have a host by wildcard. */
function wildcardsFor(environment: Environment, { text, site }: Named): readonly Named[] {
  const full = fullHost(text, site.namespace, site.clusterDomain);
  return [...environment.index.declaredIn(hostSpace)]
    .filter(([host]) => host.startsWith('*') && covers(host, full))
    .flatMap(([, places]) => places);
}

/** Where the routes apply; a VirtualService that does not say looks hosts up from its own namespace. */
function scopesOfRoutes(resource: Resource, environment: Environment): ReadonlySet<string> {
  return listAt(resource.value, ['spec', 'exportTo']).length === 0
    ? new Set([environment.namespaceOf(resource)])
    : exportScopes(resource, environment);
}

function isVisible(owner: Resource, scopes: ReadonlySet<string>, environment: Environment): boolean {
  const exported = exportScopes(owner, environment);
  return exported.has('*') || [...scopes].some((it) => exported.has(it));
}

function hidden({ text, site }: Named, owner: Resource, environment: Environment): Finding {
  const name = `${environment.namespaceOf(owner)}/${owner.name}`;
  return {
    path: site.path,
    message: `${owner.kind} "${name}" has the host "${text}" but does not export it to where these routes apply.`,
    related: [{ resource: owner, path: ['spec', 'exportTo'], message: 'It says here who sees it.' }],
  };
}

function missing(environment: Environment, reference: Reference, named: Named): Finding {
  const { text, site } = named;
  const service = serviceOfHost(text, site.namespace, site.clusterDomain);
  return {
    path: site.path,
    message: service
      ? `No Service "${service.name}" in namespace "${service.namespace}" and no ServiceEntry has the host "${text}".`
      : `No ServiceEntry has the host "${text}".`,
    absentFrom: service?.namespace ?? '',
    fixes: useNearest(environment, reference, named),
  };
}
