/** Servers that protect pods, one for each port: made, or taken over where the workspace holds one. */

import type { Access } from '../../../model/ir.ts';
import { listAt, numberAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { selects, servicesOfPods } from '../../kubernetes/common/workloads.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import { AuthorizationPolicy, Server } from '../kinds.ts';
import type { Port } from './access-rules.ts';
import { originsOfAccess, sameLabels, type Unit } from './access-units.ts';
import type { Draft } from './draft.ts';
import { isHttp } from './services.ts';

/**
 * The ports to protect: those that the policies name, and, where one names none, all that the pods have. Without policies,
 * the port that is asked for, or all.
 */
export function portsOf(unit: Unit, draft: Draft, wanted?: number | string): readonly Port[] {
  const found = new Set<number>();
  const containers = unit.workloads.flatMap((it) => it.ports);
  const services = servicesOfPods(draft.environment, unit.namespace, unit.workloads[0]?.labels ?? unit.labels);
  const policies: readonly Pick<Access, 'port' | 'rules'>[] =
    unit.accesses.length > 0
      ? unit.accesses
      : [{ rules: [], ...(wanted === undefined ? {} : { port: { value: wanted, from: [] } }) }];
  for (const access of policies) {
    const named = access.port?.value;
    const number = typeof named === 'string' ? containers.find((it) => it.name === named)?.port : named;
    if (number !== undefined) found.add(number);
    if (named !== undefined) continue;
    for (const it of containers) found.add(it.port);
    if (containers.length === 0)
      for (const it of services.flatMap((one) => one.ports)) {
        const target = it.targetPort ?? it.port;
        if (typeof target === 'number') found.add(target);
      }
    for (const rule of access.rules) for (const it of rule.operations) for (const one of it.ports) found.add(one.value);
  }
  const isOpaque = (number: number) => {
    const name = containers.find((it) => it.port === number)?.name;
    const ports = services
      .flatMap((it) => it.ports)
      .filter((it) => (it.targetPort ?? it.port) === number || (name !== undefined && it.targetPort === name));
    return ports.length > 0 && ports.every((it) => !isHttp(it));
  };
  const isTcp = unit.accesses.some((it) => it.protocol?.value === 'tcp');
  return [...found].sort((a, b) => a - b).map((number) => ({ number, isHttp: !isTcp && !isOpaque(number) }));
}

/** Whether a policy is about a port of the pods, by its number or its name. */
export function isAbout(access: Access, { number }: Port, unit: Unit): boolean {
  const named = access.port?.value;
  if (named === undefined || named === number) return true;
  return unit.workloads.some((it) => it.ports.some((one) => one.port === number && one.name === named));
}

/** Creates the Server, or takes over the one that protects the port already; gives its name. */
export function serverFor(
  unit: Unit,
  port: Port,
  accesses: readonly Access[],
  accessPolicy: string,
  draft: Draft,
): string {
  const existing = existingServer(unit, port.number, draft);
  if (existing) {
    draft.changeAccessPolicy(existing, accessPolicy);
    return existing.name;
  }
  const made = serversMade.get(draft) ?? [];
  serversMade.set(draft, made);
  const name = nameOf(unit, port, draft);
  made.push({ namespace: unit.namespace, labels: unit.labels, port: port.number, name });
  const protocol = accesses.find((it) => it.protocol)?.protocol;
  const proxyProtocol = protocol ? proxyProtocols[protocol.value] : port.isHttp ? undefined : proxyProtocols['tcp'];
  draft.create(Server, unit.namespace, name, {
    spec: {
      podSelector: { matchLabels: unit.labels },
      port: port.number,
      ...(proxyProtocol === undefined ? {} : { proxyProtocol }),
      accessPolicy,
    },
    from: accesses.flatMap(originsOfAccess),
  });
  return name;
}

interface MadeServer {
  readonly namespace: string;
  readonly labels: Unit['labels'];
  readonly port: number;
  readonly name: string;
}

const serversMade = new WeakMap<Draft, MadeServer[]>();

/** The Server for a port of these pods, of the workspace or of this conversion; undefined when there is none yet. */
export function serverOf(unit: Unit, port: number, draft: Draft): string | undefined {
  const existing = existingServer(unit, port, draft);
  if (existing) return existing.name;
  const isFor = ({ namespace, labels, port: own }: MadeServer) =>
    namespace === unit.namespace &&
    own === port &&
    (unit.workloads.length > 0
      ? unit.workloads.every((it) => selects(labels, it.labels))
      : sameLabels(labels, unit.labels));
  return (serversMade.get(draft) ?? []).find(isFor)?.name;
}

const proxyProtocols: Readonly<Record<string, string>> = {
  http: 'HTTP/1',
  http2: 'HTTP/2',
  grpc: 'gRPC',
  tcp: 'opaque',
};

/** A Server of the workspace for this port of these pods: a second one would not count. */
function existingServer(unit: Unit, port: number, draft: Draft) {
  return draft.environment.index.all(Server).find((it) => {
    if (draft.environment.namespaceOf(it) !== unit.namespace) return false;
    if (!sameLabels(textRecordAt(it.value, ['spec', 'podSelector', 'matchLabels']), unit.labels)) return false;
    const own = valueAt(it.value, ['spec', 'port']);
    return own === port || unit.workloads.some((one) => one.ports.some((at) => at.port === port && at.name === own));
  });
}

/** `reviews-9080`: what people call the pods, and the port. */
function nameOf(unit: Unit, { number }: Port, draft: Draft): string {
  const service = unit.accesses.map((it) => it.target.value.service?.name).find((it) => it !== undefined);
  const label = unit.labels['app.kubernetes.io/name'] ?? unit.labels['app'];
  const isPlain = Object.keys(unit.labels).length === 1;
  const workload = unit.workloads[0]?.resource.name;
  const name =
    service ??
    (isPlain ? label : undefined) ??
    (unit.workloads.length === 1 ? workload : undefined) ??
    label ??
    unit.accesses[0]?.name ??
    'server';
  return draft.nameFor(Server, unit.namespace, shortName(`${name}-${number}`), {
    podSelector: { matchLabels: unit.labels },
    port: number,
  });
}

/** Policies add up: what others stand on a Server already let in more than the source did. */
export function noteOtherPolicies(server: string, namespace: string, draft: Draft): void {
  const others = draft.environment.index
    .all(AuthorizationPolicy)
    .filter(
      (it) =>
        draft.environment.namespaceOf(it) === namespace &&
        textAt(it.value, ['spec', 'targetRef', 'kind']) === Server.name &&
        textAt(it.value, ['spec', 'targetRef', 'name']) === server &&
        !draft.hasNamed(AuthorizationPolicy, namespace, it.name),
    );
  if (others.length === 0) return;
  draft.ledger.note(
    'assumed',
    `Policies of Server "${server}" in ${namespace} go on letting clients in beside the new ones: ` +
      `${others.map((it) => it.name).join(', ')}.`,
    'security',
  );
}

/** Paths of HTTP probes of a port: a Server with routes no longer lets them in by itself. */
export function probesOf(unit: Unit, port: number): readonly string[] {
  const found = new Set<string>();
  for (const { resource, template, ports } of unit.workloads) {
    for (const container of listAt(resource.value, [...template, 'spec', 'containers'])) {
      for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
        const get = valueAt(container, [probe, 'httpGet']);
        const number = numberAt(get, ['port']) ?? ports.find((it) => it.name === textAt(get, ['port']))?.port;
        if (get !== undefined && number === port) found.add((textAt(get, ['path']) ?? '/').split('?')[0] ?? '/');
      }
    }
  }
  return [...found].sort();
}
