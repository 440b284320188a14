/** How one resource becomes what has taken the place of its kind, as a step that may be taken unasked, or not. */

import type { Environment } from '../model/environment.ts';
import type { Resource } from '../model/manifest.ts';
import { presentFormFix, replacementOf, supersededBy } from './present-form.ts';
import type { VersionChange } from './upgrade-version.ts';

/** The way to the kind of today; undefined where there is none, or where nothing can stand in its place. */
export function kindChange(environment: Environment, resource: Resource): VersionChange | undefined {
  const fix = presentFormFix(environment, resource);
  const mesh = supersededBy(resource)?.mesh;
  if (!fix || !mesh) return undefined;
  const { to, edits, report } = replacementOf(resource, mesh, environment);
  const isPatched = [environment, ...environment.takenBy(resource.uri)].some((it) => it.isPatched(resource));
  const reachesOut = edits.some((it) => ('resource' in it ? it.resource.uri : it.uri) !== resource.uri);
  const loss = report.find((it) => it.fate !== 'exact' && it.risk !== 'none');
  const doIt = `"${fix.title}" shows what becomes of it`;
  const obstacle = isPatched
    ? 'a patch is written for the old kind'
    : fix.isSafe
      ? reachesOut
        ? `other files change with it; ${doIt}`
        : undefined
      : loss
        ? `not all of it can be kept; ${doIt}`
        : `something is missing here; ${doIt}`;
  return { to: to ?? resource.apiVersion, edits, obstacle, isBound: false };
}
