/** What meshes cost: the arithmetic, its figures against the facts they were taken from, and workloads counted in manifests. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  type ArticleRow,
  articleRows,
  articleTotals,
  costSources,
  costVariants,
  type Figure,
  measuredFigures,
} from '../../server/src/meshes/costs.ts';
import { featureById } from '../../server/src/meshes/features.ts';
import { numberText, spreadText } from '../../server/src/model/amount.ts';
import { costInputNames, fitsInput, readCostInputs } from '../../server/src/model/cost-inputs.ts';
import { meshIds } from '../../server/src/model/mesh-id.ts';
import { applyChange, createWorkspace } from '../../server/src/model/workspace.ts';
import {
  countWorkloads,
  defaultCostInputs,
  estimateCost,
  inputsOfCount,
  podsOf,
  type VariantCost,
} from '../../server/src/queries/cost.ts';
import { costMarkdown } from '../../server/src/render/cost-markdown.ts';
import {
  amountRemarks,
  amountWords,
  countWords,
  formulaLines,
  measures,
  nobodyMeasured,
  remarksOf,
} from '../../server/src/render/cost-words.ts';
import { knowledge } from '../harness/check.ts';

function variant(id: string, inputs: Parameters<typeof estimateCost>[0] = {}): VariantCost {
  const found = estimateCost(inputs).variants.find((it) => it.id === id);
  assert.ok(found, id);
  return found;
}

const words = (it: VariantCost) => measures.map((measure) => amountWords(it, measure));

describe('the estimate', () => {
  test('begins with the 100 services of one pod each that the article counts', () => {
    assert.deepEqual(words(variant('istio-sidecar')), ['5.6–17.1 GB', '0.25–0.40 vCPU', '1.72–3.6 ms', '26–67']);
    assert.deepEqual(words(variant('istio-ambient')), ['0.72–1.62 GB', '0.32–0.37 vCPU', '2.48 ms', '12–16']);
    assert.deepEqual(words(variant('linkerd')), ['2.83–3 GB', '0.09 vCPU', '0.2–1 ms', '12']);
    assert.deepEqual(words(variant('consul')), ['5–9 GB', nobodyMeasured, '1–2.5 ms', '16–29']);
  });

  test('says which numbers nobody has measured, and which are only quoted', () => {
    const printed = ['not measured, printed in 2023'];
    const consul = variant('consul');
    assert.deepEqual(amountRemarks(consul, 'memory'), printed);
    assert.deepEqual(amountRemarks(consul, 'cpu'), []);
    assert.deepEqual(amountRemarks(consul, 'latency'), printed);
    assert.deepEqual(amountRemarks(consul, 'money'), [...printed, 'memory alone']);
    assert.deepEqual(amountRemarks(variant('linkerd'), 'latency'), printed);
    assert.deepEqual(amountRemarks(variant('linkerd'), 'cpu'), ['unverified']);
    assert.deepEqual(amountRemarks(variant('istio-sidecar'), 'cpu'), ['partly unverified']);
    assert.deepEqual(amountRemarks(variant('istio-sidecar'), 'memory'), []);
  });

  test('counts a sidecar for each pod, and a ztunnel for each node', () => {
    const inputs = { services: 10, replicas: 3, nodes: 2, waypoints: 0 };
    const [sidecar] = variant('istio-sidecar', inputs).parts;
    assert.deepEqual([sidecar?.count, sidecar?.low], [30, 1500]);
    const [ztunnel, waypoint] = variant('istio-ambient', inputs).parts;
    assert.deepEqual([ztunnel?.count, ztunnel?.high, waypoint?.count], [2, 24, 0]);
    assert.equal(podsOf({ ...defaultCostInputs, services: 3, replicas: 1.667 }), 5);
  });

  test('lets CPU grow with requests, and leaves waypoints out where there are none', () => {
    const at = (rps: number, waypoints: number) => variant('istio-ambient', { rps, waypoints }).cpu;
    assert.deepEqual([at(0, 1)?.low, at(0, 1)?.high], [0, 0]);
    assert.equal(spreadText({ low: 0, high: at(10_000, 0)?.high ?? 0, unit: 'vCPU' }), '0.00–1.20 vCPU');
    assert.equal(spreadText({ low: 0, high: at(10_000, 1)?.high ?? 0, unit: 'vCPU' }), '0.00–3.70 vCPU');
  });

  test('takes prices as they are, in whatever currency', () => {
    const { money, memory } = variant('consul', { priceGb: 2, priceVcpu: 1000 });
    assert.equal(money.high, memory.high * 2);
    const linkerd = variant('linkerd', { priceGb: 0, priceVcpu: 32, rps: 10_000 });
    assert.equal(numberText(linkerd.money.high, 'cost'), '29');
  });

  test('tells each number as a formula', () => {
    const estimate = estimateCost({ services: 2000, replicas: 1 });
    const [sidecars, , linkerd] = estimate.variants;
    assert.ok(sidecars && linkerd);
    assert.deepEqual(formulaLines(sidecars, 'memory', estimate), [
      '2,000 × 50–156.2 MB (sidecar, one a pod) = 100–312.4 GB',
      '597–1,500 MB (istiod, once) = 0.6–1.5 GB',
    ]);
    assert.deepEqual(formulaLines(sidecars, 'latency', estimate).slice(1), [
      '2.76–2.88 ms (Both sidecars, latency added, P90 to P99)',
      '4.72 ms (Istio sidecars, P99, unverified) − 1.12 ms (Without a mesh, P99, unverified) = 3.6 ms',
    ]);
    assert.deepEqual(formulaLines(linkerd, 'cpu', estimate), [
      '0.29 vCPU × 1,000 / 3,200 requests per second (Linkerd, CPU added on the whole way, unverified) = 0.09 vCPU',
    ]);
    assert.match(remarksOf(sidecars).join(' '), /istiod was measured with up to 1,000 services/);
    assert.doesNotMatch(remarksOf(variant('istio-sidecar')).join(' '), /was measured with up to/);
  });

  test('is that of the example where inputs make no sense', () => {
    const { inputs } = estimateCost({ services: Number.NaN, nodes: -1, waypoints: 1.5, rps: Number.POSITIVE_INFINITY });
    assert.deepEqual(inputs, defaultCostInputs);
    assert.deepEqual(readCostInputs({ services: '3', nodes: 3, evil: 1 }), { nodes: 3 });
    assert.deepEqual(readCostInputs(null), {});
    for (const name of costInputNames) assert.ok(fitsInput(name, defaultCostInputs[name]), name);
  });

  test('points to the row of default requests instead of repeating it', () => {
    const { requests } = estimateCost({});
    for (const { mesh, value, source } of requests.asked) {
      const cell = featureById(requests.featureId)?.cells[mesh];
      assert.deepEqual([value, source], [cell?.value, cell?.source]);
    }
  });

  test('adds up what the article prints wrongly', () => {
    const rows = estimateCost({}).example.map((it) => [it.printed.low, it.printed.high, it.sum.low, it.sum.high]);
    assert.deepEqual(rows, [
      [7000, 10_000, 7000, 12_000],
      [2000, 3000, 1500, 2500],
      [5000, 8000, 5000, 9000],
    ]);
  });
});

describe('the figures', () => {
  const figures: readonly Figure[] = [
    ...measuredFigures,
    ...articleRows.flatMap((it) => meshIds.map((mesh) => it.values[mesh])),
  ];

  test('each has a source that is listed, and runs from low to high', () => {
    const ids = costSources.map((it) => it.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const it of figures) {
      assert.ok(ids.includes(it.source), it.of);
      assert.ok(it.low <= it.high && it.low >= 0, it.of);
    }
    for (const { url } of costSources) assert.match(url ?? 'https://none', /^https:\/\//);
  });

  test('each source but the article has figures of its own, told apart by name', () => {
    for (const { id } of costSources) {
      const own = measuredFigures.filter((it) => it.source === id);
      assert.equal(new Set(own.map((it) => it.of)).size, own.length, id);
      assert.equal(own.length > 0, id !== 'article-2023', id);
    }
  });

  test('what meshes are reckoned with are those figures themselves, not copies', () => {
    const all = new Set(figures);
    for (const { name, parts, cpu, latency } of costVariants) {
      const used = [...parts.flatMap((it) => it.memory), ...[...cpu, ...latency].flat().map((it) => it.figure)];
      for (const it of used) assert.ok(all.has(it), `${name}: ${it.of}`);
    }
  });

  test('stand in one file alone', () => {
    const text = ['costs.ts', 'features/operations.ts'].map((it) => readFileSync(`server/src/meshes/${it}`, 'utf8'));
    for (const telling of ['156.2', '26.3', '22.83', '2.76', '157.4', '0.81', '4.72', '166', '269'])
      assert.equal(text.join('\n').split(new RegExp(`\\b${telling.replace('.', '\\.')}\\b`)).length, 2, telling);
  });

  const facts = path.resolve('../shared/reference/comparison-facts.md');
  const withoutFacts = existsSync(facts) ? false : `${facts} is not here, so figures are not compared with it.`;

  test("the article's agree with the facts", { skip: withoutFacts }, () => {
    const block = /```json\n([\s\S]*?)```/.exec(readFileSync(facts, 'utf8').split('### 3.1')[1] ?? '')?.[1] ?? '{}';
    const seed: Record<string, Record<string, Record<string, [number, number]>>> = JSON.parse(block);
    const use = seed['seed_resource_usage_per_proxy'] ?? {};
    const money = seed['seed_infrastructure_cost'] ?? {};
    const asPairs = (row: ArticleRow | (typeof articleTotals)['printed'] | undefined, per = 1) =>
      Object.fromEntries(
        meshIds.map((mesh) => [mesh, [row?.values[mesh].low, row?.values[mesh].high].map((it) => (it ?? 0) / per)]),
      );
    const [memory, idle, busy, latency, throughput, start, control] = articleRows;
    assert.deepEqual(asPairs(memory), use['memory_mb']);
    assert.deepEqual(asPairs(idle), use['cpu_idle_percent']);
    assert.deepEqual(asPairs(busy), use['cpu_load_percent']);
    assert.deepEqual(asPairs(latency), use['added_latency_ms']);
    assert.deepEqual(asPairs(throughput), use['throughput_impact_percent']);
    assert.deepEqual(asPairs(start), seed['seed_control_plane_startup_seconds']);
    assert.deepEqual(asPairs(control, 1000), money['control_plane_gb']);
    assert.deepEqual(asPairs(articleTotals.printed, 1000), money['total_100_services_gb']);
  });
});

describe('counting workloads', () => {
  const workload = (kind: string, name: string, spec: string) =>
    `apiVersion: ${kind === 'Rollout' ? 'argoproj.io/v1alpha1' : 'apps/v1'}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;
  const count = (files: Readonly<Record<string, string>>) =>
    countWorkloads(
      applyChange(createWorkspace(knowledge), {
        files: new Map(Object.entries(files).map(([name, text]) => [`file:///w/${name}`, text])),
        folders: ['file:///w'],
      }),
    );

  test('adds up the replicas of Deployments, StatefulSets and Rollouts', () => {
    const text = [
      workload('Deployment', 'web', '{replicas: 3}'),
      workload('StatefulSet', 'db', '{replicas: 2}'),
      workload('Rollout', 'api', '{replicas: 4}'),
      workload('DaemonSet', 'agent', '{}'),
    ].join('---\n');
    const counted = count({ 'all.yaml': text });
    assert.deepEqual(counted, { workloads: 3, pods: 9, assumed: 0 });
    assert.deepEqual(inputsOfCount(counted), { services: 3, replicas: 3 });
    assert.equal(
      countWords(estimateCost({}, counted)),
      'Counted: 3 Deployments, StatefulSets and Rollouts with 9 pods.',
    );
  });

  test('takes one pod where nobody says how many, and says so', () => {
    const counted = count({
      'web.yaml': workload('Deployment', 'web', '{}'),
      'Chart.yaml': 'name: shop\n',
      'templates/api.yaml': workload('Deployment', 'api', '{replicas: {{ .Values.replicas }}}'),
    });
    assert.deepEqual(counted, { workloads: 2, pods: 2, assumed: 2 });
    assert.match(countWords(estimateCost({}, counted)) ?? '', /2 of them name no replicas, and count as one pod\.$/);
  });

  test('counts a base and its overlay once, with the larger number', () => {
    const counted = count({
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': workload('Deployment', 'web', '{replicas: 1}'),
      'prod/kustomization.yaml': 'resources: [../base]\npatches: [{path: web.yaml}]\n',
      'prod/web.yaml': workload('Deployment', 'web', '{replicas: 6}'),
    });
    assert.deepEqual(counted, { workloads: 1, pods: 6, assumed: 0 });
  });

  test('reads patches and replicas of a kustomization, for what it deploys alone', () => {
    const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5}'
      .split('\n')
      .map((it) => `      ${it}`)
      .join('\n');
    const counted = count({
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': ['web', 'api'].map((it) => workload('Deployment', it, '{replicas: 1}')).join('---\n'),
      'prod/kustomization.yaml': `resources: [../base]\nreplicas: [{name: api, count: 4}]\npatches:\n  - patch: |\n${patch}\n`,
      'other/kustomization.yaml': 'resources: [api.yaml]\n',
      'other/api.yaml': workload('Deployment', 'api', '{replicas: 2}').replace('shop', 'other'),
    });
    assert.deepEqual(counted, { workloads: 3, pods: 11, assumed: 0 });
  });

  test('finds nothing in an empty window', () => {
    const counted = countWorkloads(createWorkspace(knowledge));
    assert.deepEqual(counted, { workloads: 0, pods: 0, assumed: 0 });
    assert.match(countWords(estimateCost({}, counted)) ?? '', /^There are no Deployments/);
  });
});

test('The Markdown has tables of equal rows, and a link to every source with an address', () => {
  const page = costMarkdown(estimateCost({}));
  for (const block of page.split('\n\n').filter((it) => it.startsWith('|'))) {
    const widths = new Set(block.split('\n').map((it) => it.split(/(?<!\\)\|/).length));
    assert.equal(widths.size, 1, block);
  }
  for (const { url } of costSources) if (url) assert.ok(page.includes(`](${url})`), url);
});
