/** Labels and annotations that meshes read, on what they work, and what they do. */

import { isRecord } from './value.ts';
import type { Path } from './text.ts';

export interface AnnotationDoc {
  readonly name: string;
  /** The room that knows it: `istio`, `linkerd`, `consul`, `kubernetes`. */
  readonly mesh: string;
  readonly isLabel: boolean | undefined;
  readonly text: string;
  /** Kinds on which it works; `Pod` stands for pods and pod templates, `Workload` for what makes pods. */
  readonly on: readonly string[];
  /** What each value means, or the syntax in words. */
  readonly values: Readonly<Record<string, string>> | string | undefined;
  readonly default: string | undefined;
  readonly example: string | undefined;
  readonly link: string | undefined;
  readonly deprecated: string | undefined;
  readonly since: string | undefined;
  readonly constraint: string | undefined;
}

export type AnnotationTable = ReadonlyMap<string, AnnotationDoc>;

/** Reads what `schemas/fold.mjs` made of the annotation files; by name. */
export function loadAnnotations(json: string): AnnotationTable {
  const table = new Map<string, AnnotationDoc>();
  const byMesh: unknown = JSON.parse(json);
  if (!isRecord(byMesh)) return table;
  for (const [mesh, entries] of Object.entries(byMesh)) {
    if (!isRecord(entries)) continue;
    for (const [name, entry] of Object.entries(entries))
      if (isRecord(entry)) table.set(name, readDoc(name, mesh, entry));
  }
  return table;
}

function readDoc(name: string, mesh: string, entry: Record<string, unknown>): AnnotationDoc {
  const text = (key: string) =>
    entry[key] === undefined || entry[key] === null ? undefined : String(entry[key]).trim();
  const { values, on, kind } = entry;
  return {
    name,
    mesh,
    isLabel: kind === 'label' ? true : kind === 'annotation' ? false : undefined,
    text: text('text') ?? '',
    on: Array.isArray(on) ? on.map(String) : [],
    values: isRecord(values)
      ? Object.fromEntries(Object.entries(values).map(([value, prose]) => [value, String(prose)]))
      : text('values'),
    default: text('default'),
    example: text('example'),
    link: text('link'),
    deprecated: text('deprecated'),
    since: text('since'),
    constraint: text('constraint'),
  };
}

/** A map of labels or annotations, and what it belongs to. */
export interface AnnotationPlace {
  readonly isLabel: boolean;
  /** Names as `AnnotationDoc.on` uses them. */
  readonly on: ReadonlySet<string>;
}

/** Kinds that make pods, by name; their own metadata counts as `Workload`. */
const workloads = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Rollout',
  'Pod',
]);

/** What a path to a map of labels or annotations belongs to; undefined for other paths. */
export function annotationPlace(kind: string, path: Path): AnnotationPlace | undefined {
  const last = path.at(-1);
  if ((last !== 'labels' && last !== 'annotations') || path.at(-2) !== 'metadata') return undefined;
  const isLabel = last === 'labels';
  if (path.length === 2)
    return { isLabel, on: new Set(kind === 'Pod' ? ['Pod'] : workloads.has(kind) ? ['Workload', kind] : [kind]) };
  return path.at(-3) === 'template' ? { isLabel, on: new Set(['Pod']) } : undefined;
}

/** Labels or annotations that work at a place, by name. */
export function* annotationsFor(table: AnnotationTable, place: AnnotationPlace): Generator<AnnotationDoc> {
  for (const doc of table.values()) {
    if (doc.isLabel !== undefined && doc.isLabel !== place.isLabel) continue;
    if (doc.on.some((it) => place.on.has(it))) yield doc;
  }
}
