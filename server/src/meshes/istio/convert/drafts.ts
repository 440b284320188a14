/** What a conversion to Istio has made so far, and what its parts share: facts, the ledger, options. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Ir, Origin, ServiceName } from '../../../model/ir.ts';
import { apiVersionOf, type Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Ledger, placeText } from '../../../model/report.ts';
import { type Path, pathText } from '../../../model/text.ts';
import { type ServiceFacts, serviceFacts } from '../../kubernetes/common/workloads.ts';
import { ServiceExport } from '../../kubernetes/multicluster/kinds.ts';
import type { ConvertOptions, Output } from '../../mesh.ts';
import { shortHost } from '../hosts.ts';

export type Fields = Record<string, unknown>;

/** A resource under construction; fields that stay undefined or empty are left out by whoever sets them. */
export class Draft {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly spec: Fields = {};
  readonly annotations: Record<string, string> = {};

  constructor(kind: Kind, namespace: string, name: string) {
    this.kind = kind;
    this.namespace = namespace;
    this.name = name;
  }

  /** The name of a place in it, as reports write it. */
  place(...path: Path): string {
    return placeText(this.kind.name, this.namespace, this.name, pathText(path));
  }
}

/** Collects the resources to create and the fields to set in others. */
export class Drafts {
  readonly ir: Ir;
  readonly environment: Environment;
  readonly ledger: Ledger;
  readonly options: ConvertOptions;
  readonly #created: { readonly draft: Draft; readonly from: readonly Origin[] }[] = [];
  readonly #changed = new Map<Resource, { readonly path: Path; readonly value: unknown }[]>();
  readonly #names = new Set<string>();

  constructor(ir: Ir, environment: Environment, ledger: Ledger, options: ConvertOptions) {
    this.ir = ir;
    this.environment = environment;
    this.ledger = ledger;
    this.options = options;
  }

  get clusterDomain(): string {
    return this.environment.settings.clusterDomain;
  }

  service({ namespace, name }: ServiceName): ServiceFacts | undefined {
    return serviceFacts(this.environment, namespace, name);
  }

  /** The host of a Service, as short as its namespace allows. */
  host(service: ServiceName, from: string): string {
    return shortHost(`${service.name}.${service.namespace}.svc.${this.clusterDomain}`, from, this.clusterDomain);
  }

  /** A draft with the wanted name; with a number behind it when this conversion used the name already. */
  draft(kind: Kind, namespace: string, wanted: string): Draft {
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? wanted : `${wanted}-${count}`;
      const id = `${kind.name} ${namespace}/${name}`;
      if (this.#names.has(id)) continue;
      this.#names.add(id);
      return new Draft(kind, namespace, name);
    }
  }

  /** Puts a draft among the results; `from` tells what it was made of where the report's targets do not. */
  add(draft: Draft, from: readonly Origin[] = []): void {
    this.#created.push({ draft, from });
  }

  /** Sets a field of a resource that exists. */
  change(resource: Resource, path: Path, value: unknown): void {
    this.#changed.set(resource, [...(this.#changed.get(resource) ?? []), { path, value }]);
  }

  /** Records that something is not written since a fact is missing, and how to give it. */
  missing(asked: Asked<unknown>, fact: string, reason: string): void {
    this.ledger.lost(asked, 'host-not-service', reason, 'availability');
    this.ledger.note('missing', `Add ${fact} to the workspace, then convert again.`, 'availability');
  }

  outputs(): readonly Output[] {
    for (const [resource, settings] of this.#changed) {
      const place = placeText(resource.kind, this.environment.namespaceOf(resource), resource.name, '');
      const paths = [...new Set(settings.map((it) => pathText(it.path)))].join(', ');
      this.ledger.note('merged', `${place} exists already and gets ${paths}.`);
    }
    const created = this.#created.map(({ draft, from }): Output => {
      const { kind, namespace, name, annotations, spec } = draft;
      const create = {
        apiVersion: apiVersionOf(kind),
        kind: kind.name,
        metadata: {
          name,
          ...(namespace === '' ? {} : { namespace }),
          ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
        },
        // An export is its name alone.
        ...(kind === ServiceExport ? {} : { spec }),
      };
      return from.length > 0 ? { create, from } : { create };
    });
    return [...[...this.#changed].map(([change, set]) => ({ change, set })), ...created];
  }
}

/** An object without the fields that are undefined. */
export function withoutUndefined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, it]) => it !== undefined));
}
