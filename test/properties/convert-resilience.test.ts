/**
 * What conversions keep of how clients talk to services: durations whatever their unit, and limits, ejections and keys of
 * hashes there and back, where both directions say that nothing changes.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments, stringify } from 'yaml';
import { durationText, parseDuration } from '../../server/src/meshes/consul/convert/durations.ts';
import { readDuration, writeDuration } from '../../server/src/meshes/istio/convert/durations.ts';
import {
  readDuration as readGatewayDuration,
  writeDuration as writeGatewayDuration,
} from '../../server/src/meshes/kubernetes/gateway/convert/routes.ts';
import { annotationDuration } from '../../server/src/meshes/linkerd/convert/annotations.ts';
import type { MeshId } from '../../server/src/model/mesh-id.ts';
import { valueAt } from '../../server/src/model/value.ts';
import { convert } from '../../server/src/queries/convert.ts';
import fc from '../harness/fast-check.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';

const runs = { numRuns: Number(process.env['RUNS'] ?? 30) };

/** From a millisecond to a few days. */
const millis = fc.integer({ min: 1, max: 400_000_000 });
const wholeSeconds = fc.integer({ min: 1, max: 99_999 }).map((it) => it * 1000);

test('Durations keep their value in the words of each mesh', () => {
  fc.assert(
    fc.property(fc.oneof(millis, wholeSeconds), (value) => {
      assert.equal(readDuration(writeDuration(value)), value);
      assert.equal(parseDuration(durationText(value)), value);
      const annotation = annotationDuration(value);
      assert.match(annotation, /^\d+(?:ms|s)$/);
      assert.equal(readGatewayDuration(annotation), value);
    }),
    runs,
  );
});

test('Durations of the Gateway API are one number of five digits and a unit, never less than what was asked', () => {
  fc.assert(
    fc.property(fc.oneof(millis, wholeSeconds), (value) => {
      const text = writeGatewayDuration(value);
      assert.match(text, /^\d{1,5}(?:ms|s|m|h)$/);
      const read = readGatewayDuration(text) ?? 0;
      assert.ok(read >= value);
      if (value < 100_000 || value % 1000 === 0) assert.equal(read, value);
    }),
    runs,
  );
});

/** A service and its one client. */
const shop = ['web', 'a']
  .map(
    (name) =>
      `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }\n`,
  )
  .join('---\n');

/** What becomes of manifests in another mesh, as plain values. */
function converted(manifests: readonly unknown[], to: MeshId): readonly unknown[] {
  const text = manifests.map((it) => stringify(it, { version: '1.1', aliasDuplicateObjects: false })).join('---\n');
  const workspace = workspaceOf(
    new Map([
      ['shop.yaml', shop],
      ['page.yaml', text],
    ]),
  );
  const { outputs } = convert(workspace, { uris: [uriOf('page.yaml')] }, to);
  return outputs.flatMap((it) => parseAllDocuments(it.text, { version: '1.1' }).map((document) => document.toJS()));
}

function found(manifests: readonly unknown[], kind: string, name: string): unknown {
  return manifests.find((it) => valueAt(it, ['kind']) === kind && valueAt(it, ['metadata', 'name']) === name);
}

const duration = fc.integer({ min: 1, max: 3_600_000 }).map((it) => `${it}ms`);
const percent = fc.integer({ min: 1, max: 100 });
const count = fc.integer({ min: 1, max: 2_147_483_647 });

/** A value with its durations in one form, since meshes write `1000ms` as `1s`. */
function normalized(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, it: unknown) =>
    typeof it === 'string' ? (readDuration(it) ?? it) : it,
  );
}

test('Limits, ejections and connect timeouts of a DestinationRule come back from Consul', () => {
  const policy = fc.record({
    connectionPool: fc.record({
      tcp: fc.record({ maxConnections: count, connectTimeout: duration }),
      http: fc.record({ http1MaxPendingRequests: count, http2MaxRequests: count }),
    }),
    outlierDetection: fc.record({
      consecutive5xxErrors: fc.integer({ min: 1, max: 100 }),
      interval: duration,
      baseEjectionTime: duration,
      maxEjectionPercent: percent,
    }),
  });
  fc.assert(
    fc.property(policy, (trafficPolicy) => {
      const rule = {
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { host: 'web', trafficPolicy },
      };
      const back = converted(converted([rule], 'consul'), 'istio');
      const ofClient = found(back, 'DestinationRule', 'web-a');
      assert.deepEqual(normalized(valueAt(ofClient, ['spec', 'trafficPolicy'])), normalized(trafficPolicy));
    }),
    runs,
  );
});

test('What a client of Consul asks of its upstreams comes back from Istio', () => {
  const block = fc.record({
    connectTimeoutMs: fc.integer({ min: 1, max: 600_000 }),
    limits: fc.record({ maxConnections: count, maxPendingRequests: count, maxConcurrentRequests: count }),
    passiveHealthCheck: fc.record({
      interval: duration,
      maxFailures: fc.integer({ min: 1, max: 100 }),
      maxEjectionPercent: percent,
      baseEjectionTime: duration,
    }),
  });
  fc.assert(
    fc.property(block, block, (defaults, override) => {
      const entry = {
        apiVersion: 'consul.hashicorp.com/v1alpha1',
        kind: 'ServiceDefaults',
        metadata: { name: 'a', namespace: 'shop' },
        spec: { upstreamConfig: { defaults, overrides: [{ name: 'web', ...override }] } },
      };
      const back = found(converted(converted([entry], 'istio'), 'consul'), 'ServiceDefaults', 'a');
      const config = valueAt(back, ['spec', 'upstreamConfig']);
      assert.deepEqual(normalized(valueAt(config, ['defaults'])), normalized(defaults));
      assert.deepEqual(normalized(valueAt(config, ['overrides', 0])), normalized({ name: 'web', ...override }));
    }),
    runs,
  );
});

test('Keys of hashes and sizes of rings come back from Consul', () => {
  const name = fc.stringMatching(/^[a-z][a-z-]{0,10}[a-z]$/);
  const key = fc.oneof(
    fc.record({ httpHeaderName: name }),
    fc.record({ httpQueryParameterName: name }),
    fc.constant({ useSourceIp: true }),
    fc.record({ httpCookie: fc.record({ name, ttl: fc.oneof(fc.constant('0s'), duration) }) }),
    fc.record({ httpCookie: fc.record({ name, path: fc.constantFrom('/', '/cart'), ttl: duration }) }),
  );
  const ring = fc.oneof(
    fc.constant({}),
    fc.constant({ maglev: {} }),
    fc.record({ ringHash: fc.record({ minimumRingSize: fc.integer({ min: 1, max: 4096 }) }) }),
  );
  fc.assert(
    fc.property(key, ring, (by, size) => {
      const consistentHash = { ...by, ...size };
      const rule = {
        apiVersion: 'networking.istio.io/v1',
        kind: 'DestinationRule',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { host: 'web', trafficPolicy: { loadBalancer: { consistentHash } } },
      };
      const back = found(converted(converted([rule], 'consul'), 'istio'), 'DestinationRule', 'web');
      const balancer = valueAt(back, ['spec', 'trafficPolicy', 'loadBalancer', 'consistentHash']);
      assert.deepEqual(normalized(balancer), normalized(consistentHash));
    }),
    runs,
  );
});
