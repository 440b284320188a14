/** What a conversion to Linkerd has made so far, and what its parts share: facts, the ledger, options. */

import type { Environment } from '../../../model/environment.ts';
import type { Ir, Origin, ServiceName } from '../../../model/ir.ts';
import { apiVersionOf, type Kind, kindId } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Ledger, placeText } from '../../../model/report.ts';
import { type Path, pathText, samePath } from '../../../model/text.ts';
import { valueAt } from '../../../model/value.ts';
import type { ConvertOptions, Output } from '../../mesh.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import { Namespace } from '../../kubernetes/common/kinds.ts';
import { type ServiceFacts, serviceFacts } from '../../kubernetes/common/workloads.ts';
import { isSameThing } from '../../../model/same-thing.ts';
import { Server } from '../kinds.ts';

interface Setting {
  readonly path: Path;
  readonly value: unknown;
}

/** Collects the resources to create and the fields to set; names are given out once. */
export class Draft {
  readonly ir: Ir;
  readonly environment: Environment;
  readonly ledger: Ledger;
  readonly options: ConvertOptions;
  readonly #created: Output[] = [];
  readonly #changed = new Map<Resource, Setting[]>();
  readonly #names = new Set<string>();
  readonly #namespaces = new Map<string, Content & { readonly annotations: Readonly<Record<string, string>> }>();

  constructor(ir: Ir, environment: Environment, ledger: Ledger, options: ConvertOptions) {
    this.ir = ir;
    this.environment = environment;
    this.ledger = ledger;
    this.options = options;
  }

  /** What the workspace knows of a Service; undefined when it does not hold it. */
  service({ namespace, name }: ServiceName): ServiceFacts | undefined {
    return serviceFacts(this.environment, namespace, name);
  }

  /**
   * A name for a new resource: the wanted one, with an addition when this conversion used it already, or when the
   * workspace holds another of that name that is about something else than `spec`, which may be a part of it.
   */
  nameFor(kind: Kind, namespace: string, wanted: string, spec: unknown): string {
    const isForeign = (name: string) => {
      const existing = this.environment.index.find(kind, namespace, name);
      return existing !== undefined && !this.ledger.accountsFor(existing) && !isSameThing(existing, kind, spec);
    };
    const base = isForeign(wanted) ? shortName(`${wanted}-mw`) : wanted;
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? base : `${base}-${count}`;
      const id = `${kindId(kind)} ${namespace}/${name}`;
      if (this.#names.has(id) || isForeign(name)) continue;
      this.#names.add(id);
      return name;
    }
  }

  /** Whether this conversion gave out a name. */
  hasNamed(kind: Kind, namespace: string, name: string): boolean {
    return this.#names.has(`${kindId(kind)} ${namespace}/${name}`);
  }

  /** Adds a resource. Its name must come from `nameFor`, or be known to be free. */
  create(kind: Kind, namespace: string, name: string, content: Content): void {
    const { labels, annotations, spec, from } = content;
    const create = {
      apiVersion: apiVersionOf(kind, content.version),
      kind: kind.name,
      metadata: {
        name,
        ...(namespace === '' ? {} : { namespace }),
        ...(labels && Object.keys(labels).length > 0 ? { labels } : {}),
        ...(annotations && Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      ...(spec === undefined ? {} : { spec }),
    };
    this.#created.push(from && from.length > 0 ? { create, from } : { create });
  }

  /** Sets a field of a resource that exists; a field that has this value already is left alone. */
  change(resource: Resource, path: Path, value: unknown): void {
    if (valueAt(resource.value, path) === value) return;
    const settings = this.#changed.get(resource) ?? [];
    this.#changed.set(resource, [...settings.filter((it) => !samePath(it.path, path)), { path, value }]);
  }

  /** The value that a field of an existing resource is to get; undefined when nobody set it. */
  changeOf(resource: Resource, path: Path): unknown {
    return this.#changed.get(resource)?.find((it) => samePath(it.path, path))?.value;
  }

  /** Sets an annotation of a Namespace, whether the workspace holds it or not; annotations of one come together. */
  annotateNamespace(namespace: string, key: string, value: string, from: readonly Origin[]): void {
    const existing = this.environment.index.find(Namespace, '', namespace);
    if (existing) return this.change(existing, ['metadata', 'annotations', key], value);
    const known = this.#namespaces.get(namespace);
    this.#namespaces.set(namespace, {
      annotations: { ...known?.annotations, [key]: value },
      from: [...(known?.from ?? []), ...from],
    });
  }

  /** Sets whom a Server lets in by itself; one of a version that cannot say it is raised to one that can. */
  changeAccessPolicy(server: Resource, accessPolicy: string): void {
    if ((valueAt(server.value, ['spec', 'accessPolicy']) ?? 'deny') === accessPolicy) return;
    this.change(server, ['apiVersion'], apiVersionOf(Server));
    this.change(server, ['spec', 'accessPolicy'], accessPolicy);
  }

  /** All that was made. Tells which resources exist already and are changed. */
  outputs(): readonly Output[] {
    for (const [namespace, content] of this.#namespaces) this.create(Namespace, '', namespace, content);
    this.#namespaces.clear();
    for (const [resource, settings] of this.#changed) {
      const place = placeText(resource.kind, this.environment.namespaceOf(resource), resource.name, '');
      const paths = settings.map((it) => pathText(it.path)).join(', ');
      this.ledger.note('merged', `${place} exists already and is changed: ${paths}.`);
    }
    return [...[...this.#changed].map(([change, set]) => ({ change, set })), ...this.#created];
  }
}

interface Content {
  /** The version to write; the newest when left out. */
  readonly version?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: unknown;
  readonly from?: readonly Origin[];
}
