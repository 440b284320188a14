/** The same elsewhere: what other meshes have for a field, from the tables that conversions and their reports use. */

import {
  answerFrom,
  type FieldRow,
  fieldRowAt,
  gatewayApiRowFor,
  type Idea,
  ideas,
  metadataKeyOf,
  patternText,
  type PlainAnswer,
  type PlaceRow,
  topics,
} from '../meshes/ideas.ts';
import type { Mesh } from '../meshes/mesh.ts';
import { meshes } from '../meshes/meshes.ts';
import { isOfKind, type Kind } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import type { Fate } from '../model/report.ts';
import type { Path } from '../model/text.ts';

/** Where a mesh says an idea. */
export interface FieldPlace {
  /** `HTTPRoute`; with its group where the mesh has another kind of this name. */
  readonly kind: string;
  /** `spec.http[].timeout`, or the name of a label or annotation. */
  readonly path: string;
  readonly part: 'field' | 'label' | 'annotation';
}

/** One line of an answer: what becomes of the field in one mesh, or in several that say the same. */
export interface Elsewhere {
  readonly meshes: readonly string[];
  /** Missing where the table leaves it to people. */
  readonly fate?: Fate;
  readonly place?: FieldPlace;
  /** A sentence of the table; may be missing where the field is kept as it is. */
  readonly reason?: string;
  /** The mesh reads the manifest as it stands: `fate` and `reason` are about that, and `place` is its other way. */
  readonly readsIt?: true;
  /** In a table: from which mesh it fares in another way. */
  readonly from?: readonly { readonly mesh: string; readonly answer: PlainAnswer }[];
}

/**
 * What the other meshes have for a field of a resource. For fields of a kind that all of them may read, it says of each
 * what it makes of it. Empty where the tables know nothing, or where the field is the parent of several ideas.
 */
export function elsewhere(resource: Resource, path: Path): readonly Elsewhere[] {
  const owner = meshes.find((it) => it.kinds.some((kind) => isOfKind(resource, kind)));
  if (owner) {
    const row = fieldRowAt(owner.fields, resource, path);
    // Without a row of its own, `spec.retries` is the parent of several ideas.
    return row || path[0] !== 'spec' ? elsewhereOf(owner, row, placeAt(owner, resource, path)) : [];
  }
  const shared = sharedRow(resource, path);
  const reads = meshes.flatMap((mesh) => {
    const reading = readingOf(mesh, resource, path);
    const place = reading && shared && ownPlace(mesh, shared.idea);
    return reading ? [{ ...reading, ...(place ? { place } : {}) }] : [];
  });
  if (reads.length > 0) return reads;
  // A label or annotation on a kind of Kubernetes belongs to the mesh whose table names it.
  return shared ? elsewhereOf(shared.mesh, shared.row, shared.place) : [];
}

/** The first mesh that knows an idea for a field of a kind that is no mesh's own. */
function sharedRow(resource: Resource, path: Path) {
  for (const mesh of meshes) {
    const row = fieldRowAt(mesh.fields, resource, path);
    const place = placeAt(mesh, resource, path);
    const idea = row?.idea ?? place?.idea;
    if (idea) return { mesh, row, place, idea };
  }
  return undefined;
}

function placeAt(mesh: Mesh, resource: Resource, path: Path): PlaceRow | undefined {
  return fieldRowAt(mesh.alsoSays, resource, path);
}

/** What a mesh makes of a field of the Gateway API as it stands. */
function readingOf(mesh: Mesh, resource: Pick<Resource, 'group' | 'kind'>, path: Path): Elsewhere | undefined {
  const row = gatewayApiRowFor(mesh.gatewayApi, resource, path);
  if (!row) return undefined;
  const { fate, reason } = row;
  return { meshes: [mesh.name], fate, readsIt: true, ...(reason === undefined ? {} : { reason }) };
}

/** Where a mesh says the idea of a shared field in a kind of its own; its copy of the shared kind is no news. */
function ownPlace(mesh: Mesh, idea: Idea): FieldPlace | undefined {
  const isCopy = ({ kind }: FieldRow) => mesh.shares.some((it) => it.name === kind.name);
  return placeOf(
    mesh.fields.filter((it) => mesh.kinds.includes(it.kind) && !isCopy(it) && !isOld(mesh, it)),
    idea,
  );
}

