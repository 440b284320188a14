/** Conversions within a mesh: what is in its present form stays as it is, and older kinds become valid new ones. */

import { schemas } from 'meshwright:schemas';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { meshes } from '../../server/src/meshes/meshes.ts';
import { apiVersionOf, type Kind } from '../../server/src/model/kind.ts';
import { partsIn } from '../../server/src/model/manifest.ts';
import { leavesOf } from '../../server/src/model/report.ts';
import { loadSchemas } from '../../server/src/model/schema.ts';
import { listAt, numberAt } from '../../server/src/model/value.ts';
import { environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { convert } from '../../server/src/queries/convert.ts';
import { findingsOf } from '../../server/src/queries/findings.ts';
import { meshesOf } from '../../server/src/meshes/meshes.ts';
import fc from '../harness/fast-check.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';
import { validValue } from '../model/samples.ts';

const set = loadSchemas(schemas);
const uri = uriOf('page.yaml');

function specOf(kind: Kind) {
  const channel = 'standard';
  return kind.schema ? set.for(kind.schema, kind.versions[0] ?? '', channel)?.root.properties.get('spec') : undefined;
}

function workspaceWith(kind: Kind, spec: unknown): Workspace {
  const resource = {
    apiVersion: apiVersionOf(kind),
    kind: kind.name,
    metadata: { name: 'web', namespace: 'shop' },
    spec,
  };
  return workspaceOf(new Map([['page.yaml', stringify(resource, { version: '1.1', aliasDuplicateObjects: false })]]));
}

/** Whether a finding says that something in the file is outdated. */
function isOutdated(workspace: Workspace): boolean {
  const manifest = workspace.manifests.get(uri);
  const environment = environmentOf(workspace, uri);
  const parts = manifest ? partsIn(manifest) : [];
  return parts.some(({ part }) => findingsOf(environment, uri, part).some((it) => it.tags.includes('deprecated')));
}

for (const mesh of meshes) {
  const old = new Set((mesh.superseded ?? []).map((it) => it.kind));
  for (const kind of mesh.kinds) {
    const spec = specOf(kind);
    if (!spec || old.has(kind)) continue;
    test(`${mesh.name}: any ${kind.name} (${kind.group}) stays as it is`, () => {
      fc.assert(
        fc.property(validValue(spec), (value) => {
          const workspace = workspaceWith(kind, value);
          if (isOutdated(workspace)) return;
          const { outputs, changes, report, refused } = convert(workspace, { uris: [uri] }, mesh.id);
          assert.deepEqual([outputs, changes, refused], [[], [], []]);
          const [resource] = report.map((it) => it.resource);
          if (!resource || !meshesOf(resource).includes(mesh)) return;
          assert.equal(report.length, leavesOf(resource).length);
          assert.deepEqual(
            report.filter((it) => it.fate !== 'exact'),
            [],
          );
        }),
        { numRuns: Number(process.env['RUNS'] ?? 15) },
      );
    });
  }
}

test('A TrafficSplit keeps its shares, in whole numbers and as quantities', () => {
  const weight = fc.oneof(
    fc.nat(1000),
    fc.nat(3000).map((it) => `${it}m`),
    fc.nat(10).map(String),
  );
  fc.assert(
    fc.property(fc.array(weight, { minLength: 1, maxLength: 4 }), (weights) => {
      const names = weights.map((_, at) => `web-${at}`);
      const services = ['web', ...names].map(
        (name) =>
          `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { ports: [{ name: http, port: 80 }] }\n`,
      );
      const split = {
        apiVersion: 'split.smi-spec.io/v1alpha1',
        kind: 'TrafficSplit',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { service: 'web', backends: names.map((service, at) => ({ service, weight: weights[at] })) },
      };
      const workspace = workspaceOf(
        new Map([
          ['page.yaml', stringify(split, { version: '1.1' })],
          ['services.yaml', services.join('---\n')],
        ]),
      );
      const [manifest] = convert(workspace, { uris: [uri] }, 'linkerd').outputs.flatMap((it) => it.manifests);
      const written = listAt(manifest, ['spec', 'rules', 0, 'backendRefs']).map((it) => numberAt(it, ['weight']) ?? 1);
      const thousandths = weights.map((it) =>
        String(it).endsWith('m') ? Number.parseInt(String(it), 10) : Number(it) * 1000,
      );
      const [sum, total] = [written, thousandths].map((all) => all.reduce((a, b) => a + b, 0));
      if (written.length < 2) return;
      for (const [at, it] of written.entries())
        assert.equal(it * (total ?? 0), (thousandths[at] ?? 0) * (sum ?? 0), `${weights} became ${written}`);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 100) },
  );
});
