/**
 * The tables say what conversions do. Small manifests, rosetta/*.yaml, write every field that has an idea; together with the
 * conversion pages they are the evidence. The best that becomes of a field in another mesh is what the table of that mesh
 * says, but for the exceptions listed here. What a value makes worse, or its surroundings, the report says.
 */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { answerFrom, type FieldRow, fieldRowFor } from '../../server/src/meshes/ideas.ts';
import { type ConvertOptions, defaultConvertOptions, type Mesh } from '../../server/src/meshes/mesh.ts';
import { isFor, meshes } from '../../server/src/meshes/meshes.ts';
import type { Resource } from '../../server/src/model/manifest.ts';
import type { MeshId } from '../../server/src/model/mesh-id.ts';
import type { Fate } from '../../server/src/model/report.ts';
import { type Path, pathText } from '../../server/src/model/text.ts';
import { valueAt } from '../../server/src/model/value.ts';
import { convert } from '../../server/src/queries/convert.ts';
import { readConversionPage, uriOf, workspaceOf } from '../harness/conversion.ts';

/** Ideas that fare better than the table says with some values, by idea and target. */
const betterWithSome: Readonly<Record<string, string>> = {
  'rewrite.path to Linkerd': 'At a gateway the class decides, which may well rewrite.',
  'mirror to Linkerd': 'At a gateway the class decides, which may well mirror.',
  'inject.namespace to Consul': 'A namespace without proxies needs nothing: Consul gives one to pods that ask.',
  'telemetry.access-log to Linkerd': 'Where nothing is to be logged, Linkerd logs nothing by itself.',
  'extension to Istio': 'A service of its own that decides is a provider in Istio.',
  'proxy.probes to Linkerd': 'What is switched on, Linkerd does by itself.',
  'limit.inbound to Linkerd': 'The pods of a Sidecar are those that its policy of what is outside is for, too.',
  'client-tls to Linkerd': 'TLS of the mesh is what Linkerd always opens between its pods.',
  'client-tls to Consul': 'TLS to a host outside is opened by the terminating gateway.',
  'match.authority to Istio': 'Hosts outside are those of a ServiceEntry.',
  'match.authority to Consul': 'Hosts outside are destinations.',
  'match.scheme to Linkerd': 'Inside the mesh the scheme is http: what asks for it asks for nothing.',
  'match.client to Linkerd':
    'Clients of another namespace have a route of their own, where it outranks the one for all.',
  'match.port to Consul': 'The one port that Consul knows of a service is kept.',
  'backend.port to Consul': 'The one port that Consul knows of a service is kept.',
  'access.port to Consul': 'The one port that Consul knows of a service is kept.',
  'match.sni to Consul': 'One destination for all connections is a redirect, whatever the name.',
  'route.connections to Consul': 'One destination for all connections is a redirect.',
  'retries.conditions to Linkerd': 'Statuses are kept, and other conditions are not.',
  'retries.conditions to Consul': 'What the two proxies mean alike is kept.',
  'access.identity.not to Linkerd': 'Who denies all but some names these, and no list of the others is needed.',
  'access.path to Linkerd': 'A rule for every path has none to compare.',
  'access.jwt to Linkerd': 'A denial holds whatever the token is.',
  'limit.rate to Consul': 'Consul Enterprise has it.',
  'limit.rate.burst to Consul': 'Consul Enterprise has it.',
  'limit.rate.burst to Linkerd': 'As many at once as in a second is what Linkerd does.',
  'extension to Linkerd': 'What surrounds a limit of requests is no code.',
  'extension to Consul': 'What surrounds a limit of requests is no code.',
  'access.condition to Linkerd': 'Conditions on headers are matches of a route.',
  'access.condition to Consul': 'Conditions on headers are matches of a permission.',
  'destination.visibility to Consul': 'What each client says for itself is for some of them as well.',
  'destination.visibility to Linkerd': 'What a client asks of all services is for its own pods.',
  'destination.client to Linkerd': 'What a client asks of all services is for its own pods.',
  'load-balancer.locality to Consul': 'Consul Enterprise has it.',
  'load-balancer.locality to Linkerd': 'What a Service says in words of Kubernetes, Linkerd reads.',
  'timeout.connect to Linkerd': 'That of a client for all services is an annotation of its pods.',
  'load-balancer.table to Consul': 'The size that Consul has anyway is kept.',
  'outlier.enforce to Istio': 'All or none of the ejections can be said, a part of them cannot.',
  'outlier.enforce to Linkerd': 'A breaker that is switched off is no breaker.',
  'outlier.5xx to Linkerd': 'A breaker that is switched off is no breaker.',
  'outlier.interval to Linkerd': 'A breaker that is switched off is no breaker.',
  'outlier.base-ejection to Linkerd': 'A breaker that is switched off is no breaker.',
  'outlier.max-percent to Linkerd': 'A breaker that is switched off is no breaker.',
};

/** Fields that say which sibling counts: they fare as it does. */
const goesAlong = [
  'HTTPRoute spec.rules[*].filters[*].type',
  'GRPCRoute spec.rules[*].filters[*].type',
  'ServiceDefaults spec.envoyExtensions[*].required',
];

