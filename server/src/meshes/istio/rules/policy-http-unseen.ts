/** istio/policy-http-unseen: a policy speaks of requests where nobody reads HTTP. */

import type { Environment } from '../../../model/environment.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Finding, Fix, Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { isKnown, listAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { Namespace } from '../../kubernetes/common/kinds.ts';
import { type ServicePort, selects, servicesOfPods, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { AuthorizationPolicy } from '../kinds.ts';
import { portProtocol } from '../port-protocol.ts';

/** Conditions of HTTP in a rule, by the list they stand in and the object below its items. */
const operations = ['hosts', 'notHosts', 'methods', 'notMethods', 'paths', 'notPaths'];
const sources = ['requestPrincipals', 'notRequestPrincipals', 'remoteIpBlocks', 'notRemoteIpBlocks'];
const conditions = /^(?:request\.|remote\.ip)/;

/** Sources: istio/istio pilot/pkg/security/authz/builder, and pilot/pkg/serviceregistry/ambient/authorization.go. */
export const policyHttpUnseen: Rule = {
  id: 'istio/policy-http-unseen',
  severity: 'warning',
  summary:
    'An AuthorizationPolicy has conditions of HTTP where nothing reads HTTP: DENY denies more than it says, ALLOW allows nothing.',
  kinds: [AuthorizationPolicy],
  peers: [],

  *check(resource, environment) {
    const action = textAt(resource.value, ['spec', 'action']) ?? 'ALLOW';
    if (action !== 'DENY' && action !== 'ALLOW') return;
    const isAmbient = isEnforcedByZtunnel(resource, environment);
    const tcp = isAmbient || action === 'ALLOW' ? [] : tcpPorts(resource, environment);
    if (!isAmbient && tcp.length === 0) return;
    for (const [position, rule] of listAt(resource.value, ['spec', 'rules']).entries()) {
      const path: Path = ['spec', 'rules', position];
      const condition = httpCondition(rule);
      if (!condition) continue;
      if (isAmbient) yield unseenByZtunnel(resource, [...path, ...condition], action);
      else if (!namesPorts(rule)) yield unseenOnTcp(resource, path, condition, tcp);
    }
  },
};

function unseenByZtunnel(resource: Resource, path: Path, action: string): Finding {
  const effect =
    action === 'DENY' ? 'it denies every connection that the rest of this rule fits' : 'this rule allows nothing';
  return {
    ...placeOf(path),
    message: `The ztunnel reads no HTTP and leaves "${nameOf(resource, path)}" out: ${effect}. A waypoint named in "targetRefs" would read it.`,
  };
}

function unseenOnTcp(resource: Resource, rule: Path, condition: Path, tcp: readonly ServicePort[]): Finding {
  const ports = tcp.map((it) => (it.name === undefined ? String(it.port) : `${it.port} (${it.name})`)).join(', ');
  const path: Path = [...rule, ...condition];
  return {
    ...placeOf(path),
    message: `Nobody reads "${nameOf(resource, path)}" on port ${ports}: all connections to it that the rest of this rule fits are denied.`,
    fixes: keepToHttp(resource, rule),
  };

  function keepToHttp(resource: Resource, rule: Path): Fix[] {
    const unwanted = tcp.map((it) => String(it.targetPort ?? it.port)).filter((it) => /^\d+$/.test(it));
    const operationsOfRule = listAt(resource.value, [...rule, 'to']);
    if (unwanted.length < tcp.length || operationsOfRule.length === 0) return [];
    return [
      {
        title: `Leave port ${unwanted.join(', ')} out`,
        edits: () =>
          operationsOfRule.map((_, position) => ({
            type: 'insert',
            resource,
            path: [...rule, 'to', position, 'operation', 'notPorts'],
            value: unwanted,
          })),
      },
    ];
  }
}

/** A condition of `when` is named by the value of its `key`, others by the key that they stand at. */
function placeOf(path: Path): Pick<Finding, 'path' | 'side'> {
  return { path, side: path.at(-1) === 'key' ? 'value' : 'key' };
}

function nameOf(resource: Resource, path: Path): string {
  return path.at(-1) === 'key' ? (textAt(resource.value, path) ?? 'key') : String(path.at(-1));
}

/** The first condition of a rule that only HTTP can answer, as a path below the rule. */
function httpCondition(rule: unknown): Path | undefined {
  const groups = [
    { list: 'to', object: 'operation', names: operations },
    { list: 'from', object: 'source', names: sources },
  ];
  for (const { list, object, names } of groups) {
    for (const [position, item] of listAt(rule, [list]).entries()) {
      const name = names.find((it) => listAt(item, [object, it]).length > 0);
      if (name !== undefined) return [list, position, object, name];
    }
  }
  const position = listAt(rule, ['when']).findIndex((it) => conditions.test(textAt(it, ['key']) ?? ''));
  return position === -1 ? undefined : ['when', position, 'key'];
}

/** Whether each operation of a rule says for which ports it is meant. */
function namesPorts(rule: unknown): boolean {
  const all = listAt(rule, ['to']);
  const says = (it: unknown) => ['ports', 'notPorts'].some((name) => listAt(it, ['operation', name]).length > 0);
  return (
    (all.length > 0 && all.every(says)) ||
    listAt(rule, ['when']).some((it) => textAt(it, ['key']) === 'destination.port')
  );
}

/** A policy without a target in a namespace of ambient mode; sidecars there would enforce it as well. */
function isEnforcedByZtunnel(resource: Resource, environment: Environment): boolean {
  const { hiddenLines } = resource.part.masked;
  if (['targetRefs', 'targetRef'].some((it) => valueAt(resource.value, ['spec', it]) !== undefined)) return false;
  if (!isKnown(resource.value, ['spec', 'targetRefs'], hiddenLines)) return false;
  const namespace = environment.index.find(Namespace, '', environment.namespaceOf(resource));
  const labels = textRecordAt(namespace?.value, ['metadata', 'labels']);
  return labels['istio.io/dataplane-mode'] === 'ambient';
}

/** Ports of the Services in front of the selected workloads that carry something else than HTTP, by their own words. */
function tcpPorts(resource: Resource, environment: Environment): readonly ServicePort[] {
  const namespace = environment.namespaceOf(resource);
  const selector = textRecordAt(resource.value, ['spec', 'selector', 'matchLabels']);
  if (Object.keys(selector).length === 0) return [];
  const workloads = workloadsIn(environment, namespace).filter((it) => selects(selector, it.labels));
  const services = new Map(
    workloads.flatMap((it) => servicesOfPods(environment, namespace, it.labels)).map((it) => [it.name, it]),
  );
  const isTcp = (it: ServicePort) => {
    const protocol = portProtocol(it);
    return protocol.isNamed && tcpProtocols.has(protocol.name);
  };
  return [...services.values()].flatMap((it) => it.ports.filter(isTcp));
}

const tcpProtocols = new Set(['TCP', 'TLS', 'HTTPS', 'Mongo', 'MySQL', 'Redis']);
