/**
 * Conversions of routes: shares stay what they were, as far as the target can count, and it does not matter in which order
 * the documents of a workspace stand.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import type { DialectId, ManifestValue } from '../../server/src/meshes/mesh.ts';
import { listAt, numberAt, textAt, valueAt } from '../../server/src/model/value.ts';
import { convert } from '../../server/src/queries/convert.ts';
import fc, { runs } from '../harness/fast-check.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';

const times = { numRuns: runs(25) };

/** Services that shares are of; the first is the one that clients call. */
const names = ['web', 'a', 'b', 'c', 'd'] as const;

const services = names
  .map(
    (name) =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }\n`,
  )
  .join('---\n');

/** Marks its workspace as one of Linkerd's, whose routes these are then. */
const linkerd =
  'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, annotations: { linkerd.io/inject: enabled } }\n';

function manifestsOf(documents: readonly object[], to: DialectId): readonly ManifestValue[] {
  const files = new Map([
    ['services.yaml', services],
    ['page.yaml', documents.map((it) => stringify(it)).join('---\n')],
  ]);
  if (documents.some((it) => textAt(it, ['kind']) === 'HTTPRoute')) files.set('linkerd.yaml', linkerd);
  const { outputs } = convert(workspaceOf(files), { uris: [uriOf('page.yaml')] }, to);
  return outputs.flatMap((it) => it.manifests);
}

/** Shares of a split in the words of each mesh, as fractions of all. */
const readers: Readonly<Record<'istio' | 'linkerd' | 'consul', (manifests: readonly ManifestValue[]) => Shares>> = {
  istio: (all) => sharesOf(all, 'VirtualService', ['spec', 'http', 0, 'route'], ['destination', 'host']),
  linkerd: (all) => sharesOf(all, 'HTTPRoute', ['spec', 'rules', 0, 'backendRefs'], ['name']),
  consul: (all) => sharesOf(all, 'ServiceSplitter', ['spec', 'splits'], ['service']),
};

type Shares = ReadonlyMap<string, number>;

function sharesOf(
  manifests: readonly ManifestValue[],
  kind: string,
  list: readonly (string | number)[],
  name: readonly string[],
): Shares {
  const found = manifests.find((it) => it.kind === kind);
  const items = listAt(found, [...list]);
  const sum = items.reduce<number>((all, it) => all + (numberAt(it, ['weight']) ?? 1), 0);
  return new Map(items.map((it) => [textAt(it, [...name]) ?? 'web', (numberAt(it, ['weight']) ?? 1) / sum]));
}

function assertShares(found: Shares, weights: readonly number[], tolerance: number): void {
  const sum = weights.reduce((all, it) => all + it, 0);
  for (const [at, weight] of weights.entries()) {
    const name = names[at] ?? '';
    const share = found.get(name);
    assert.ok(share !== undefined, `${name} has no share.`);
    assert.ok(Math.abs(share - weight / sum) <= tolerance, `${name} has ${share}, not ${weight / sum}.`);
  }
}

/** Two to five weights that are not all 0. */
const weights = fc
  .array(fc.nat({ max: 1000 }), { minLength: 2, maxLength: names.length })
  .filter((it) => it.some((weight) => weight > 0));

/** Two to five percents of two decimals that sum to 100. */
const percents = fc
  .uniqueArray(fc.integer({ min: 1, max: 9_999 }), { minLength: 1, maxLength: names.length - 1 })
  .map((cuts) => {
    const marks = [0, ...cuts.sort((a, b) => a - b), 10_000];
    return marks.slice(1).map((it, at) => (it - (marks[at] ?? 0)) / 100);
  });

/** What is rounded is rounded to hundredths of a percent, and a hundredth may move where float32 asks for it. */
const hundredths = 2.1e-4;
const nothing = 1e-9;

function virtualService(shares: readonly number[]): object {
  const route = shares.map((weight, at) => ({ destination: { host: names[at] }, weight }));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { hosts: ['web'], http: [{ route }] },
  };
}

function httpRoute(shares: readonly number[]): object {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      parentRefs: [{ group: '', kind: 'Service', name: 'web', port: 80 }],
      rules: [{ backendRefs: shares.map((weight, at) => ({ name: names[at], port: 80, weight })) }],
    },
  };
}

function serviceSplitter(shares: readonly number[]): object {
  return {
    apiVersion: 'consul.hashicorp.com/v1alpha1',
    kind: 'ServiceSplitter',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { splits: shares.map((weight, at) => ({ weight, service: names[at] })) },
  };
}

test('Shares of a VirtualService stay the same in Linkerd, and within hundredths of a percent in Consul', () => {
  fc.assert(
    fc.property(weights, (shares) => {
      const documents = [virtualService(shares)];
      assertShares(readers.linkerd(manifestsOf(documents, 'linkerd')), shares, nothing);
      assertShares(readers.consul(manifestsOf(documents, 'consul')), shares, hundredths);
    }),
    times,
  );
});

test('Shares of an HTTPRoute stay the same in Istio, and within hundredths of a percent in Consul', () => {
  fc.assert(
    fc.property(weights, (shares) => {
      const documents = [httpRoute(shares)];
      assertShares(readers.istio(manifestsOf(documents, 'istio')), shares, nothing);
      assertShares(readers.consul(manifestsOf(documents, 'consul')), shares, hundredths);
    }),
    times,
  );
});

test('Shares of a ServiceSplitter stay the same in Istio and Linkerd', () => {
  fc.assert(
    fc.property(percents, (shares) => {
      const documents = [serviceSplitter(shares)];
      for (const to of ['istio', 'linkerd'] as const)
        assertShares(readers[to](manifestsOf(documents, to)), shares, nothing);
    }),
    times,
  );
});

test('Consul adds up the shares of any splitter that is written to 100, in float32 and in their order', () => {
  fc.assert(
    fc.property(weights, (shares) => {
      const splitter = manifestsOf([virtualService(shares)], 'consul').find((it) => it.kind === 'ServiceSplitter');
      let sum = 0;
      for (const it of listAt(splitter, ['spec', 'splits']))
        sum = Math.fround(sum + Math.fround(numberAt(it, ['weight']) ?? 0));
      assert.equal(sum, 100);
    }),
    times,
  );
});

/** Documents of one service in each mesh, of which each says a part. */
const groups: Readonly<Record<'istio' | 'linkerd' | 'consul', (shares: readonly number[]) => readonly object[]>> = {
  istio: (shares) => [
    virtualService(shares),
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'a', namespace: 'shop' },
      spec: {
        hosts: ['a'],
        http: [
          { match: [{ uri: { prefix: '/x/' } }], route: [{ destination: { host: 'b' } }] },
          { delegate: { name: 'rest' } },
        ],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'rest', namespace: 'shop' },
      spec: { http: [{ route: [{ destination: { host: 'a', subset: 'v1' } }] }] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: { name: 'a', namespace: 'shop' },
      spec: { host: 'a', subsets: [{ name: 'v1', labels: { version: 'v1' } }] },
    },
  ],
  linkerd: (shares) => [
    httpRoute(shares),
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'web-health', namespace: 'shop' },
      spec: {
        parentRefs: [{ group: '', kind: 'Service', name: 'web', port: 80 }],
        rules: [{ matches: [{ path: { type: 'Exact', value: '/health' } }], backendRefs: [{ name: 'a', port: 80 }] }],
      },
    },
  ],
  consul: (shares) => [
    {
      apiVersion: 'consul.hashicorp.com/v1alpha1',
      kind: 'ServiceDefaults',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { protocol: 'http' },
    },
    serviceSplitter(shares),
    {
      apiVersion: 'consul.hashicorp.com/v1alpha1',
      kind: 'ServiceRouter',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { routes: [{ match: { http: { pathExact: '/health' } }, destination: { service: 'a' } }] },
    },
  ],
};

for (const [source, groupOf] of Object.entries(groups)) {
  test(`${source}: the order of documents makes no difference`, () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    fc.assert(
      fc.property(percents, order, (shares, positions) => {
        const documents = groupOf(shares);
        const shuffled = positions.flatMap((it) => documents[it] ?? []);
        for (const to of ['istio', 'linkerd', 'consul'] as const) {
          if (to === source) continue;
          const text = (all: readonly ManifestValue[]) => all.map((it) => JSON.stringify(valueAt(it, []))).sort();
          assert.deepEqual(text(manifestsOf(shuffled, to)), text(manifestsOf(documents, to)), to);
        }
      }),
      times,
    );
  });
}