/** Rows for values that the schema of one version refuses. */
const neverValid = ['gateway.networking.k8s.io HTTPRoute spec.rules'];

interface Evidence {
  readonly row: FieldRow;
  readonly target: Mesh;
  readonly fate: Fate;
  /** An empty list or map asks for nothing, so that it hardly matters what becomes of it. */
  readonly isEmpty: boolean;
  /** Where it comes from, and what the report says. */
  readonly story: string;
}

const rank: Record<Fate, number> = { exact: 0, changed: 1, lost: 2 };
const evidence = new Map<string, Evidence[]>();

function keyOf(source: MeshId, row: FieldRow, target: Mesh): string {
  return `${source} ${row.kind.group} ${row.kind.name} ${row.path} to ${target.name}`;
}

/** Converts as a mesh would read it, also where nothing else says that it is for this mesh: a bare HTTPRoute. */
function gather(
  { id: from }: Mesh,
  title: string,
  files: ReadonlyMap<string, string>,
  converted: string,
  options: ConvertOptions,
): void {
  const workspace = workspaceOf(files);
  for (const target of meshes.filter((it) => it.id !== from)) {
    const { report, refused } = convert(workspace, { uris: [uriOf(converted)], from }, target.id, options);
    for (const { resource, reason } of refused) refusals.push(`${title}: ${resource.kind} ${reason}`);
    for (const { resource, path, fate, reason } of report) {
      const row = rowOf(from, resource, path);
      if (!row) continue;
      const known = evidence.get(keyOf(from, row, target)) ?? [];
      evidence.set(keyOf(from, row, target), known);
      const value = valueAt(resource.value, path);
      const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
      known.push({ row, target, fate, isEmpty, story: `${title}, ${pathText(path)}: ${fate}. ${reason}` });
    }
  }
}

const refusals: string[] = [];

function rowOf(id: MeshId, resource: Resource, path: Path): FieldRow | undefined {
  const source = meshes.find((it) => it.id === id && isFor(it, resource, path));
  return source && fieldRowFor(source.fields, resource, path);
}

const facts = readFileSync('test/meshes/rosetta/shop.yaml', 'utf8');
for (const mesh of meshes) {
  const { id } = mesh;
  for (const group of readFileSync(`test/meshes/rosetta/${id}.yaml`, 'utf8')
    .split(/^# ---- /m)
    .slice(1)) {
    const title = group.slice(0, group.indexOf('\n'));
    const files = new Map([
      ['group.yaml', group.slice(title.length)],
      ['shop.yaml', facts],
    ]);
    gather(mesh, `${id}.yaml, ${title}`, files, 'group.yaml', { ...defaultConvertOptions, ingressClass: 'edge' });
  }
}
const ofGroups = [...refusals];

for (const mesh of meshes) {
  const { id } = mesh;
  for (const name of readdirSync(`test/meshes/${id}/convert`).filter((it) => it.endsWith('.md'))) {
    for (const it of readConversionPage(readFileSync(`test/meshes/${id}/convert/${name}`, 'utf8')))
      gather(mesh, `${id}/${name}, ${it.heading}`, it.files, it.converted, it.options);
  }
}

test('Every small manifest is converted', () => assert.deepEqual(ofGroups, []));

for (const source of meshes) {
  describe(source.name, () => {
    const rows = source.fields.filter((it) => it.idea);

    test('Every field with an idea is written somewhere', () => {
      const missing = rows.filter((row) =>
        meshes.some((it) => it !== source && !evidence.has(keyOf(source.id, row, it))),
      );
      assert.deepEqual(
        missing.map((it) => `${it.kind.group} ${it.kind.name} ${it.path}`),
        source.id === 'linkerd' ? neverValid : [],
      );
    });

    for (const target of meshes) {
      if (target === source) continue;
      test(`On the way to ${target.name} each field fares as the table says`, () => {
        const conflicts = rows.flatMap((row) => {
          const all = evidence.get(keyOf(source.id, row, target)) ?? [];
          const [best] = [...all].sort((a, b) => rank[a.fate] - rank[b.fate]);
          if (!best || !row.idea || all.every((it) => it.isEmpty)) return [];
          const said = answerFrom(target.answers, row.idea, source.id).fate;
          const mayBeBetter = betterWithSome[`${row.idea} to ${target.name}`] !== undefined;
          if (best.fate === said || (mayBeBetter && rank[best.fate] < rank[said])) return [];
          return [`${row.kind.name} ${row.path} (${row.idea}): ${said} in the table, but ${best.story}`];
        });
        assert.deepEqual(conflicts, []);
        const kept = source.fields.filter((row) => {
          const all = row.peculiar ? (evidence.get(keyOf(source.id, row, target)) ?? []) : [];
          return all.some((it) => it.fate !== 'lost') && !goesAlong.includes(`${row.kind.name} ${row.path}`);
        });
        assert.deepEqual(
          kept.map((it) => `${it.kind.name} ${it.path} has no idea, but is carried over`),
          [],
        );
      });
    }
  });
}
