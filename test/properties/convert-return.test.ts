/**
 * There and back again: where a conversion carries everything over exactly, and the way back as well, what came home means
 * what the source means. Its words may differ (a rule that was implied is written out), so both are compared by what they
 * become on the next way, when all that can be said in two ways has been said in one.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DialectId, ManifestValue } from '../../server/src/meshes/mesh.ts';
import { meshesOf } from '../../server/src/meshes/meshes.ts';
import { allResources } from '../../server/src/model/manifest.ts';
import { isKubernetes } from '../../server/src/model/report.ts';
import { environmentOf } from '../../server/src/model/workspace.ts';
import { changedManifests, type Conversion, convert } from '../../server/src/queries/convert.ts';
import { manifestYaml } from '../../server/src/render/manifest-yaml.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';
import { type PageResult, pageResults } from '../harness/conversion-pages.ts';

interface Journey {
  readonly name: string;
  readonly first: readonly string[];
  readonly again: readonly string[];
}

const journeys = [...pageResults()].flatMap((it) => journey(it) ?? []);

for (const { name, first, again } of journeys) test(`${name} and back`, () => assert.deepEqual(again, first));

test('many conversions go both ways without a loss', () => {
  assert.ok(journeys.length >= 20, `${journeys.length} do.`);
});

/** The ways of a page's source to another mesh and back, twice; undefined unless all of them are exact. */
function journey({ name, to, workspace, conversion, test: it }: PageResult): Journey | undefined {
  // Defaults that are written out are there once more on each way.
  if (!isExact(conversion) || it.options.implicitDefaults === 'materialize') return undefined;
  const home = homeOf(workspace, it.converted);
  if (home === undefined || home === to || hasMeshFacts(workspace, it.converted)) return undefined;
  const facts = new Map([...it.files].filter(([file]) => file !== it.converted));
  const step = (text: string, from: DialectId, target: DialectId, number: number) => {
    const next = workspaceOf(new Map([...facts, ['page.yaml', text]]));
    const result = convert(next, { uris: [uriOf('page.yaml')], from }, target, it.options);
    // Services that a conversion made stay in the cluster.
    facts.set(`made-${number}.yaml`, carriersOf(result));
    return { conversion: result, text: textOf(next, result) };
  };
  facts.set('made-0.yaml', carriersOf(conversion));
  const back = step(textOf(workspace, conversion), to, home, 1);
  if (!isExact(back.conversion)) return undefined;
  const first = step(back.text, home, to, 2);
  const second = step(first.text, to, home, 3);
  // What is only set in resources that exist does not travel.
  if (!isExact(first.conversion) || !isExact(second.conversion)) return undefined;
  const again = step(second.text, home, to, 4);
  return { name, first: manifestsOf(first.conversion), again: manifestsOf(again.conversion) };
}

/** Whether other files say something to a mesh, so that they count on the first way and would once more on the next. */
function hasMeshFacts({ manifests }: PageResult['workspace'], converted: string): boolean {
  return [...manifests].some(
    ([uri, manifest]) => uri !== uriOf(converted) && [...allResources(manifest)].some((it) => !isKubernetes(it)),
  );
}

function carriersOf({ outputs }: Conversion): string {
  return outputs
    .flatMap((it) => it.manifests)
    .filter((it) => it.apiVersion === 'v1')
    .map((it) => manifestYaml(it))
    .join('---\n');
}

/** What all resources of a file belong to, if it is one mesh. */
function homeOf(workspace: PageResult['workspace'], file: string): DialectId | undefined {
  const manifest = workspace.manifests.get(uriOf(file));
  const environment = environmentOf(workspace, uriOf(file));
  const homes = [...(manifest ? allResources(manifest) : [])].map((it) =>
    meshesOf(it, environment).map(({ id }) => id),
  );
  const [first] = homes.flat();
  return homes.every((it) => it.length === 1 && it[0] === first) ? first : undefined;
}

function isExact({ report, refused, outputs, changes }: Conversion): boolean {
  const isAll = refused.length === 0 && report.every((it) => it.fate === 'exact');
  return isAll && outputs.length > 0 && changes.length === 0;
}

function textOf(workspace: PageResult['workspace'], conversion: Conversion): string {
  const changed = changedManifests(workspace, conversion).map((it) => it.text);
  return [...conversion.outputs.map((it) => it.text), ...changed].join('---\n');
}

function manifestsOf({ outputs }: Conversion): readonly string[] {
  return outputs
    .flatMap((it) => it.manifests.map((one: ManifestValue) => JSON.stringify(unnumbered(one), undefined, 1)))
    .sort();
}

/** A manifest without the port or number that a name of a route ends with. */
function unnumbered(manifest: ManifestValue): ManifestValue {
  const { metadata } = manifest;
  return { ...manifest, metadata: { ...metadata, name: metadata.name.replace(/(?:-\d+)+$/, '') } };
}
