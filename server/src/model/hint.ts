/** What fields come to, above all those that nobody wrote: hints that editors show within a line, and hovers explain. */

import type { Environment } from './environment.ts';
import type { Kind } from './kind.ts';
import type { Resource } from './manifest.ts';
import type { Path } from './text.ts';
import { isKnown, valueAt } from './value.ts';

/** What hints are about; each is a setting of its own, `meshwright.inlayHints.<kind>`. */
export const hintKinds = [
  'host',
  'portProtocol',
  'serviceProtocol',
  'weight',
  'timeout',
  'retries',
  'inboundPolicy',
  'mutualTls',
] as const;

export type HintKind = (typeof hintKinds)[number];

export interface HintRule {
  readonly kind: HintKind;
  /** The kinds of resources that it speaks of. */
  readonly of: readonly Kind[];
  /** What holds for one resource of its environment; nothing where a template or a patch may say otherwise. */
  hints(resource: Resource, environment: Environment): Iterable<Hint>;
}

export interface Hint {
  readonly path: Path;
  /** Behind the key and its colon, or behind the value. */
  readonly side: 'key' | 'value';
  /** A few words: `weight 100`. */
  readonly text: string;
  /** A sentence in Markdown on why. */
  readonly reason: string;
  /** Of a value that stands there: only a hover says what it comes to. */
  readonly isWritten?: true;
}

/** Whether nothing in the environment supplies a field: neither the text, nor a template, nor a patch. */
export function isAbsent(environment: Environment, resource: Resource, path: Path): boolean {
  return (
    valueAt(resource.value, path) === undefined &&
    isKnown(resource.value, path, resource.part.masked.hiddenLines) &&
    !environment.isPartial(resource.uri) &&
    !environment.isPatched(resource)
  );
}

/**
 * Whether the namespace of a resource is sure: written, given by a kustomization, or that of the settings. A template
 * may make it, and a chart without one goes where its release goes.
 */
export function knowsNamespace(environment: Environment, resource: Resource): boolean {
  const written = resource.namespace ?? environment.settings.defaultNamespace;
  if (environment.namespaceOf(resource) !== written) return true;
  const namespace = ['metadata', 'namespace'];
  if (!isKnown(resource.value, namespace, resource.part.masked.hiddenLines)) return false;
  return resource.namespace !== undefined || !resource.part.masked.templated;
}
