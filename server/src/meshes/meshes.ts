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
  return meshesOf(resource)[0];
}

/**
 * The meshes that a resource asks something of: the one of its kind; for a kind of Kubernetes itself all those whose labels
 * and annotations it carries, as a namespace does on its way from one to another.
 */
export function meshesOf(resource: Resource): readonly Mesh[] {
  const owner = meshes.find((mesh) => mesh.kinds.some((it) => isOfKind(resource, it)));
  if (owner) return [owner];
  const readers = meshes.filter((mesh) => mesh.shares.some((it) => isOfKind(resource, it)));
  if (isKubernetes(resource))
    return readers.filter((mesh) =>
      leavesOf(resource).some((path) => !isUnknown(valueAt(resource.value, path)) && isFor(mesh, resource, path)),
    );
  const reader = readers.find((it) => it.id === gatewayApiReader) ?? readers[0];
  return reader ? [reader] : [];
}

/** Who reads a Gateway API route or a TrafficSplit that nothing else assigns. */
const gatewayApiReader: DialectId = 'linkerd';

/** Whether a leaf is one for this mesh: of a kind of Kubernetes itself, its own labels and annotations are. */
export function isFor({ id }: Mesh, resource: Resource, path: Path): boolean {
  if (!isKubernetes(resource)) return true;
  const key = String(path.at(-1));
  if (id === 'consul') return key.includes('consul.hashicorp.com/');
  return key.includes(`${id}.io/`) || (id === 'istio' && key === 'istio-injection');
}
