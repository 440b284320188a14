/** The same elsewhere: what other meshes have for a field, from the tables that conversions and their reports use. */

import {
  annotationOfRow,
  type FieldRow,
  fieldRowAt,
  gatewayApiRowFor,
  type Idea,
  ideas,
  patternText,
} from '../meshes/ideas.ts';
import type { Mesh } from '../meshes/mesh.ts';
import { meshes } from '../meshes/meshes.ts';
import { isOfKind } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import type { Fate } from '../model/report.ts';
import type { Path } from '../model/text.ts';

/** Where a mesh says an idea. */
export interface FieldPlace {
  readonly kind: string;
  readonly group: string;
  /** `spec.http[].timeout`, or the name of a label or annotation. */
  readonly path: string;
  readonly isAnnotation: boolean;
}

/** One line of an answer: what becomes of the field in one mesh, or in several that say the same. */
export interface Elsewhere {
  readonly meshes: readonly string[];
  readonly fate: Fate;
  readonly place?: FieldPlace;
  /** A sentence of the table; may be missing where the field is kept as it is. */
  readonly reason?: string;
  /** The mesh reads the manifest as it stands: `fate` and `reason` are about that, and `place` is its other way. */
  readonly readsIt?: true;
}

/**
 * What the other meshes have for a field of a resource. For fields of a kind that all of them may read, it says of each
 * what it makes of it. Empty where the tables know nothing, or where the field is the parent of several ideas.
 */
export function elsewhere(resource: Resource, path: Path): readonly Elsewhere[] {
  const owner = meshes.find((it) => it.kinds.some((kind) => isOfKind(resource, kind)));
  if (owner) {
    const row = fieldRowAt(rowsOf(owner), resource, path);
    return row ? elsewhereOf(row, owner) : [];
  }
  const shared = sharedRow(resource, path);
  const reads = meshes.flatMap((mesh) => readingOf(mesh, resource, path, shared?.row));
  if (reads.length > 0) return reads;
  // A label or annotation on a kind of Kubernetes belongs to the mesh whose table names it.
  return shared?.row.idea ? elsewhereOf(shared.row, shared.mesh) : [];
}

function sharedRow(resource: Resource, path: Path): { readonly mesh: Mesh; readonly row: FieldRow } | undefined {
  for (const mesh of meshes) {
    const row = fieldRowAt(rowsOf(mesh), resource, path);
    if (row?.idea) return { mesh, row };
  }
  return undefined;
}

function readingOf(mesh: Mesh, resource: Resource, path: Path, shared: FieldRow | undefined): readonly Elsewhere[] {
  const row = gatewayApiRowFor(mesh.gatewayApi, resource, path);
  if (!row) return [];
  const place = ownPlace(mesh, shared);
  const { fate, reason } = row;
  const why = reason === undefined ? {} : { reason };
  return [{ meshes: [mesh.name], fate, readsIt: true, ...why, ...(place ? { place } : {}) }];
}

/** Where a mesh says the idea of a shared field in a kind of its own; its copy of the shared kind is no news. */
function ownPlace(mesh: Mesh, shared: FieldRow | undefined): FieldPlace | undefined {
  if (!shared?.idea) return undefined;
  const row = placesOf(mesh, shared.idea).find(
    (it) =>
      mesh.kinds.includes(it.kind) &&
      it.path !== shared.path &&
      !mesh.shares.some((kind) => kind.name === it.kind.name),
  );
  return row && placeOf(row);
}

function elsewhereOf(row: FieldRow, owner: Mesh): readonly Elsewhere[] {
  const others = meshes.filter((it) => it !== owner);
  if (row.peculiar) return [{ meshes: others.map((it) => it.name), fate: 'lost', reason: row.peculiar.reason }];
  const { idea } = row;
  return others.map((mesh) => answerOf(mesh, idea));
}

/** What a mesh makes of an idea, and where. */
export function answerOf(mesh: Mesh, idea: Idea): Elsewhere {
  const { fate, reason } = mesh.answers[idea];
  const [row] = placesOf(mesh, idea);
  return {
    meshes: [mesh.name],
    fate,
    ...(row ? { place: placeOf(row) } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Where a mesh says an idea, the best place first. */
function placesOf(mesh: Mesh, idea: Idea): readonly FieldRow[] {
  return rowsOf(mesh).filter((it) => it.idea === idea);
}

function rowsOf({ fields, alsoSays }: Mesh): readonly FieldRow[] {
  return [...fields, ...alsoSays];
}

function placeOf(row: FieldRow): FieldPlace {
  const annotation = annotationOfRow(row);
  const { name, group } = row.kind;
  return { kind: name, group, path: annotation ?? patternText(row.path), isAnnotation: annotation !== undefined };
}

/** One idea across all meshes, for a table. */
export interface RosettaRow {
  readonly idea: Idea;
  readonly title: string;
  /** In the order of the meshes. */
  readonly cells: readonly Elsewhere[];
}

/** A row for each of some ideas. */
export function rosettaRows(of: readonly Idea[]): readonly RosettaRow[] {
  return of.map((idea) => ({ idea, title: ideas[idea], cells: meshes.map((it) => answerOf(it, idea)) }));
}
