/** Which releases what is said of a kind, or of a label or annotation, speaks of. */

import type { Kind } from '../model/kind.ts';
import type { ReleaseId } from '../model/release.ts';

/** By folder of schemas; SMI says API versions, which a manifest names itself. */
const byFolder: Readonly<Record<string, ReleaseId>> = {
  istio: 'istio',
  linkerd: 'linkerd',
  consul: 'consul',
  kubernetes: 'gatewayApi',
};

/** What has to be new enough for a field of a kind; undefined for kinds that belong to no release of a mesh. */
export function releaseOf({ schema }: Kind): ReleaseId | undefined {
  return schema === undefined ? undefined : byFolder[schema.slice(0, Math.max(schema.indexOf('/'), 0))];
}
