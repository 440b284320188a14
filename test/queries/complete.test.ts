/** What stands beside the items of completion, which pages do not show. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, type Completion } from '../../server/src/queries/complete.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

test('an alternative names the others', () => {
  const item = itemAt('kind: Server\napiVersion: policy.linkerd.io/v1beta3\nspec:\n  port: 80\n  ', 'podSelector');
  assert.equal(item.detail, 'object · one of 2');
  assert.match(item.documentation() ?? '', /^Exactly one has to be set: this or `externalWorkloadSelector`\./);
});

test('a field of a union names the fields of its other types', () => {
  const head = 'kind: HTTPRoute\napiVersion: gateway.networking.k8s.io/v1\n';
  const item = itemAt(`${head}spec:\n  rules:\n    - filters:\n        - `, 'urlRewrite');
  assert.match(item.documentation() ?? '', /^At most one may be set: this, .*`requestRedirect`/);
});

test('a whole resource shows what it will write', () => {
  const item = itemAt('', 'PeerAuthentication');
  assert.equal(item.detail, 'pa · security.istio.io');
  assert.match(item.documentation() ?? '', /^```yaml\napiVersion: security.istio.io\/v1\n[^]*mode: STRICT\n```/);
});

test('a key leads on to its value, and so does a type to its field', () => {
  const head = 'kind: HTTPRoute\napiVersion: gateway.networking.k8s.io/v1\n';
  const filter = `${head}spec:\n  rules:\n    - filters:\n        - `;
  assert.ok(itemAt(filter, 'type').continues);
  assert.ok(itemAt(`${filter}type: `, 'RequestMirror').continues);
});

/** The item of a label at the end of a file. */
function itemAt(text: string, label: string): Completion {
  const items = complete(workspaceOf(new Map([['manifest.yaml', text]])), uriOf('manifest.yaml'), text.length);
  const item = items.find((it) => it.label === label);
  assert.ok(item, `${label} among ${items.map((it) => it.label).join(', ')}`);
  return item;
}
