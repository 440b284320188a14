/** Whether something is newer than the release of its mesh that a folder is for, as its settings say. */

import { releaseOf } from '../meshes/releases.ts';
import type { AnnotationDoc } from '../model/annotations.ts';
import type { Environment } from '../model/environment.ts';
import type { Kind } from '../model/kind.ts';
import { isMeshId } from '../model/mesh-id.ts';
import { neededRelease, type ReleaseId, releaseNames } from '../model/release.ts';

/**
 * What a field needs that its folder has not, in words: `needs … 1.25; this folder is for 1.24`. Undefined where nobody
 * said which release a folder is for, or since when a field is there, and where the workspace itself has the CRD, which
 * knows better.
 */
export function fieldNewness({ settings }: Environment, kind: Kind, since: string | undefined): string | undefined {
  const id = kind.definedIn === undefined ? releaseOf(kind) : undefined;
  return since === undefined || id === undefined ? undefined : newness(settings.releases, id, since);
}

/** The same of a version of a kind; `isKind` when the kind as such is newer. */
export function kindNewness(
  environment: Environment,
  kind: Kind,
  version: string,
): { readonly isKind: boolean; readonly words: string } | undefined {
  const { since } = (kind.schema === undefined ? undefined : environment.schemas.docs(kind.schema)) ?? {};
  const ofKind = fieldNewness(environment, kind, since?.['*']);
  if (ofKind !== undefined) return { isKind: true, words: ofKind };
  const ofVersion = fieldNewness(environment, kind, since?.[version]);
  return ofVersion === undefined ? undefined : { isKind: false, words: ofVersion };
}

/** The same of a label or annotation. */
export function annotationNewness({ settings }: Environment, { mesh, since }: AnnotationDoc): string | undefined {
  return since === undefined || !isMeshId(mesh) ? undefined : newness(settings.releases, mesh, since);
}

function newness(releases: Environment['settings']['releases'], id: ReleaseId, since: string): string | undefined {
  const release = releases[id];
  const needed = release === undefined ? undefined : neededRelease(since, release, releases.gatewayApiChannel);
  return needed === undefined ? undefined : `needs ${releaseNames[id]} ${needed}; this folder is for ${release}`;
}
