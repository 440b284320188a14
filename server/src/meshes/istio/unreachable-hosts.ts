/** Hosts that a VirtualService sends traffic to and that nothing has, or that are kept from where its routes apply. */

import { createDocument } from '../../model/edit.ts';
import { type Environment, namesAt } from '../../model/environment.ts';
import { apiVersionOf } from '../../model/kind.ts';
import { definitionsOf, useNearest } from '../../model/lookup.ts';
import type { Resource } from '../../model/manifest.ts';
import type { Named, Reference } from '../../model/reference.ts';
import type { Finding, Fix } from '../../model/rule.ts';
import { listAt, numberAt } from '../../model/value.ts';
import { hostSpace } from './declarations.ts';
import { exportScopes } from './export.ts';
import { covers, fullHost, possibleHosts, serviceOfHost } from './hosts.ts';
import { ServiceEntry } from './kinds.ts';

/** A finding for each host at the given places of a resource that no Service and no ServiceEntry has. */
export function* unreachableHosts(
  resource: Resource,
  environment: Environment,
  references: readonly Reference[],
): Generator<Finding> {
  const scopes = scopesOfRoutes(resource, environment);
  const isSeen = ({ site }: Named) => isVisible(site.resource, scopes, environment);
  for (const reference of references) {
    for (const named of namesAt(environment, resource, reference.path)) {
      if (reference.keys(named.text, named.site).length === 0 || isBuiltIn(named)) continue;
      const exact = definitionsOf(environment, reference, named);
      if (exact.some(isSeen)) continue;
      const wildcards = wildcardsFor(environment, named);
      if (wildcards.some(isSeen)) continue;
      const owner = (exact[0] ?? wildcards[0])?.site.resource;
      yield owner ? hidden(named, owner, environment) : missing(environment, reference, named);
    }
  }
}

/** Services that a cluster or Istio's own installation has, though no manifest defines them. */
const builtIn = new Set(['default/kubernetes', 'istio-system/istio-ingressgateway', 'istio-system/istiod']);

function isBuiltIn({ text, site }: Named): boolean {
  return possibleHosts(text, site.namespace, site.clusterDomain).some((host) => {
    const service = serviceOfHost(host, site.namespace, site.clusterDomain);
    return service !== undefined && builtIn.has(`${service.namespace}/${service.name}`);
  });
}

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
    absentKinds: [ServiceEntry],
    fixes: [
      ...useNearest(environment, reference, named),
      ...(service || text.startsWith('*') ? [] : [createEntry(named)]),
    ],
  };
}

/** A ServiceEntry for a host outside the mesh; its port is the destination's, else that of HTTPS. */
function createEntry({ text, site }: Named): Fix {
  const { resource, path, namespace } = site;
  const number = numberAt(resource.value, [...path.slice(0, -1), 'port', 'number']) ?? 443;
  const port = number === 80 ? { number, name: 'http', protocol: 'HTTP' } : { number, name: 'tls', protocol: 'TLS' };
  return {
    title: `Create a ServiceEntry for "${text}"`,
    edits: () => [
      createDocument(resource, {
        apiVersion: apiVersionOf(ServiceEntry),
        kind: ServiceEntry.name,
        metadata: { name: text.replaceAll('.', '-'), ...(resource.namespace === undefined ? {} : { namespace }) },
        spec: { hosts: [text], location: 'MESH_EXTERNAL', resolution: 'DNS', ports: [port] },
      }),
    ],
  };
}
