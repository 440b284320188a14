/** What holds in a stretch of a file though nobody wrote it: hints that stand within its lines. */

import { hintRulesFor } from '../meshes/hints.ts';
import type { Environment } from '../model/environment.ts';
import type { Hint, HintKind } from '../model/hint.ts';
import { kindId } from '../model/kind.ts';
import { isWritten, rangeInPart, type Resource, resourcesOf } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import type { Range, Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';

export interface PlacedHint {
  /** Where it stands, in the file; the text before this place is what it is about. */
  readonly offset: number;
  readonly kind: HintKind;
  /** A few words: `weight 100`. */
  readonly text: string;
  /** Why, in Markdown. */
  readonly tooltip: string;
}

/** The hints of a range of a file that the settings ask for, in order. Reads only the documents that the range touches. */
export function hints(workspace: Workspace, uri: Uri, range: Range): readonly PlacedHint[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const environment = environmentOf(workspace, uri);
  const found: PlacedHint[] = [];
  for (const [position, part] of manifest.parts.entries()) {
    const start = manifest.starts[position] ?? 0;
    if (start > range.end || start + part.text.length < range.start) continue;
    for (const resource of resourcesOf(uri, part)) {
      for (const { hint, kind } of hintsOf(environment, resource, environment.settings.inlayHints)) {
        if (hint.isWritten) continue;
        const offset = offsetInPart(part, resource, hint);
        if (offset === undefined || start + offset < range.start || start + offset > range.end) continue;
        found.push({ offset: start + offset, kind, text: hint.text, tooltip: hint.reason });
      }
    }
  }
  return withoutRepeats(found.sort((a, b) => a.offset - b.offset));
}

/** What an alias brings to several places is written once. */
function withoutRepeats(found: readonly PlacedHint[]): readonly PlacedHint[] {
  return found.filter((it, at) => {
    for (let before = at - 1; found[before]?.offset === it.offset; before -= 1)
      if (found[before]?.text === it.text) return false;
    return true;
  });
}

/** What holds for a resource without being written; of the kinds of hints that are wanted, or of all. */
export function* hintsOf(
  environment: Environment,
  resource: Resource,
  wanted?: Readonly<Record<HintKind, boolean>>,
): Generator<{ readonly hint: Hint; readonly kind: HintKind }> {
  for (const rule of hintRulesFor(kindId({ group: resource.group, name: resource.kind }))) {
    if (wanted && !wanted[rule.kind]) continue;
    for (const hint of rule.hints(resource, environment)) yield { hint, kind: rule.kind };
  }
}

/** Behind the value, or behind the colon of the key; undefined for what an alias or a merge key brings along. */
function offsetInPart(part: Part, resource: Resource, { path, side }: Hint): number | undefined {
  const whole = [...resource.root, ...path];
  if (!isWritten(part, whole)) return undefined;
  const { end } = rangeInPart(part, whole, side);
  return side === 'key' && part.text[end] === ':' ? end + 1 : end;
}
