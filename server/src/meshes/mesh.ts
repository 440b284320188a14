/** What the product asks of a mesh. Each mesh is one object of this shape; the rooms below it hold the parts. */

import type { ConvertOptions } from '../model/convert-options.ts';
import type { Environment } from '../model/environment.ts';
import type { Asked, Concepts, DestinationParts, Ir, Origin, Proxy, RouteParts } from '../model/ir.ts';
import type { Kind } from '../model/kind.ts';
import type { DialectId, MeshId } from '../model/mesh-id.ts';
import type { Resource } from '../model/manifest.ts';
import type { Declaration, Reference } from '../model/reference.ts';
import type { Ledger } from '../model/report.ts';
import type { Rule } from '../model/rule.ts';
import type { Moving } from './moving.ts';
import type { Answers, FieldRow, GatewayApiRow, PlaceRow } from './ideas.ts';

export { type ConvertOptions, defaultConvertOptions } from '../model/convert-options.ts';

export type { DialectId } from '../model/mesh-id.ts';

/** The proxy of each mesh, and the one that most implementations of the Gateway API have. */
export const proxies: Readonly<Record<DialectId, Proxy>> = {
  istio: 'envoy',
  linkerd: 'linkerd',
  consul: 'envoy',
  'gateway-api': 'envoy',
};

/** What every room gives, meshes and the common ground alike. */
export interface Knowledge {
  readonly kinds: readonly Kind[];
  readonly declarations: readonly Declaration[];
  readonly references: readonly Reference[];
  readonly rules: readonly Rule[];
}

/** What can be converted from and to. */
export interface Dialect {
  readonly id: DialectId;
  /** `Istio`, as people write it. */
  readonly name: string;
  /** Kinds that are its own. */
  readonly kinds: readonly Kind[];
  /** Kinds of other rooms whose resources this mesh reads too: HTTPRoute, TrafficSplit. */
  readonly shares: readonly Kind[];
  /** Which of its fields say which idea, and which nobody else has. */
  readonly fields: readonly FieldRow[];
  /**
   * Where else it says an idea: in fields that a leaf has another row for, in names, and in kinds that it writes and does
   * not read.
   */
  readonly alsoSays: readonly PlaceRow[];
  /** What becomes here of each idea that comes from another mesh. */
  readonly answers: Answers;
  /** Its older kinds, which newer ones of the same mesh have taken the place of. */
  readonly superseded?: readonly Superseded[];
  /** Resources of others that it implements as they stand, so that options may leave them alone. */
  keeps?(resource: Resource, options: ConvertOptions): boolean;
  /**
   * Reads what some resources ask for; facts that they need (subsets, ports, accounts) come from the environment. Without
   * options, those hold that have a default.
   */
  read(resources: readonly Resource[], environment: Environment, options?: ConvertOptions): Ir;
  /**
   * Writes it in its own words. Every value of the representation gets its fate in the ledger; `ir.peculiar` is accounted
   * for by the caller.
   */
  write(ir: Ir, environment: Environment, ledger: Ledger, options: ConvertOptions): readonly Output[];
}

export interface Mesh extends Knowledge, Dialect {
  readonly id: MeshId;
  /** The class of the Gateways that it makes itself; undefined where it has no gateways of its own. */
  readonly gatewayClass?: string;
  /**
   * Whether a resource of the Gateway API asks something of this mesh and of no other; without an environment, whether the
   * resource says so itself.
   */
  serves(resource: Resource, environment?: Environment): boolean;
  /** What it makes of fields of the Gateway API as they stand. */
  readonly gatewayApi: readonly GatewayApiRow[];
  /** How it comes to a cluster and leaves it. */
  readonly moving: Moving;
}

/** A kind that is converted within its mesh. */
export interface Superseded {
  readonly kind: Kind;
  /** The kind that it becomes; undefined for one that only goes along with others. */
  readonly becomes?: string;
  /** What takes its place, as a sentence; undefined where the kind itself says why nobody serves it. */
  readonly why?: string;
  /** How it is written; as on the way to another mesh, by reading what it asks for, where this is undefined. */
  write?(
    resources: readonly Resource[],
    environment: Environment,
    ledger: Ledger,
    options: ConvertOptions,
  ): readonly Output[];
}

/** A manifest as plain data, keys in the order in which they are written. */
export interface ManifestValue {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
}

/** A new resource, or fields to set in one that exists (annotations of a Service, of a pod template). */
export type Output =
  | {
      readonly create: ManifestValue;
      /** What it was made from; left out, the report's targets tell. */
      readonly from?: readonly Origin[];
    }
  | {
      readonly change: Resource;
      readonly set: readonly { readonly path: readonly (string | number)[]; readonly value: unknown }[];
    };

/** Writes one part into a target under construction, and its fate into the ledger that the target carries. */
export type WritePart<Value, Target> = (value: Value, target: Target) => void;

/** Or why a mesh cannot have it. */
export interface Refusal {
  readonly lost: string;
  readonly code: string;
  readonly risk?: 'behaviour' | 'availability' | 'security';
}

/** A writer or a refusal for every part; a new part does not compile until each mesh has an answer. */
export type PartWriters<Parts, Target> = {
  readonly [Name in keyof Parts]-?: WritePart<NonNullable<Parts[Name]>, Target> | Refusal;
};

export type RouteWriters<Target> = PartWriters<RouteParts, Target>;
export type DestinationWriters<Target> = PartWriters<DestinationParts, Target>;

/** Hands each part that is present to its writer, and each refused one to the ledger. */
export function writeParts<Parts extends { readonly [Name in keyof Parts]?: Asked<unknown> }, Target>(
  parts: Parts,
  writers: PartWriters<Parts, Target>,
  target: Target,
  ledger: Ledger,
): void {
  for (const name of Object.keys(parts) as (keyof Parts)[]) {
    const asked = parts[name];
    if (asked === undefined) continue;
    const writer = writers[name];
    if (typeof writer === 'function') writer(asked as NonNullable<typeof asked>, target);
    else ledger.lost(asked, writer.code, writer.lost, writer.risk);
  }
}

/** A writer or a refusal for every concept that only some meshes have. */
export type ConceptWriters<Target> = {
  readonly [Name in keyof Concepts]: ((items: Concepts[Name], target: Target) => void) | Refusal;
};

/** Hands each concept that is asked for to its writer, and all leaves of refused ones to the ledger. */
export function writeConcepts<Target>(ir: Ir, writers: ConceptWriters<Target>, target: Target, ledger: Ledger): void {
  const write = <Name extends keyof Concepts>(name: Name) => {
    const writer: ConceptWriters<Target>[Name] = writers[name];
    if (ir[name].length === 0) return;
    if (typeof writer === 'function') writer(ir[name], target);
    else for (const asked of ir[name]) ledger.lost(asked, writer.code, writer.lost, writer.risk);
  };
  for (const name of Object.keys(writers) as (keyof Concepts)[]) write(name);
}
