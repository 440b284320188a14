/** What Consul's reader and writer do with single entries; pages in `convert/` show whole conversions. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from '../../harness/fast-check.ts';
import { consul } from '../../../server/src/meshes/consul/consul.ts';
import { durationText, parseDuration } from '../../../server/src/meshes/consul/convert/durations.ts';
import { filterOfLabels, labelsOfFilter } from '../../../server/src/meshes/consul/convert/filters.ts';
import { pathForms, unanchored } from '../../../server/src/meshes/consul/convert/matches.ts';
import { percentsOf } from '../../../server/src/meshes/consul/convert/weights.ts';
import type { Ir } from '../../../server/src/model/ir.ts';
import { allResources } from '../../../server/src/model/manifest.ts';
import { pathText } from '../../../server/src/model/text.ts';
import { environmentOf } from '../../../server/src/model/workspace.ts';
import { uriOf, workspaceOf } from '../../harness/conversion.ts';

/** Reads a manifest; facts are other files of the same workspace. */
function read(text: string, facts = ''): Ir {
  const workspace = workspaceOf(
    new Map([
      ['consul.yaml', text],
      ['facts.yaml', facts],
    ]),
  );
  const manifest = workspace.manifests.get(uriOf('consul.yaml'));
  assert.ok(manifest);
  return consul.read([...allResources(manifest)], environmentOf(workspace, uriOf('consul.yaml')));
}

function entry(kind: string, name: string, spec: string): string {
  return `apiVersion: consul.hashicorp.com/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: shop }\nspec: ${spec}\n---\n`;
}

function service(name: string, extra = ''): string {
  return `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }\n---\n${extra}`;
}

describe('durations', () => {
  test('are read as Go reads them', () => {
    const read = ['1m30s', '1.5s', '250ms', '-1s', '0', '2h', '', '5', '1x'].map(parseDuration);
    assert.deepEqual(read, [90_000, 1500, 250, -1, 0, 7_200_000, undefined, undefined, undefined]);
  });

  test('are written in one unit, and below zero where they are switched off', () => {
    assert.deepEqual([30_000, 1500, -1, 0].map(durationText), ['30s', '1500ms', '-1s', '0s']);
  });
});

describe('subset filters', () => {
  test('that are equalities of meta are labels, whatever the quotes', () => {
    assert.deepEqual(labelsOfFilter('Service.Meta.version == v1'), { version: 'v1' });
    assert.deepEqual(labelsOfFilter('Service.Meta.version == "v1" and Service.Meta["track-id"] == `x`'), {
      version: 'v1',
      'track-id': 'x',
    });
    assert.deepEqual(labelsOfFilter(''), {});
  });

  test('that are more than that stay filters', () => {
    for (const filter of [
      'Service.Meta.version != v1',
      'Service.Meta.version == v1 or Service.Meta.version == v2',
      '"canary" in Service.Tags',
      'Service.Meta.version matches "v.*"',
      'Service.Meta.version == v1 and Service.Meta.version == v2',
      'Node.Meta.zone == a',
    ])
      assert.equal(labelsOfFilter(filter), undefined, filter);
  });

  test('of labels read back as the same labels, with keys that meta can hold', () => {
    assert.equal(filterOfLabels({ 'app.kubernetes.io/version': 'v1' }), 'Service.Meta.version == "v1"');
    const labels = { version: 'v1', 'release-track': 'beta' };
    assert.deepEqual(labelsOfFilter(filterOfLabels(labels)), labels);
  });
});

describe('shares', () => {
  test('are percents of two decimals that sum to 100 the way consul-k8s adds them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 9 }), (shares) => {
        const percents = percentsOf(shares);
        const total = shares.reduce((sum, it) => sum + it, 0);
        if (total === 0) return percents === undefined;
        assert.ok(percents);
        assert.deepEqual(
          [...percents.order].sort((a, b) => a - b),
          shares.map((_, at) => at),
        );
        let sum = 0;
        for (const at of percents.order) sum = Math.fround(sum + Math.fround(percents.values[at] ?? 0));
        assert.equal(sum, 100);
        for (const [at, it] of percents.values.entries()) {
          assert.ok(Math.abs(it - (100 * (shares[at] ?? 0)) / total) <= 1);
          assert.equal(it, Number(it.toFixed(2)));
        }
        return true;
      }),
    );
  });

  test('that are percents already stay as they are', () => {
    assert.deepEqual(percentsOf([80, 20]), { values: [80, 20], order: [0, 1], isRounded: false });
    assert.deepEqual(percentsOf([9, 1])?.values, [90, 10]);
    assert.equal(percentsOf([1, 2])?.isRounded, true);
  });
});

