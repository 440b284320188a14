/** What editors draw around a text: folds, selections, links, highlights, and the symbols of the whole workspace. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LineIndex } from '../../server/src/model/text.ts';
import { folding } from '../../server/src/queries/folding.ts';
import { highlights } from '../../server/src/queries/highlights.ts';
import { links } from '../../server/src/queries/links.ts';
import { selectionRanges } from '../../server/src/queries/selection-ranges.ts';
import { symbolLocation, workspaceSymbols } from '../../server/src/queries/workspace-symbols.ts';
import { uriOf, workspaceOf } from '../harness/check.ts';

const manifest = uriOf('manifest.yaml');
const files = (texts: Readonly<Record<string, string>>) => workspaceOf(new Map(Object.entries(texts)));
const file = (text: string) => files({ 'manifest.yaml': text });

/** Folds as `first-last` lines from 1, comments with a `#`. */
function foldsOf(text: string): string[] | undefined {
  const lines = new LineIndex(text);
  const line = (offset: number) => lines.positionAt(offset).line + 1;
  return folding(file(text), manifest)?.map(
    ({ range, type }) => `${type === 'comment' ? '#' : ''}${line(range.start)}-${line(range.end)}`,
  );
}

/** The texts that a growing selection takes in at `$0`, without the whole file. */
function selected(marked: string): string[] {
  const offset = marked.indexOf('$0');
  const text = marked.replace('$0', '');
  const ranges = selectionRanges(file(text), manifest, offset);
  for (const [position, { start, end }] of ranges.entries()) {
    assert.ok(start <= offset && offset <= end);
    const inner = ranges[position - 1];
    assert.ok(!inner || (start <= inner.start && inner.end <= end && end - start > inner.end - inner.start));
  }
  return ranges.slice(0, -1).map((it) => text.slice(it.start, it.end));
}

