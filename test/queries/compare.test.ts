/** The comparison: its table against the facts it was made from, what counts as use, search, and the command line. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { compareCommand, type CompareOptions } from '../../server/src/cli/compare.ts';
import {
  isCitedSource,
  isComparison,
  isFromPanel,
  isStocked,
  isToPanel,
} from '../../server/src/lsp/protocol-compare.ts';
import { categories, type Feature } from '../../server/src/meshes/features/feature.ts';
import { featureById, features } from '../../server/src/meshes/features.ts';
import { type MeshId, meshIds } from '../../server/src/model/mesh-id.ts';
import { applyChange } from '../../server/src/model/workspace.ts';
import { compare, compareFile, featuresOfKey, featuresOfKind, inThisFile } from '../../server/src/queries/compare.ts';
import { placesOfKind, workspaceUses } from '../../server/src/queries/feature-uses.ts';
import { kindLabels, kindNameOf, outdatedValues } from '../../server/src/queries/feature-facts.ts';
import { findFeatures } from '../../server/src/queries/search-features.ts';
import { snippetsOfKind } from '../../server/src/queries/snippets-of-kind.ts';
import { comparisonMarkdown, featureMarkdown } from '../../server/src/render/compare-markdown.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

const rule = (name: string) => `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name} }
spec: { host: ${name}, trafficPolicy: { outlierDetection: {} } }
`;

/** A row of the facts that the table was written from. */
interface Fact {
  readonly id: string;
  readonly category: string;
  readonly feature: string;
  readonly seed?: Record<MeshId, string>;
  readonly current: Record<MeshId, FactCell>;
  readonly seed_outdated: boolean;
}

interface FactCell {
  readonly value: string;
  readonly rating: number | null;
  readonly note: string;
  readonly since: string;
  readonly kinds: readonly string[];
  readonly source_url: string;
  readonly source_ref: string;
  readonly unverified?: boolean;
}

/** Notes that we word differently from the facts. */
const reworded = new Set(['gitops istio', 'mirroring linkerd', 'runtimes istio']);

const facts = path.resolve('../shared/reference/comparison-facts.json');
const withoutFacts = existsSync(facts) ? false : `${facts} is not here, so the table is not compared with it.`;

test('No fact is lost and none is added', { skip: withoutFacts }, async () => {
  const rows: readonly Fact[] = JSON.parse(await readFile(facts, 'utf8'));
  const sorted = (ids: readonly string[]) => [...ids].sort();
  assert.deepEqual(sorted(features.map((it) => it.id)), sorted(rows.map((it) => it.id)));
  for (const row of rows) {
    const feature = featureOf(row.id);
    assert.equal(feature.title, row.feature);
    assert.equal(feature.category, row.category);
    assert.deepEqual(feature.seed, row.seed);
    assert.equal(feature.seedOutdated, row.seed_outdated);
    for (const mesh of meshIds) {
      const cell = feature.cells[mesh];
      const fact = row.current[mesh];
      const name = `${row.id} ${mesh}`;
      assert.equal(cell.value, fact.value, name);
      assert.equal(cell.rating, fact.rating, name);
      if (!reworded.has(name)) assert.equal(cell.note, fact.note, name);
      assert.equal(cell.since ?? '', fact.since.replaceAll('pre-', 'before '), name);
      assert.equal(cell.source, fact.source_url, name);
      assert.equal(cell.sourceRef, fact.source_ref, name);
      assert.equal(cell.unverified ?? false, fact.unverified ?? false, name);
      const kinds = new Set(cell.kinds.map(kindNameOf));
      for (const kind of fact.kinds) assert.ok(kinds.has(kind.replace(/ \(.*\)$/, '')), `${name} ${kind}`);
    }
  }
});

test('Rows of a category stand together, in the order of the categories', () => {
  const order = features.map((it) => it.category).filter((it, at, all) => it !== all[at - 1]);
  assert.deepEqual(order, categories);
  assert.equal(new Set(features.map((it) => it.id)).size, 59);
});

test('Every cell names a page', () => {
  for (const { cells } of features) {
    for (const mesh of meshIds) assert.equal(new URL(cells[mesh].source).protocol, 'https:');
  }
});

test('Without resources the table stands in its own order', () => {
  const { groups } = compare([]);
  assert.deepEqual(
    groups.map((it) => it.category),
    categories,
  );
  assert.equal(groups.flatMap((it) => it.rows).length, 59);
});