describe('paths', () => {
  test('a prefix of whole segments is the path itself or what lies below it', () => {
    const fields = pathForms({ type: 'segments', value: '/shop/' }).map((it) => it.fields);
    assert.deepEqual(fields, [{ pathExact: '/shop' }, { pathPrefix: '/shop/' }]);
  });

  test('lose anchors that Consul implies, and no others', () => {
    assert.deepEqual(['^/a.*$', '^(?:/a|/b)$', '^/a|/b$', '/a\\$', '^(?:a)|(?:b)$'].map(unanchored), [
      '/a.*',
      '/a|/b',
      '^/a|/b$',
      '/a\\$',
      '^(?:a)|(?:b)$',
    ]);
  });
});

describe('chains', () => {
  test('a route without a subset goes through the splitter of its destination', () => {
    const { routes } = read(
      entry(
        'ServiceRouter',
        'web',
        '{ routes: [{ match: { http: { pathPrefix: /api } }, destination: { service: api } }] }',
      ) +
        entry('ServiceSplitter', 'api', '{ splits: [{ weight: 75, service: api }, { weight: 25, service: next }] }') +
        entry(
          'ServiceSplitter',
          'next',
          '{ splits: [{ weight: 40, serviceSubset: v1 }, { weight: 60, serviceSubset: v2 }] }',
        ),
    );
    const backends = routes[0]?.rules[0]?.parts.backends?.value.map((it) => [it.service.name, it.subset, it.weight]);
    assert.deepEqual(backends, [
      ['api', undefined, 75],
      ['next', 'v1', 10],
      ['next', 'v2', 15],
    ]);
  });

  test('a route ends in the service itself, in its default subset when it has one', () => {
    const { routes } = read(
      entry(
        'ServiceRouter',
        'web',
        '{ routes: [{ match: { http: { pathExact: /a } }, destination: { service: api } }] }',
      ) +
        entry(
          'ServiceResolver',
          'web',
          '{ defaultSubset: v1, subsets: { v1: { filter: Service.Meta.version == v1 } } }',
        ),
    );
    const last = routes[0]?.rules.at(-1);
    assert.deepEqual(last?.matches, []);
    assert.equal(last?.parts.backends?.value[0]?.subset, 'v1');
  });

  test('redirects are followed, and those in a circle come to an end', () => {
    const { routes } = read(
      entry('ServiceResolver', 'a', '{ redirect: { service: b } }') +
        entry('ServiceResolver', 'b', '{ redirect: { service: c, serviceSubset: v2 } }') +
        entry('ServiceResolver', 'left', '{ redirect: { service: right } }') +
        entry('ServiceResolver', 'right', '{ redirect: { service: left } }'),
    );
    const first = routes.find((it) => it.name === 'a')?.rules[0]?.parts.backends?.value[0];
    assert.deepEqual([first?.service.name, first?.subset], ['c', 'v2']);
    assert.equal(routes.length, 4);
  });

  test('splitters in a circle come to an end', () => {
    const { routes } = read(
      entry('ServiceSplitter', 'a', '{ splits: [{ weight: 100, service: b }] }') +
        entry('ServiceSplitter', 'b', '{ splits: [{ weight: 100, service: a }] }'),
    );
    assert.equal(routes.length, 2);
  });

  test('a splitter of a name that no Service has belongs to the router that names it', () => {
    const text =
      entry(
        'ServiceRouter',
        'web',
        '{ routes: [{ match: { http: { pathExact: /a } }, destination: { service: web-canary } }] }',
      ) +
      entry(
        'ServiceSplitter',
        'web-canary',
        '{ splits: [{ weight: 50, service: web }, { weight: 50, service: api }] }',
      );
    assert.deepEqual(
      read(text, service('web') + service('api')).routes.map((it) => it.name),
      ['web'],
    );
  });

  test('the timeout of a resolver counts only where the chain starts with it', () => {
    const resolver = entry('ServiceResolver', 'api', '{ requestTimeout: 7s }');
    assert.equal(read(resolver).routes[0]?.rules[0]?.parts.timeout?.value, 7000);
    const behind = read(resolver + entry('ServiceSplitter', 'api', '{ splits: [{ weight: 100 }] }'));
    assert.equal(behind.routes[0]?.rules[0]?.parts.timeout, undefined);
    assert.deepEqual(
      behind.peculiar.map((it) => it.code),
      ['unused-in-source'],
    );
  });

  test('an inverted value asks for the header, an inverted presence for its absence', () => {
    const { routes } = read(
      entry(
        'ServiceRouter',
        'web',
        '{ routes: [{ match: { http: { header: [{ name: a, exact: x, invert: true }, { name: b, present: true, invert: true }] } } }] }',
      ),
    );
    assert.deepEqual(
      routes[0]?.rules[0]?.matches[0]?.headers.map((it) => it.value),
      [
        { name: 'a', match: { type: 'present' } },
        { name: 'a', match: { type: 'exact', value: 'x', negate: true } },
        { name: 'b', match: { type: 'present', negate: true } },
      ],
    );
  });

  test('retries without a condition never happen', () => {
    const route = (fields: string) =>
      read(entry('ServiceRouter', 'web', `{ routes: [{ destination: { ${fields} } }] }`)).routes[0]?.rules[0]?.parts
        .retries?.value;
    assert.equal(route('numRetries: 3')?.attempts, 0);
    assert.equal(route('retryOnConnectFailure: true')?.attempts, 1);
    assert.deepEqual(route('numRetries: 2, retryOnStatusCodes: [503]')?.codes, [503]);
  });

  test('labels of subsets are those that the annotated pods carry', () => {
    const pods =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: api-v1, namespace: shop }\nspec: { template: { metadata: { labels: { app: api, app.kubernetes.io/version: v1 }, annotations: { consul.hashicorp.com/service-meta-version: v1 } } } }\n';
    const { destinations } = read(
      entry('ServiceResolver', 'api', '{ subsets: { v1: { filter: Service.Meta.version == v1 } } }'),
      service('api', pods),
    );
    assert.deepEqual(destinations[0]?.subsets[0]?.value.labels, { 'app.kubernetes.io/version': 'v1' });
  });
});

