/**
 * The ledger of a conversion: every leaf of the source has exactly one fate in the target. What a writer forgets, the
 * ledger counts as lost, so nothing disappears in silence.
 */

import type { Asked, Origin, Risk } from './ir.ts';
import type { Resource } from './manifest.ts';
import { parsePath, type Path, pathText, samePath } from './text.ts';
import { isRecord } from './value.ts';

export type Fate = 'exact' | 'changed' | 'lost';

export interface ReportEntry {
  readonly resource: Resource;
  readonly path: Path;
  readonly fate: Fate;
  /** Reason code, `proxy-wide`; empty for an exact one. */
  readonly code: string;
  /** In a user's words; may be empty for an exact one. */
  readonly reason: string;
  readonly risk: Risk;
  /**
   * Where it went: `HTTPRoute/shop/reviews spec.rules[0].timeouts.request`; several places with `, ` between them; empty
   * when it went nowhere.
   */
  readonly target: string;
  /** All places that the leaf went to, also where another fate counts. */
  readonly targets: readonly Target[];
}

/** A place in the result. */
export interface Target {
  /** The resource as reports name it: `HTTPRoute/shop/reviews`. */
  readonly place: string;
  /** The field; empty for the whole resource. */
  readonly path: Path;
}

/**
 * What a reader must know beside the leaves. `implicit`: a default of the source mesh that the target does not share;
 * `assumed`: a fact the workspace does not hold; `manual`: a step outside manifests; `generated`: a resource that exists
 * only to carry the conversion; `merged`: an existing resource is changed; `missing`: a fact without which something
 * could not be written, and how to give it; `comment`: a comment of the source that stands nowhere in the result; `renamed`:
 * a name that was made one that can be.
 */
export interface Note {
  readonly kind: 'implicit' | 'assumed' | 'manual' | 'generated' | 'merged' | 'missing' | 'comment' | 'renamed';
  readonly text: string;
  readonly risk: Risk;
}

export interface Report {
  readonly entries: readonly ReportEntry[];
  readonly notes: readonly Note[];
}

/** Why a leaf is not carried over. */
export interface Loss {
  readonly code: string;
  readonly reason: string;
  readonly risk: Risk;
}

const unknownField: Loss = {
  code: 'unknown-field',
  reason: 'Meshwright does not know this field, so it is not carried over.',
  risk: 'behaviour',
};

const fateRank: Record<Fate, number> = { exact: 0, changed: 1, lost: 2 };
const riskRank: Record<Risk, number> = { none: 0, behaviour: 1, availability: 2, security: 3 };

/** Collects fates and notes while a conversion writes; `report()` closes it. */
export class Ledger {
  readonly #resources: ReadonlySet<Resource>;
  readonly #entries = new Map<Resource, Map<string, Recorded>>();
  readonly #notes: Note[] = [];
  readonly #sources = new Map<string, Set<Resource>>();
  readonly #targets = new Map<Resource, Map<string, Target[]>>();

  /** Accounts for these resources; fates of leaves of others (facts read on the way) are ignored. */
  constructor(resources: readonly Resource[]) {
    this.#resources = new Set(resources);
  }

  /** Whether a resource is among those that are converted. */
  accountsFor(resource: Resource): boolean {
    return this.#resources.has(resource);
  }

  /** The target behaves the same; `target` names the place, `reason` an equal wording or unit when it differs. */
  exact(asked: Asked<unknown> | readonly Origin[], target: string, reason = ''): void {
    this.#record(asked, { fate: 'exact', code: '', reason, risk: 'none', target });
  }

  /** Written, but it behaves differently: the reason says how. */
  changed(
    asked: Asked<unknown> | readonly Origin[],
    target: string,
    code: string,
    reason: string,
    risk: Risk = 'behaviour',
  ): void {
    this.#record(asked, { fate: 'changed', code, reason, risk, target });
  }

  /** Not written: the reason says why. */
  lost(asked: Asked<unknown> | readonly Origin[], code: string, reason: string, risk: Risk = 'behaviour'): void {
    this.#record(asked, { fate: 'lost', code, reason, risk, target: '' });
  }

