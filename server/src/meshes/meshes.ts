/** The meshes, in the order in which everything lists them. */

import type { Environment } from '../model/environment.ts';
import { isOfKind } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { isUnknown } from '../model/part.ts';
import { isKubernetes, leavesOf } from '../model/report.ts';
import type { Path } from '../model/text.ts';
import { valueAt } from '../model/value.ts';
import { consul } from './consul/consul.ts';
import { istio } from './istio/istio.ts';
import { linkerd } from './linkerd/linkerd.ts';
import { gatewayApi } from './kubernetes/gateway/dialect/gateway-api.ts';
import type { Dialect, Mesh } from './mesh.ts';

export const meshes: readonly Mesh[] = [istio, linkerd, consul];

/** All that can be converted from and to: the meshes, then the Gateway API as it stands. */
export const dialects: readonly Dialect[] = [...meshes, gatewayApi];

/** What a resource belongs to; undefined for kinds that nobody converts. */
export function meshOf(resource: Resource, environment?: Environment): Dialect | undefined {
  return meshesOf(resource, environment)[0];
}

/**
 * The dialects in which a resource asks for something: that of its kind; for a kind of Kubernetes itself all meshes whose
 * labels and annotations it carries, as a namespace does on its way from one to another; for a kind of the Gateway API the
 * mesh that alone serves it, by its parent, its class or what else is in its environment, else the Gateway API itself.
 */
export function meshesOf(resource: Resource, environment?: Environment): readonly Dialect[] {
  const owner = meshes.find((mesh) => mesh.kinds.some((it) => isOfKind(resource, it)));
  if (owner) return [owner];
  const readers = dialects.filter((it) => it.shares.some((kind) => isOfKind(resource, kind)));
  if (isKubernetes(resource))
    return readers.filter((mesh) =>
      leavesOf(resource).some((path) => !isUnknown(valueAt(resource.value, path)) && isFor(mesh, resource, path)),
    );
  if (!readers.includes(gatewayApi)) return readers.slice(0, 1);
  return [meshes.find((it) => readers.includes(it) && it.serves(resource, environment)) ?? gatewayApi];
}

/** Whether a leaf is one for this dialect: of a kind of Kubernetes itself, a mesh has its own labels and annotations. */
export function isFor({ id }: Dialect, resource: Resource, path: Path): boolean {
  if (!isKubernetes(resource)) return true;
  const key = String(path.at(-1));
  if (id === 'consul') return key.includes('consul.hashicorp.com/');
  return key.includes(`${id}.io/`) || (id === 'istio' && key === 'istio-injection');
}
