/** All resources of some files in the newest version of their kind, as far as nothing is lost on the way. */

import { textEdits } from '../model/edit.ts';
import { addTo } from '../model/group.ts';
import { kindId } from '../model/kind.ts';
import { partsIn, rangeInPart, type Resource, resourcesOf } from '../model/manifest.ts';
import type { TextEdit, Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { findingsOf } from './findings.ts';
import { knownKindOf } from './schema-of.ts';
import { kindChange } from './upgrade-kind.ts';
import { hasUpgrade, type VersionChange, versionChange } from './upgrade-version.ts';

export interface FileUpgrade {
  readonly uri: Uri;
  /** Empty where nothing can be done. */
  readonly edits: readonly TextEdit[];
  readonly done: readonly Upgraded[];
  /** What keeps its version, each with the reason. */
  readonly left: readonly (Upgraded & { readonly reason: string })[];
}

export interface Upgraded {
  readonly resource: Resource;
  /** The apiVersion that it gets, or would get; with the kind, where that is another one. */
  readonly to: string;
}

/** Rules whose findings a later version answers; what is said of them in settings and comments counts here too. */
export const versionRules: readonly string[] = ['common/deprecated-api-version', 'common/removed-api-version'];

/** Rules whose findings another kind may answer. */
const kindRules: readonly string[] = ['common/removed-api-version', 'common/superseded-kind'];

/**
 * The upgrades of each file that has an outdated resource, in the order of the files. A patch and what it changes go
 * together or not at all; both have to be among the files.
 */
export function* upgrades(workspace: Workspace, uris: Iterable<Uri>): Generator<FileUpgrade> {
  const asked = new Set(uris);
  const bonds = new Bonds(workspace, asked);
  for (const uri of asked) {
    const all = outdated(workspace, uri).map((it) => ({ ...it, reason: it.obstacle ?? bonds.reasonAgainst(it) }));
    if (all.length === 0) continue;
    const done = all.filter((it) => it.reason === undefined);
    const left = all.flatMap(({ reason, ...it }) => (reason === undefined ? [] : [{ ...it, reason }]));
    const made = textEdits(
      done.flatMap((it) => it.edits),
      (it) => workspace.manifests.get(it),
    );
    yield { uri, edits: made.get(uri) ?? [], done, left };
  }
}

/** Whether a file has more than one resource that a later version waits for: then one step for all is worth offering. */
export function countOutdated(workspace: Workspace, uri: Uri): number {
  return outdated(workspace, uri).length;
}

interface Outdated extends VersionChange {
  readonly resource: Resource;
}

/** The resources of a file whose apiVersion somebody is told to change. */
function outdated(workspace: Workspace, uri: Uri): readonly Outdated[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const environment = environmentOf(workspace, uri);
  return partsIn(manifest).flatMap(({ part }) => {
    const told = findingsOf(environment, uri, part, 'own').filter((it) => it.fixes.length > 0);
    const startsOf = (rules: readonly string[]) =>
      new Set(told.filter((it) => rules.includes(it.code)).map((it) => it.range.start));
    const [ofVersion, ofKind] = [startsOf(versionRules), startsOf(kindRules)];
    if (ofVersion.size + ofKind.size === 0) return [];
    return resourcesOf(uri, part).flatMap((resource) => {
      const isTold = (starts: ReadonlySet<number>, key: 'apiVersion' | 'kind') =>
        starts.has(rangeInPart(part, [...resource.root, key]).start);
      const conversion =
        isTold(ofKind, 'apiVersion') || isTold(ofKind, 'kind') ? kindChange(environment, resource) : undefined;
      if (conversion && conversion.obstacle === undefined) return [{ resource, ...conversion }];
      const known = isTold(ofVersion, 'apiVersion') ? knownKindOf(environment, resource) : undefined;
      // One that nobody serves in any version has a later one only where a table leads there.
      if (known && (known.kind.removed === undefined || hasUpgrade(resource, known.kind)))
        return [{ resource, ...versionChange(environment, resource, known.kind) }];
      return conversion ? [{ resource, ...conversion }] : [];
    });
  });
}

/** Patches and what they change, by kind and name: Kustomize finds one by the other only where the versions are equal. */
class Bonds {
  readonly #workspace: Workspace;
  readonly #asked: ReadonlySet<Uri>;
  #members: ReadonlyMap<string, readonly Outdated[]> | undefined;

  constructor(workspace: Workspace, asked: ReadonlySet<Uri>) {
    this.#workspace = workspace;
    this.#asked = asked;
  }

  /** Why a resource cannot move: because of another one that it belongs to. */
  reasonAgainst(outdated: Outdated): string | undefined {
    if (!outdated.isBound) return undefined;
    const members = this.#all().get(nameOf(outdated.resource)) ?? [];
    const isPatch = ({ resource: { uri } }: Outdated) => environmentOf(this.#workspace, uri).isPartial(uri);
    if (members.every(isPatch)) return 'what it patches is not here';
    const elsewhere = members.find((it) => !this.#asked.has(it.resource.uri));
    if (elsewhere) return `${isPatch(elsewhere) ? 'a patch' : 'what it patches'} in another file has to move with it`;
    return members.find((it) => it.obstacle !== undefined)?.obstacle;
  }

  #all(): ReadonlyMap<string, readonly Outdated[]> {
    if (!this.#members) {
      const members = new Map<string, Outdated[]>();
      for (const uri of this.#workspace.manifests.keys())
        for (const it of outdated(this.#workspace, uri)) if (it.isBound) addTo(members, nameOf(it.resource), it);
      this.#members = members;
    }
    return this.#members;
  }
}

function nameOf({ group, kind, name }: Resource): string {
  return `${kindId({ group, name: kind })} ${name}`;
}
