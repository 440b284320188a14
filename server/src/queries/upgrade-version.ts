/** How one resource gets to a later version of its kind: the new apiVersion, and the fields that are written otherwise there. */

import type { Environment } from '../model/environment.ts';
import { apiVersionOf, type Kind, kindId, versionOf } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { isUnknown } from '../model/part.ts';
import type { Fix, FixEdit } from '../model/rule.ts';
import { type Path, pathText, samePath } from '../model/text.ts';
import type { FieldChange, Upgrade } from '../model/upgrade.ts';
import { type SchemaProblem, validate } from '../model/validate.ts';
import { expand, isRecord, mayHold, valueAt } from '../model/value.ts';
import { upgradesOf } from '../meshes/knowledge.ts';
import { kindNewness } from './newness.ts';

export interface VersionChange {
  /** The apiVersion that it leads to. */
  readonly to: string;
  readonly edits: readonly FixEdit[];
  /** Why nobody should do it unasked, as half a sentence; undefined where nothing is lost. */
  readonly obstacle: string | undefined;
  /** A patch and what it changes must be of one version, so that one goes nowhere without the other. */
  readonly isBound: boolean;
}

/**
 * The way to the newest version of a kind, or to the one that its table of upgrades says. It always is one; where the
 * result would not be what the later version takes, or a template may say more, its `obstacle` tells.
 */
export function versionChange(environment: Environment, resource: Resource, kind: Kind): VersionChange {
  const row = upgradesOf(kindId(kind)).find((it) => it.from.includes(resource.version));
  const to = apiVersionOf(kind, row?.to ?? kind.versions[0]);
  const changes = row?.changes ?? [];
  const edits: readonly FixEdit[] = [
    { type: 'replace-value', resource, path: ['apiVersion'], value: to },
    ...deepestFirst(changes.flatMap((it) => editsOf(resource, it))),
  ];
  const isPatched = [environment, ...environment.takenBy(resource.uri)].some((it) => it.isPatched(resource));
  const isBound = isPatched || environment.isPartial(resource.uri);
  const newness = kindNewness(environment, kind, versionOf(to));
  const tooNew = newness && `it ${newness.words}`;
  const obstacle = tooNew ?? hiddenFrom(resource, changes) ?? newProblem(environment, resource, kind, to, edits);
  return { to, edits, obstacle, isBound };
}

/** The fix of a finding about an outdated apiVersion. */
export function versionFix(environment: Environment, resource: Resource, kind: Kind): Fix {
  const { to, edits, obstacle, isBound } = versionChange(environment, resource, kind);
  return { title: `Use ${to}`, isSafe: obstacle === undefined && !isBound, edits: () => edits };
}

/** Whether a table leads from the version of a resource to another one, as it does for kinds that nobody serves. */
export function hasUpgrade(resource: Resource, kind: Kind): boolean {
  return upgradesOf(kindId(kind)).some((it) => it.from.includes(resource.version));
}

type PathEdit = FixEdit & { readonly path: Path };

function editsOf(resource: Resource, change: FieldChange): readonly PathEdit[] {
  return [...expand(resource.value, change.path)].flatMap(({ path, value }): readonly PathEdit[] => {
    if ('rename' in change) {
      const isTaken = valueAt(resource.value, [...path.slice(0, -1), change.rename]) !== undefined;
      return isTaken ? [] : [{ type: 'rename-key', resource, path, key: change.rename }];
    }
    if ('list' in change) return [{ type: 'replace-value', resource, path, value: [value] }];
    const next = change.value(value, resource.value);
    return next === undefined || next === value ? [] : [{ type: 'replace-value', resource, path, value: next }];
  });
}

/** Paths are those of the old text, so that what is below a renamed key is done before it. */
function deepestFirst(edits: readonly PathEdit[]): readonly PathEdit[] {
  return [...edits].sort((a, b) => b.path.length - a.path.length);
}

/** What a template may say beyond what can be read. */
function hiddenFrom({ part, value }: Resource, changes: readonly Upgrade['changes'][number][]): string | undefined {
  if (!part.masked.templated) return undefined;
  if ((part.text.match(/^apiVersion:/gm) ?? []).length > 1) return 'a template chooses its apiVersion';
  const isHidden = changes.some((it) => part.masked.hiddenLines || mayHold(value, it.path));
  return isHidden ? 'a template may write fields that change' : undefined;
}

/** What the later version would say of the result and does not say of the resource as it is. */
function newProblem(
  environment: Environment,
  resource: Resource,
  kind: Kind,
  to: string,
  edits: readonly FixEdit[],
): string | undefined {
  const problemsOf = (version: string, value: unknown): readonly SchemaProblem[] => {
    const schema = kind.schema && environment.schemas.for(kind.schema, version, 'experimental');
    return schema ? validate(schema.root, value, { isUnknown, incomplete: () => isIncomplete }) : [];
  };
  const isIncomplete = environment.isPartial(resource.uri) || resource.part.masked.hiddenLines;
  const after = problemsOf(versionOf(to), applied(resource.value, edits));
  if (after.length === 0) return undefined;
  const textOf = (it: SchemaProblem) => `${pathText(it.path)} ${it.message}`;
  const before = new Set(problemsOf(resource.version, resource.value).map(textOf));
  const added = after.find((it) => !before.has(textOf(it)));
  return added && `${versionOf(to)} would not take it: ${added.message}`;
}

/** A value after edits by path, each of which speaks of the value as it was but for what stands below it. */
function applied(value: unknown, edits: readonly FixEdit[]): unknown {
  return edits.reduce((it, edit) => ('path' in edit ? changed(it, edit.path, edit, []) : it), value);
}

function changed(value: unknown, rest: Path, edit: FixEdit, above: Path): unknown {
  const [key, ...below] = rest;
  if (key === undefined) {
    if (edit.type !== 'replace-value') return value;
    // A list of the old value holds what became of it.
    const isWrapped =
      Array.isArray(edit.value) && edit.value.length === 1 && isRecord(edit.value[0]) && isRecord(value);
    return isWrapped ? [value] : edit.value;
  }
  const here = [...above, key];
  if (Array.isArray(value)) return value.map((it, at) => (at === key ? changed(it, below, edit, here) : it));
  if (!isRecord(value)) return value;
  const isRenamed = edit.type === 'rename-key' && samePath(here, edit.path);
  return Object.fromEntries(
    Object.entries(value).map(([name, it]) =>
      name !== key ? [name, it] : [isRenamed ? edit.key : name, isRenamed ? it : changed(it, below, edit, here)],
    ),
  );
}
