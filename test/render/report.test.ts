/** What people read of a conversion: what needs a decision first, the rest at hand. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotationDocs, schemas } from 'meshwright:schemas';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { loadAnnotations } from '../../server/src/model/annotations.ts';
import { loadSchemas } from '../../server/src/model/schema.ts';
import { applyChange, createWorkspace } from '../../server/src/model/workspace.ts';
import { convert } from '../../server/src/queries/convert.ts';
import { reportMarkdown } from '../../server/src/render/report-markdown.ts';
import { reportText } from '../../server/src/render/report-text.ts';

const uri = 'file:///shop/cart.yaml';

const source = `apiVersion: v1
kind: Service
metadata: { name: cart, namespace: shop }
spec: { selector: { app: cart }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: cart, namespace: shop }
spec:
  hosts: [cart]
  http:
    - route:
        - destination: { host: cart }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: cart, namespace: shop }
spec:
  host: cart
  trafficPolicy:
    connectionPool: { tcp: { maxConnections: 10 } }
    outlierDetection: { consecutive5xxErrors: 5 }
`;

const knowledge = { tables, schemas: loadSchemas(schemas), annotations: loadAnnotations(annotationDocs) };
const workspace = applyChange(createWorkspace(knowledge), { files: new Map([[uri, source]]) });
const conversion = convert(workspace, { uris: [uri] }, 'linkerd');

test('the resource that loses something comes first', () => {
  const markdown = reportMarkdown(workspace, conversion);
  assert.ok(markdown.indexOf('## DestinationRule/shop/cart') < markdown.indexOf('## VirtualService/shop/cart'));
  const text = reportText(workspace, conversion, { columns: 80, color: false });
  assert.ok(text.indexOf('DestinationRule/shop/cart') < text.indexOf('VirtualService/shop/cart'));
});

test('what is carried over is folded away beside what is lost, and shown where nothing is', () => {
  const [rule = '', route = ''] = reportMarkdown(workspace, conversion).split('## VirtualService/shop/cart');
  assert.match(rule, /\*\*lost\*\*[^]*<details>[^]*Carried over/);
  assert.doesNotMatch(route.split('\n## ')[0] ?? '', /<details>/);
});

test('text on a terminal keeps to its width, and colours only when asked', () => {
  const text = reportText(workspace, conversion, { columns: 60, color: false });
  // A path that is longer than a line stays whole.
  const tooWide = text
    .split('\n')
    .filter((it) => it.startsWith(' ') && it.length > 60 && it.split(/\s+/).every((word) => word.length < 45));
  assert.deepEqual(tooWide, []);
  assert.ok(!text.includes('\u001b'));
  assert.ok(reportText(workspace, conversion, { columns: 60, color: true }).includes('\u001b['));
});
