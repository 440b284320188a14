/** Identities as Linkerd writes them: `<account>.<namespace>.serviceaccount.identity.<control plane>.<trust domain>`. */

import type { Identity } from '../../../model/ir.ts';

const form = /^([^.]+)\.([^.]+)\.serviceaccount\.identity\.([^.]+)\.(.+)$/;

/** What an entry of `identities` means. `clusterDomain` is the trust domain that needs no mention. */
export function readIdentity(text: string, clusterDomain: string): Identity {
  if (text === '*') return { type: 'authenticated' };
  const [, account, namespace, , trustDomain] = form.exec(text) ?? [];
  if (account === undefined || namespace === undefined) return { type: 'other', value: text };
  if (account === '*') return { type: 'namespace', namespace };
  return trustDomain === undefined || trustDomain === clusterDomain
    ? { type: 'account', namespace, name: account }
    : { type: 'account', namespace, name: account, trustDomain };
}

/** An account of another trust domain, which references cannot name. */
export function writeIdentity(
  account: { readonly namespace: string; readonly name: string },
  controlNamespace: string,
  trustDomain: string,
): string {
  return `${account.name}.${account.namespace}.serviceaccount.identity.${controlNamespace}.${trustDomain}`;
}
