/** The meshes by id, in the order in which everything lists them, and what can be converted from and to. */

export type MeshId = 'istio' | 'linkerd' | 'consul';

export const meshIds: readonly MeshId[] = ['istio', 'linkerd', 'consul'];

/** What a person calls a mesh. */
export const meshNames: Readonly<Record<MeshId, string>> = { istio: 'Istio', linkerd: 'Linkerd', consul: 'Consul' };

/** Whether a text is the id of a mesh. */
export function isMeshId(text: unknown): text is MeshId {
  return meshIds.some((it) => it === text);
}

/** What can be converted from and to: the meshes, and the Gateway API that all of them speak. */
export type DialectId = MeshId | 'gateway-api';

export const dialectIds: readonly DialectId[] = [...meshIds, 'gateway-api'];

/** What a person calls what is converted from or to. */
export const dialectNames: Readonly<Record<DialectId, string>> = { ...meshNames, 'gateway-api': 'Gateway API' };

/** Whether a text is the id of something to convert from and to. */
export function isDialectId(text: unknown): text is DialectId {
  return dialectIds.some((it) => it === text);
}
