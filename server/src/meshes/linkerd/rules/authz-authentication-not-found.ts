/** linkerd/authz-authentication-not-found: a policy asks for an authentication that does not exist. */

import { createDocument } from '../../../model/edit.ts';
import { apiVersionOf } from '../../../model/kind.ts';
import { unresolved, useNearest } from '../../../model/lookup.ts';
import type { Named } from '../../../model/reference.ts';
import type { Fix, Rule } from '../../../model/rule.ts';
import { sibling, siblingNamespace } from '../../kubernetes/common/references.ts';
import { ServiceAccount } from '../../kubernetes/common/kinds.ts';
import { AuthorizationPolicy, MeshTLSAuthentication, NetworkAuthentication } from '../kinds.ts';
import { authentications } from '../references.ts';

export const authzAuthenticationNotFound: Rule = {
  id: 'linkerd/authz-authentication-not-found',
  severity: 'error',
  summary:
    'An AuthorizationPolicy asks for an authentication or ServiceAccount that no manifest defines, so Linkerd ignores the policy.',
  kinds: [AuthorizationPolicy],
  peers: [],

  *check(resource, environment) {
    for (const named of unresolved(environment, resource, authentications)) {
      const kind = sibling(named.site, 'kind') ?? '';
      const namespace = siblingNamespace(named.site);
      // Every namespace has this account without anybody writing it down.
      if (kind === 'ServiceAccount' && named.text === 'default') continue;
      yield {
        path: named.site.path,
        message: `${kind} "${named.text}" is not defined in namespace "${namespace}"; Linkerd ignores the policy until it is.`,
        absentFrom: namespace,
        absentKinds: [ServiceAccount, MeshTLSAuthentication, NetworkAuthentication],
        fixes: [...useNearest(environment, authentications, named), ...create(named, kind, namespace)],
      };
    }
  },
};

/** The account itself, or an authentication that names the account of the same name as a start. */
function create({ text, site }: Named, kind: string, namespace: string): Fix[] {
  const { resource } = site;
  const isElsewhere = namespace !== site.namespace;
  const metadata = { name: text, ...(resource.namespace === undefined && !isElsewhere ? {} : { namespace }) };
  const made = [ServiceAccount, MeshTLSAuthentication].find((it) => it.name.toLowerCase() === kind.toLowerCase());
  if (!made) return [];
  const spec = made === ServiceAccount ? {} : { spec: { identityRefs: [{ kind: ServiceAccount.name, name: text }] } };
  return [
    {
      title: `Create ${made.name} "${text}"`,
      edits: () => [createDocument(resource, { apiVersion: apiVersionOf(made), kind: made.name, metadata, ...spec })],
    },
  ];
}
