/** Labels and annotations that meshes read, on what they work, what values they take, and what they do. */

import { readSyntax, type ValueSyntax } from './annotation-value.ts';
import { groupOf } from './kind.ts';
import type { MeshId } from './mesh-id.ts';
import type { Severity } from './rule.ts';
import { isRecord } from './value.ts';
import type { Path } from './text.ts';

export interface AnnotationDoc {
  readonly name: string;
  /** The room that knows it: `istio`, `linkerd`, `consul`, `kubernetes`. */
  readonly mesh: string;
  readonly isLabel: boolean | undefined;
  readonly text: string;
  /**
   * Kinds on which it works: `Service`, where two groups have one of the name `Gateway.gateway.networking.k8s.io`; `Pod`
   * stands for pods and pod templates, `Any` for the metadata of every resource.
   */
  readonly on: readonly string[];
  /** What each value means, or the syntax in words. */
  readonly values: Readonly<Record<string, string>> | string | undefined;
  /** What values it takes; undefined where any text will do. */
  readonly syntax: ValueSyntax | undefined;
  readonly default: string | undefined;
  readonly example: string | undefined;
  readonly link: string | undefined;
  readonly deprecated: string | undefined;
  readonly since: string | undefined;
  readonly constraint: string | undefined;
  readonly isAlpha: boolean;
  /** Why nobody sets it by hand: who writes it, or where it comes from. Such a name is known and never offered. */
  readonly internal: string | undefined;
  /** Whether it only tells what something is, so that it does no harm elsewhere. */
  readonly isDescriptive: boolean;
  /** What holds of the annotation of the same name, for a label that has one. */
  readonly asAnnotation: { readonly deprecated: string | undefined; readonly internal: string | undefined } | undefined;
}

export type AnnotationTable = ReadonlyMap<string, AnnotationDoc>;

/** What a mistake in a label or annotation is called, and how bad it is. */
export interface AnnotationVerdict {
  /** Rule id. */
  readonly code: string;
  readonly severity: Severity;
  /** Codes by which other tools know it. */
  readonly peers: readonly string[];
  /** Kinds on which it is a warning only, since nobody refuses the object. */
  readonly mildOn?: readonly string[];
}

/** Names of one mesh that are judged alike. Of several families that cover a name, the first counts. */
export interface AnnotationFamily {
  readonly mesh: MeshId;
  /** The names that it covers, known ones and such as nobody knows. */
  readonly names: RegExp;
  /** A name that nobody knows; absent where a name may be anything. */
  readonly unknown?: AnnotationVerdict;
  /** A label where an annotation is wanted, or the other way round; by default as if misplaced. */
  readonly swapped?: AnnotationVerdict;
  readonly misplaced: AnnotationVerdict;
  readonly invalid: AnnotationVerdict;
  readonly deprecated?: AnnotationVerdict;
  /** What may change without notice; told only to those who give the rule a severity. */
  readonly alpha?: AnnotationVerdict;
}

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
  const text = (key: string, from = entry) =>
    from[key] === undefined || from[key] === null ? undefined : String(from[key]).trim();
  const { values, on, kind, asAnnotation } = entry;
  return {
    name,
    mesh,
    isLabel: kind === 'label' ? true : kind === 'annotation' ? false : undefined,
    text: text('text') ?? '',
    on: Array.isArray(on) ? on.map(String) : [],
    values: isRecord(values)
      ? Object.fromEntries(Object.entries(values).map(([value, prose]) => [value, String(prose)]))
      : text('values'),
    syntax: readSyntax(entry),
    default: text('default'),
    example: text('example'),
    link: text('link'),
    deprecated: text('deprecated'),
    since: text('since'),
    constraint: text('constraint'),
    isAlpha: entry['status'] === 'alpha',
    internal: text('internal'),
    isDescriptive: entry['descriptive'] === true,
    asAnnotation: isRecord(asAnnotation)
      ? { deprecated: text('deprecated', asAnnotation), internal: text('internal', asAnnotation) }
      : undefined,
  };
}

/** What is known of a name; names of a family (`service-meta-` and more) go by the family's entry. */
export function annotationDoc(table: AnnotationTable, name: string): AnnotationDoc | undefined {
  const known = table.get(name);
  if (known) return known;
  const dash = name.lastIndexOf('/') === -1 ? -1 : name.indexOf('-', name.lastIndexOf('/'));
  for (let at = dash; at !== -1 && at < name.length - 1; at = name.indexOf('-', at + 1)) {
    const family = table.get(name.slice(0, at + 1));
    if (family) return family;
  }
  return undefined;
}

/** A map of labels or annotations, and what it belongs to. */
export interface AnnotationPlace {
  readonly isLabel: boolean;
  /** What it belongs to, to go into a sentence: `a Service`, `a pod template`. */
  readonly owner: string;
  /** Kinds as `AnnotationDoc.on` names them, each with its group where that is known. */
  readonly kinds: readonly string[];
  /** Whether it is the metadata of the resource itself. */
  readonly isOwn: boolean;
  /** Where a workload's pods get theirs from, when this is the workload's own metadata: the path of that metadata. */
  readonly template: Path | undefined;
}

