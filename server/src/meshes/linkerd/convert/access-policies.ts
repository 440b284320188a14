/** What stands on a Server: routes for each decision, policies, and the authentications that these refer to. */

import type { Origin } from '../../../model/ir.ts';
import type { Kind } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import {
  AuthorizationPolicy,
  MeshTLSAuthentication,
  NetworkAuthentication,
  PolicyHTTPRoute,
  Server,
} from '../kinds.ts';
import { networksOf, type Row, type Table } from './access-table.ts';
import { type Account, everyNetwork, type Grant, type Named } from './clients.ts';
import type { Draft } from './draft.ts';
import { writeIdentity } from './identities.ts';
import { pathOf, rootCell } from './path-cells.ts';

const probeNetworks = 'kubelet-probes';
const anyNetwork = 'any-network';

const networksMade = new WeakMap<Draft, Map<string, string>>();

/** Writes what stands on one Server; `base` is what its routes and policies are called after. */
export class PolicyWriter {
  readonly #draft: Draft;
  readonly #namespace: string;
  readonly #server: string;
  readonly #base: string;
  readonly #from: readonly Origin[];
  firstPolicy: string | undefined;
  firstRoute: string | undefined;

  constructor(draft: Draft, namespace: string, server: string, base: string, from: readonly Origin[]) {
    this.#draft = draft;
    this.#namespace = namespace;
    this.#server = server;
    this.#base = base;
    this.#from = from;
  }

  /** Policies on the Server itself: the decision is the same for every request. */
  onServer(grants: readonly Grant[]): void {
    this.#policies(Server, this.#server, this.#base, grants, anyNetwork);
  }

