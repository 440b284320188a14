/**
 * Services by Consul's name and by Kubernetes'. A name in Consul has no namespace; it is the Kubernetes Service's unless
 * the pods say `connect-service`. Sources: consul-k8s control-plane/connect-inject (endpoints controller, constants).
 */

import type { Environment } from '../../../model/environment.ts';
import type { Labels, ServiceName } from '../../../model/ir.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import {
  selects,
  type ServiceFacts,
  serviceFacts,
  servicesOfPods,
  type Workload,
  workloadsIn,
  workloadsOfService,
} from '../../kubernetes/common/workloads.ts';
import { Gateway } from '../../kubernetes/gateway/kinds.ts';
import { serviceSpace } from '../declarations.ts';

export const annotation = {
  service: 'consul.hashicorp.com/connect-service',
  port: 'consul.hashicorp.com/connect-service-port',
  meta: 'consul.hashicorp.com/service-meta-',
  excludedInbound: 'consul.hashicorp.com/transparent-proxy-exclude-inbound-ports',
} as const;

/** All Services of the workspace that select pods; of one namespace when it is given. */
export function knownServices(environment: Environment, namespace?: string): readonly ServiceFacts[] {
  return environment.index.all(Service).flatMap((it) => {
    const home = environment.namespaceOf(it);
    if (namespace !== undefined && home !== namespace) return [];
    const facts = serviceFacts(environment, home, it.name);
    return facts && Object.keys(facts.selector).length > 0 ? [facts] : [];
  });
}

/**
 * The Kubernetes Service that Consul knows by a name, seen from a namespace. What the workspace does not hold is taken
 * to lie in that namespace.
 */
export function serviceNamed(environment: Environment, name: string, namespace: string): ServiceName {
  if (environment.index.find(Service, namespace, name)) return { name, namespace };
  for (const { site, text } of environment.index.declared(serviceSpace, name)) {
    if (site.resource.kind === Service.name && site.resource.group === '') return { name, namespace: site.namespace };
    if (text === name && site.resource.group === 'consul.hashicorp.com') continue;
    const workload = workloadsIn(environment, site.namespace).find((it) => it.resource === site.resource);
    const [service] = workload ? servicesOfPods(environment, workload.namespace, workload.labels) : [];
    if (service) return { name: service.name, namespace: service.namespace };
  }
  // A gateway is a client by its own name, too.
  const gateway = environment.index.all(Gateway).find((it) => it.name === name);
  return { name, namespace: gateway ? environment.namespaceOf(gateway) : namespace };
}

/** Consul's name of a Kubernetes Service: what its pods say, else its own. */
export function consulName(environment: Environment, service: ServiceName): string {
  const facts = serviceFacts(environment, service.namespace, service.name);
  const [workload] = facts ? workloadsOfService(environment, facts) : [];
  const said = workload?.annotations[annotation.service];
  return said === undefined || said.includes(',') || said === '' ? service.name : said;
}

/** A service by Consul's name, with the namespace in which its entries lie. */
export function nameOf(service: ServiceName, { environment }: { readonly environment: Environment }) {
  return { name: consulName(environment, service), namespace: service.namespace };
}

/** Namespaces of other Services with the same name: Consul cannot tell them apart. */
export function namesakes(environment: Environment, service: ServiceName): readonly string[] {
  const all = environment.index.all(Service).filter((it) => it.name === service.name);
  return [...new Set(all.map((it) => environment.namespaceOf(it)))].filter((it) => it !== service.namespace);
}

/** The Services of an account: those in front of the workloads that run under it. None when no such workload is known. */
export function servicesOfAccount(environment: Environment, namespace: string, account: string): readonly string[] {
  const names = workloadsIn(environment, namespace)
    .filter((it) => it.serviceAccount === account)
    .flatMap((it) => namesOfWorkload(environment, it));
  return [...new Set(names)];
}

function namesOfWorkload(environment: Environment, workload: Workload): readonly string[] {
  const said = workload.annotations[annotation.service];
  if (said) return said.split(',').map((it) => it.trim());
  return servicesOfPods(environment, workload.namespace, workload.labels).map((it) => it.name);
}

/** The accounts behind a name of Consul's; none when its workloads are not known. */
export function accountsOf(environment: Environment, service: ServiceName): readonly string[] {
  const facts = serviceFacts(environment, service.namespace, service.name);
  const workloads = facts ? workloadsOfService(environment, facts) : [];
  return [...new Set(workloads.map((it) => it.serviceAccount))];
}

/** The Services in front of workloads with these labels; all of a namespace for no labels. */
export function servicesOfLabels(environment: Environment, namespace: string, labels: Labels): readonly ServiceFacts[] {
  const all = knownServices(environment, namespace);
  if (Object.keys(labels).length === 0) return all;
  const names = new Set<string>();
  for (const workload of workloadsIn(environment, namespace)) {
    if (!selects(labels, workload.labels)) continue;
    for (const it of servicesOfPods(environment, namespace, workload.labels)) names.add(it.name);
  }
  // Without workloads, a Service that selects by these very labels is in front of them.
  for (const it of all) if (selects(it.selector, labels)) names.add(it.name);
  return all.filter((it) => names.has(it.name));
}

/** Whether the port of a Service is the one port that Consul registers; undefined when the workspace cannot tell. */
export function isRegisteredPort(environment: Environment, service: ServiceName, port: number): boolean | undefined {
  const facts = serviceFacts(environment, service.namespace, service.name);
  if (!facts) return undefined;
  const found = facts.ports.find((it) => it.port === port);
  if (!found) return false;
  if (facts.ports.length === 1) return true;
  const registered = registeredPort(environment, facts);
  if (registered === undefined) return undefined;
  const target = found.targetPort ?? found.port;
  return typeof target === 'string' ? registered.name === target : registered.port === target;
}

/** The container port that Consul registers for a Service: the annotated one, else the first of the pod. */
export function registeredPort(
  environment: Environment,
  service: ServiceFacts,
): { readonly port: number; readonly name: string | undefined } | undefined {
  const [workload] = workloadsOfService(environment, service);
  if (!workload) {
    const [only, ...others] = service.ports;
    const target = only?.targetPort ?? only?.port;
    return others.length === 0 && typeof target === 'number' ? { port: target, name: undefined } : undefined;
  }
  const said = workload.annotations[annotation.port]?.split(',')[0]?.trim();
  return said === undefined
    ? workload.ports[0]
    : (workload.ports.find((it) => it.name === said || String(it.port) === said) ??
        (/^\d+$/.test(said) ? { port: Number(said), name: undefined } : undefined));
}

/** The protocol of HTTP's family that the first port of a Service says it speaks; undefined when it says none. */
export function httpHint(environment: Environment, service: ServiceName): string | undefined {
  const port = serviceFacts(environment, service.namespace, service.name)?.ports[0];
  const hint = port?.appProtocol ?? port?.name?.split('-')[0] ?? '';
  if (hint === 'grpc' || hint === 'grpc-web') return 'grpc';
  if (hint === 'http2' || hint === 'kubernetes.io/h2c') return 'http2';
  return hint === 'http' || hint === 'kubernetes.io/ws' ? 'http' : undefined;
}
