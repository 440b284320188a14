/** Kinds: what a resource is, by API group and name, never by a bare word. */

import type { Path, Uri } from './text.ts';

export interface Kind {
  /** API group; empty for the core group. */
  readonly group: string;
  readonly name: string;
  /** Versions that we know, newest first. */
  readonly versions: readonly string[];
  /** Key of the schema, `istio/virtualservice`; absent for kinds that we only look up (Service, Deployment …). */
  readonly schema?: string;
  readonly scope?: 'cluster';
  /** Versions that older releases served and no supported one does. */
  readonly former?: readonly string[];
  /** Why no supported release serves it any more, and what takes its place. */
  readonly removed?: string;
  /** A copy of the kind that another group has by this name: known, and offered only where its apiVersion is written. */
  readonly isCopy?: true;
  /** Read from a file by a tool and stored in no cluster, so that it needs no metadata. */
  readonly isFile?: true;
  /** A field that Helm values have as well, by its own name; `model/chart-values.ts` says where. */
  readonly values?: Path;
  /** The file of the workspace whose CustomResourceDefinition says what it looks like. */
  readonly definedIn?: Uri;
  /** Known from a CustomResourceDefinition of the workspace alone. */
  readonly isForeign?: true;
  /**
   * Fields of the spec that say what a resource is about: hosts, a parent, pods. Two resources of one name with the same
   * subject are an older and a newer state of one thing. Absent where nobody can tell.
   */
  readonly subject?: readonly string[];
}

/** A kind of which we know names, labels and references, but no schema. */
export function lookupKind(group: string, name: string, versions: readonly string[], scope?: 'cluster'): Kind {
  return scope ? { group, name, versions, scope } : { group, name, versions };
}

/** Identity of a kind as text, `networking.istio.io/VirtualService` or `/Service`; the version plays no part. */
export function kindId(kind: { readonly group: string; readonly name: string }): string {
  return `${kind.group}/${kind.name}`;
}

/** The group of an apiVersion: `apps` of `apps/v1`, empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}

/** The version of an apiVersion: `v1` of `apps/v1` and of `v1`. */
export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** The apiVersion of a kind: its newest version unless another is named. */
export function apiVersionOf(kind: Kind, version: string = kind.versions[0] ?? 'v1'): string {
  return kind.group === '' ? version : `${kind.group}/${version}`;
}

export function isOfKind(resource: { readonly apiVersion: string; readonly kind: string }, kind: Kind): boolean {
  return resource.kind === kind.name && groupOf(resource.apiVersion) === kind.group;
}

/** The kinds among the exports of a `kinds.ts`; whatever else it exports is left out. */
export function kindsIn(constants: Readonly<Record<string, unknown>>): readonly Kind[] {
  return Object.values(constants).filter((it): it is Kind => typeof it === 'object' && it !== null && 'versions' in it);
}
