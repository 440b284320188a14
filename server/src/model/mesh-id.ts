/** The meshes by id, in the order in which everything lists them. */

export type MeshId = 'istio' | 'linkerd' | 'consul';

export const meshIds: readonly MeshId[] = ['istio', 'linkerd', 'consul'];

/** What a person calls a mesh. */
export const meshNames: Readonly<Record<MeshId, string>> = { istio: 'Istio', linkerd: 'Linkerd', consul: 'Consul' };

/** Whether a text is the id of a mesh. */
export function isMeshId(text: unknown): text is MeshId {
  return meshIds.some((it) => it === text);
}