  /** Adds a note once, with the worst of its risks. */
  note(kind: Note['kind'], text: string, risk: Risk = 'none'): void {
    const at = this.#notes.findIndex((it) => it.kind === kind && it.text === text);
    const known = this.#notes[at];
    if (!known) this.#notes.push({ kind, text, risk });
    else if (riskRank[risk] > riskRank[known.risk]) this.#notes[at] = { kind, text, risk };
  }

  /** Tells everything that was said of a place of another. */
  rename(place: string, to: string): void {
    const sources = this.#sources.get(place);
    if (sources) this.#sources.set(to, new Set([...(this.#sources.get(to) ?? []), ...sources]));
    this.#sources.delete(place);
    const move = (it: Target): Target => (it.place === place ? { ...it, place: to } : it);
    for (const byLeaf of this.#targets.values()) for (const [id, list] of byLeaf) byLeaf.set(id, list.map(move));
    for (const byLeaf of this.#entries.values())
      for (const [id, it] of byLeaf) {
        const target = it.target
          .split(', ')
          .map((text) => (text.split(' ')[0] === place ? to + text.slice(place.length) : text));
        byLeaf.set(id, { ...it, target: target.join(', ') });
      }
  }

  /** The resources of which a leaf went to a new one, by its name as targets begin with it: `HTTPRoute/shop/reviews`. */
  sourcesOf(place: string): ReadonlySet<Resource> {
    return this.#sources.get(place) ?? new Set();
  }

  /**
   * The whole account: every leaf of every source once, in document order. What nobody spoke of is lost, for the reason
   * that `unspoken` gives when it knows the field.
   */
  report(unspoken?: (resource: Resource, path: Path) => Loss | undefined): Report {
    const entries: ReportEntry[] = [];
    for (const resource of this.#resources) {
      for (const path of leavesOf(resource)) {
        const id = pathText(path);
        const fate = this.#entries.get(resource)?.get(id) ?? {
          fate: 'lost',
          ...(unspoken?.(resource, path) ?? unknownField),
          target: '',
        };
        entries.push({ resource, path, ...fate, targets: this.#targets.get(resource)?.get(id) ?? [] });
      }
    }
    return { entries, notes: this.#notes };
  }

  /** One leaf may serve several targets: the worst fate is the one that counts, the graver risk among equals. */
  #record(asked: Asked<unknown> | readonly Origin[], fate: Recorded): void {
    const targets = parseTargets(fate.target);
    for (const { resource, path } of 'from' in asked ? asked.from : asked) {
      if (!this.#resources.has(resource)) continue;
      for (const { place } of targets) this.#tell(place, resource);
      const entries = this.#entries.get(resource) ?? new Map<string, Recorded>();
      this.#entries.set(resource, entries);
      const found = this.#targets.get(resource) ?? new Map<string, Target[]>();
      this.#targets.set(resource, found);
      for (const leaf of leavesWithin(resource, path)) {
        const id = pathText(leaf);
        const known = entries.get(id);
        if (!known || worse(fate, known)) entries.set(id, fate);
        for (const target of targets) addOnce(found, id, target);
      }
    }
  }

  /** Remembers all of them: a leaf that serves several targets names but one in its entry. */
  #tell(place: string, resource: Resource): void {
    const known = this.#sources.get(place) ?? new Set<Resource>();
    this.#sources.set(place, known);
    known.add(resource);
  }
}

/** A fate as it is told, before it belongs to a leaf. */
type Recorded = Pick<ReportEntry, 'fate' | 'code' | 'reason' | 'risk' | 'target'>;

/** Reads the places that a target names: `HTTPRoute/shop/reviews spec.rules[0], Service/shop/reviews`. */
export function parseTargets(target: string): readonly Target[] {
  return target.split(', ').flatMap((text) => {
    const [place = '', path = ''] = text.split(/ (.*)/s);
    return place.includes('/') ? [{ place, path: parsePath(path) ?? [] }] : [];
  });
}

function addOnce(lists: Map<string, Target[]>, id: string, target: Target): void {
  const known = lists.get(id);
  if (!known) lists.set(id, [target]);
  else if (!known.some((it) => it.place === target.place && samePath(it.path, target.path))) known.push(target);
}

function worse(entry: Recorded, known: Recorded): boolean {
  const byFate = fateRank[entry.fate] - fateRank[known.fate];
  return byFate > 0 || (byFate === 0 && riskRank[entry.risk] > riskRank[known.risk]);
}

const leaves = new WeakMap<Resource, readonly Path[]>();

/** Keys that tools own; nobody asked a mesh for them. */
const toolOwned = /^(?:kubectl\.kubernetes\.io|argocd\.argoproj\.io|meta\.helm\.sh|app\.kubernetes\.io|helm\.sh)\//;

/** Labels and annotations that a mesh reads. */
const meshOwned =
  /(?:^|[./])(?:istio\.io|linkerd\.io|consul\.hashicorp\.com|smi-spec\.io)(?:\/|$)|^istio-injection$|^service\.(?:istio|consul)\./;

/**
 * The leaves of a resource: every scalar and every empty map or list below `spec`, or beside it, mesh labels and
 * annotations of the resource, labels and annotations of its pod template, without what tools own. Workloads and Services
 * count with their labels and annotations alone: their spec is not a mesh's to convert.
 */
export function leavesOf(resource: Resource): readonly Path[] {
  let found = leaves.get(resource);
  if (!found) {
    found = [...resourceLeaves(resource)];
    leaves.set(resource, found);
  }
  return found;
}

/** Kinds of Kubernetes itself, and those that make pods in its stead: their spec is not a mesh's to convert. */
export function isKubernetes({ group }: Resource): boolean {
  return ['', 'apps', 'batch', 'argoproj.io'].includes(group);
}

const leavesByBranch = new WeakMap<Resource, ReadonlyMap<string, readonly Path[]>>();

/** The leaves at or below a path: a look-up, since every value of a conversion asks for its own. */
function leavesWithin(resource: Resource, path: Path): readonly Path[] {
  let byBranch = leavesByBranch.get(resource);
  if (!byBranch) {
    const built = new Map<string, Path[]>();
    for (const leaf of leavesOf(resource)) {
      for (let length = 0; length <= leaf.length; length += 1) {
        const branch = pathText(leaf.slice(0, length));
        const known = built.get(branch);
        if (known) known.push(leaf);
        else built.set(branch, [leaf]);
      }
    }
    byBranch = built;
    leavesByBranch.set(resource, byBranch);
  }
  return byBranch.get(pathText(path)) ?? [];
}

/** What no mesh is asked for; other keys beside `spec` are what older versions have in its place. */
const besideSpec = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

function* resourceLeaves(resource: Resource): Generator<Path> {
  const { value } = resource;
  if (!isRecord(value)) return;
  const isCore = isKubernetes(resource);
  if (!isCore) {
    if ('spec' in value) yield* leavesBelow(value['spec'], ['spec']);
    for (const key of Object.keys(value)) if (!besideSpec.has(key)) yield* leavesBelow(value[key], [key]);
  }
  yield* meshKeys(value, ['metadata', 'labels']);
  yield* meshKeys(value, ['metadata', 'annotations']);
  if (!isCore) return;
  for (const template of [
    ['spec', 'template'],
    ['spec', 'jobTemplate', 'spec', 'template'],
  ]) {
    yield* meshKeys(value, [...template, 'metadata', 'labels']);
    yield* meshKeys(value, [...template, 'metadata', 'annotations']);
  }
}

function* meshKeys(value: unknown, path: Path): Generator<Path> {
  let at = value;
  for (const key of path) at = isRecord(at) ? at[key] : undefined;
  if (!isRecord(at)) return;
  for (const key of Object.keys(at)) if (isMeshKey(key)) yield [...path, key];
}

/** Whether a label or annotation is one that a mesh reads, and no tool owns. */
export function isMeshKey(key: string): boolean {
  return meshOwned.test(key) && !toolOwned.test(key);
}

function* leavesBelow(value: unknown, path: Path): Generator<Path> {
  const children: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : isRecord(value)
      ? Object.entries(value)
      : [];
  if (children.length === 0) yield path;
  for (const [key, child] of children) yield* leavesBelow(child, [...path, key]);
}

/** `VirtualService/shop/reviews spec.http[0]`, the way reports name places. */
export function placeText(kind: string, namespace: string, name: string, path: string): string {
  const resource = namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
  return path === '' ? resource : `${resource} ${path}`;
}