test('Rows that the file uses come first, stand there once, and say which kinds use them', () => {
  const { groups } = compare([
    destinationRule({ subsets: [{ name: 'v1' }], trafficPolicy: { outlierDetection: {} } }),
    destinationRule({ subsets: [{ name: 'v1' }] }),
  ]);
  assert.equal(groups[0]?.category, inThisFile);
  assert.deepEqual(
    groups[0]?.rows.map((it) => [it.feature.id, it.uses]),
    [
      ['traffic-splitting', ['DestinationRule']],
      ['circuit-breaking', ['DestinationRule']],
    ],
  );
  assert.equal(groups.flatMap((it) => it.rows).length, 59);
});

test('A kind alone is no use of all that it could do', () => {
  assert.deepEqual(used(destinationRule({ host: 'reviews' })), []);
  assert.deepEqual(used(destinationRule({ trafficPolicy: { loadBalancer: { consistentHash: {} } } })), [
    'session-affinity',
    'lb-algorithms',
  ]);
});

test('A plain Service or Deployment uses nothing; an annotation shows what it is for, also on a pod template', () => {
  const service = (metadata: object) => ({
    apiVersion: 'v1',
    kind: 'Service',
    value: { metadata, spec: { ports: [{ port: 80 }] } },
  });
  const deployment = (annotations: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    value: { spec: { template: { metadata: { annotations } } } },
  });
  assert.deepEqual(used(service({ name: 'a' })), []);
  assert.deepEqual(used(deployment({})), []);
  assert.deepEqual(used({ apiVersion: 'v1', kind: 'Namespace', value: {} }), []);
  assert.deepEqual(used({ apiVersion: 'v1', kind: 'Secret', value: {} }), []);
  assert.deepEqual(used(service({ annotations: { 'balancer.linkerd.io/failure-accrual': 'consecutive' } })), [
    'circuit-breaking',
  ]);
  assert.deepEqual(used(deployment({ 'config.linkerd.io/access-log': 'json' })), ['access-logs']);
});

