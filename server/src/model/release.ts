/** Releases of meshes and of the Gateway API: which one a folder is for, and whether something is newer. */

import { type MeshId, meshIds, meshNames } from './mesh-id.ts';

/** What has releases of its own. */
export type ReleaseId = MeshId | 'gatewayApi';

export const releaseIds: readonly ReleaseId[] = [...meshIds, 'gatewayApi'];

/** What a person calls it. */
export const releaseNames: Readonly<Record<ReleaseId, string>> = { ...meshNames, gatewayApi: 'Gateway API' };

export const channels = ['standard', 'experimental'] as const;

/** The releases that a folder is for, as a person writes them: `1.24`, `2.18`, `edge-25.4.1`. What is absent, nobody said. */
export interface Releases extends Partial<Readonly<Record<ReleaseId, string>>> {
  /** Which CRDs of the Gateway API are installed. */
  readonly gatewayApiChannel?: (typeof channels)[number];
}

/** Whether a text names a release: numbers with dots between, perhaps behind `v` or `edge-` or `stable-`. */
export function isRelease(text: string): boolean {
  return partsOf(text) !== undefined;
}

/**
 * The release that something needs which is newer than a folder's: `1.25` for something that is there since 1.25 in a
 * folder for 1.24. `since` is what our prose says, for the Gateway API with its channel: `1.4, experimental`, `1.4
 * (experimental 1.2)`. Undefined when it is not newer, and where the two cannot be compared.
 */
export function neededRelease(
  since: string,
  release: string,
  channel?: Releases['gatewayApiChannel'],
): string | undefined {
  const needed = firstRelease(since, channel);
  return needed !== undefined && isNewer(needed, release) ? needed : undefined;
}

/** The release in which something came; undefined where the words name none, or not the one in which it came. */
function firstRelease(since: string, channel: Releases['gatewayApiChannel']): string | undefined {
  const [, first, isEarly, early] = /^(\S+?)(?:(, experimental)| \(experimental (\S+)\))?$/.exec(since.trim()) ?? [];
  const isStandard = channel === 'standard';
  return isEarly && isStandard ? undefined : isStandard ? first : (early ?? first);
}

/** Whether `release` is older than `needed`, as far as both say: 1.24 is for every 1.24.x. */
function isNewer(needed: string, release: string): boolean {
  const [one, other] = [partsOf(needed), partsOf(release)];
  if (!one || !other || one.line !== other.line) return false;
  for (const [position, it] of one.numbers.entries()) {
    const at = other.numbers[position];
    if (at === undefined || it < at) return false;
    if (it > at) return true;
  }
  return false;
}

/** `edge-25.4.1` is a date on a line of its own, which says nothing of `2.18`. */
function partsOf(text: string): { readonly line: string; readonly numbers: readonly number[] } | undefined {
  const [, line, numbers] = /^(?:(edge|stable)-|v)?(\d+(?:\.\d+)+)(?:[-+]\S*)?$/.exec(text) ?? [];
  return numbers === undefined
    ? undefined
    : { line: line === 'edge' ? 'edge' : 'stable', numbers: numbers.split('.').map(Number) };
}
