/** istio/destination-port-required: the destination has several ports and the route names none. */

import { namesAt } from '../../../model/environment.ts';
import type { Rule } from '../../../model/rule.ts';
import { isKnown, valueAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { possibleHosts, serviceOfHost } from '../hosts.ts';
import { VirtualService } from '../kinds.ts';
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
        const service = possibleHosts(text, site.namespace, site.clusterDomain)
          .map((it) => serviceOfHost(it, site.namespace, site.clusterDomain))
          .map((it) => it && serviceFacts(environment, it.namespace, it.name))
          .find((it) => it !== undefined);
        if (!service || service.ports.length < 2) continue;

        const ports = service.ports.map((it) => (it.name ? `${it.port} (${it.name})` : String(it.port)));
        yield {
          path: site.path,
          message: `Service "${service.name}" has ${service.ports.length} ports: ${ports.join(', ')}; the destination must name one.`,
          related: [{ resource: service.resource, path: ['spec', 'ports'], message: 'The ports of the Service.' }],
          fixes: service.ports.map((it) => ({
            title: `Use port ${it.port}${it.name ? ` (${it.name})` : ''}`,
            edits: () => [{ type: 'insert' as const, resource, path: port, value: { number: it.port } }],
          })),
        };
      }
    }
  },
};