describe('folding', () => {
  test('takes documents, resources, fields and items, each line once', () => {
    const text = `# About this file,
# in two lines.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
spec:
  hosts: [reviews]
  http:
    - name: canary
      route:
        - destination:
            host: reviews
    - route:
      - destination: { host: reviews }

---
# Rules
apiVersion: v1
kind: Service
metadata: { name: reviews }
`;
    assert.deepEqual(foldsOf(text), [
      '#1-2',
      '3-15',
      '5-6',
      '7-15',
      '9-15',
      '10-13',
      '11-13',
      '12-13',
      '14-15',
      '17-21',
      '19-21',
    ]);
  });

  test('takes block scalars whole, with what looks like comments in them, and leaves blank lines and comments below', () => {
    const text = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
spec:
  inline: |
    # first
    # second
    a: b

    # last

# The next one
# begins here.
  next: 1
`;
    assert.deepEqual(foldsOf(text), ['1-13', '3-13', '4-9', '#11-12']);
  });

  test('works in half-typed documents, templates and collections over several lines', () => {
    const text = `apiVersion: v1
kind: Service
metadata:
  nam
  labels: {
    app: reviews
  }
{{- if .Values.ports }}
spec:
  ports:
    - port: 80
      nam
{{- end }}
`;
    assert.deepEqual(foldsOf(text), ['1-12', '3-7', '5-7', '9-12', '10-12', '11-12']);
  });

  test('leaves files without a manifest to others', () => {
    assert.equal(foldsOf('a:\n  b: c\n'), undefined);
    assert.deepEqual(foldsOf('apiVersion: v1\r\nkind: Service\r\nmetadata:\r\n  name: a\r\n'), ['1-4', '3-4']);
  });

  test('is linear in the length of a file, however deep or blank', () => {
    const deep = Array.from({ length: 2_000 }, (_, it) => `${' '.repeat(it % 60)}k${it}:\n`).join('\n\n# x\n');
    const started = performance.now();
    foldsOf(`apiVersion: v1\nkind: Service\n${deep.repeat(20)}`);
    assert.ok(performance.now() - started < 5_000);
  });
});

describe('selection', () => {
  const head = 'apiVersion: v1\nkind: Service\n';

  test('grows from the scalar to its field, item, list, and on to the document', () => {
    const text = `${head}spec:\n  ports:\n    - name: ht$0tp\n      port: 80\n    - port: 90\n---\nkind: Other\n`;
    assert.deepEqual(selected(text), [
      'http',
      'name: http',
      'name: http\n      port: 80',
      '- name: http\n      port: 80',
      '- name: http\n      port: 80\n    - port: 90',
      'ports:\n    - name: http\n      port: 80\n    - port: 90',
      'spec:\n  ports:\n    - name: http\n      port: 80\n    - port: 90',
      `${head}spec:\n  ports:\n    - name: http\n      port: 80\n    - port: 90`,
      `${head}spec:\n  ports:\n    - name: http\n      port: 80\n    - port: 90\n`,
    ]);
  });

  test('grows through collections in braces and quotes, closed or not', () => {
    assert.deepEqual(selected(`${head}metadata: { name: "revi$0ews", labels: { a: b } }\n`).slice(0, 5), [
      'reviews',
      '"reviews"',
      'name: "reviews"',
      '{ name: "reviews", labels: { a: b } }',
      'metadata: { name: "reviews", labels: { a: b } }',
    ]);
    assert.deepEqual(selected(`${head}spec:\n  a: [one, tw$0o\n  b: 1\n`).slice(0, 4), [
      'two',
      '[one, two',
      'a: [one, two',
      'a: [one, two\n  b: 1',
    ]);
  });

  test('grows from a line of a block scalar to all of it', () => {
    assert.deepEqual(selected(`${head}data:\n  a: |\n    one\n    tw$0o words\n  b: 1\n`).slice(0, 4), [
      'two words',
      'one\n    two words',
      '|\n    one\n    two words',
      'a: |\n    one\n    two words',
    ]);
  });

  test('has something at every place of a half-typed file', () => {
    const text = `${head}spec:\n  - a: {b: "c\n  d\n \t e: [\n- "`;
    for (let at = 0; at <= text.length; at += 1) selected(`${text.slice(0, at)}$0${text.slice(at)}`);
  });
});

describe('links', () => {
  test('lead from a kustomization to its files, and to the kustomization of a folder', () => {
    const text = `resources:
  - ../base
  - service.yaml
  - https://github.com/shop/base?ref=v1
  - ../nowhere
patches:
  - path: patch.json
  - patch: |
      kind: Service
patchesStrategicMerge: [old.yaml]
`;
    const workspace = files({
      'overlay/kustomization.yaml': text,
      'base/kustomization.yaml': '',
      'overlay/service.yaml': '',
    });
    const found = links(workspace, uriOf('overlay/kustomization.yaml'));
    assert.deepEqual(
      found.map((it) => [text.slice(it.range.start, it.range.end), it.target]),
      [
        ['../base', uriOf('base/kustomization.yaml')],
        ['service.yaml', uriOf('overlay/service.yaml')],
        ['https://github.com/shop/base?ref=v1', 'https://github.com/shop/base?ref=v1'],
        ['patch.json', uriOf('overlay/patch.json')],
        ['old.yaml', uriOf('overlay/old.yaml')],
      ],
    );
  });

  test('take addresses in values, annotations and comments, and none that are not whole', () => {
    const text = `# See https://example.com/docs, and (http://a.b/c).
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: { name: jwt, annotations: { runbook: "https://example.com/run?a=b#c" } }
spec:
  jwtRules:
    - issuer: https://issuer.example.com
      jwksUri: https://{{ .Values.host }}/keys
      fromParams: ['https://*.example.com']
`;
    assert.deepEqual(
      links(file(text), manifest).map((it) => it.target),
      ['https://example.com/docs', 'http://a.b/c', 'https://example.com/run?a=b#c', 'https://issuer.example.com'],
    );
  });
});

describe('highlights', () => {
  test('show a name in all its forms, uses apart from its definition', () => {
    const text = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: shop }
spec:
  host: reviews
  subsets:
    - name: v1
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews, namespace: shop }
spec:
  http:
    - route:
        - destination: { host: reviews, subset: v1 }
        - destination: { host: reviews.shop.svc.cluster.local, subset: v1 }
        - destination: { host: ratings, subset: v1 }
`;
    const uses = files({ 'manifest.yaml': text, 'other.yaml': text });
    const found = highlights(uses, manifest, text.indexOf('subset: v1') + 'subset: '.length);
    const lines = new LineIndex(text);
    assert.deepEqual(
      found.map((it) => `${lines.positionAt(it.range.start).line + 1} ${it.type}`),
      ['7 write', '15 read', '16 read'],
    );
    assert.deepEqual(highlights(uses, manifest, 0), []);
  });
});

describe('symbols of the workspace', () => {
  const service = (name: string, namespace = 'shop') =>
    `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: ${namespace} }\n`;
  const rule = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: bank }
spec: { host: reviews, subsets: [{ name: v1 }, { name: canary }] }
`;
  const resolver = `apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceResolver
metadata: { name: ratings }
spec: { subsets: { stable: {} } }
`;
  const workspace = files({
    'a/services.yaml': `${service('reviews')}---\n${service('review-archive')}---\n${service('ratings')}`,
    'b/rules.yaml': `${rule}---\n${resolver}`,
    'c/other.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata: { name: reviews }\n',
  });
  const found = (query: string) => workspaceSymbols(workspace, query).map((it) => `${it.name} (${it.container})`);

  test('are found by letters of their names, the closest first', () => {
    assert.deepEqual(found('reviews'), ['DestinationRule reviews (bank)', 'Service reviews (shop)']);
    assert.deepEqual(found('rev'), [
      'DestinationRule reviews (bank)',
      'Service review-archive (shop)',
      'Service reviews (shop)',
      'ServiceResolver ratings (default)',
    ]);
    assert.deepEqual(found('dr rev'), ['DestinationRule reviews (bank)']);
    assert.deepEqual(found('canary'), ['subsets[canary] (bank › DestinationRule reviews)']);
    assert.deepEqual(found('stable'), ['subsets.stable (default › ServiceResolver ratings)']);
    assert.equal(found('').length, 8);
    assert.deepEqual(found('xyz'), []);
  });

  test('know where they stand', () => {
    for (const [query, word] of [
      ['canary', 'canary'],
      ['stable', 'stable'],
      ['Service ratings', 'ratings'],
    ] as const) {
      const [symbol] = workspaceSymbols(workspace, query);
      const place = symbol && symbolLocation(workspace, symbol.place);
      assert.ok(place);
      assert.equal(workspace.manifests.get(place.uri)?.text.slice(place.range.start, place.range.end), word);
    }
  });

  test('are at most 200, and quick to find in 2,000 files', () => {
    const many = files(
      Object.fromEntries(Array.from({ length: 2_000 }, (_, it) => [`${it}.yaml`, `${service(`s${it}`)}---\n${rule}`])),
    );
    workspaceSymbols(many, '');
    const started = performance.now();
    assert.equal(workspaceSymbols(many, 's').length, 200);
    assert.equal(workspaceSymbols(many, 's1999')[0]?.name, 'Service s1999');
    assert.ok(performance.now() - started < 1_000);
  });
});
