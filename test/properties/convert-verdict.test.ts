/**
 * What conversions write is right by our own rules and by the API server's verdict: on every page, and on sources in which
 * one field has another value. RUNS says how many of these there are in each of the six directions; as a rule they make 500.
 */

import { schemas } from 'meshwright:schemas';
import assert from 'node:assert/strict';
import { before, describe, test, type TestContext } from 'node:test';
import { stringify } from 'yaml';
import type { DialectId } from '../../server/src/meshes/mesh.ts';
import { meshes } from '../../server/src/meshes/meshes.ts';
import { isOfKind, type Kind } from '../../server/src/model/kind.ts';
import { allResources, type Resource } from '../../server/src/model/manifest.ts';
import { leavesOf } from '../../server/src/model/report.ts';
import { loadSchemas, schemaAt } from '../../server/src/model/schema.ts';
import type { Path } from '../../server/src/model/text.ts';
import { isRecord, valueAt } from '../../server/src/model/value.ts';
import { defaultSettings } from '../../server/src/model/settings.ts';
import { applyChange, environmentOf } from '../../server/src/model/workspace.ts';
import { checkFields } from '../../server/src/queries/check-fields.ts';
import { changedManifests, convert } from '../../server/src/queries/convert.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';
import { conversionTests, type PageResult, pageResults, resultTexts } from '../harness/conversion-pages.ts';
import fc, { runs } from '../harness/fast-check.ts';
import { findReferee, judge } from '../harness/referee.ts';
import { validValue } from '../model/samples.ts';

const set = loadSchemas(schemas);

describe('the results of the pages', () => {
  let results: readonly PageResult[] = [];
  before(() => {
    results = [...pageResults()];
  });

  test('have no errors by our rules, that their source has not', () => {
    const wrong = results.flatMap((result) => errorsOf(result).map((it) => `${result.name}: ${it}`));
    assert.deepEqual(wrong, []);
  });

  test('are accepted by the API server', (t) => {
    const script = referee(t);
    if (script === undefined) return;
    for (const to of new Set(results.map((it) => it.to))) {
      const own = results.filter((it) => it.to === to);
      const texts = own.flatMap(({ name, workspace, conversion }) =>
        resultTexts(workspace, conversion).map((text, at) => [`${name} (${at + 1})`, text] as const),
      );
      const { accepted, refused } = judge(script, new Map(texts), to);
      assert.deepEqual(Object.fromEntries(refused), {});
      assert.ok(accepted > 0, to);
    }
  });
});

for (const from of meshes)
  for (const to of meshes.filter((it) => it !== from))
    test(`${from.name} → ${to.name}: what is written for any value of a field, the API server accepts`, (t) => {
      const script = referee(t);
      if (script === undefined) return;
      const count = runs(84);
      const { accepted, refused } = judge(script, casesOf([...from.kinds, ...from.shares], to.id, count), to.id);
      assert.deepEqual(Object.fromEntries(refused), {});
      assert.ok(accepted >= count / 4, `Only ${accepted} manifests came of ${count} cases.`);
    });

/** The script to ask; a test without one is skipped and says why. */
function referee(t: TestContext): string | undefined {
  const found = findReferee();
  if ('script' in found) return found.script;
  t.skip(`the API server's verdict is not asked: ${found.missing}`);
  return undefined;
}

/** Errors of the result beside the rest of its workspace, without those that stood in the source already. */
function errorsOf({ workspace, conversion, test: { files, converted } }: PageResult): readonly string[] {
  const after = new Map([...files].filter(([name]) => name !== converted));
  for (const [at, { path, text }] of conversion.outputs.entries()) after.set(`${at}/${path}`, text);
  for (const [at, { text }] of changedManifests(workspace, conversion).entries()) after.set(`changed-${at}.yaml`, text);
  const known = new Set([...files.keys()].flatMap((name) => diagnose(workspace, uriOf(name)).map((it) => it.message)));
  // What a page leaves out, such as ServiceAccounts, is in the cluster.
  const result = applyChange(workspaceOf(after), { settings: { ...defaultSettings, closedWorld: false } });
  return [...after.keys()]
    .filter((name) => !files.has(name))
    .flatMap((name) => diagnose(result, uriOf(name)))
    .filter((it) => it.severity === 'error' && !known.has(it.message))
    .map((it) => `${it.code} ${it.message}`);
}

/** Results of sources from the pages in which one leaf has another value that its schema takes. */
function casesOf(kinds: readonly Kind[], to: DialectId, count: number): ReadonlyMap<string, string> {
  const sources = conversionTests().flatMap(({ page, test: it }) => {
    const workspace = workspaceOf(it.files);
    const manifest = workspace.manifests.get(uriOf(it.converted));
    const resources = manifest ? [...allResources(manifest)] : [];
    return resources
      .filter((resource) => kinds.some((kind) => isOfKind(resource, kind)) && leavesOf(resource).length > 0)
      .filter((resource) => !resource.part.masked.templated)
      .map((resource) => ({ name: `${page}: ${it.heading}`, test: it, resources, resource }));
  });
  const texts = new Map<string, string>();
  const arbitrary = fc.record({
    source: fc.nat(sources.length - 1),
    leaf: fc.nat(1_000),
    seed: fc.nat(),
  });
  for (const { source, leaf, seed } of fc.sample(arbitrary, count)) {
    const picked = sources[source];
    const path = picked && leavesOf(picked.resource)[leaf % leavesOf(picked.resource).length];
    if (!picked || !path) continue;
    const { test: it, name, resources, resource } = picked;
    const changed = withOtherValue(resource, path, seed);
    const text = resources.map((other) => yamlOf(other === resource ? changed : other.value)).join('---\n');
    const workspace = workspaceOf(new Map([...it.files, [it.converted, text]]));
    const conversion = convert(workspace, { uris: [uriOf(it.converted)] }, to, it.options);
    for (const [at, result] of resultTexts(workspace, conversion).entries())
      if (isWithinSchemas(result))
        texts.set(`${name} ${path.join('.')} #${seed} (${at + 1})`, `# ${text.replaceAll('\n', '\n# ')}\n${result}`);
  }
  return texts;
}

/** A resource with another value at a leaf; the same where its schema says nothing of the leaf. */
function withOtherValue(resource: Resource, path: Path, seed: number): unknown {
  const kind = meshes.flatMap((it) => [...it.kinds, ...it.shares]).find((it) => isOfKind(resource, it));
  const root = kind?.schema ? set.for(kind.schema, resource.version, 'experimental')?.root : undefined;
  const node = root && schemaAt(root, path, resource.value);
  const copy: unknown = structuredClone(resource.value);
  const parent = valueAt(copy, path.slice(0, -1));
  const key = path.at(-1);
  if (!node || key === undefined) return copy;
  const [value] = fc.sample(validValue(node), { numRuns: 1, seed });
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else if (isRecord(parent)) parent[key] = value;
  return copy;
}

function yamlOf(value: unknown): string {
  return stringify(value, { version: '1.1', aliasDuplicateObjects: false });
}

/** Numbers and texts may be too odd for the target, being what the source says; our own schemas mark these. */
function isWithinSchemas(text: string): boolean {
  const workspace = workspaceOf(new Map([['result.yaml', text]]));
  const manifest = workspace.manifests.get(uriOf('result.yaml'));
  const environment = environmentOf(workspace, uriOf('result.yaml'));
  return [...(manifest ? allResources(manifest) : [])].every((it) =>
    checkFields(environment, it).every(({ severity }) => severity !== 'error'),
  );
}
