/**
 * Findings about labels and annotations of the meshes that one resource shows by itself: names that nobody knows, places
 * where nobody reads them, values that nobody understands. That they are text, `check-scalars.ts` looks after.
 */

import {
  type AnnotationDoc,
  type AnnotationFamily,
  type AnnotationPlace,
  type AnnotationTable,
  type AnnotationVerdict,
  annotationDoc,
  annotationHomes,
  isReadOn,
  plainKind,
} from '../model/annotations.ts';
import { valueProblem } from '../model/annotation-value.ts';
import type { Environment } from '../model/environment.ts';
import { isWritten, rangeInPart, type Resource } from '../model/manifest.ts';
import { meshNames } from '../model/mesh-id.ts';
import { nearest } from '../model/nearest.ts';
import { isUnknown } from '../model/part.ts';
import type { Fix, FixEdit } from '../model/rule.ts';
import { type Path, shortened } from '../model/text.ts';
import { isRecord, recordAt, valueAt } from '../model/value.ts';
import { annotationFamilies } from '../meshes/knowledge.ts';
import type { Located } from './findings.ts';
import { limited } from './limited.ts';
import { annotationNewness } from './newness.ts';

/** The findings about labels and annotations of a resource of any kind, unsorted. */
export function checkAnnotations(environment: Environment, resource: Resource): readonly Located[] {
  return limited(meshFindings(environment, resource));
}

function* meshFindings(environment: Environment, resource: Resource): Generator<Located> {
  for (const entry of annotationsOf(environment, resource)) yield* findingsOf(entry);
}

/** One label or annotation with all that there is to know of it. */
interface Entry {
  readonly environment: Environment;
  readonly resource: Resource;
  readonly place: AnnotationPlace;
  readonly path: Path;
  readonly name: string;
  readonly value: unknown;
  readonly family: AnnotationFamily;
  readonly doc: AnnotationDoc | undefined;
}

function* annotationsOf(environment: Environment, resource: Resource): Generator<Entry> {
  for (const home of annotationHomes(resource.kind, resource.apiVersion)) {
    for (const [name, value] of Object.entries(recordAt(resource.value, home.path))) {
      const family = isUnknown(name) ? undefined : annotationFamilies.find((it) => it.names.test(name));
      if (!family) continue;
      const doc = annotationDoc(environment.annotations, name);
      yield { environment, resource, place: home, path: [...home.path, name], name, value, family, doc };
    }
  }
}

function* findingsOf(entry: Entry): Generator<Located> {
  const { doc, place, family } = entry;
  if (!doc) {
    const unknown = family.unknown && unknownName(entry, family.unknown);
    if (unknown) yield unknown;
    return;
  }
  const asAnnotation = place.isLabel ? undefined : doc.asAnnotation;
  if (doc.internal !== undefined || asAnnotation?.internal !== undefined) return;
  if (doc.isLabel !== undefined && doc.isLabel !== place.isLabel && !asAnnotation) {
    yield swapped(entry, doc);
    return;
  }
  const newer = annotationNewness(entry.environment, doc);
  if (newer !== undefined) yield finding(entry, 'key', newName, `"${entry.name}" ${newer}.`);
  const misplaced = placeFinding(entry, doc);
  if (misplaced) yield misplaced;
  const invalid = valueFinding(entry, doc);
  if (invalid) yield invalid;
  const advice = deprecation(entry, doc, asAnnotation?.deprecated ?? doc.deprecated);
  if (advice) yield advice;
  const { alpha } = family;
  const isWanted = alpha && (entry.environment.settings.rules[alpha.code] ?? 'off') !== 'off';
  if (isWanted && doc.isAlpha) {
    const message = `"${entry.name}" is alpha: ${meshNames[family.mesh]} may change it or take it away in any release.`;
    yield finding(entry, 'key', alpha, message);
  }
}

// ---- Names ---------------------------------------------------------------------------------------------------------

