/** Which releases what is said of a kind, or of a label or annotation, speaks of. */

import type { Kind } from '../model/kind.ts';
import { type ReleaseId, releaseNames } from '../model/release.ts';

/** By folder of schemas; SMI says API versions, which a manifest names itself. */
const byFolder: Readonly<Record<string, ReleaseId>> = { istio: 'istio', linkerd: 'linkerd', consul: 'consul' };

/** What has to be new enough for a field of a kind; undefined for kinds that belong to no release of a mesh. */
export function releaseOf({ schema, group }: Kind): ReleaseId | undefined {
  if (group === 'gateway.networking.k8s.io') return 'gatewayApi';
  return schema === undefined ? undefined : byFolder[schema.slice(0, Math.max(schema.indexOf('/'), 0))];
}

/** The releases that the built-in schemas are made from; for Consul that of its Kubernetes part, which brings the CRDs. */
export const builtInReleases: Readonly<Record<ReleaseId, string>> = {
  istio: '1.31',
  linkerd: 'edge-26.8.3',
  consul: '2.0.3',
  gatewayApi: '1.6.1',
};

/** The release that the built-in schema of a kind is made from: `Istio 1.31`; undefined for kinds without releases. */
export function builtInRelease(kind: Kind): string | undefined {
  const id = releaseOf(kind);
  if (id === undefined) return undefined;
  return `${id === 'consul' ? 'consul-k8s' : releaseNames[id]} ${builtInReleases[id]}`;
}
