/** Whom Linkerd's policies let in, and what its own HTTPRoutes route. */

import { type Caller, type CallRules, callRows } from '../../model/call.ts';
import { type Environment, namesAt } from '../../model/environment.ts';
import { isOfKind } from '../../model/kind.ts';
import { definitionsOf } from '../../model/lookup.ts';
import type { Resource } from '../../model/manifest.ts';
import { expand, textAt, textRecordAt, valueAt } from '../../model/value.ts';
import { Namespace, ServiceAccount } from '../kubernetes/common/kinds.ts';
import { selectorMatches, serviceFacts, workloadsOfService } from '../kubernetes/common/workloads.ts';
import { backendNames, parentNames } from '../kubernetes/gateway/references.ts';
import { AuthorizationPolicy, MeshTLSAuthentication, PolicyHTTPRoute, Server, ServerAuthorization } from './kinds.ts';
import { authentications, target } from './references.ts';

export const calls: CallRules = {
  rows: [
    ...callRows(PolicyHTTPRoute, 'about', [parentNames(PolicyHTTPRoute).path]),
    ...callRows(
      PolicyHTTPRoute,
      'to',
      backendNames(PolicyHTTPRoute).map((it) => it.path),
    ),
  ],
  *callersOf(service, environment) {
    const servers = serversOf(service, environment);
    for (const policy of environment.index.all(AuthorizationPolicy))
      if (protects(policy, service, servers, environment)) yield* callersIn(policy, environment);
    for (const policy of environment.index.all(ServerAuthorization))
      if (isForOneOf(policy, servers, environment)) yield* clientsIn(policy);
  },
};

/** The Servers for a port of the pods behind a Service. */
function serversOf(service: Resource, environment: Environment): readonly Resource[] {
  const namespace = environment.namespaceOf(service);
  const facts = serviceFacts(environment, namespace, service.name);
  const workloads = facts ? workloadsOfService(environment, facts) : [];
  return environment.index.all(Server).filter((it) => {
    const selector = valueAt(it.value, ['spec', 'podSelector']);
    return (
      environment.namespaceOf(it) === namespace &&
      selector !== undefined &&
      workloads.some(({ labels }) => selectorMatches(selector, labels))
    );
  });
}

/** Whether a policy is for one of the Servers, for a route at one, or for the whole namespace. */
function protects(
  policy: Resource,
  service: Resource,
  servers: readonly Resource[],
  environment: Environment,
): boolean {
  const namespace = environment.namespaceOf(service);
  if (environment.namespaceOf(policy) !== namespace) return false;
  const isNamespace = textAt(policy.value, ['spec', 'targetRef', 'kind']) === Namespace.name;
  if (isNamespace) return textAt(policy.value, ['spec', 'targetRef', 'name']) === namespace;
  const targets = [...namesAt(environment, policy, target.path)].flatMap((it) =>
    definitionsOf(environment, target, it),
  );
  return targets.some(({ site: { resource } }) => servers.includes(resource) || parentsOf(resource).some(isServer));

  function isServer(name: string): boolean {
    return servers.some((it) => it.name === name);
  }
}

/** Names of the Servers that a route is attached to. */
function parentsOf(route: Resource): readonly string[] {
  return [...expand(route.value, 'spec.parentRefs[*]')].flatMap(({ value }) =>
    textAt(value, ['kind']) === Server.name ? [textAt(value, ['name']) ?? ''] : [],
  );
}

/** Those whom the authentications of a policy know: identities, and accounts named there or in the policy itself. */
function* callersIn(policy: Resource, environment: Environment): Generator<Caller> {
  for (const named of namesAt(environment, policy, authentications.path)) {
    if (textAt(policy.value, [...named.site.path.slice(0, -1), 'kind']) === ServiceAccount.name)
      yield { policy, path: named.site.path, text: named.text };
    for (const { site } of definitionsOf(environment, authentications, named))
      if (isOfKind(site.resource, MeshTLSAuthentication)) yield* fieldsOf(site.resource, identities);
  }
}

const identities = ['spec.identities[*]', 'spec.identityRefs[*].name'];

/** Whether a ServerAuthorization, which came before AuthorizationPolicy, names or selects one of the Servers. */
function isForOneOf(policy: Resource, servers: readonly Resource[], environment: Environment): boolean {
  const name = textAt(policy.value, ['spec', 'server', 'name']);
  const selector = valueAt(policy.value, ['spec', 'server', 'selector']);
  return servers.some((it) => {
    if (environment.namespaceOf(it) !== environment.namespaceOf(policy)) return false;
    const labels = textRecordAt(it.value, ['metadata', 'labels']);
    return name === undefined ? selector !== undefined && selectorMatches(selector, labels) : it.name === name;
  });
}

function* clientsIn(policy: Resource): Generator<Caller> {
  yield* fieldsOf(policy, ['spec.client.meshTLS.identities[*]', 'spec.client.meshTLS.serviceAccounts[*].name']);
}

function* fieldsOf(policy: Resource, patterns: readonly string[]): Generator<Caller> {
  for (const pattern of patterns)
    for (const { path, value } of expand(policy.value, pattern))
      if (typeof value === 'string' && value !== '') yield { policy, path, text: value };
}