/** Kinds that make pods from a template, by name and group, with the path of the template's metadata. */
const templates: readonly { readonly kinds: readonly string[]; readonly path: Path }[] = [
  {
    kinds: [
      'Deployment.apps',
      'StatefulSet.apps',
      'DaemonSet.apps',
      'ReplicaSet.apps',
      'ReplicationController.',
      'Job.batch',
      'Rollout.argoproj.io',
      'Service.serving.knative.dev',
      'Configuration.serving.knative.dev',
    ],
    path: ['spec', 'template', 'metadata'],
  },
  { kinds: ['CronJob.batch'], path: ['spec', 'jobTemplate', 'spec', 'template', 'metadata'] },
];

/** Metadata below the spec that is handed to what the resource makes: kind, path, and as what it counts there. */
const handedOn: readonly {
  readonly kind: string;
  readonly path: Path;
  readonly owner: string;
  readonly on: readonly string[];
}[] = [
  {
    kind: 'Gateway.gateway.networking.k8s.io',
    path: ['spec', 'infrastructure'],
    owner: 'the infrastructure of a Gateway',
    on: ['Service', 'Deployment.apps', 'ServiceAccount', 'Pod', 'PodDisruptionBudget', 'HorizontalPodAutoscaler'],
  },
  {
    kind: 'WorkloadGroup.networking.istio.io',
    path: ['spec', 'metadata'],
    owner: 'a WorkloadGroup',
    on: ['WorkloadEntry', 'Pod'],
  },
];

/** A kind with its group, `Deployment.apps`; without a dot while the group is not known. */
function qualified(kind: string, apiVersion: string | undefined): string {
  return apiVersion === undefined ? kind : `${kind}.${groupOf(apiVersion)}`;
}

/** Whether two names of kinds may mean the same: a name without a group stands for each group. */
function isSameKind(one: string, other: string): boolean {
  const [kind = ''] = one.split('.', 1);
  const [otherKind = ''] = other.split('.', 1);
  return kind === otherKind && (one === kind || other === otherKind || one === other);
}

/** A place with the path of its map in the resource. */
export type AnnotationHome = AnnotationPlace & { readonly path: Path };

const homesOf = new Map<string, readonly AnnotationHome[]>();

/** Where a resource of a kind has labels and annotations that meshes may read; its own metadata comes first. */
export function annotationHomes(kind: string, apiVersion: string | undefined): readonly AnnotationHome[] {
  const id = qualified(kind, apiVersion);
  let homes = homesOf.get(id);
  if (!homes) {
    homes = findHomes(kind, id);
    // Kinds are few, but nobody vouches for what people write there.
    if (homesOf.size < 1_000) homesOf.set(id, homes);
  }
  return homes;
}

function findHomes(kind: string, id: string): readonly AnnotationHome[] {
  const template = templates.find((it) => it.kinds.some((known) => isSameKind(known, id)))?.path;
  const places = [
    // A Service of another group than the core's is something else altogether.
    {
      path: ['metadata'],
      owner: `${/^(?:[AEIO]|[FHLMNRSX][A-Z])/.test(kind) ? 'an' : 'a'} ${kind}`,
      kinds: [id],
      isOwn: true,
      template,
    },
    ...(template
      ? [{ path: template, owner: 'a pod template', kinds: ['Pod.'], isOwn: false, template: undefined }]
      : []),
    ...handedOn
      .filter((it) => isSameKind(it.kind, id))
      .map(({ path, owner, on }) => ({ path, owner, kinds: on, isOwn: false, template: undefined })),
  ];
  return places.flatMap((place) => [
    { ...place, path: [...place.path, 'labels'], isLabel: true },
    { ...place, path: [...place.path, 'annotations'], isLabel: false },
  ]);
}

/** What a path to a map of labels or annotations belongs to; undefined for other paths. */
export function annotationPlace(kind: string, path: Path, apiVersion?: string): AnnotationPlace | undefined {
  const last = path.at(-1);
  if (last !== 'labels' && last !== 'annotations') return undefined;
  return annotationHomes(kind, apiVersion).find(
    (it) => it.path.length === path.length && it.path.every((step, position) => step === path[position]),
  );
}

/** Whether a label or annotation is read at a place, as far as the kind goes. */
export function isReadOn({ on }: AnnotationDoc, { kinds, isOwn }: AnnotationPlace): boolean {
  return on.some((it) => (it === 'Any' ? isOwn : kinds.some((kind) => isSameKind(homeOf(it), kind))));
}

/** `Service` and `Pod` of the annotation files are those of the core group; Knative has a Service as well. */
function homeOf(on: string): string {
  return on === 'Service' || on === 'Pod' ? `${on}.` : on;
}

/** Labels or annotations that work at a place and are for people to set. */
export function* annotationsFor(table: AnnotationTable, place: AnnotationPlace): Generator<AnnotationDoc> {
  for (const doc of table.values()) {
    if (doc.internal !== undefined || (doc.isLabel !== undefined && doc.isLabel !== place.isLabel)) continue;
    // A workload may have it on itself as every resource may; what its pods shall have stands in their template.
    if (place.template && doc.on.includes('Pod')) continue;
    if (isReadOn(doc, place)) yield doc;
  }
}

/** A kind as prose names it: without its group. */
export function plainKind(on: string): string {
  return on.split('.', 1)[0] ?? on;
}
