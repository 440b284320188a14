/** istio/destination-port-required: the destination has several ports and the route names none. */

import { type Environment, namesAt } from '../../../model/environment.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Named } from '../../../model/reference.ts';
import type { Rule } from '../../../model/rule.ts';
import { isKnown, listAt, numberAt, textAt, valueAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { hostSpace } from '../declarations.ts';
import { possibleHosts, serviceOfHost } from '../hosts.ts';
import { ServiceEntry, VirtualService } from '../kinds.ts';
import { destinationHosts } from '../references.ts';

export const destinationPortRequired: Rule = {
  id: 'istio/destination-port-required',
  severity: 'error',
  summary: 'A destination has several ports and the route does not say which one it means.',
  kinds: [VirtualService],
  peers: ['IST0112'],

  *check(resource, environment) {
    for (const { path: pattern } of destinationHosts) {
      for (const { text, site } of namesAt(environment, resource, pattern)) {
        const port = [...site.path.slice(0, -1), 'port'];
        if (
          valueAt(resource.value, port) !== undefined ||
          !isKnown(resource.value, port, resource.part.masked.hiddenLines)
        )
          continue;
        const owner = ownerOf(environment, { text, site });
        if (!owner || owner.ports.length < 2) continue;

        const { kind, name } = owner.resource;
        const ports = owner.ports.map((it) => (it.name ? `${it.port} (${it.name})` : String(it.port)));
        yield {
          path: site.path,
          message: `${kind} "${name}" has ${ports.length} ports: ${ports.join(', ')}; the destination must name one.`,
          related: [{ resource: owner.resource, path: ['spec', 'ports'], message: `The ports of the ${kind}.` }],
          fixes: owner.ports.map((it, at) => ({
            title: `Use port ${ports[at]}`,
            edits: () => [{ type: 'insert' as const, resource, path: port, value: { number: it.port } }],
          })),
        };
      }
    }
  },
};

interface Owner {
  readonly resource: Resource;
  readonly ports: readonly { readonly port: number; readonly name: string | undefined }[];
}

/** Who has a host: the Service of that name, else a ServiceEntry. */
function ownerOf(environment: Environment, { text, site }: Pick<Named, 'text' | 'site'>): Owner | undefined {
  const hosts = possibleHosts(text, site.namespace, site.clusterDomain);
  for (const host of hosts) {
    const service = serviceOfHost(host, site.namespace, site.clusterDomain);
    const facts = service && serviceFacts(environment, service.namespace, service.name);
    if (facts) return facts;
  }
  const entry = hosts
    .flatMap((it) => environment.index.declared(hostSpace, it))
    .map((it) => it.site.resource)
    .find((it) => isOfKind(it, ServiceEntry));
  return entry && { resource: entry, ports: listAt(entry.value, ['spec', 'ports']).flatMap(portOf) };
}

function portOf(value: unknown): Owner['ports'] {
  const port = numberAt(value, ['number']);
  return port === undefined ? [] : [{ port, name: textAt(value, ['name']) }];
}
