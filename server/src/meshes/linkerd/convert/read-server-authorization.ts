/**
 * ServerAuthorizations, which came before AuthorizationPolicy: each lets some clients in on the Servers that it names or
 * selects. Source: linkerd2 policy-controller/k8s/index/src/inbound/server_authorization.rs.
 */

import type { Environment } from '../../../model/environment.ts';
import type { AccessRule, Asked, Identity, Origin, Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { isRecord, listAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { selectorMatches } from '../../kubernetes/common/workloads.ts';
import { Server, ServerAuthorization } from '../kinds.ts';
import { readIdentity } from './identities.ts';

/** The ServerAuthorizations on a Server. */
export function authorizationsOn(server: Resource, environment: Environment): readonly Resource[] {
  const namespace = environment.namespaceOf(server);
  return environment.index
    .all(ServerAuthorization)
    .filter((it) => environment.namespaceOf(it) === namespace && isOn(it, server));
}

/** The Servers that a ServerAuthorization is on. */
export function serversOf(authorization: Resource, environment: Environment): readonly Resource[] {
  const namespace = environment.namespaceOf(authorization);
  return environment.index
    .all(Server)
    .filter((it) => environment.namespaceOf(it) === namespace && isOn(authorization, it));
}

function isOn(authorization: Resource, server: Resource): boolean {
  const selector = valueAt(authorization.value, ['spec', 'server', 'selector']);
  if (isRecord(selector)) return selectorMatches(selector, textRecordAt(server.value, ['metadata', 'labels']));
  return textAt(authorization.value, ['spec', 'server', 'name']) === server.name;
}

/** Whom a ServerAuthorization lets in; undefined for nobody, which is what Linkerd makes of one without clients. */
export function readAuthorizedClients(
  resource: Resource,
  environment: Environment,
): Pick<AccessRule, 'clients' | 'networks' | 'notNetworks'> | undefined {
  const clients = [...clientsOf(resource, environment)];
  if (clients.length === 0) return undefined;
  const networks = listAt(resource.value, ['spec', 'client', 'networks']).flatMap((it, at): Asked<string>[] => {
    const cidr = textAt(it, ['cidr']);
    return cidr === undefined ? [] : [{ value: cidr, from: [clientAt(resource, 'networks', at, 'cidr')] }];
  });
  const notNetworks = listAt(resource.value, ['spec', 'client', 'networks']).flatMap((it, at) =>
    listAt(it, ['except']).flatMap((value, number): Asked<string>[] =>
      typeof value === 'string' ? [{ value, from: [clientAt(resource, 'networks', at, 'except', number)] }] : [],
    ),
  );
  return { clients, networks, notNetworks };
}

function clientAt(resource: Resource, ...path: (string | number)[]): Origin {
  return { resource, path: ['spec', 'client', ...path] };
}

function* clientsOf(resource: Resource, environment: Environment): Generator<Asked<Identity>> {
  const client = valueAt(resource.value, ['spec', 'client']);
  if (valueAt(client, ['unauthenticated']) === true) {
    yield { value: { type: 'anyone' }, from: [clientAt(resource, 'unauthenticated')] };
    return;
  }
  if (valueAt(client, ['meshTLS', 'unauthenticatedTLS']) === true) {
    yield { value: { type: 'authenticated' }, from: [] };
    return;
  }
  for (const [at, it] of listAt(client, ['meshTLS', 'identities']).entries()) {
    if (typeof it !== 'string') continue;
    const from = [clientAt(resource, 'meshTLS', 'identities', at)];
    yield { value: readIdentity(it, environment.settings.clusterDomain), from };
  }
  for (const [at, it] of listAt(client, ['meshTLS', 'serviceAccounts']).entries()) {
    const name = textAt(it, ['name']);
    if (name === undefined) continue;
    const namespace = textAt(it, ['namespace']) ?? environment.namespaceOf(resource);
    const from = [clientAt(resource, 'meshTLS', 'serviceAccounts', at)];
    yield { value: { type: 'account', namespace, name }, from };
  }
}

/** What a ServerAuthorization says that counts for nothing, and TLS without an identity, which nobody else knows. */
export function* authorizationPeculiar(resource: Resource): Generator<Peculiar> {
  const client = valueAt(resource.value, ['spec', 'client']);
  const isOpen = valueAt(client, ['unauthenticated']) === true;
  const isAnyTls = valueAt(client, ['meshTLS', 'unauthenticatedTLS']) === true;
  const unused = 'What else it says lets everybody in, or nobody, so that this counts for nothing.';
  const ignored = (...path: string[]): Peculiar => ({
    from: [clientAt(resource, ...path)],
    code: 'unused-in-source',
    reason: unused,
    risk: 'none',
  });
  if (isOpen) yield ignored('meshTLS');
  else if (valueAt(client, ['unauthenticated']) !== undefined) yield ignored('unauthenticated');
  if (isOpen) return;
  if (isAnyTls) {
    yield {
      from: [clientAt(resource, 'meshTLS', 'unauthenticatedTLS')],
      code: 'security-stricter',
      reason: 'Who comes by TLS without an identity of the mesh was let in; only those with an identity are now.',
      risk: 'availability',
    };
    yield ignored('meshTLS', 'identities');
    yield ignored('meshTLS', 'serviceAccounts');
  } else yield ignored('meshTLS', 'unauthenticatedTLS');
}
