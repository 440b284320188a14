/** Conversions of anything that fits the schemas: nothing throws, every leaf has its fate, every result fits its schema. */

import { schemas } from 'meshwright:schemas';
import { test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { stringify } from 'yaml';
import { dialects } from '../../server/src/meshes/meshes.ts';
import { apiVersionOf } from '../../server/src/model/kind.ts';
import { loadSchemas } from '../../server/src/model/schema.ts';
import { convert } from '../../server/src/queries/convert.ts';
import { assertSound, uriOf, workspaceOf } from '../harness/conversion.ts';
import { validValue } from '../model/samples.ts';

const set = loadSchemas(schemas);

/** Numbers and texts may be too odd for the target: they are what the source says. */
const outOfRange = ['common/pattern-mismatch'];

/** Services and workloads by the names that made-up manifests use. */
const shop = ['a', 'web']
  .map((name) =>
    [
      `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} }, ports: [{ port: 80 }] }\n`,
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: shop }\nspec: { template: { metadata: { labels: { app: ${name} } }, spec: { serviceAccountName: ${name}, containers: [{ ports: [{ containerPort: 8080, name: http }] }] } } }\n`,
    ].join('---\n'),
  )
  .join('---\n');

/** Where Linkerd is at work, routes on Services are its own. */
const linkerd =
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, annotations: { linkerd.io/inject: enabled } }\n';

for (const source of dialects) {
  for (const kind of [...source.kinds, ...source.shares]) {
    const spec = kind.schema
      ? set.for(kind.schema, kind.versions[0] ?? '', 'standard')?.root.properties.get('spec')
      : undefined;
    if (!spec) continue;
    test(`${source.name}: any ${kind.name} (${kind.group})`, () => {
      fc.assert(
        fc.property(validValue(spec), (value) => {
          const resource = {
            apiVersion: apiVersionOf(kind),
            kind: kind.name,
            metadata: { name: 'web', namespace: 'shop' },
            spec: value,
          };
          const text = stringify(resource, { version: '1.1', aliasDuplicateObjects: false });
          const workspace = workspaceOf(
            new Map([
              ['shop.yaml', source.id === 'linkerd' ? `${shop}---\n${linkerd}` : shop],
              ['page.yaml', text],
            ]),
          );
          const uris = [uriOf('page.yaml')];
          for (const { id } of dialects)
            for (const options of [{}, { ingressClass: 'edge' }])
              assertSound(workspace, uris, convert(workspace, { uris }, id, options), outOfRange);
        }),
        { numRuns: Number(process.env['RUNS'] ?? 15) },
      );
    });
  }
}
