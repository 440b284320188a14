/**
 * As what Istio treats a port of a Service: by its appProtocol, else by how its name begins, else by its first bytes.
 * Source: istio/istio pkg/config/kube/conversion.go and pkg/config/protocol/instance.go.
 */

import type { ServicePort } from '../kubernetes/common/workloads.ts';

export interface PortProtocol {
  /** `HTTP`, `gRPC`, `detected`. */
  readonly name: string;
  /** Which field tells it, in the end the number. */
  readonly by: 'appProtocol' | 'name' | 'port';
  /** Whether the field says it by a word that Istio knows. */
  readonly isNamed: boolean;
}

/** Words of appProtocol and beginnings of port names, in lower case. */
const words: ReadonlyMap<string, string> = new Map([
  ['http', 'HTTP'],
  ['http2', 'HTTP/2'],
  ['https', 'HTTPS'],
  ['grpc', 'gRPC'],
  ['grpc-web', 'gRPC-Web'],
  ['tls', 'TLS'],
  ['tcp', 'TCP'],
  ['mongo', 'Mongo'],
  ['mysql', 'MySQL'],
  ['redis', 'Redis'],
  // Of a port that is not UDP itself.
  ['udp', 'TCP'],
]);

/** What a port's name may begin with to say its protocol. */
export const protocolWords: readonly string[] = [...words.keys()];

/** Kubernetes' own words, which no name can have. */
const kubernetesWords: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/h2c', 'HTTP/2'],
  ['kubernetes.io/ws', 'HTTP'],
  ['kubernetes.io/wss', 'HTTPS'],
]);

/** Ports whose servers speak first, so that waiting for the client's first bytes would break them. */
const neverDetected: ReadonlySet<number> = new Set([25, 53, 3306, 27017]);

/** The protocol of a TCP port. An appProtocol that Istio does not know hides the name as well. */
export function portProtocol({ port, name, appProtocol }: ServicePort): PortProtocol {
  const by = appProtocol !== undefined ? 'appProtocol' : name !== undefined ? 'name' : 'port';
  const written = (appProtocol ?? name ?? '').toLowerCase();
  const known =
    (by === 'appProtocol' ? kubernetesWords.get(written) : undefined) ??
    (written.startsWith('grpc-web') ? words.get('grpc-web') : words.get(written.split('-')[0] ?? ''));
  if (known !== undefined) return { name: known, by, isNamed: true };
  return { name: neverDetected.has(port) ? 'TCP' : 'detected', by, isNamed: false };
}