test('Kinds of the same name in other groups are other kinds', () => {
  const value = { spec: { rules: [{ to: [{ operation: { methods: ['GET'] } }] }] } };
  assert.ok(used({ apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', value }).includes('l7-authz'));
  assert.deepEqual(used({ apiVersion: 'example.com/v1', kind: 'AuthorizationPolicy', value }), []);
});

test('What a mesh lacks is not used, even if its cell names a kind', () => {
  const router = { apiVersion: 'consul.hashicorp.com/v1alpha1', kind: 'ServiceRouter', value: { spec: {} } };
  assert.ok(!used(router).includes('mirroring'));
  assert.ok(!featuresOfKind('consul.hashicorp.com', 'ServiceRouter').some((it) => it.feature.id === 'mirroring'));
});

test('Values of any shape are taken', () => {
  for (const value of [undefined, null, 'text', [], { spec: null }, { metadata: { labels: [] } }, { spec: [] }]) {
    assert.deepEqual(used({ apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', value }), []);
  }
});

test('A filter leaves out rows, and groups without rows', () => {
  const { groups } = compare([destinationRule({ subsets: [] })], 'splitting');
  assert.deepEqual(
    groups.map((it) => [it.category, it.rows.map((row) => row.feature.id)]),
    [[inThisFile, ['traffic-splitting']]],
  );
});

test('A kind knows its features and the meshes that use it for them', () => {
  const found = featuresOfKind('gateway.networking.k8s.io', 'HTTPRoute');
  assert.deepEqual(found.find((it) => it.feature.id === 'traffic-splitting')?.meshes, ['istio', 'linkerd']);
  assert.deepEqual(found.find((it) => it.feature.id === 'ingress')?.meshes, ['istio', 'consul']);
  assert.deepEqual(featuresOfKind('example.com', 'HTTPRoute'), []);
  assert.deepEqual(
    featuresOfKey('retry.linkerd.io/http').map((it) => it.id),
    ['retries'],
  );
});

test('Search takes words of titles, kinds and notes, and forgives a slip', () => {
  const first = (typed: string) => findFeatures(features, typed)[0]?.id;
  assert.equal(first('circuit'), 'circuit-breaking');
  assert.equal(first('retires'), 'retries');
  assert.equal(first('ServiceSplitter'), 'traffic-splitting');
  assert.equal(first('rate limit'), 'rate-limiting');
  assert.equal(first('HAZL'), 'locality');
  assert.equal(findFeatures(features, '  ').length, 59);
  assert.equal(findFeatures(features, 'qqqq').length, 0);
});

test('What is often read and no longer true is named only where it differs', () => {
  assert.equal(outdatedValues(featureOf('circuit-breaking')), 'Linkerd "Limited"');
  assert.equal(outdatedValues(featureOf('cncf-status')), 'Istio "No"');
  assert.equal(outdatedValues(featureOf('traffic-splitting')), undefined);
  assert.equal(outdatedValues(featureOf('mtls')), undefined);
});

test('Kinds that share a name are told apart by group', () => {
  assert.deepEqual(kindLabels(['networking.istio.io/Gateway', 'gateway.networking.k8s.io/Gateway', '/Service']), [
    'Gateway (networking.istio.io)',
    'Gateway (gateway.networking.k8s.io)',
    'Service',
  ]);
});

test('The comparison survives the wire, and only pages that it cites are opened', () => {
  const received: unknown = JSON.parse(JSON.stringify(compare([])));
  assert.ok(isComparison(received));
  assert.ok(isCitedSource(received, 'https://linkerd.io/docs/reference/circuit-breaking/'));
  assert.ok(!isCitedSource(received, 'https://linkerd.io/docs/reference/circuit-breaking/?x'));
  assert.ok(!isCitedSource(received, 'command:workbench.action.quit'));
  assert.ok(!isComparison({ asOf: '2026-08-22', groups: [{ category: 'x', rows: [{}] }] }));
});

test('A row counts the files of the workspace that use it, whichever file is asked about', () => {
  const workspace = workspaceOf(
    new Map([
      ['a.yaml', `${rule('a')}---\n${rule('b')}`],
      ['b.yaml', rule('c')],
      ['c.yaml', 'apiVersion: v1\nkind: Service\nmetadata: { name: d }\n'],
    ]),
  );
  const row = (uri?: string) =>
    compareFile(workspace, uri)
      .groups.flatMap((it) => it.rows)
      .find((it) => it.feature.id === 'circuit-breaking');
  assert.deepEqual([row()?.files, row()?.used], [2, false]);
  assert.deepEqual([row(uriOf('c.yaml'))?.files, row(uriOf('b.yaml'))?.used], [2, true]);
  const { kinds } = compareFile(workspace, undefined);
  assert.equal(kinds['networking.istio.io/DestinationRule']?.resources, 3);
  assert.equal(kinds['/Service']?.resources, 1);
  assert.equal(compare([]).kinds['networking.istio.io/DestinationRule']?.resources, 0);
});

test('After an edit the counts are those of the new text', () => {
  const before = workspaceOf(new Map([['a.yaml', `${rule('a')}---\n${rule('b')}`]]));
  assert.equal(workspaceUses(before).features.get('circuit-breaking'), 1);
  const text = `${rule('a').replace('outlierDetection', 'tls')}---\n${rule('b')}`;
  const after = applyChange(before, { files: new Map([[uriOf('a.yaml'), text]]) });
  assert.equal(workspaceUses(after).features.get('circuit-breaking'), 1);
  const none = applyChange(after, { files: new Map([[uriOf('a.yaml'), text.replaceAll('outlierDetection', 'tls')]]) });
  assert.equal(workspaceUses(none).features.get('circuit-breaking'), undefined);
  assert.equal(workspaceUses(none).kinds.get('networking.istio.io/DestinationRule'), 2);
});

test('The resources of a kind are found by their names, and those of other kinds are not', () => {
  const text = `${rule('a')}---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nspec: {}\n---\n${rule('b')}`;
  const workspace = workspaceOf(new Map([['a.yaml', text]]));
  const found = placesOfKind(workspace, 'networking.istio.io/DestinationRule');
  assert.deepEqual(
    found.map(({ name, location }) => [name, text.slice(location.range.start, location.range.end)]),
    [
      ['a', 'a'],
      ['', 'DestinationRule'],
      ['b', 'b'],
    ],
  );
  assert.deepEqual(placesOfKind(workspace, 'example.com/DestinationRule'), []);
});

test('Snippets that begin with a kind stand before those that only have it', () => {
  const found = snippetsOfKind('networking.istio.io/DestinationRule');
  assert.ok(found.length > 1);
  const begins = found.map((it) => /^kind: (\S+)/m.exec(it.body)?.[1] === 'DestinationRule');
  assert.deepEqual(
    begins,
    [...begins].sort((a, b) => Number(b) - Number(a)),
  );
  for (const { body } of found) assert.match(body, /^kind: DestinationRule$/m);
  assert.deepEqual(snippetsOfKind('networking.istio.io/Nothing'), []);
  assert.deepEqual(snippetsOfKind('/DestinationRule'), []);
});

test('The panel is asked for nothing that is not in the comparison', () => {
  const comparison = compare([]);
  assert.ok(isStocked(comparison, 'networking.istio.io/DestinationRule'));
  for (const kind of ['toString', '__proto__', 'networking.istio.io/Nothing', '']) {
    assert.ok(!isStocked(comparison, kind), kind);
  }
  for (const it of [{ type: 'insert', kind: 'a/B' }, { type: 'findUses', kind: 'a/B' }, { type: 'showMeasurements' }]) {
    assert.ok(isFromPanel(it));
  }
  assert.ok(isFromPanel({ type: 'copy', markdown: '' }) && isToPanel({ type: 'copied' }));
  for (const it of [{ type: 'insert' }, { type: 'findUses', kind: 7 }, { type: 'copy' }, { type: 'run' }, null]) {
    assert.ok(!isFromPanel(it));
  }
  const sent = JSON.parse(JSON.stringify(comparison));
  assert.ok(!isComparison({ ...sent, kinds: undefined }));
  assert.ok(!isComparison({ ...sent, kinds: { 'a/B': { snippets: -1, resources: 0 } } }));
});

test('Markdown has a column for each mesh that is asked for', () => {
  const table = comparisonMarkdown(compare([], 'retries').groups, ['istio', 'consul']);
  assert.match(table, /^\| Feature \| Istio \| Consul \|\n\|---\|---\|---\|$/m);
  assert.ok(!featureMarkdown(featureOf('retries'), ['istio']).includes('### Linkerd'));
});

test('Markdown keeps its tables whole and its code readable', () => {
  const rows = comparisonMarkdown(compare([]).groups)
    .split('\n')
    .filter((it) => it.startsWith('| '));
  assert.equal(rows.length, 59 + categories.length);
  for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, 5, row);
  assert.match(featureMarkdown(featureOf('spiffe')), /spiffe:\/\/\\<trust domain\\>/);
  assert.match(featureMarkdown(featureOf('cert-rotation')), /`linkerd check`/);
});

test('On the terminal a table fits the width, and a narrow one becomes a list', () => {
  for (const columns of [40, 77, 78, 80, 120, 200]) {
    const { stdout, exitCode } = run({ columns });
    assert.equal(exitCode, 0);
    for (const line of stdout.split('\n')) assert.ok(line.length <= columns, `${columns}: ${line}`);
    assert.equal(/^ {2}Feature +Istio +Linkerd +Consul$/m.test(stdout), columns >= 78);
  }
});

test('A feature is found by id, title, category and kind', () => {
  assert.match(run({ feature: 'circuit-breaking' }).stdout, /^Circuit breaking \(Resilience, circuit-breaking\)\n/);
  assert.match(run({ feature: 'Circuit Breaking' }).stdout, /Often read, no longer true: Linkerd "Limited"/);
  assert.match(run({ feature: 'resilience' }).stdout, /Fault injection/);
  assert.match(run({ feature: 'ServiceSplitter' }).stdout, /Traffic splitting/);
  assert.match(run({ feature: 'retries', format: 'markdown' }).stdout, /^## Retries\n/);
});

test('An unknown feature is misuse, and the nearest ones are named', () => {
  assert.deepEqual(run({ feature: 'circiut' }), {
    exitCode: 2,
    stdout: '',
    stderr: 'There is no feature, category or kind "circiut". Did you mean "circuit-breaking"?\n',
  });
  assert.match(run({ feature: 'zzzz' }).stderr, /without a name lists all/);
});

test('JSON holds the features whole', () => {
  const json = JSON.parse(run({ feature: 'retries', format: 'json' }).stdout);
  assert.equal(json.asOf, '2026-08-22');
  assert.deepEqual(json.features, [JSON.parse(JSON.stringify(featureOf('retries')))]);
  assert.equal(JSON.parse(run({ format: 'json' }).stdout).features.length, 59);
});

test('Colours are used only when asked for', () => {
  const escape = String.fromCharCode(27);
  assert.ok(!run({}).stdout.includes(escape));
  assert.ok(run({ color: true }).stdout.includes(escape));
});

function featureOf(id: string): Feature {
  return featureById(id) ?? assert.fail(`There is no feature ${id}.`);
}

function destinationRule(spec: object) {
  return { apiVersion: 'networking.istio.io/v1', kind: 'DestinationRule', value: { spec } };
}

/** Ids of the features that a file with the resources uses. */
function used(...resources: Parameters<typeof compare>[0]): readonly string[] {
  const [first] = compare(resources).groups;
  return first?.category === inThisFile ? first.rows.map((it) => it.feature.id) : [];
}

function run(options: Partial<CompareOptions>) {
  return compareCommand({ format: 'text', columns: 100, color: false, ...options });
}