  /** A route for each decision. Nothing stands on the Server, since that would count on every route. */
  onRoutes({ cells, rows }: Table): void {
    const groups = new Map<string, Row[]>();
    for (const row of rows) {
      const isRest = row.cell === rootCell && row.method === undefined && row.headers.length === 0;
      const key = isRest ? 'rest' : `${row.isProbe} ${JSON.stringify(row.grants)}`;
      groups.set(key, [...(groups.get(key) ?? []), row]);
    }
    let count = 0;
    for (const [key, group] of groups) {
      const isProbe = group[0]?.isProbe === true;
      const wanted =
        key === 'rest' ? `${this.#server}-default` : isProbe ? `${this.#server}-probes` : `${this.#base}-${count}`;
      if (key !== 'rest' && !isProbe) count += 1;
      const parentRefs = [{ group: Server.group, kind: Server.name, name: this.#server }];
      const name = this.#draft.nameFor(PolicyHTTPRoute, this.#namespace, shortName(wanted), { parentRefs });
      if (key !== 'rest' && !isProbe) this.firstRoute ??= name;
      this.#draft.create(PolicyHTTPRoute, this.#namespace, name, {
        spec: {
          parentRefs,
          rules: chunked(group.map((row) => matchOf(row, pathOf(row.cell, cells)))).map((matches) => ({ matches })),
        },
        from: this.#from,
      });
      this.#policies(PolicyHTTPRoute, name, name, group[0]?.grants ?? [], isProbe ? probeNetworks : anyNetwork);
      if (key === 'rest')
        this.#note(
          name,
          group[0]?.grants.length === 0
            ? 'answers everything else with 403; without it the answer would be 404.'
            : 'holds who may do everything else; on the Server that would count on every route.',
        );
      if (isProbe) this.#note(name, 'lets probes in: a Server with routes no longer does so by itself.');
    }
  }

  #note(name: string, text: string): void {
    this.#draft.ledger.note('generated', `${placeText('HTTPRoute', this.#namespace, name, '')} ${text}`);
  }

  #policies(kind: Kind, target: string, wanted: string, grants: readonly Grant[], networkName: string): void {
    for (const grant of grants.flatMap(separated)) {
      const targetRef = { group: kind.group, kind: kind.name, name: target };
      const name = this.#draft.nameFor(AuthorizationPolicy, this.#namespace, shortName(wanted), { targetRef });
      if (networkName !== probeNetworks) this.firstPolicy ??= name;
      this.#draft.create(AuthorizationPolicy, this.#namespace, name, {
        spec: {
          targetRef,
          requiredAuthenticationRefs: this.#references(grant, name, networkName),
        },
        from: this.#from,
      });
    }
  }

  #references(grant: Grant, name: string, networkName: string): readonly Readonly<Record<string, string>>[] {
    const networks = networksOf(grant);
    const references = this.#identities(grant, name);
    if (networks) {
      const spec = { networks };
      const own = this.#draft.nameFor(NetworkAuthentication, this.#namespace, shortName(`${name}-networks`), spec);
      this.#draft.create(NetworkAuthentication, this.#namespace, own, { spec, from: this.#from });
      return [...references, reference(NetworkAuthentication, own)];
    }
    if (references.length > 0) return references;
    return [reference(NetworkAuthentication, this.#everyNetwork(networkName))];
  }

  /** The NetworkAuthentication that lets in every address; one for all policies of the namespace. */
  #everyNetwork(wanted: string): string {
    const made = networksMade.get(this.#draft) ?? new Map<string, string>();
    networksMade.set(this.#draft, made);
    const id = `${this.#namespace}/${wanted}`;
    const known = made.get(id);
    if (known !== undefined) return known;
    const spec = { networks: everyNetwork.map((cidr) => ({ cidr })) };
    const name = this.#draft.nameFor(NetworkAuthentication, this.#namespace, wanted, spec);
    made.set(id, name);
    this.#draft.create(NetworkAuthentication, this.#namespace, name, { spec, from: this.#from });
    return name;
  }

  #identities({ who }: Grant, name: string): readonly Readonly<Record<string, string>>[] {
    if (who.type === 'anyone') return [];
    const identities = who.type === 'named' ? who.identities : [];
    const [only, ...more] = identities;
    if (only?.type === 'account' && only.trustDomain === undefined && more.length === 0)
      return [{ kind: 'ServiceAccount', name: only.name, namespace: only.namespace }];
    const refs = identities.filter((it) => it.type === 'namespace' || it.trustDomain === undefined).map(identityRef);
    const texts = identities.filter(isForeign).map((it) => this.#foreign(it));
    const spec = {
      ...(refs.length === 0 ? {} : { identityRefs: refs }),
      ...(who.type === 'authenticated' ? { identities: ['*'] } : texts.length === 0 ? {} : { identities: texts }),
    };
    const own = this.#draft.nameFor(MeshTLSAuthentication, this.#namespace, shortName(`${name}-clients`), spec);
    this.#draft.create(MeshTLSAuthentication, this.#namespace, own, { spec, from: this.#from });
    return [reference(MeshTLSAuthentication, own)];
  }

  #foreign(account: Account): string {
    return writeIdentity(account, this.#draft.options.linkerdNamespace, account.trustDomain ?? '');
  }
}

/** References and texts of identities exclude each other, so accounts of other trust domains get a grant of their own. */
function separated(grant: Grant): readonly Grant[] {
  if (grant.who.type !== 'named') return [grant];
  const foreign = grant.who.identities.filter(isForeign);
  const own = grant.who.identities.filter((it) => !isForeign(it));
  return [own, foreign].flatMap((identities): Grant[] =>
    identities.length === 0 ? [] : [{ ...grant, who: { type: 'named', identities } }],
  );
}

function isForeign(it: Named): it is Account {
  return it.type === 'account' && it.trustDomain !== undefined;
}

function identityRef(it: Named): Readonly<Record<string, string>> {
  return it.type === 'namespace'
    ? { kind: 'Namespace', name: it.namespace }
    : { kind: 'ServiceAccount', name: it.name, namespace: it.namespace };
}

function reference(kind: Kind, name: string): Readonly<Record<string, string>> {
  return { group: kind.group, kind: kind.name, name };
}

function matchOf({ headers, method }: Row, path: { readonly type: string; readonly value: string }) {
  return { path, ...(headers.length === 0 ? {} : { headers }), ...(method === undefined ? {} : { method }) };
}

/** A rule holds 64 matches at most. */
function chunked<T>(values: readonly T[]): readonly (readonly T[])[] {
  const chunks: (readonly T[])[] = [];
  for (let at = 0; at < values.length; at += 64) chunks.push(values.slice(at, at + 64));
  return chunks;
}