/** What the others have, by the row that conversions read, else by what the field says as well. */
function elsewhereOf(owner: Mesh, row: FieldRow | undefined, place: PlaceRow | undefined): readonly Elsewhere[] {
  const others = meshes.filter((it) => it !== owner);
  const idea = row ? row.idea : place?.idea;
  if (idea) return others.map((mesh) => answerOf(mesh, idea, answerFrom(mesh.answers, idea, owner.id)));
  const peculiar = row?.peculiar;
  if (!peculiar) return [];
  const lost = (names: readonly Mesh[], at?: FieldPlace): Elsewhere => ({
    meshes: names.map((it) => it.name),
    fate: 'lost',
    reason: peculiar.reason,
    ...(at ? { place: at } : {}),
  });
  const places = others.map((mesh) => ({ mesh, at: place && placeOf(rowsOf(mesh), place.idea) }));
  const without = places.filter((it) => !it.at).map((it) => it.mesh);
  const told = places.flatMap(({ mesh, at }) => (at ? [lost([mesh], at)] : []));
  return without.length === 0 ? told : [...told, lost(without)];
}

/** What a mesh makes of an idea, and where. */
function answerOf(mesh: Mesh, idea: Idea, { fate, reason }: PlainAnswer): Elsewhere {
  const place = placeOf(rowsOf(mesh), idea);
  return { meshes: [mesh.name], fate, ...(place ? { place } : {}), ...(reason === undefined ? {} : { reason }) };
}

/** The rows of a mesh, those of kinds that newer ones have taken the place of last. */
function rowsOf(mesh: Mesh): readonly (FieldRow | PlaceRow)[] {
  const rows = [...mesh.fields, ...mesh.alsoSays];
  return [...rows.filter((it) => !isOld(mesh, it)), ...rows.filter((it) => isOld(mesh, it))];
}

function isOld({ superseded = [] }: Mesh, { kind }: FieldRow | PlaceRow): boolean {
  return superseded.some((it) => it.kind === kind);
}

/** The most siblings that are named together. */
const mostSiblings = 3;

/** The first of some places of an idea; fields of one parent that follow it in the table say it together. */
function placeOf(rows: readonly (FieldRow | PlaceRow)[], idea: Idea): FieldPlace | undefined {
  const start = rows.findIndex((it) => it.idea === idea);
  const first = rows[start];
  if (!first) return undefined;
  const kind = kindText(first.kind, rows);
  const metadata = metadataKeyOf(first);
  if (metadata) return { kind, path: metadata.key, part: metadata.part };
  const isKin = (it: FieldRow | PlaceRow) =>
    it.idea === idea && it.kind === first.kind && parentOf(it) === parentOf(first);
  const length = rows.slice(start).findIndex((it) => !isKin(it));
  const siblings = rows.slice(start, length === -1 ? undefined : start + length);
  const together = siblings.length > mostSiblings ? [first] : siblings;
  return { kind, path: joinedText(together.map((it) => it.path)), part: 'field' };
}

/** The first kind of a name in a table needs no more than the name. */
function kindText(kind: Kind, rows: readonly (FieldRow | PlaceRow)[]): string {
  const namesake = rows.find((it) => it.kind.name === kind.name)?.kind;
  return namesake?.group === kind.group ? kind.name : `${kind.name} of ${kind.group}`;
}

function parentOf({ path }: { readonly path: string }): string {
  const text = patternText(path);
  return text.slice(0, text.lastIndexOf('.'));
}

/** `spec.tls.mode` and `spec.tls.sni` as `spec.tls.{mode,sni}`. */
function joinedText(paths: readonly string[]): string {
  // A list or map that may be empty has a row beside that of its items.
  const texts = [...new Set(paths.map((it) => patternText(it).replace(/(?:\[\]|\.\*)$/, '')))];
  const [first = ''] = texts;
  if (texts.length === 1) return first;
  const parent = first.slice(0, first.lastIndexOf('.'));
  return `${parent}.{${texts.map((it) => it.slice(parent.length + 1)).join(',')}}`;
}

// ---- All of it -----------------------------------------------------------------------------------------------------

/** The meshes, in the order of the cells of every table. */
export const meshNames: readonly string[] = meshes.map((it) => it.name);

