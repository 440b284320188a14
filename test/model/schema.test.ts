/** Walking a kind: versions, channels, paths, choices, prose. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { schemas } from 'meshwright:schemas';
import { nearest } from '../../server/src/model/nearest.ts';
import { type KindSchema, loadSchemas, schemaAt, schemaFromCrd } from '../../server/src/model/schema.ts';

const set = loadSchemas(schemas);

function schemaOf(key: string, version: string, channel?: string): KindSchema {
  const schema = set.for(key, version, channel);
  assert.ok(schema, `${key} ${version}`);
  return schema;
}

describe('versions and channels', () => {
  test('a version has its own fields', () => {
    const trafficSplit = (version: string) =>
      schemaAt(schemaOf('smi/trafficsplit', version).root, ['spec', 'backends', 0, 'weight']);
    assert.deepEqual(trafficSplit('v1alpha1')?.types, ['integer', 'string']);
    assert.deepEqual(trafficSplit('v1alpha2')?.types, ['number']);
    const matches = (version: string) => schemaAt(schemaOf('smi/trafficsplit', version).root, ['spec', 'matches']);
    assert.equal(matches('v1alpha2'), undefined);
    assert.ok(matches('v1alpha3') && matches('v1alpha4'));
  });

  test('a channel has its own fields, and the standard one is meant when none is named', () => {
    const retry = (channel?: string) =>
      schemaAt(schemaOf('kubernetes/httproute', 'v1', channel).root, ['spec', 'rules', 0, 'retry']);
    assert.equal(retry(), undefined);
    assert.equal(retry('standard'), undefined);
    assert.ok(retry('experimental'));
    assert.equal(schemaOf('kubernetes/httproute', 'v1', 'linkerd').channel, 'linkerd');
  });

  test('a channel that lacks the version leaves it to one that has it', () => {
    assert.equal(schemaOf('kubernetes/xmesh', 'v1alpha1', 'linkerd').channel, 'experimental');
    assert.equal(schemaOf('istio/gateway', 'v1', 'experimental').channel, undefined);
  });

  test('unknown keys and versions give nothing', () => {
    assert.equal(set.for('istio/virtualservice', 'v9'), undefined);
    assert.equal(set.for('istio/nothing', 'v1'), undefined);
    assert.equal(set.for('toString', 'v1'), undefined);
    assert.equal(set.docs('toString'), undefined);
  });

  test('two kinds of one name stay apart', () => {
    assert.equal(schemaOf('linkerd/httproute', 'v1beta3').group, 'policy.linkerd.io');
    assert.equal(schemaOf('kubernetes/httproute', 'v1').group, 'gateway.networking.k8s.io');
    assert.equal(schemaOf('kubernetes/gateway', 'v1').group, 'gateway.networking.k8s.io');
    assert.equal(schemaOf('istio/gateway', 'v1').group, 'networking.istio.io');
  });

  test('a version says whether it is served and where', () => {
    const { versions } = schemaOf('kubernetes/tlsroute', 'v1');
    assert.deepEqual(versions.find((it) => it.name === 'v1alpha2')?.channels, ['experimental', 'linkerd']);
    assert.equal(schemaOf('linkerd/server', 'v1beta1').versions.find((it) => it.name === 'v1beta1')?.deprecated, true);
  });
});

describe('paths', () => {
  const { root } = schemaOf('istio/virtualservice', 'v1');

  test('a node knows its pattern, and asking twice gives the same node', () => {
    const node = schemaAt(root, ['spec', 'http', 3, 'route', 0, 'destination', 'host']);
    assert.equal(node?.path, 'spec.http[*].route[*].destination.host');
    assert.equal(node, schemaAt(root, ['spec', 'http', 0, 'route', 1, 'destination', 'host']));
    assert.equal(
      schemaAt(root, ['spec', 'http', 0, 'match', 0, 'headers', 'x-user', 'exact'])?.path,
      'spec.http[*].match[*].headers.*.exact',
    );
  });

  test('a path that leads nowhere gives nothing', () => {
    assert.equal(schemaAt(root, ['spec', 0]), undefined);
    assert.equal(schemaAt(root, ['spec', 'hosts', 'a']), undefined);
    assert.equal(schemaAt(root, ['spec', 'zzzzzz', 'a', 0]), undefined);
    assert.equal(schemaAt(root, ['status']), undefined);
  });

  test('a misspelt key leads to what was meant, unless that is there as well', () => {
    assert.equal(schemaAt(root, ['spec', 'htpp', 0, 'timeout'])?.path, 'spec.http[*].timeout');
    const value = { spec: { htpp: [], http: [] } };
    assert.equal(schemaAt(root, ['spec', 'htpp', 0, 'timeout'], value), undefined);
  });

  test('every kind has apiVersion, kind and metadata, with our prose', () => {
    for (const key of set.keys) {
      const version =
        (JSON.parse(schemas[key] ?? '') as { structure: { variants: string[] } }).structure.variants[0]?.split(
          '@',
        )[0] ?? '';
      const { root: any } = schemaOf(key, version);
      assert.deepEqual([...any.properties.keys()].slice(0, 3), ['apiVersion', 'kind', 'metadata'], key);
      assert.ok(any.required.has('metadata') && any.ignored.has('status'));
      assert.deepEqual(schemaAt(any, ['metadata', 'labels', 'app'])?.types, ['string']);
      assert.ok(schemaAt(any, ['metadata', 'name'])?.doc?.text, key);
    }
  });
});

describe('choices', () => {
  test('alternatives are sets of names, also when a kind has several or wraps them', () => {
    const choicesAt = (key: string, version: string, path: string[]) =>
      schemaAt(schemaOf(key, version).root, path)?.choices;
    assert.deepEqual(choicesAt('linkerd/server', 'v1beta3', ['spec']), [['podSelector', 'externalWorkloadSelector']]);
    assert.deepEqual(choicesAt('linkerd/server', 'v1beta1', ['spec']), []);
    assert.deepEqual(choicesAt('istio/destinationrule', 'v1', ['spec', 'trafficPolicy', 'loadBalancer']), [
      ['simple', 'consistentHash'],
    ]);
    assert.deepEqual(
      choicesAt('istio/destinationrule', 'v1', ['spec', 'trafficPolicy', 'loadBalancer', 'consistentHash']),
      [
        ['httpHeaderName', 'httpCookie', 'useSourceIp', 'httpQueryParameterName'],
        ['ringHash', 'maglev'],
      ],
    );
    assert.deepEqual(choicesAt('istio/authorizationpolicy', 'v1', ['spec']), []);
  });
});

describe('a CRD of the workspace', () => {
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    spec: {
      group: 'policy.linkerd.io',
      names: { kind: 'Server', plural: 'servers' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1beta3',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: {
                    port: { type: 'string', description: 'Not ours.' },
                    added: { type: 'boolean', default: false },
                  },
                },
              },
            },
          },
        },
      ],
    },
  };

  test('it overrules the structure and keeps our prose by path', () => {
    const schema = schemaFromCrd(crd, 'v1beta3', set, 'linkerd/server');
    assert.ok(schema);
    assert.deepEqual([...(schemaAt(schema.root, ['spec'])?.properties.keys() ?? [])], ['port', 'added']);
    assert.deepEqual(schemaAt(schema.root, ['spec', 'port'])?.types, ['string']);
    assert.equal(schemaAt(schema.root, ['spec', 'added'])?.default, false);
    const builtIn = schemaAt(schemaOf('linkerd/server', 'v1beta3').root, ['spec', 'port'])?.doc;
    assert.equal(schemaAt(schema.root, ['spec', 'port'])?.doc, builtIn);
    assert.ok(schemaAt(schema.root, ['metadata', 'name'])?.doc);
  });

  test('what is no CRD, or half of one, gives nothing or an open kind', () => {
    for (const value of [
      undefined,
      5,
      [],
      {},
      { kind: 'CustomResourceDefinition' },
      { ...crd, spec: { ...crd.spec, names: 1 } },
    ]) {
      assert.equal(schemaFromCrd(value, 'v1', set), undefined);
    }
    assert.equal(schemaFromCrd(crd, 'v1', set), undefined);
    const bare = { ...crd, spec: { ...crd.spec, versions: [{ name: 'v1' }] } };
    assert.equal(schemaFromCrd(bare, 'v1', set)?.root.open, true);
  });

  test('a CRD that nests without end is cut off', () => {
    let schema: object = { type: 'string' };
    for (let level = 0; level < 5_000; level += 1) schema = { type: 'object', properties: { a: schema } };
    const deep = { ...crd, spec: { ...crd.spec, versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } };
    assert.ok(schemaFromCrd(deep, 'v1', set));
  });
});

test('nearest prefers the same letters, then beginnings, then few edits', () => {
  const fields = ['hosts', 'http', 'gateways', 'exportTo', 'loadBalancer', 'connectTimeout', 'connectionPool'];
  const cases: [string, string | undefined][] = [
    ['HTTP', 'http'],
    ['load_balancer', 'loadBalancer'],
    ['ex', 'exportTo'],
    ['htpt', 'http'],
    ['host', 'hosts'],
    ['gatewyas', 'gateways'],
    ['connectionpol', 'connectionPool'],
    ['tls', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ];
  for (const [word, expected] of cases) assert.equal(nearest(word, fields), expected, word);
});
