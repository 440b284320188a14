/** From an entry of a conversion's report to the lines of its result. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathText } from '../../server/src/model/text.ts';
import { convert } from '../../server/src/queries/convert.ts';
import { resultPlaces } from '../../server/src/queries/conversion-places.ts';
import type { DialectId } from '../../server/src/meshes/mesh.ts';
import { uriOf, workspaceOf } from '../harness/conversion.ts';

const service =
  'apiVersion: v1\nkind: Service\nmetadata:\n  name: reviews\n  namespace: shop\nspec:\n  ports: [{ port: 80 }]\n';
const route =
  'apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: { name: reviews, namespace: shop }\nspec:\n  hosts: [reviews]\n  http: [{ timeout: 2s, mirror: { host: reviews }, route: [{ destination: { host: reviews } }] }]\n';
const breaker =
  'apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: reviews, namespace: shop }\nspec: { host: reviews, trafficPolicy: { outlierDetection: { consecutive5xxErrors: 3 } } }\n';

/** The text at each place that a leaf leads to, with the file it stands in. */
function textsAt(to: DialectId, leaf: string): readonly string[] {
  const files = new Map([
    ['shop.yaml', service],
    ['page.yaml', `${route}---\n${breaker}`],
  ]);
  const workspace = workspaceOf(files);
  const conversion = convert(workspace, { uris: [uriOf('page.yaml')] }, to);
  const placesOf = resultPlaces(workspace, conversion);
  const entry = conversion.report.find((it) => pathText(it.path) === leaf);
  assert.ok(entry, leaf);
  return placesOf(entry).map((it) => {
    const name = 'output' in it ? `output ${it.output}` : it.uri;
    const text = 'output' in it ? conversion.outputs[it.output]?.text : workspace.manifests.get(it.uri)?.text;
    return `${name}: ${text?.slice(it.range.start, it.range.end)}`;
  });
}

test('a field of a new manifest is found with its value', () => {
  assert.deepEqual(textsAt('linkerd', 'spec.http[0].timeout'), ['output 0: request: 2s']);
  assert.deepEqual(textsAt('consul', 'spec.http[0].timeout'), ['output 0: requestTimeout: 2s']);
});

test('what is set in a file that exists leads to where it will stand', () => {
  const [place] = textsAt('linkerd', 'spec.trafficPolicy.outlierDetection.consecutive5xxErrors');
  assert.equal(place, `${uriOf('shop.yaml')}: metadata`);
});

test('what was lost leads nowhere', () => {
  assert.deepEqual(textsAt('linkerd', 'spec.http[0].mirror.host'), []);
});
