/** What an environment does not hold: whether it is really missing, or may stand where nobody looked. */

import { type Environment, rowsFor, type Tables } from './environment.ts';
import { type Kind, kindId } from './kind.ts';
import type { Resource } from './manifest.ts';
import { hasVariable } from './mask.ts';
import { isUnknown } from './part.ts';
import { isRecord, mayHold } from './value.ts';

const Service: Kind = { group: '', name: 'Service', versions: ['v1'] };

/** Namespaces that every cluster has; nobody keeps their Services in a repository. */
const clusterNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** What the resources of one kind say about how complete they are. */
interface Census {
  readonly resources: readonly Resource[];
  /** Namespaces that have one. */
  readonly held: ReadonlySet<string>;
  /** Namespaces where one has a name that a template makes; undefined when that may be any namespace. */
  readonly veiled: ReadonlySet<string> | undefined;
}

export class ClosedWorld {
  readonly #environment: Environment;
  readonly #censuses = new Map<string, Census>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /**
   * Whether the Services of a namespace are here, so that one which is not is missing. So they are when there is one;
   * not when a template makes the name or the namespace of a Service, or has lines that may define more of them. The
   * other `kinds` that were looked for may say something of a host from any namespace, so none may be hidden at all.
   */
  holds(namespace: string, kinds: readonly Kind[]): boolean {
    if (clusterNamespaces.has(namespace)) return false;
    const { held, veiled } = this.#census(Service);
    if (!held.has(namespace) || !veiled || veiled.has(namespace)) return false;
    return [...kinds, ...makersOfServices(this.#environment.tables)].every((it) => this.#census(it).veiled?.size === 0);
  }

  #census(kind: Kind): Census {
    const resources = this.#environment.index.all(kind);
    const known = this.#censuses.get(kindId(kind));
    if (known?.resources === resources) return known;
    const veiled = resources.filter((it) => isVeiled(it, this.#environment));
    const census = {
      resources,
      held: new Set(resources.map((it) => this.#environment.namespaceOf(it))),
      veiled: veiled.every(hasKnownNamespace)
        ? new Set(veiled.map((it) => this.#environment.namespaceOf(it)))
        : undefined,
    };
    this.#censuses.set(kindId(kind), census);
    return census;
  }
}

/** Kinds by which a controller makes Services that stand in no manifest. */
function makersOfServices({ declarations }: Tables): readonly Kind[] {
  return declarations.filter((it) => it.space === kindId(Service)).map((it) => it.from);
}

/** Whether a template or a patch may give a resource, or resources beside it, names that nobody can see. */
function isVeiled(resource: Resource, environment: Environment): boolean {
  const { part, value, group, kind } = resource;
  const { declarations } = rowsFor(environment.tables, kindId({ group, name: kind }));
  if (declarations.some((it) => it.path !== 'metadata.name') && environment.isPatched(resource)) return true;
  if (!part.masked.templated && !hasVariable(part.text)) return false;
  if (part.masked.hiddenLines || resource.name === '' || !hasKnownNamespace(resource)) return true;
  return declarations.some((it) => mayHold(value, it.path));
}

/** Whether the namespace of a resource can be told: none is written, or a plain name, or that of the Helm release. */
export function hasKnownNamespace({ value, part }: Resource): boolean {
  const metadata = isRecord(value) ? value['metadata'] : undefined;
  if (!isRecord(metadata) || !isUnknown(metadata['namespace'])) return true;
  return /^\s*namespace:\s*["']?\{\{-?\s*\$?\.Release\.Namespace\s*(?:\|\s*quote\s*)?-?\}\}["']?\s*(?:#.*)?$/m.test(
    part.text,
  );
}
