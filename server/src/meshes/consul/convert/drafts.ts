/**
 * The config entries that a conversion makes, while it makes them. Names are global in Consul, and an entry of a service
 * is made of what routes, policies and permissions ask for together. What the workspace already holds is changed.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Ir } from '../../../model/ir.ts';
import { apiVersionOf, type Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Ledger, placeText } from '../../../model/report.ts';
import { pathText } from '../../../model/text.ts';
import { isRecord, listAt, recordAt, textAt, valueAt } from '../../../model/value.ts';
import type { ConvertOptions, ManifestValue, Output } from '../../mesh.ts';
import type { Workload } from '../../kubernetes/common/workloads.ts';
import {
  ExportedServices,
  JWTProvider,
  Mesh,
  ProxyDefaults,
  Registration,
  ServiceDefaults,
  ServiceIntentions,
  ServiceResolver,
  ServiceRouter,
  ServiceSplitter,
  TerminatingGateway,
} from '../kinds.ts';
import { httpProtocols, protocolOf } from '../protocol.ts';

/** A service by Consul's name, with the namespace in which its entries lie. */
export interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** Fields of an entry's spec; each kind's writer knows which. */
export type Spec = Record<string, unknown>;

interface Draft {
  readonly kind: Kind;
  readonly named: Named;
  readonly spec: Spec;
}

/** The order in which entries of one service are written: what others need comes first. */
const order: readonly Kind[] = [
  Mesh,
  ProxyDefaults,
  JWTProvider,
  ServiceDefaults,
  ServiceResolver,
  ServiceSplitter,
  ServiceRouter,
  ServiceIntentions,
  Registration,
  TerminatingGateway,
  ExportedServices,
];

/** Fields of a spec in the order of Consul's documentation. */
const fieldOrder = [
  'protocol',
  'mutualTLSMode',
  'localRequestTimeoutMs',
  'upstreamConfig',
  'defaultSubset',
  'connectTimeout',
];

export class Drafts {
  readonly ir: Ir;
  readonly environment: Environment;
  readonly ledger: Ledger;
  readonly options: ConvertOptions;
  readonly #drafts = new Map<string, Draft>();
  readonly #manifests: ManifestValue[] = [];
  readonly #protected = new Set<string>();
  readonly #annotations = new Map<Resource, { readonly workload: Workload; readonly set: Map<string, string> }>();

  constructor(ir: Ir, environment: Environment, ledger: Ledger, options: ConvertOptions) {
    this.ir = ir;
    this.environment = environment;
    this.ledger = ledger;
    this.options = options;
  }

  /** The spec of an entry under construction, empty at first. */
  spec(kind: Kind, named: Named): Spec {
    const id = `${kind.name}/${named.name}`;
    let draft = this.#drafts.get(id);
    if (!draft) {
      draft = { kind, named, spec: {} };
      this.#drafts.set(id, draft);
    }
    return draft.spec;
  }

  has(kind: Kind, named: Named): boolean {
    return this.#drafts.has(`${kind.name}/${named.name}`);
  }

  /** Whether policies of the source already say who may call a service. */
  hasPolicy(named: Named): boolean {
    return this.#protected.has(named.name);
  }

  /** Notes that policies of the source say who may call a service. */
  protect(named: Named): void {
    this.#protected.add(named.name);
  }

  /** Adds a manifest that is no config entry and exists once. */
  add(manifest: ManifestValue): void {
    this.#manifests.push(manifest);
  }

  /** Where a field ends up, the way reports name places. */
  place(kind: Kind, named: Named, path: string): string {
    const existing = this.existing(kind, named.name);
    const namespace = existing ? this.environment.namespaceOf(existing) : named.namespace;
    return placeText(kind.name, namespace, existing?.name ?? named.name, path);
  }

  /** The entry of the workspace that has this name already; an intention is found by its destination. */
  existing(kind: Kind, name: string): Resource | undefined {
    return this.environment.index
      .all(kind)
      .find(
        (it) => (kind === ServiceIntentions ? textAt(it.value, ['spec', 'destination', 'name']) : it.name) === name,
      );
  }

  /** The protocol of HTTP's family that a service speaks, by what was written so far or by the workspace. */
  httpProtocol(named: Named): string | undefined {
    const own = this.#drafts.get(`${ServiceDefaults.name}/${named.name}`)?.spec['protocol'];
    const known = typeof own === 'string' ? own : protocolOf(this.environment, named.name).name;
    return httpProtocols.has(known) ? known : undefined;
  }

