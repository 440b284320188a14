/** What may leave the mesh: an EgressNetwork for the clients of a namespace, one for all that have none of their own. */

import type { Asked, EgressPolicy, ExternalService, Origin } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { placeText } from '../../../model/report.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { EgressNetwork } from '../kinds.ts';
import type { Draft } from './draft.ts';
import { globalEgress } from './read-egress.ts';

/** Writes the network of each policy; those of some pods hold for all of their namespace. */
export function writeEgress(items: readonly Asked<EgressPolicy>[], draft: Draft): void {
  for (const { value } of items) {
    if (value.otherwise.from.length > 0) writePolicy(value, draft);
  }
}

function writePolicy(policy: EgressPolicy, draft: Draft): void {
  const { ledger } = draft;
  const { namespace, labels, otherwise, networks } = policy;
  const home = namespace === '' ? globalEgress : namespace;
  const decided = policyIn(home, draft);
  const isNeeded = decided === 'deny' || existingIn(home, draft) !== undefined;
  const place = isNeeded ? `${networkIn(home, [], draft).place} spec.trafficPolicy` : '';
  if (decided !== otherwise.value)
    ledger.changed(
      otherwise,
      place,
      'security-stricter',
      'A network is for all clients of its namespace, and others of them may not call what nothing names.',
      'availability',
    );
  else if (labels)
    ledger.changed(
      otherwise,
      place,
      'client-scope',
      decided === 'deny'
        ? `A network is for all clients of its namespace: those of "${home}" that were free before are closed in too.`
        : 'Clients may call what nothing names, as long as no network says otherwise.',
      decided === 'deny' ? 'availability' : 'none',
    );
  else ledger.exact(otherwise, place, isNeeded ? '' : 'What is outside can be called unless an EgressNetwork says no.');
  if (labels)
    ledger.changed(labels, place, 'client-scope', 'A network knows namespaces, not the pods in them.', 'availability');
  for (const it of networks)
    ledger.changed(it, place, 'security-stricter', 'The network is about all that is outside.', 'availability');
  if (home === globalEgress && isNeeded)
    ledger.note(
      'manual',
      `Create the namespace "${globalEgress}" if the cluster has none: its networks hold for clients of all namespaces that have none of their own.`,
    );
}

/** Whether clients of a namespace may call what nothing names. One that denies counts before others of its scope. */
export function policyIn(namespace: string, draft: Draft): 'allow' | 'deny' {
  const own = policiesOf(namespace === globalEgress ? '' : namespace, draft);
  if (own.some((it) => it.otherwise.value === 'deny')) return 'deny';
  if (own.some((it) => !it.labels)) return 'allow';
  const existing = existingIn(namespace, draft);
  if (existing) return textAt(existing.value, ['spec', 'trafficPolicy']) === 'Deny' ? 'deny' : 'allow';
  return policiesOf('', draft).some((it) => it.otherwise.value === 'deny') ? 'deny' : 'allow';
}

function policiesOf(namespace: string, { ir }: Draft): readonly EgressPolicy[] {
  return ir.egress.map((it) => it.value).filter((it) => it.namespace === namespace);
}

/** Namespaces whose clients are held to what routes name. */
function closedNamespaces(draft: Draft): readonly string[] {
  const named = draft.ir.egress.flatMap(({ value }) => (value.namespace === '' ? [] : [value.namespace]));
  const existing = draft.environment.index.all(EgressNetwork).map((it) => draft.environment.namespaceOf(it));
  return [...new Set([...named, ...existing])].filter((it) => it !== globalEgress && policyIn(it, draft) === 'deny');
}

/** Whether the source itself has a policy for the whole mesh, which is written for all clients. */
function isMeshWide({ ir }: Draft): boolean {
  return ir.egress.some(({ value }) => value.namespace === '' && value.otherwise.from.length > 0);
}

/** Namespaces in which a route is needed: of the clients that know the host, or of all that may call nothing else. */
export function homesOf({ visibility, namespace }: ExternalService, draft: Draft): readonly string[] {
  if (visibility) return visibility.value.filter((it) => it !== '');
  const closed = closedNamespaces(draft);
  if (isMeshWide(draft) || namespace === '') return [globalEgress, ...closed];
  return [...new Set([namespace, ...closed])];
}

interface Network {
  readonly name: string;
  readonly namespace: string;
  readonly place: string;
}

const made = new WeakMap<Draft, Map<string, Network>>();

/**
 * The network of a namespace, made when it is asked for first; one that exists is brought up to date. `from` is what it
 * is made for where no policy asks for it.
 */
export function networkIn(namespace: string, from: readonly Origin[], draft: Draft): Network {
  const known = made.get(draft) ?? new Map<string, Network>();
  made.set(draft, known);
  const found = known.get(namespace) ?? makeNetwork(namespace, from, draft);
  known.set(namespace, found);
  return found;
}

function makeNetwork(namespace: string, from: readonly Origin[], draft: Draft): Network {
  const trafficPolicy = policyIn(namespace, draft) === 'deny' ? 'Deny' : 'Allow';
  const existing = existingIn(namespace, draft);
  const named = (name: string) => ({ name, namespace, place: placeText(EgressNetwork.name, namespace, name, '') });
  if (existing) {
    draft.change(existing, ['spec', 'trafficPolicy'], trafficPolicy);
    return named(existing.name);
  }
  const spec = { trafficPolicy };
  const name = draft.nameFor(EgressNetwork, namespace, 'egress', spec);
  const policies = policiesOf(namespace === globalEgress ? '' : namespace, draft);
  draft.create(EgressNetwork, namespace, name, {
    spec,
    from: policies.length > 0 ? policies.flatMap((it) => it.otherwise.from) : from,
  });
  if (policies.length === 0)
    draft.ledger.note(
      'generated',
      `${named(name).place} carries the routes to what is outside. Its policy is ${trafficPolicy}, ${
        trafficPolicy === 'Deny'
          ? 'as that of the whole mesh is.'
          : 'since nothing in the workspace closes what is outside.'
      }`,
    );
  return named(name);
}

/** The network of a namespace that is about all that is outside. */
function existingIn(namespace: string, { environment }: Draft): Resource | undefined {
  return environment.index
    .all(EgressNetwork)
    .find((it) => environment.namespaceOf(it) === namespace && listAt(it.value, ['spec', 'networks']).length === 0);
}
