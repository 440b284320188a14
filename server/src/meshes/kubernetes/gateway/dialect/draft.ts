/** What a conversion to plain Gateway API has made so far, and what its parts share: facts, the ledger, options. */

import type { Environment } from '../../../../model/environment.ts';
import type { Ir, Origin, ServiceName } from '../../../../model/ir.ts';
import { apiVersionOf, type Kind, kindId } from '../../../../model/kind.ts';
import type { Ledger } from '../../../../model/report.ts';
import { isSameThing } from '../../../../model/same-thing.ts';
import type { ConvertOptions, Output } from '../../../mesh.ts';
import { shortName } from '../../common/convert/short-name.ts';
import { type ServiceFacts, serviceFacts } from '../../common/workloads.ts';
import { isGranted } from '../convert/grants.ts';
import { ReferenceGrant } from '../kinds.ts';

/** Services of a namespace that routes of a kind in another one name. */
interface Wanted {
  readonly kind: Kind;
  readonly home: string;
  readonly namespace: string;
  readonly names: Set<string>;
}

/** Collects the resources to create; names are given out once. */
export class Draft {
  readonly ir: Ir;
  readonly environment: Environment;
  readonly ledger: Ledger;
  readonly options: ConvertOptions;
  readonly #created: Output[] = [];
  readonly #names = new Set<string>();
  readonly #grants = new Map<string, Wanted>();

  constructor(ir: Ir, environment: Environment, ledger: Ledger, options: ConvertOptions) {
    this.ir = ir;
    this.environment = environment;
    this.ledger = ledger;
    this.options = options;
  }

  get clusterDomain(): string {
    return this.environment.settings.clusterDomain;
  }

  /** What the workspace knows of a Service; undefined when it does not hold it. */
  service({ namespace, name }: ServiceName): ServiceFacts | undefined {
    return serviceFacts(this.environment, namespace, name);
  }

  /**
   * A name for a new resource: the wanted one, with a number when this conversion used it already, and an addition when
   * the workspace holds another of that name that is about something else than `spec`.
   */
  nameFor(kind: Kind, namespace: string, wanted: string, spec: unknown): string {
    const isForeign = (name: string) => {
      const existing = this.environment.index.find(kind, namespace, name);
      return existing !== undefined && !this.ledger.accountsFor(existing) && !isSameThing(existing, kind, spec);
    };
    const base = shortName(isForeign(wanted) ? `${wanted}-mw` : wanted);
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? base : `${base}-${count}`;
      const id = `${kindId(kind)} ${namespace}/${name}`;
      if (this.#names.has(id) || isForeign(name)) continue;
      this.#names.add(id);
      return name;
    }
  }

  /** Adds a resource; its name must come from `nameFor`. */
  create(kind: Kind, namespace: string, name: string, spec: unknown, from: readonly Origin[]): void {
    const create = {
      apiVersion: apiVersionOf(kind),
      kind: kind.name,
      metadata: { name, ...(namespace === '' ? {} : { namespace }) },
      spec,
    };
    this.#created.push(from.length > 0 ? { create, from } : { create });
  }

  /** Records that something is not written since the workspace does not hold a Service. */
  loseForMissing(from: readonly Origin[], { name, namespace }: ServiceName): void {
    const what = `Service "${name}" in namespace "${namespace}"`;
    this.ledger.lost(from, 'host-not-service', `Not written: the workspace does not hold ${what}.`, 'availability');
    this.ledger.note('missing', `Add the manifest of ${what} to the workspace, then convert again.`, 'availability');
  }

  /** Lets routes of a kind in a namespace name a Service of another one. */
  grant(kind: Kind, home: string, { name, namespace }: ServiceName): void {
    const id = `${kind.name} ${namespace} ${home}`;
    const known = this.#grants.get(id);
    if (known) known.names.add(name);
    else this.#grants.set(id, { kind, home, namespace, names: new Set([name]) });
  }

  /** All that was made, and the grants that it needs and the workspace does not have. */
  outputs(): readonly Output[] {
    const grants = [...this.#grants.values()].flatMap(({ kind, home, namespace, names }): Output[] => {
      const missing = [...names].filter((name) => !isGranted(this.environment, kind, home, { name, namespace }));
      if (missing.length === 0) return [];
      const to = missing.map((name) => ({ group: '', kind: 'Service', name }));
      const from = [{ group: ReferenceGrant.group, kind: kind.name, namespace: home }];
      const name = this.nameFor(ReferenceGrant, namespace, `routes-of-${home}`, { from, to });
      this.ledger.note(
        'generated',
        `ReferenceGrant "${name}" in "${namespace}" lets ${kind.name}s of "${home}" name Services there: ${missing.join(', ')}.`,
      );
      return [
        {
          create: {
            apiVersion: apiVersionOf(ReferenceGrant),
            kind: ReferenceGrant.name,
            metadata: { name, namespace },
            spec: { from, to },
          },
        },
      ];
    });
    return [...this.#created, ...grants];
  }
}