describe('ServiceDefaults', () => {
  test('a block that an override lacks comes whole from the defaults', () => {
    const { destinations, peculiar, clientDefaults } = read(
      entry(
        'ServiceDefaults',
        'web',
        '{ upstreamConfig: { defaults: { connectTimeoutMs: 2000, limits: { maxConnections: 9 } }, overrides: [{ name: api, limits: { maxPendingRequests: 20 } }] } }',
      ),
    );
    const { limits, connectTimeout } = destinations[0]?.parts ?? {};
    assert.equal(connectTimeout?.value, 2000);
    assert.equal(limits?.value.maxPending?.value, 20);
    assert.equal(limits?.value.maxConnections, undefined);
    assert.equal(clientDefaults.length, 1, 'what it asks of all its upstreams is read by itself');
    assert.deepEqual(peculiar, []);
  });

  test('a mode of mutual TLS needs the pods that it is about', () => {
    const text = entry('ServiceDefaults', 'web', '{ mutualTLSMode: permissive }');
    assert.deepEqual(read(text).mutualTls, []);
    assert.deepEqual(
      read(text).peculiar.map((it) => it.code),
      ['scope'],
    );
    const [known] = read(text, service('web')).mutualTls;
    assert.equal(known?.mode.value, 'permissive');
    assert.deepEqual(known?.scope.type === 'workload' && known.scope.labels, { app: 'web' });
  });
});

describe('ServiceIntentions', () => {
  const facts = service('api') + service('web') + service('batch');

  test('give one rule for each permission, in their order', () => {
    const { access } = read(
      entry(
        'ServiceIntentions',
        'api',
        '{ destination: { name: api }, sources: [{ name: web, permissions: [{ action: deny, http: { pathPrefix: /admin } }, { action: allow, http: { pathPrefix: /, methods: [GET] } }] }, { name: "*", action: deny }] }',
      ),
      facts,
    );
    const [policy] = access;
    assert.equal(policy?.combine, 'source-precedence');
    assert.deepEqual(
      policy?.rules.map((it) => [it.effect, it.clients[0]?.value.type, it.operations.length]),
      [
        ['deny', 'service', 1],
        ['allow', 'service', 1],
        ['deny', 'authenticated', 0],
      ],
    );
    const origins = policy?.rules[0]?.clients[0]?.from.map((it) => pathText(it.path));
    assert.deepEqual(origins, ['spec.sources[0].name', 'spec.sources[0].permissions[0].action']);
  });

  test('of every destination count for clients that a destination does not name itself', () => {
    const { access } = read(
      entry('ServiceIntentions', 'api', '{ destination: { name: api }, sources: [{ name: web, action: allow }] }'),
      facts +
        entry(
          'ServiceIntentions',
          'all',
          '{ destination: { name: "*" }, sources: [{ name: web, action: deny }, { name: batch, action: allow }] }',
        ),
    );
    assert.deepEqual(
      access[0]?.rules.map((it) => [
        it.effect,
        it.clients[0]?.value.type === 'service' && it.clients[0].value.service.name,
      ]),
      [
        ['allow', 'web'],
        ['allow', 'batch'],
      ],
    );
  });

  test('of every destination are written for each service that has none of its own', () => {
    const { access, peculiar } = read(
      entry('ServiceIntentions', 'all', '{ destination: { name: "*" }, sources: [{ name: "*", action: deny }] }') +
        entry('ServiceIntentions', 'api', '{ destination: { name: api }, sources: [{ name: web, action: allow }] }'),
      facts,
    );
    assert.deepEqual(access.map((it) => it.target.value.service?.name).sort(), ['api', 'batch', 'web']);
    assert.ok(peculiar.some((it) => it.code === 'wildcard-destination' && it.risk === 'security'));
  });

  test('of a service whose pods nobody knows are lost, and that weakens security', () => {
    const { access, peculiar } = read(
      entry('ServiceIntentions', 'api', '{ destination: { name: api }, sources: [{ name: web, action: allow }] }'),
    );
    assert.deepEqual(access, []);
    assert.deepEqual(
      peculiar.map((it) => it.risk),
      ['security'],
    );
  });
});