  /** Makes sure that a service speaks a protocol whose requests Consul can see; a known one of that family stays. */
  needHttp(named: Named, protocol = 'http'): void {
    if (this.httpProtocol(named) !== undefined) return;
    this.spec(ServiceDefaults, named)['protocol'] = protocol;
    this.ledger.note(
      'generated',
      `ServiceDefaults "${named.name}" says protocol ${protocol}: without it Consul takes the service for tcp and looks into no request.`,
    );
  }

  /** The block of an upstream in the ServiceDefaults of one client, and where it is. */
  override(client: Named, upstream: string): { readonly spec: Spec; readonly place: string } {
    const spec = this.spec(ServiceDefaults, client);
    const config = isRecord(spec['upstreamConfig']) ? spec['upstreamConfig'] : {};
    spec['upstreamConfig'] = config;
    const known = this.existing(ServiceDefaults, client.name);
    const overrides: unknown[] = Array.isArray(config['overrides'])
      ? config['overrides']
      : [...listAt(known?.value, ['spec', 'upstreamConfig', 'overrides'])];
    config['overrides'] = overrides;
    let at = overrides.findIndex((it) => textAt(it, ['name']) === upstream);
    if (at === -1) at = overrides.push({ name: upstream }) - 1;
    const block: Spec = { ...recordAt(overrides, [at]) };
    overrides[at] = block;
    return { spec: block, place: this.place(ServiceDefaults, client, `spec.upstreamConfig.overrides[${at}]`) };
  }

  /** Asks for an annotation on the pods of a workload; says whether that changes anything. */
  annotate(workload: Workload, key: string, value: string): boolean {
    if (workload.annotations[key] === value) return false;
    const known = this.#annotations.get(workload.resource) ?? { workload, set: new Map<string, string>() };
    this.#annotations.set(workload.resource, known);
    known.set.set(key, value);
    return true;
  }

  /** The annotation that the pods of a workload have, counting what was asked for. */
  annotationOf(workload: Workload, key: string): string | undefined {
    return this.#annotations.get(workload.resource)?.set.get(key) ?? workload.annotations[key];
  }

  /** Where an annotation of pods stands, the way reports name places. */
  placeOfPods({ resource, namespace, template }: Workload, key: string): string {
    return placeText(resource.kind, namespace, resource.name, pathText([...template, 'metadata', 'annotations', key]));
  }

  /** New entries and changes of existing ones, service by service in the order in which they came up. */
  outputs(): readonly Output[] {
    const names = [...new Set([...this.#drafts.values()].map((it) => it.named.name))];
    const drafts = [...this.#drafts.values()].filter((it) => Object.keys(it.spec).length > 0);
    drafts.sort(
      (a, b) =>
        names.indexOf(a.named.name) - names.indexOf(b.named.name) || order.indexOf(a.kind) - order.indexOf(b.kind),
    );
    return [
      ...this.#manifests.map((create): Output => ({ create })),
      ...drafts.map((it) => this.#output(it)),
      ...[...this.#annotations].map(([resource, { workload, set }]): Output => {
        const path = [...workload.template, 'metadata', 'annotations'];
        return { change: resource, set: [...set].map(([key, value]) => ({ path: [...path, key], value })) };
      }),
    ];
  }

  #output({ kind, named, spec }: Draft): Output {
    const existing = this.existing(kind, named.name);
    if (!existing)
      return {
        create: {
          apiVersion: apiVersionOf(kind),
          kind: kind.name,
          metadata: { name: named.name, ...(named.namespace === '' ? {} : { namespace: named.namespace }) },
          spec: sorted(spec),
        },
      };
    const set = Object.entries(spec).flatMap(([key, value]) => setsFor(existing, ['spec', key], value));
    if (set.some(({ path, value }) => JSON.stringify(valueAt(existing.value, path)) !== JSON.stringify(value)))
      this.ledger.note('merged', `${kind.name} "${existing.name}" exists already and is changed.`);
    return { change: existing, set };
  }
}

/** Maps are merged into what is there, key by key; everything else replaces it. */
function setsFor(
  existing: Resource,
  path: readonly string[],
  value: unknown,
): { readonly path: readonly string[]; readonly value: unknown }[] {
  const known = valueAt(existing.value, path);
  if (!isRecord(value) || !isRecord(known)) return [{ path, value }];
  return Object.entries(value).flatMap(([key, each]) => setsFor(existing, [...path, key], each));
}

function sorted(spec: Spec): Spec {
  const rank = (key: string) => (fieldOrder.includes(key) ? fieldOrder.indexOf(key) : fieldOrder.length);
  return Object.fromEntries(Object.entries(spec).sort(([a], [b]) => rank(a) - rank(b)));
}
