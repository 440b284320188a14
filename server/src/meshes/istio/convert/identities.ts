/** Names of clients as Istio's policies write them. */

import type { Identity } from '../../../model/ir.ts';

/** The trust domain that every mesh has until somebody sets another; Istio takes it for the local one. */
export const defaultTrustDomain = 'cluster.local';

/** A principal: `cluster.local/ns/shop/sa/web`, `*`, `cluster.local/ns/shop/*`; other patterns stay as they are. */
export function readPrincipal(text: string): Identity {
  if (text === '*') return { type: 'authenticated' };
  const parts = /^([^/]+)\/ns\/([^/]+)\/(?:sa\/([^/*]+)|(?:sa\/)?\*)$/.exec(text);
  const [, domain, namespace, account] = parts ?? [];
  if (domain === undefined || namespace === undefined || namespace.includes('*') || /.\*|\*./.test(domain))
    return { type: 'other', value: text };
  const isLocal = domain === defaultTrustDomain || domain === '*';
  if (account === undefined) return isLocal ? { type: 'namespace', namespace } : { type: 'other', value: text };
  return { type: 'account', namespace, name: account, ...(isLocal ? {} : { trustDomain: domain }) };
}

/** A ServiceAccount: `shop/web`, or `web` of the policy's own namespace. */
export function readServiceAccount(text: string, home: string): Identity {
  const [first = '', second] = text.split('/');
  return second === undefined
    ? { type: 'account', namespace: home, name: first }
    : { type: 'account', namespace: first, name: second };
}

/** The principal of an identity; undefined for a Consul service whose account nobody knows, and for no identity at all. */
export function writePrincipal(identity: Identity, trustDomain: string): string | undefined {
  switch (identity.type) {
    case 'account':
      return `${identity.trustDomain ?? trustDomain}/ns/${identity.namespace}/sa/${identity.name}`;
    case 'namespace':
      return `${trustDomain}/ns/${identity.namespace}/*`;
    case 'authenticated':
      return '*';
    case 'other':
      return identity.value;
    case 'service':
    case 'anyone':
      return undefined;
  }
}