/** One row of a table: what it is about, and what each mesh has for it. */
export interface RosettaRow {
  /** An idea in words, or a field. */
  readonly title: string;
  readonly kind?: string;
  /** In the order of the meshes; undefined where nothing is known. */
  readonly cells: readonly (Elsewhere | undefined)[];
}

/** All ideas by topic: what becomes of each on the way into a mesh, and where it is there. */
export function rosettaTopics(): readonly { readonly title: string; readonly rows: readonly RosettaRow[] }[] {
  return topics.map((topic) => ({
    title: topic.title,
    rows: topic.ideas.map((idea) => ({ title: ideas[idea], cells: meshes.map((it) => cellOf(it, idea)) })),
  }));
}

function cellOf(mesh: Mesh, idea: Idea): Elsewhere {
  const answer = mesh.answers[idea];
  const others = meshes.flatMap((source) => {
    const own = answer.from?.[source.id];
    return own ? [{ mesh: source.name, answer: own }] : [];
  });
  return { ...answerOf(mesh, idea, answer), ...(others.length === 0 ? {} : { from: others }) };
}

/** Every field of the Gateway API that the tables speak of; fields of one parent that share their answers are one row. */
export function gatewayApiTable(): readonly RosettaRow[] {
  const rows = new Map<string, { kind: string; paths: string[]; cells: RosettaRow['cells'] }>();
  for (const { kind, path, isParent } of gatewayApiFields()) {
    const cells = meshes.map((it) => readingOf(it, { group: kind.group, kind: kind.name }, examplePath(path)));
    if (isParent && cells.includes(undefined)) continue;
    const id = JSON.stringify([kind.name, parentOf({ path }), cells]);
    const row = rows.get(id) ?? { kind: kind.name, paths: [], cells };
    rows.set(id, row);
    row.paths.push(path);
  }
  return [...rows.values()].map(({ kind, paths, cells }) => ({ title: joinedText(paths), kind, cells }));
}

/** Each once: kinds as the tables list them, fields by name. */
function gatewayApiFields() {
  const all = meshes.flatMap((it) => it.gatewayApi);
  return [...new Set(all.map((it) => it.kind))].flatMap((kind) => {
    const paths = [...new Set(all.filter((it) => it.kind === kind).map((it) => it.path))].sort();
    const isParent = (path: string) => {
      const stem = path.replace(/\.\*\*$/, '');
      return paths.some((it) => it !== path && it.startsWith(stem) && /^[.[]/.test(it.slice(stem.length)));
    };
    return paths.map((path) => ({ kind, path, isParent: isParent(path) }));
  });
}

function examplePath(pattern: string): Path {
  const steps = pattern.replace(/\.\*\*$/, '').matchAll(/\[\*\]|[^.[\]]+/g);
  return [...steps].map(([step]) => (step === '[*]' ? 0 : step));
}

/** Fields that conversions leave out for one reason. */
export interface PeculiarFields {
  readonly kinds: readonly string[];
  /** `spec.tls.…` is all that no other row names below `spec.tls`. */
  readonly paths: readonly string[];
  readonly reason: string;
}

/** What conversions leave out, mesh by mesh, in the order of its table; kinds that share fields and reason are one row. */
export function peculiarTable(): readonly { readonly mesh: string; readonly rows: readonly PeculiarFields[] }[] {
  return meshes.map((mesh) => {
    const byKind = new Map<string, { kind: string; paths: string[]; reason: string }>();
    for (const { kind, path, peculiar } of mesh.fields) {
      if (!peculiar) continue;
      const id = JSON.stringify([kind.group, kind.name, peculiar.reason]);
      const row = byKind.get(id) ?? { kind: kind.name, paths: [], reason: peculiar.reason };
      byKind.set(id, row);
      row.paths.push(path.endsWith('.**') ? `${patternText(path)}.…` : patternText(path));
    }
    const rows = new Map<string, { kinds: string[]; paths: readonly string[]; reason: string }>();
    for (const { kind, paths, reason } of byKind.values()) {
      const id = JSON.stringify([paths, reason]);
      const row = rows.get(id) ?? { kinds: [], paths, reason };
      rows.set(id, row);
      if (!row.kinds.includes(kind)) row.kinds.push(kind);
    }
    return { mesh: mesh.name, rows: [...rows.values()] };
  });
}
