/**
 * ServerAuthorizations in their present form: a policy for each Server that one is on, with what says who the clients are
 * beside it. Nothing else changes, so that Servers and other policies stay as they are.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Origin } from '../../../model/ir.ts';
import { apiVersionOf, type Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Ledger, placeText } from '../../../model/report.ts';
import { listAt, recordAt, textAt, valueAt } from '../../../model/value.ts';
import type { ManifestValue, Output } from '../../mesh.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import { AuthorizationPolicy, MeshTLSAuthentication, NetworkAuthentication, Server } from '../kinds.ts';
import { everyNetwork } from './clients.ts';
import { authorizationPeculiar, serversOf } from './read-server-authorization.ts';

/** Writes each as policies of today; one that says no clients, or whose Servers are not known, is lost and says why. */
export function writeServerAuthorizations(
  authorizations: readonly Resource[],
  environment: Environment,
  ledger: Ledger,
): readonly Output[] {
  return authorizations.flatMap((it) => {
    for (const { from, code, reason, risk } of authorizationPeculiar(it)) ledger.lost(from, code, reason, risk);
    return writeOne(it, environment, ledger);
  });
}

function writeOne(resource: Resource, environment: Environment, ledger: Ledger): readonly Output[] {
  const namespace = environment.namespaceOf(resource);
  const whole: Origin[] = [{ resource, path: ['spec'] }];
  const named = textAt(resource.value, ['spec', 'server', 'name']);
  const servers = named === undefined ? serversOf(resource, environment).map((it) => it.name) : [named];
  if (servers.length === 0) {
    const reason = 'No Server here has the labels that it selects, and a policy names its Server.';
    ledger.lost(whole, 'target-ref', reason, 'availability');
    ledger.note('missing', `Add the Servers that ServerAuthorization "${resource.name}" selects, or name one in it.`);
    return [];
  }
  const clients = clientsOf(resource, namespace);
  if (clients.length === 0) {
    ledger.lost(whole, 'unused-in-source', 'It names no clients, so that it lets nobody in.', 'none');
    return [];
  }
  const networks = listAt(resource.value, ['spec', 'client', 'networks']);
  const outputs: Output[] = [];
  const create = (kind: Kind, name: string, spec: ManifestValue['spec']) =>
    outputs.push({
      create: { apiVersion: apiVersionOf(kind), kind: kind.name, metadata: { name, namespace }, spec },
      from: whole,
    });
  const policies: string[] = [];
  for (const client of clients) {
    const base = shortName(`${resource.name}${client.suffix}`);
    const isNetworked = networks.length > 0 || client.spec === undefined;
    const requiredAuthenticationRefs = [
      ...(client.spec ? [reference(MeshTLSAuthentication, base)] : []),
      ...(isNetworked ? [reference(NetworkAuthentication, resource.name)] : []),
    ];
    for (const server of servers) {
      const name = servers.length === 1 ? base : shortName(`${base}-${server}`);
      policies.push(placeText(AuthorizationPolicy.name, namespace, name, ''));
      const targetRef = reference(Server, server);
      create(AuthorizationPolicy, name, { targetRef, requiredAuthenticationRefs });
    }
    if (client.spec) {
      create(MeshTLSAuthentication, base, client.spec);
      ledger.exact(client.from, placeText(MeshTLSAuthentication.name, namespace, base, 'spec'));
    }
  }
  if (networks.length > 0 || clients.some((it) => it.spec === undefined)) {
    const own = networks.length > 0 ? networks.map(networkOf) : everyNetwork.map((cidr) => ({ cidr }));
    create(NetworkAuthentication, resource.name, { networks: own });
    const place = placeText(NetworkAuthentication.name, namespace, resource.name, 'spec.networks');
    ledger.exact([{ resource, path: ['spec', 'client', 'networks'] }], place);
    for (const it of clients) if (it.spec === undefined) ledger.exact(it.from, place);
  }
  ledger.exact(
    [{ resource, path: ['spec', 'server'] }],
    policies.map((it) => `${it} spec.targetRef`).join(', '),
    named === undefined ? 'A policy for each Server that has these labels now.' : '',
  );
  return outputs;
}

function reference({ group, name: kind }: Kind, name: string) {
  return { group, kind, name };
}

function networkOf(value: unknown): Readonly<Record<string, unknown>> {
  const { cidr, except } = recordAt({ value }, ['value']);
  return { cidr, ...(Array.isArray(except) && except.length > 0 ? { except } : {}) };
}

/** Clients that one authentication names; without `spec` anybody, by address alone. */
interface Clients {
  readonly spec: Readonly<Record<string, unknown>> | undefined;
  readonly from: readonly Origin[];
  /** What the name of the policy ends with. */
  readonly suffix: string;
}

function clientsOf(resource: Resource, namespace: string): readonly Clients[] {
  const client = valueAt(resource.value, ['spec', 'client']);
  const at = (...path: string[]): Origin[] => [{ resource, path: ['spec', 'client', ...path] }];
  if (valueAt(client, ['unauthenticated']) === true)
    return [{ spec: undefined, from: at('unauthenticated'), suffix: '' }];
  if (valueAt(client, ['meshTLS', 'unauthenticatedTLS']) === true)
    return [{ spec: { identities: ['*'] }, from: [], suffix: '' }];
  const accounts = listAt(client, ['meshTLS', 'serviceAccounts']).flatMap((it) => {
    const name = textAt(it, ['name']);
    return name === undefined
      ? []
      : [{ kind: 'ServiceAccount', name, namespace: textAt(it, ['namespace']) ?? namespace }];
  });
  const identities = listAt(client, ['meshTLS', 'identities']).filter((it) => typeof it === 'string');
  // An authentication has either; two policies on one Server let both in.
  return [
    ...(accounts.length > 0
      ? [{ spec: { identityRefs: accounts }, from: at('meshTLS', 'serviceAccounts'), suffix: '' }]
      : []),
    ...(identities.length > 0
      ? [{ spec: { identities }, from: at('meshTLS', 'identities'), suffix: accounts.length > 0 ? '-identities' : '' }]
      : []),
  ];
}
