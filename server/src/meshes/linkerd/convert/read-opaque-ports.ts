/**
 * Ports that Linkerd carries without looking into them, by an annotation of Services, Namespaces and pods. Other meshes read
 * the protocol from the Service. Source: linkerd.io, TCP proxying and protocol detection.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Destination, Origin, Peculiar, ServiceName } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { itemsOf, readMarks } from '../../kubernetes/common/convert/read-marks.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { serviceFacts, type ServicePort } from '../../kubernetes/common/workloads.ts';
import { textAt } from '../../../model/value.ts';
import { annotationOf } from './annotations.ts';

export const opaquePorts = 'config.linkerd.io/opaque-ports';

interface ReadPorts {
  readonly destinations: readonly Destination[];
  readonly peculiar: readonly Peculiar[];
}

/** Services all of whose ports are opaque speak TCP; where only some are, the ports have to be named by hand. */
export function readOpaquePorts(resources: readonly Resource[], environment: Environment): ReadPorts {
  const destinations: Destination[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    if (!isOfKind(resource, Service)) {
      const mark = readMarks(resource, environment)?.marks.find((it) => it.key === opaquePorts);
      if (mark) peculiar.push(ofPods(mark.from));
      continue;
    }
    const text = textAt(resource.value, ['metadata', 'annotations', opaquePorts]);
    if (text === undefined) continue;
    const name = { name: resource.name, namespace: environment.namespaceOf(resource) };
    const from = [annotationOf(resource, opaquePorts)];
    const read = readPortList(name, text, from, environment);
    if ('parts' in read) destinations.push(read);
    else peculiar.push(read);
  }
  return { destinations, peculiar };
}

/** What a list of opaque ports makes of a Service: one of plain TCP, or ports that have to be named by hand. */
export function readPortList(
  service: ServiceName,
  text: string,
  from: readonly Origin[],
  environment: Environment,
): Destination | Peculiar {
  const ports = serviceFacts(environment, service.namespace, service.name)?.ports ?? [];
  const opaque = ports.filter((it) => covers(text, it));
  if (opaque.length === 0 || opaque.length < ports.length || !opaque.every(isSilent)) return byHand(opaque, from);
  const parts = { protocol: { value: 'tcp', from } };
  return { ...service, service: { value: service, from: [] }, subsets: [], parts };
}

/** Whether a list of ports, ranges and names of ports has a port of a Service: by its number, its name, or where it leads. */
function covers(text: string, { port, name, targetPort }: ServicePort): boolean {
  return itemsOf(text).some((it) => {
    const [from, to = from] = it.split('-').map(Number);
    const isIn = (number: number | string | undefined) =>
      typeof number === 'number' && from !== undefined && to !== undefined && number >= from && number <= to;
    return it === name || isIn(port) || isIn(targetPort);
  });
}

/** Whether neither appProtocol nor the name of a port says that it carries something that proxies look into. */
function isSilent({ name, appProtocol }: ServicePort): boolean {
  return !/^(?:http|http2|grpc|grpc-web|https|tls|kubernetes\.io\/.*)(?:-|$)/.test(appProtocol ?? name ?? '');
}

function byHand(ports: readonly ServicePort[], from: readonly Origin[]): Peculiar {
  const numbers = ports.map((it) => it.port).join(', ');
  return ports.length === 0
    ? { from, code: 'protocol-sniffing', reason: 'It names none of the ports of this Service.', risk: 'none' }
    : {
        from,
        code: 'protocol-sniffing',
        reason: `Other meshes may take the first bytes of a connection to port ${numbers} for HTTP: say appProtocol: tcp there.`,
        risk: 'availability',
      };
}

function ofPods(from: readonly Origin[]): Peculiar {
  const reason =
    'Other meshes read the protocol of a port from its Service, not from pods: say appProtocol: tcp there.';
  return { from, code: 'protocol-sniffing', reason, risk: 'availability' };
}
