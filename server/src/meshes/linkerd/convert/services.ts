/** Services as Linkerd needs them: one for each subset, and ports whose protocol it understands. */

import { groupBy } from '../../../model/group.ts';
import type { Asked, Destination, ServiceName, Subset } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { placeText } from '../../../model/report.ts';
import { type Path, pathText } from '../../../model/text.ts';
import { isRecord, listAt, numberAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { type ServiceFacts, type ServicePort, workloadsOfService } from '../../kubernetes/common/workloads.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import type { Draft } from './draft.ts';

/** The Service that stands for a subset, or why there is none. */
export type SubsetService =
  | { readonly name: string }
  | { readonly missing: string }
  | { readonly code: string; readonly reason: string };

/** The subset of a service as some resource defines it. */
export function subsetOf(draft: Draft, service: ServiceName, name: string): Asked<Subset> | undefined {
  return destinationsFor(draft, service)
    .flatMap((it) => it.subsets)
    .find((it) => it.value.name === name);
}

/** The subset that requests go to when nothing names one. */
export function defaultSubsetOf(draft: Draft, service: ServiceName): Asked<string> | undefined {
  return destinationsFor(draft, service)
    .map((it) => it.parts.defaultSubset)
    .find((it) => it !== undefined);
}

function destinationsFor(draft: Draft, { namespace, name }: ServiceName): readonly Destination[] {
  let byService = destinationsOf.get(draft);
  if (!byService) {
    byService = groupBy(draft.ir.destinations, ({ service: { value } }) => `${value.namespace}/${value.name}`);
    destinationsOf.set(draft, byService);
  }
  return byService.get(`${namespace}/${name}`) ?? [];
}

/** By service; a draft asks for the same ones again and again. */
const destinationsOf = new WeakMap<Draft, ReadonlyMap<string, readonly Destination[]>>();

const made = new WeakMap<Draft, Map<string, SubsetService>>();

/**
 * The Service for a subset: pods of the service that carry the labels of the subset. One that the workspace holds
 * already is taken, else it is created, once.
 */
export function subsetService(draft: Draft, service: ServiceName, subset: string): SubsetService {
  const known = made.get(draft) ?? new Map<string, SubsetService>();
  made.set(draft, known);
  const id = `${service.namespace}/${service.name}/${subset}`;
  const result = known.get(id) ?? makeSubsetService(draft, service, subset);
  known.set(id, result);
  return result;
}

function makeSubsetService(draft: Draft, service: ServiceName, subset: string): SubsetService {
  const defined = subsetOf(draft, service, subset);
  if (!defined)
    return {
      code: 'subset-undefined',
      reason: `Nothing in the workspace says which pods subset "${subset}" of ${service.name} has.`,
    };
  const { labels } = defined.value;
  if (!labels)
    return {
      code: 'filter-not-label-equality',
      reason: `Subset "${subset}" of ${service.name} has a filter; a Service chooses its pods by equal labels only.`,
    };
  const base = draft.service(service);
  if (!base || Object.keys(base.selector).length === 0)
    return {
      missing: `Service "${service.name}" in namespace "${service.namespace}"`,
    };
  const selector = { ...base.selector, ...labels };
  const wanted = shortName(`${service.name}-${subset}`.toLowerCase());
  const existing = draft.environment.index.find(Service, service.namespace, wanted);
  if (existing && isSame(textRecordAt(existing.value, ['spec', 'selector']), selector)) return { name: wanted };
  const name = draft.nameFor(Service, service.namespace, wanted, { selector });
  const clusterIp = valueAt(base.resource.value, ['spec', 'clusterIP']);
  draft.create(Service, service.namespace, name, {
    spec: { ...(clusterIp === 'None' ? { clusterIP: 'None' } : {}), selector, ports: portsOf(base) },
    from: defined.from,
  });
  return { name };
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
}

function portsOf(base: ServiceFacts): readonly Readonly<Record<string, unknown>>[] {
  return listAt(base.resource.value, ['spec', 'ports'])
    .filter(isRecord)
    .map((it) => {
      const name = textAt(it, ['name']);
      const protocol = textAt(it, ['protocol']);
      const appProtocol = textAt(it, ['appProtocol']);
      const known = appProtocol === undefined ? undefined : linkerdProtocol(appProtocol);
      return {
        ...(name === undefined ? {} : { name }),
        port: numberAt(it, ['port']),
        targetPort: it['targetPort'] ?? numberAt(it, ['port']),
        ...(protocol === undefined || protocol === 'TCP' ? {} : { protocol }),
        ...(known === undefined || known === '' ? {} : { appProtocol: known }),
      };
    });
}

/** Where an annotation of the pods behind a Service stands, workload by workload. */
export function podAnnotations(
  draft: Draft,
  service: ServiceName,
  key: string,
): readonly { readonly resource: Resource; readonly path: Path; readonly place: string }[] {
  const facts = draft.service(service);
  const workloads = facts ? workloadsOfService(draft.environment, facts) : [];
  return workloads.map(({ resource, namespace, template }) => {
    const path = [...template, 'metadata', 'annotations', key];
    return { resource, path, place: placeText(resource.kind, namespace, resource.name, pathText(path)) };
  });
}

/**
 * What Linkerd calls an `appProtocol`; empty when it should say nothing and look for itself. Any value that it does not
 * know makes the port opaque, and then no route counts there.
 */
export function linkerdProtocol(protocol: string): string {
  if (['http', 'kubernetes.io/h2c', 'linkerd.io/opaque', 'linkerd.io/tcp'].includes(protocol)) return protocol;
  if (['grpc', 'grpc-web', 'http2'].includes(protocol)) return 'kubernetes.io/h2c';
  if (['https', 'tls', 'kubernetes.io/wss', 'kubernetes.io/ws'].includes(protocol)) return '';
  return 'linkerd.io/opaque';
}

/**
 * Lets routes count on a port: an `appProtocol` that Linkerd takes for opaque is put in its words. Where it looks at names
 * of TLS there must be none, and for other connections none of HTTP.
 */
export function openPort(
  draft: Draft,
  service: ServiceFacts,
  port: number | undefined,
  carries: 'requests' | 'tls' | 'tcp' = 'requests',
): void {
  for (const [at, it] of service.ports.entries()) {
    if (port !== undefined && it.port !== port) continue;
    if (it.appProtocol === undefined) continue;
    const wanted = linkerdProtocol(it.appProtocol);
    const isSaid = wanted === it.appProtocol;
    if (carries === 'requests' ? isSaid : carries === 'tcp' ? !speaksHttp(it.appProtocol) : false) continue;
    const path = ['spec', 'ports', at, 'appProtocol'];
    if (carries !== 'requests') draft.change(service.resource, path, undefined);
    else if (wanted !== '' && isHttp(it)) draft.change(service.resource, path, wanted);
    else
      draft.ledger.note(
        'manual',
        `${placeText('Service', service.namespace, service.name, `spec.ports[${at}].appProtocol`)} is "${it.appProtocol}", ` +
          'which Linkerd takes for opaque: routes do not count on this port.',
        'behaviour',
      );
  }
}

/** Puts what the ports of a Service say they carry in Linkerd's words, where it would take them for opaque; says whether any did. */
export function sayProtocol(draft: Draft, service: ServiceFacts, wanted: string): boolean {
  let isSaid = false;
  for (const [at, { appProtocol }] of service.ports.entries()) {
    if (appProtocol === undefined) continue;
    const known = linkerdProtocol(appProtocol);
    const isOnly = service.ports.length === 1;
    if (known === appProtocol || (known !== wanted && !isOnly)) continue;
    draft.change(service.resource, ['spec', 'ports', at, 'appProtocol'], wanted);
    isSaid = true;
  }
  return isSaid;
}

function speaksHttp(appProtocol: string): boolean {
  return appProtocol === 'http' || appProtocol === 'kubernetes.io/h2c';
}

/** Whether a port says that it carries gRPC. */
export function isGrpc({ name, appProtocol }: ServicePort): boolean {
  return /^grpc(?:-web)?$/.test(appProtocol ?? name?.replace(/^(grpc(?:-web)?)-.*$/, '$1') ?? '');
}

/** Whether a port may carry HTTP: nothing says that it carries something else. */
export function isHttp({ name, appProtocol }: ServicePort): boolean {
  const protocol = appProtocol ?? name?.split('-')[0];
  return (
    protocol === undefined || !/^(?:tcp|udp|mongo|mysql|redis|tls|https|linkerd\.io\/(?:tcp|opaque))$/.test(protocol)
  );
}
