/** Structure and prose are joined, and prose that does not fit stops the build. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

interface Fold {
  foldSchemas(
    root?: string,
    options?: { kinds?: readonly string[] },
  ): { schemas: Record<string, string>; annotationDocs: string };
  coverage(root: string, key: string): string[];
  schemaKeys(root?: string): string[];
}

const { foldSchemas, coverage, schemaKeys } = (await import(
  pathToFileURL(path.resolve('schemas/fold.mjs')).href
)) as Fold;

const folder = mkdtempSync(path.join(tmpdir(), 'fold-'));
after(() => rmSync(folder, { recursive: true }));

const structure = {
  group: 'example.com',
  kind: 'Thing',
  versions: [{ name: 'v1', served: true, storage: true, deprecated: false }],
  variants: ['v1'],
  root: {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          mode: { type: 'string', enum: ['ON', 'OFF'] },
          first: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } } },
          others: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
          byName: { type: 'object', values: { type: 'object', properties: { name: { type: 'string' } } } },
        },
      },
    },
  },
};

let count = 0;

/** A schema folder with the one kind mesh/thing. */
function write(docs: string, files: Record<string, string> = {}): string {
  const root = path.join(folder, String(++count));
  const all = {
    'mesh/thing.json': JSON.stringify(structure),
    'mesh/thing.docs.yaml': `kind: Thing\ngroup: example.com\nlink: https://example.com/thing/\n${docs}`,
    'kubernetes/metadata.json': JSON.stringify({
      ...structure,
      group: '',
      kind: 'ObjectMeta',
      root: { type: 'object' },
    }),
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

interface Folded {
  readonly docs: {
    readonly link: string;
    readonly since?: Record<string, string>;
    readonly fields: Record<string, number>;
    readonly texts: readonly { readonly text: string; readonly link?: string }[];
  };
}

function docsOf(root: string): Folded['docs'] {
  return (JSON.parse(foldSchemas(root).schemas['mesh/thing'] ?? '') as Folded).docs;
}

function textsOf(root: string): Record<string, string | undefined> {
  const { fields, texts } = docsOf(root);
  return Object.fromEntries(Object.entries(fields).map(([at, position]) => [at, texts[position]?.text]));
}

describe('shared prose', () => {
  test('a block serves maps, list items and map values, and a field of its own goes first', () => {
    const root = write(`
fields:
  spec.first: { use: Named, text: The first. }
  spec.first.name: { text: Its own name. }
  spec.others[*]: { use: Named }
  spec.byName.*: { use: Named }
shared:
  Named: { name: { text: A name. }, port: { text: A port. } }
`);
    assert.deepEqual(textsOf(root), {
      'spec.byName.*.name': 'A name.',
      'spec.first': 'The first.',
      'spec.first.name': 'Its own name.',
      'spec.first.port': 'A port.',
      'spec.others[*].name': 'A name.',
    });
    assert.deepEqual(coverage(root, 'mesh/thing'), ['spec', 'spec.mode', 'spec.others', 'spec.byName']);
  });

  test('equal texts are kept once, and fragments become addresses', () => {
    const root = write(`
fields:
  spec.first.name: { text: A name., link: "#name" }
  spec.others[*].name: { text: A name., link: "#name" }
`);
    const { fields, texts } = docsOf(root);
    assert.deepEqual(fields, { 'spec.first.name': 0, 'spec.others[*].name': 0 });
    assert.deepEqual(texts, [{ text: 'A name.', link: 'https://example.com/thing/#name' }]);
  });

  test('blocks of the mesh and of another mesh are found', () => {
    const root = write('fields: { "spec.first": { use: Named }, "spec.others[*]": { use: kubernetes/Named } }', {
      'mesh/shared.docs.yaml': 'shared: { Named: { name: { text: Ours. } } }',
      'kubernetes/shared.docs.yaml': 'shared: { Named: { name: { text: Theirs. } } }',
    });
    assert.deepEqual(textsOf(root), { 'spec.first.name': 'Ours.', 'spec.others[*].name': 'Theirs.' });
  });
});

test('a kind came in a release, or its versions did', () => {
  assert.deepEqual(docsOf(write('since: "1.2"')).since, { '*': '1.2' });
  assert.deepEqual(docsOf(write('since: { v1: "1.2" }')).since, { v1: '1.2' });
});

describe('prose that does not fit', () => {
  const cases: [string, string, RegExp][] = [
    [
      'a field that is not there',
      'fields: { "spec.frist": { text: A. } }',
      /mesh\/thing\.docs\.yaml: fields\.spec\.frist: Thing has no such field/,
    ],
    [
      'a field at another place',
      'fields: { "spec.name": { text: A. } }',
      /It has spec\.first\.name, spec\.others\[\*\]\.name/,
    ],
    [
      'an enum value that is not there',
      'fields: { "spec.mode": { text: A., values: { MAYBE: B. } } }',
      /spec\.mode: values\.MAYBE: the structure allows ON, OFF/,
    ],
    ['a word that is not known', 'fields: { "spec.mode": { txt: A. } }', /"txt" is not one of/],
    [
      'a value that is no text',
      'fields: { "spec.mode": { text: A., default: 5 } }',
      /default should be text; put it in quotes/,
    ],
    ['a block that is not there', 'fields: { "spec.first": { use: Nobody } }', /no shared block is named "Nobody"/],
    [
      'a block that uses itself',
      'fields: { "spec.first": { use: A } }\nshared: { A: { name: { use: A } } }',
      /A uses itself: mesh\/thing#A → mesh\/thing#A/,
    ],
    [
      'a block whose field fits nowhere',
      'fields: { "spec.first": { use: A } }\nshared: { A: { nmae: { text: B. } } }',
      /shared\.A\.nmae: none of the places/,
    ],
    ['a release of a version that is not there', 'since: { v2: "1.2" }', /since: there is no version "v2"/],
    ['a release that is a number', 'since: { v1: 1.20 }', /since: "v1" should be text; put it in quotes/],
    ['a kind that came in a number', 'since: 1.20', /since: should be text in quotes/],
    ['broken YAML', 'fields: { a: [', /mesh\/thing\.docs\.yaml: /],
    ['annotations without a place', '', /annotations\.docs\.yaml: a\/b: on should list/],
  ];
  for (const [name, docs, message] of cases) {
    test(name, () => {
      const files: Record<string, string> = name.startsWith('annotations')
        ? { 'mesh/annotations.docs.yaml': 'a/b: { text: B. }' }
        : {};
      assert.throws(() => foldSchemas(write(docs, files)), message);
    });
  }
});

describe('our own schemas', () => {
  test('all prose fits', () => {
    const { schemas, annotationDocs } = foldSchemas(path.resolve('schemas'));
    assert.ok(Object.keys(schemas).length >= 67);
    assert.equal(typeof JSON.parse(annotationDocs), 'object');
  });

  test('a list of kinds keeps the bundle small and must be right', () => {
    const { schemas } = foldSchemas(path.resolve('schemas'), { kinds: ['istio/gateway'] });
    assert.deepEqual(Object.keys(schemas), ['istio/gateway', 'kubernetes/metadata']);
    assert.throws(
      () => foldSchemas(path.resolve('schemas'), { kinds: ['istio/gatway'] }),
      /schemas\/istio\/gatway\.json is asked for/,
    );
  });

  test('a kind that has prose has it for every field below spec', () => {
    const root = path.resolve('schemas');
    const { schemas } = foldSchemas(root);
    for (const key of schemaKeys(root)) {
      const { docs } = JSON.parse(schemas[key] ?? '') as { docs: { summary?: string } };
      if (docs.summary)
        assert.deepEqual(
          coverage(root, key).filter((it) => it !== 'spec'),
          [],
          `${key} lacks prose.`,
        );
    }
  });
});