/** Kinds on which meshes look for their own, so that a name which nobody knows there is a mistake in any case. */
const watched = new Set(['Namespace', 'Service', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob']);

/**
 * A name that nobody knows. Labels are used freely, also by tools around a mesh, and so is the metadata of other kinds:
 * there a name counts as misspelt only when a known one is near.
 */
function unknownName(entry: Entry, verdict: AnnotationVerdict): Located | undefined {
  const { environment, name, place, family } = entry;
  const near = nearestName(environment.annotations, entry);
  if (near === undefined) {
    const isWatched = place.kinds.some((it) => watched.has(plainKind(it)));
    if (place.isLabel || !isWatched) return undefined;
    return finding(entry, 'key', verdict, `${meshNames[family.mesh]} knows no annotation "${shownName(name)}".`, [
      removal(entry),
    ]);
  }
  const word = place.isLabel ? 'label' : 'annotation';
  const message = `${meshNames[family.mesh]} knows no ${word} "${shownName(name)}"; did you mean "${near}"?`;
  return finding(entry, 'key', verdict, message, [renaming(entry, near)]);
}

/**
 * The known name that was most likely meant: behind the same prefix one that is spelt alike, else the same one behind
 * another prefix of the mesh.
 */
function nearestName(table: AnnotationTable, { name, place, family }: Entry): string | undefined {
  const { prefix, word } = split(name);
  const known = [...table.values()].filter(
    (it) => it.internal === undefined && it.mesh === family.mesh && (it.isLabel ?? place.isLabel) === place.isLabel,
  );
  const beside = known.map((it) => split(it.name)).filter((it) => it.prefix === prefix);
  const near = nearest(
    word,
    beside.map((it) => it.word),
  );
  // What a word merely begins need not be what was meant.
  const isFar = near !== undefined && near.length > word.length + 4 && near.startsWith(word);
  if (near !== undefined && !isFar) return prefix === '' ? near : `${prefix}/${near}`;
  return known.find((it) => prefix !== '' && split(it.name).word === word)?.name;
}

function split(name: string): { readonly prefix: string; readonly word: string } {
  const slash = name.indexOf('/');
  return { prefix: name.slice(0, Math.max(slash, 0)), word: name.slice(slash + 1) };
}

// ---- Places --------------------------------------------------------------------------------------------------------

function swapped(entry: Entry, doc: AnnotationDoc): Located {
  const { family, name, place } = entry;
  const [is, should] = place.isLabel ? ['label', 'annotation'] : ['annotation', 'label'];
  const message = `${meshNames[family.mesh]} reads "${name}" as ${article(should)} and not as ${article(is)}.`;
  const wanted = { ...place, isLabel: !place.isLabel };
  const fixes = isReadOn(doc, wanted)
    ? [move(entry, [...entry.path.slice(0, -2), `${should}s`], `Make it ${article(should)}`)]
    : [];
  return finding(entry, 'key', family.swapped ?? family.misplaced, message, fixes);
}

function article(word: string): string {
  return word.startsWith('a') ? `an ${word}` : `a ${word}`;
}

/** A place where nobody reads the name. Some names are only descriptions, which do no harm anywhere. */
function placeFinding(entry: Entry, doc: AnnotationDoc): Located | undefined {
  const { family, name, place, resource } = entry;
  if (isReadOn(doc, place) || doc.isDescriptive) return undefined;
  // What is handed on reaches several objects, of which one may read it.
  if (!place.isOwn && !place.kinds.includes('Pod.')) return undefined;
  const map = place.isLabel ? 'labels' : 'annotations';
  const { template } = place;
  if (template && doc.on.includes('Pod')) {
    const target = [...template, map];
    // Often both carry it, which does no harm.
    if (Object.hasOwn(recordAt(resource.value, target), name)) return undefined;
    const message = `${meshNames[family.mesh]} reads "${name}" from pods, and these have it from the pod template, not from ${place.owner}.`;
    const hasTemplate = isRecord(valueAt(resource.value, template.slice(0, -1)));
    const fixes = hasTemplate ? [move(entry, target, 'Move it to the pod template')] : [];
    return finding(entry, 'key', family.misplaced, message, fixes);
  }
  const kinds = [...new Set(doc.on.map((it) => readers(it, resource)))];
  const list = kinds.length < 2 ? kinds.join('') : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}`;
  const message = `${meshNames[family.mesh]} reads "${name}" on ${list}, not on ${place.owner}.`;
  return finding(entry, 'key', family.misplaced, message, [removal(entry)]);
}

/** Objects of a kind as a sentence names them; where another group has the kind too, with the group. */
function readers(on: string, { kind }: Resource): string {
  if (on === 'Pod') return 'pods';
  const plural = `${plainKind(on)}s`.replace(/([^aeiou])ys$/, '$1ies').replace(/sss$/, 'sses');
  return plainKind(on) === kind && on !== kind ? `${plural} of ${on.slice(kind.length + 1)}` : plural;
}

// ---- Values --------------------------------------------------------------------------------------------------------

function valueFinding(entry: Entry, doc: AnnotationDoc): Located | undefined {
  const { family, value, name, resource, path } = entry;
  if (typeof value !== 'string' || isUnknown(value) || !doc.syntax) return undefined;
  const problem = valueProblem(doc.syntax, value);
  if (!problem) return undefined;
  const message = `"${name}" must be ${problem.expected}, not "${shortened(value.replace(/\s+/g, ' '))}".`;
  const { nearest: near } = problem;
  const fixes =
    near === undefined
      ? []
      : [fix(`Use ${JSON.stringify(near)}`, [{ type: 'replace-value', resource, path, value: near }], true)];
  return finding(entry, 'value', family.invalid, message, fixes);
}

// ---- Age -----------------------------------------------------------------------------------------------------------

const newName: AnnotationVerdict = { code: 'common/newer-field', severity: 'warning', peers: [] };
const oldName: AnnotationVerdict = { code: 'common/annotation-deprecated', severity: 'hint', peers: [] };

function deprecation(entry: Entry, doc: AnnotationDoc, advice: string | undefined): Located | undefined {
  const { family, name, place, resource, path } = entry;
  if (advice === undefined) return undefined;
  const label = [...path.slice(0, -2), 'labels'];
  const becomesLabel = !place.isLabel && doc.isLabel === true;
  if (becomesLabel && Object.hasOwn(recordAt(resource.value, label), name)) return undefined;
  const successor = /^Use ([a-z0-9./-]+[a-z0-9])\.$/i.exec(advice)?.[1];
  const fixes = becomesLabel
    ? [move(entry, label, 'Make it a label')]
    : successor !== undefined && entry.environment.annotations.has(successor)
      ? [renaming(entry, successor)]
      : [];
  const message = `"${name}" is deprecated. ${advice}`;
  return { ...finding(entry, 'key', family.deprecated ?? oldName, message, fixes), tags: ['deprecated'] };
}

// ---- Making findings and fixes -------------------------------------------------------------------------------------

function finding(
  { resource, path }: Entry,
  side: 'key' | 'value',
  { code, severity, peers, mildOn = [] }: AnnotationVerdict,
  message: string,
  fixes: readonly Fix[] = [],
): Located {
  const range = rangeInPart(resource.part, [...resource.root, ...path], side);
  const isMild = severity === 'error' && mildOn.includes(resource.kind);
  return { range, severity: isMild ? 'warning' : severity, code, message, peers, tags: [], related: [], fixes };
}

function fix(title: string, edits: readonly FixEdit[], isSafe = false): Fix {
  return { title, isSafe, edits: () => edits };
}

/** Another name for the same value; where that is there already, only the old one goes. */
function renaming(entry: Entry, name: string): Fix {
  const { resource, path } = entry;
  if (Object.hasOwn(recordAt(resource.value, path.slice(0, -1)), name)) return removal(entry);
  return fix(`Rename to "${name}"`, [{ type: 'rename-key', resource, path, key: name }], true);
}

function removal({ resource, path, name }: Entry): Fix {
  return fix(`Remove "${name}"`, [{ type: 'delete', resource, path }]);
}

/** Takes an entry out of its map and puts it into another. What an alias or a merge key brings along stays where it is. */
function move({ resource, path, name, value }: Entry, target: Path, title: string): Fix {
  const home = path.slice(0, -1);
  const isBeside = home.slice(0, -1).join() === target.slice(0, -1).join();
  const isAlone = Object.keys(recordAt(resource.value, home)).length === 1;
  if (isBeside && isAlone && valueAt(resource.value, target) === undefined)
    return fix(title, [{ type: 'rename-key', resource, path: home, key: String(target.at(-1)) }]);
  const insert: FixEdit = { type: 'insert', resource, path: [...target, name], value };
  const isOwn = isWritten(resource.part, [...resource.root, ...path]);
  return fix(title, isOwn ? [{ type: 'delete', resource, path }, insert] : [insert]);
}

/** Names are known by their ends, so that only what is no name any more is cut. */
function shownName(name: string): string {
  return name.length > 100 ? shortened(name) : name;
}
