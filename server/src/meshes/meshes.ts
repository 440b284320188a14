/** The meshes, in the order in which everything lists them. */

import { isOfKind } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { isUnknown } from '../model/part.ts';
import { isKubernetes, leavesOf } from '../model/report.ts';
import type { Path } from '../model/text.ts';
import { valueAt } from '../model/value.ts';
import { consul } from './consul/consul.ts';
import { istio } from './istio/istio.ts';
import { linkerd } from './linkerd/linkerd.ts';
import type { DialectId, Mesh } from './mesh.ts';

export const meshes: readonly Mesh[] = [istio, linkerd, consul];

/** The mesh that a resource belongs to; undefined for kinds that no mesh converts. */
export function meshOf(resource: Resource): Mesh | undefined {
  const owner = meshes.find((mesh) => mesh.kinds.some((it) => isOfKind(resource, it)));
  if (owner) return owner;
  const readers = meshes.filter((mesh) => mesh.shares.some((it) => isOfKind(resource, it)));
  if (!isKubernetes(resource)) return readers.find((it) => it.id === gatewayApiReader) ?? readers[0];
  // A Service or workload belongs to the mesh whose labels and annotations it carries.
  return readers.find((mesh) =>
    leavesOf(resource).some((path) => !isUnknown(valueAt(resource.value, path)) && speaksOf(path, mesh.id)),
  );
}

/** Who reads a Gateway API route or a TrafficSplit that nothing else assigns. */
const gatewayApiReader: DialectId = 'linkerd';

function speaksOf(path: Path, mesh: DialectId): boolean {
  const key = String(path.at(-1));
  return mesh === 'consul' ? key.includes('consul.hashicorp.com/') : key.includes(`${mesh}.io/`);
}
