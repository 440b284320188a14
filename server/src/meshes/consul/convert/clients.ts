/** Clients by the names that intentions know them by: those of services. */

import type { Asked, Identity } from '../../../model/ir.ts';
import type { ConvertOptions } from '../../mesh.ts';
import type { Drafts } from './drafts.ts';
import { accountsOf, consulName, knownServices, namesakes, serviceNamed, servicesOfAccount } from './services.ts';

/** Consul's name for all clients that have no entry of their own. */
export const everyone = '*';

export interface Client {
  readonly name: string;
  readonly asked: Asked<Identity>;
  /** How the name was found, in a user's words; empty when it needs no words. */
  readonly reason: string;
}

/**
 * The names of an identity, or `all`. An identity without a name is reported as lost and gives none. `isCertain` refuses
 * names that are only guessed or may miss some: an exception has to hold for certain.
 */
export function resolveClient(
  asked: Asked<Identity>,
  effect: 'allow' | 'deny',
  drafts: Drafts,
  options: ConvertOptions,
  isCertain = false,
): readonly Client[] | 'all' {
  const { environment, ledger } = drafts;
  const identity = asked.value;
  // Whom a deny misses gets in; whom an allow misses does not, and an exception that is not certain leaves out its allow.
  const risk = effect === 'deny' && !isCertain ? 'security' : 'availability';
  const lose = (code: string, reason: string): readonly Client[] => {
    ledger.lost(asked, code, reason, risk);
    return [];
  };
  const clients = (names: readonly string[], namespace: string, reason: string): readonly Client[] => {
    const distinct = names.filter(
      (name) => effect === 'deny' || namesakes(environment, { name, namespace }).length === 0,
    );
    if (distinct.length < names.length)
      lose(
        'name-collision',
        'Several namespaces have a Service of this name, and Consul would let in the clients of all of them.',
      );
    return distinct.map((name) => ({ name, asked, reason }));
  };
  switch (identity.type) {
    case 'authenticated':
      return 'all';
    case 'anyone':
      ledger.changed(
        asked,
        '',
        'needs-mtls',
        'Every client with a certificate of the mesh; Consul lets in no others.',
        'availability',
      );
      return 'all';
    case 'service': {
      if (identity.peer !== undefined) return lose('vm-identity', 'Clients of a peer are not carried over.');
      const { service } = identity;
      return clients([consulName(environment, service)], service.namespace, '');
    }
    case 'namespace': {
      const names = knownServices(environment, identity.namespace).map((it) => consulName(environment, it));
      if (names.length === 0 || isCertain)
        return lose(
          'namespace-enumerated',
          `Consul knows no namespaces, and not all clients in "${identity.namespace}" can be named for certain.`,
        );
      ledger.changed(
        asked,
        '',
        'namespace-enumerated',
        `Consul knows no namespaces: the services of "${identity.namespace}" in the workspace are named one by one.`,
        risk,
      );
      return clients([...new Set(names)], identity.namespace, '');
    }
    case 'account': {
      const { namespace, name, trustDomain } = identity;
      if (trustDomain !== undefined && trustDomain !== options.trustDomain)
        return lose('identity-pattern', `Consul cannot name an account of the trust domain "${trustDomain}".`);
      const names = servicesOfAccount(environment, namespace, name);
      if (names.length === 0) return guessed(name, namespace);
      const shared = names.filter((it) => accountsOf(environment, serviceNamed(environment, it, namespace)).length > 1);
      if (shared.length > 0 && effect === 'allow')
        ledger.changed(
          asked,
          '',
          'identity-merged',
          `Consul knows "${shared.join('", "')}" by one name, whatever account its pods run under.`,
          'security',
        );
      const isSameName = names.length === 1 && names[0] === name;
      return clients(
        names,
        namespace,
        isSameName ? '' : `Pods of ${names.map((it) => `"${it}"`).join(', ')} run under "${name}".`,
      );
    }
    case 'other':
      return lose(
        'identity-pattern',
        `Consul knows clients by the name of a service, and "${identity.value}" is none.`,
      );
  }

  function guessed(account: string, namespace: string): readonly Client[] {
    if (isCertain)
      return lose('identity-pattern', `No workload that runs under "${account}" is known, so no service can be named.`);
    const text = `No workload that runs under "${account}" in "${namespace}" is known, so the intention lets in a service called "${account}": if pods of another name run under the account, they are shut out, and any service of that name gets in. With ACLs on, Consul registers a pod only when both names are the same.`;
    ledger.note('assumed', text, 'security');
    return clients([account], namespace, 'Taken to be the service of the same name.');
  }
}
