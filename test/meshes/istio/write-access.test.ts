/**
 * Consul's intentions as Istio's policies, judged by what each does with a request: the policies never let in what the
 * intentions keep out, and where the report says that nothing was lost they let in the same.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../../harness/fast-check.ts';
import { stringify } from 'yaml';
import { convert } from '../../../server/src/queries/convert.ts';
import { listAt, recordAt, textAt, valueAt } from '../../../server/src/model/value.ts';
import { uriOf, workspaceOf } from '../../harness/conversion.ts';

const names = ['a', 'b', 'c', 'target'];

const shop = names
  .map((name) =>
    [
      `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} }, ports: [{ port: 80 }] }\n`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: shop }\nspec: { template: { metadata: { labels: { app: ${name} } }, spec: { serviceAccountName: ${name} } } }\n`,
    ].join('---\n'),
  )
  .join('---\n');

interface Request {
  /** The account of the client; undefined without a certificate of the mesh. */
  readonly client: string | undefined;
  readonly method: string;
  readonly path: string;
}

interface Permission {
  readonly action: 'allow' | 'deny';
  readonly http: { readonly pathExact?: string; readonly pathPrefix?: string; readonly methods?: readonly string[] };
}

interface Source {
  readonly name: string;
  readonly action?: 'allow' | 'deny';
  readonly permissions?: readonly Permission[];
}

const paths = ['/', '/x', '/x/y', '/xy', '/z'];
const methods = ['GET', 'POST', 'PUT'];
const action = fc.constantFrom('allow' as const, 'deny' as const);

const permission: fc.Arbitrary<Permission> = fc.record({
  action,
  http: fc
    .tuple(
      fc.oneof(
        fc.constant({}),
        fc.constantFrom(...paths).map((pathExact) => ({ pathExact })),
        fc.constantFrom(...paths).map((pathPrefix) => ({ pathPrefix })),
      ),
      fc.oneof(
        fc.constant({}),
        fc.uniqueArray(fc.constantFrom(...methods), { minLength: 1, maxLength: 2 }).map((methods) => ({ methods })),
      ),
    )
    .map(([path, method]) => ({ ...path, ...method }))
    .map((it) => (Object.keys(it).length > 0 ? it : { pathPrefix: '/' })),
});

const source = (name: string): fc.Arbitrary<Source> =>
  fc.oneof(
    action.map((it) => ({ name, action: it })),
    fc.array(permission, { minLength: 1, maxLength: 4 }).map((permissions) => ({ name, permissions })),
  );

const sources = fc
  .subarray(['a', 'b', '*'], { minLength: 1 })
  .chain((chosen) => fc.tuple(...chosen.map(source)))
  .map((list) => list as Source[]);

/** What Consul does: the entry of the client, else that of everybody; in it the first permission that fits; else no. */
function consulAllows(list: readonly Source[], { client, method, path }: Request): boolean {
  if (client === undefined) return false;
  const entry = list.find((it) => it.name === client) ?? list.find((it) => it.name === '*');
  if (!entry) return false;
  if (!entry.permissions) return entry.action === 'allow';
  const found = entry.permissions.find(({ http }) => {
    if (http.methods && !http.methods.includes(method)) return false;
    if (http.pathExact !== undefined) return path === http.pathExact;
    return http.pathPrefix === undefined || path.startsWith(http.pathPrefix);
  });
  return found?.action === 'allow';
}

/** What Istio does with ALLOW policies of one workload. */
function istioAllows(policies: readonly unknown[], request: Request): boolean {
  return policies.some((policy) => {
    assert.equal(textAt(policy, ['spec', 'action']), 'ALLOW');
    return listAt(policy, ['spec', 'rules']).some((rule) => ruleAllows(rule, request));
  });
}

function ruleAllows(rule: unknown, { client, method, path }: Request): boolean {
  assert.equal(valueAt(rule, ['when']), undefined);
  const principal = client === undefined ? undefined : `cluster.local/ns/shop/sa/${client}`;
  const from = listAt(rule, ['from']);
  const to = listAt(rule, ['to']);
  const isClient = from.some((it) => {
    const { principals, notPrincipals, ...rest } = recordAt(it, ['source']);
    assert.deepEqual(rest, {});
    return fits(principals, principal) && !(notPrincipals && fits(notPrincipals, principal));
  });
  const isOperation = to.some((it) => {
    const { paths, notPaths, methods, notMethods, ...rest } = recordAt(it, ['operation']);
    assert.deepEqual(rest, {});
    return (
      fits(paths, path) &&
      fits(methods, method) &&
      !(notPaths && fits(notPaths, path)) &&
      !(notMethods && fits(notMethods, method))
    );
  });
  return (from.length === 0 || isClient) && (to.length === 0 || isOperation);
}

/** Whether a text fits one of the patterns; no list fits everything. */
function fits(patterns: unknown, text: string | undefined): boolean {
  if (!Array.isArray(patterns)) return true;
  return patterns.some((it: unknown) => {
    if (typeof it !== 'string' || text === undefined) return false;
    return it.endsWith('*') ? text.startsWith(it.slice(0, -1)) : it === text;
  });
}

test('Policies let in what intentions let in, and nothing else', () => {
  const requests = [undefined, 'a', 'b', 'c'].flatMap((client) =>
    methods.flatMap((method) => [...paths, '/x/y/z', '/other'].map((path): Request => ({ client, method, path }))),
  );
  fc.assert(
    fc.property(sources, (list) => {
      const intentions = {
        apiVersion: 'consul.hashicorp.com/v1alpha1',
        kind: 'ServiceIntentions',
        metadata: { name: 'target', namespace: 'shop' },
        spec: { destination: { name: 'target' }, sources: list },
      };
      const workspace = workspaceOf(
        new Map([
          ['shop.yaml', shop],
          ['page.yaml', stringify(intentions)],
        ]),
      );
      const { outputs, report, refused } = convert(workspace, { uris: [uriOf('page.yaml')] }, 'istio');
      assert.deepEqual(refused, []);
      const policies = outputs.flatMap((it) => it.manifests);
      assert.equal(policies.length, 1);
      const isWhole = report.every((it) => it.fate === 'exact' || it.code === 'shadowed');
      for (const request of requests) {
        const [before, after] = [consulAllows(list, request), istioAllows(policies, request)];
        if (isWhole) assert.equal(after, before, JSON.stringify({ request, policies }, undefined, 1));
        else if (after) assert.ok(before, JSON.stringify({ request, policies }, undefined, 1));
      }
    }),
    { numRuns: 300 },
  );
});
