/** linkerd/route-misses-probes: the routes of a Server leave out a path that the kubelet probes. */

import type { Environment } from '../../../model/environment.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Fix, Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { isKnown, listAt, mayHold, textAt, valueAt } from '../../../model/value.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { selectorMatches, type Workload, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { PolicyHTTPRoute, Server } from '../kinds.ts';

/** Source: linkerd2 policy-controller/k8s/index: routes for probes are made only for a Server that has none of its own. */
export const routeMissesProbes: Rule = {
  id: 'linkerd/route-misses-probes',
  severity: 'warning',
  summary: 'Routes are attached to a Server and none of them fits a probe of its pods, which then never get ready.',
  kinds: [PolicyHTTPRoute, HTTPRoute],
  peers: [],

  *check(resource, environment) {
    for (const [position, parent] of listAt(resource.value, ['spec', 'parentRefs']).entries()) {
      const server = serverOf(parent, resource, environment);
      if (!server || environment.isPatched(server)) continue;
      const routes = routesOf(server, environment);
      if (routes.some((it) => mayFitAnything(it, environment))) continue;
      const missed = probesOf(server, environment).find((probe) => !routes.some((it) => fits(it, probe)));
      if (!missed) continue;
      const path: Path = ['spec', 'parentRefs', position, 'name'];
      const { kind, name } = missed.workload.resource;
      yield {
        path,
        message: `No route of Server "${server.name}" fits the ${missed.name} "${missed.path}" of ${kind} "${name}"; with a route attached, Linkerd lets probes in no longer by itself.`,
        related: [{ resource: missed.workload.resource, path: missed.at, message: 'The probe that is refused.' }],
        fixes: [allowProbe(resource, server, missed.path)],
      };
    }
  },
};

interface Probe {
  readonly workload: Workload;
  readonly name: string;
  readonly path: string;
  readonly at: Path;
}

function serverOf(parent: unknown, route: Resource, environment: Environment): Resource | undefined {
  const name = textAt(parent, ['name']);
  if (name === undefined || textAt(parent, ['kind']) !== Server.name || textAt(parent, ['group']) !== Server.group)
    return undefined;
  return environment.index.find(Server, environment.namespaceOf(route), name);
}

/** All routes that are attached to a Server, which stand in its namespace. */
function routesOf(server: Resource, environment: Environment): readonly Resource[] {
  const namespace = environment.namespaceOf(server);
  return [PolicyHTTPRoute, HTTPRoute, GRPCRoute]
    .flatMap((kind) => environment.index.all(kind))
    .filter(
      (route) =>
        environment.namespaceOf(route) === namespace &&
        listAt(route.value, ['spec', 'parentRefs']).some((it) => serverOf(it, route, environment) === server),
    );
}

/** Whether a template or a patch may say more than is written. */
function mayFitAnything(route: Resource, environment: Environment): boolean {
  const { hiddenLines } = route.part.masked;
  return hiddenLines || environment.isPatched(route) || mayHold(route.value, 'spec.rules[*].matches[*].path.value');
}

/** The probes over HTTP of the pods of a Server, on its port. */
function probesOf(server: Resource, environment: Environment): readonly Probe[] {
  const port = valueAt(server.value, ['spec', 'port']);
  const selector = valueAt(server.value, ['spec', 'podSelector']);
  if (selector === undefined || port === undefined) return [];
  const workloads = workloadsIn(environment, environment.namespaceOf(server));
  return workloads
    .filter((it) => selectorMatches(selector, it.labels) && !environment.isPatched(it.resource))
    .flatMap((workload) => probesOn(workload, port));
}

const probeNames = ['readinessProbe', 'livenessProbe', 'startupProbe'];

function probesOn(workload: Workload, port: unknown): readonly Probe[] {
  const { resource, template, ports } = workload;
  const numberOf = (it: unknown) => (typeof it === 'string' ? (ports.find(({ name }) => name === it)?.port ?? it) : it);
  const containers: Path = [...template, 'spec', 'containers'];
  return [...listAt(resource.value, containers).keys()].flatMap((position) =>
    probeNames.flatMap((name): readonly Probe[] => {
      const at: Path = [...containers, position, name, 'httpGet'];
      const target = valueAt(resource.value, [...at, 'port']);
      if (target === undefined || numberOf(target) !== numberOf(port)) return [];
      if (!isKnown(resource.value, [...at, 'path'], resource.part.masked.hiddenLines)) return [];
      return [{ workload, name, path: textAt(resource.value, [...at, 'path']) ?? '/', at }];
    }),
  );
}

/** Whether a route takes a GET of the probe's path. */
function fits({ value }: Resource, { path }: Probe): boolean {
  const plain = path.split('?')[0] ?? path;
  const rules = listAt(value, ['spec', 'rules']);
  const all = rules.flatMap((rule) => (listAt(rule, ['matches']).length > 0 ? listAt(rule, ['matches']) : [{}]));
  return all.some((match) => {
    if (listAt(match, ['headers']).length > 0 || (textAt(match, ['method']) ?? 'GET') !== 'GET') return false;
    const wanted = textAt(match, ['path', 'value']) ?? '/';
    switch (textAt(match, ['path', 'type']) ?? 'PathPrefix') {
      case 'Exact':
        return wanted === plain;
      case 'PathPrefix':
        return `${plain}/`.startsWith(`${wanted.replace(/\/$/, '')}/`);
      default:
        return true;
    }
  });
}

/** A route for the probe, and the policy that lets every network in on it: the kubelet has no identity. */
function allowProbe(route: Resource, server: Resource, path: string): Fix {
  const name = `${server.name}-probes`;
  const metadata = (it: string) =>
    `metadata:\n  name: ${it}\n${server.namespace === undefined ? '' : `  namespace: ${server.namespace}\n`}`;
  const text = `apiVersion: policy.linkerd.io/v1beta3
kind: HTTPRoute
${metadata(name)}spec:
  parentRefs:
    - group: policy.linkerd.io
      kind: Server
      name: ${server.name}
  rules:
    - matches:
        - path:
            type: Exact
            value: ${JSON.stringify(path.split('?')[0])}
          method: GET
---
apiVersion: policy.linkerd.io/v1alpha1
kind: NetworkAuthentication
${metadata(name)}spec:
  networks:
    - cidr: 0.0.0.0/0
    - cidr: ::/0
---
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
${metadata(name)}spec:
  targetRef:
    group: policy.linkerd.io
    kind: HTTPRoute
    name: ${name}
  requiredAuthenticationRefs:
    - group: policy.linkerd.io
      kind: NetworkAuthentication
      name: ${name}
`;
  return { title: `Let the probe "${path}" in`, edits: () => [{ type: 'append-document', uri: route.uri, text }] };
}
