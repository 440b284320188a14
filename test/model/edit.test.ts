/** Changes told by path, as the text reads afterwards: the file's own style is kept. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { blockText, flowText, textEdits } from '../../server/src/model/edit.ts';
import { allResources, parseManifest, type Resource } from '../../server/src/model/manifest.ts';
import type { FixEdit } from '../../server/src/model/rule.ts';
import { applyEdits, type Path } from '../../server/src/model/text.ts';

const uri = 'file:///a.yaml';
const head = 'apiVersion: v1\nkind: Service\n';

/** What a body becomes when its resource is changed. */
function after(body: string, ...changes: readonly ((resource: Resource) => FixEdit)[]): string {
  const text = head + body;
  const manifest = parseManifest(uri, text);
  const [resource] = [...allResources(manifest)];
  assert.ok(resource);
  const edits = textEdits(
    changes.map((it) => it(resource)),
    () => manifest,
  );
  return applyEdits(text, edits.get(uri) ?? []).slice(head.length);
}

const put =
  (path: Path, value: unknown) =>
  (resource: Resource): FixEdit => ({ type: 'insert', resource, path, value });
const set =
  (path: Path, value: unknown) =>
  (resource: Resource): FixEdit => ({ type: 'replace-value', resource, path, value });
const drop =
  (path: Path) =>
  (resource: Resource): FixEdit => ({ type: 'delete', resource, path });
const rename =
  (path: Path, key: string) =>
  (resource: Resource): FixEdit => ({ type: 'rename-key', resource, path, key });
const spell =
  (path: Path, text: string) =>
  (resource: Resource): FixEdit => ({ type: 'spell-value', resource, path, text });

describe('replacing a value', () => {
  test('keeps quotes and comments', () => {
    assert.equal(after('a: "x" # why\n', set(['a'], 'z')), 'a: "z" # why\n');
    assert.equal(after("a: 'x'\n", set(['a'], "it's")), "a: 'it''s'\n");
    assert.equal(after('a: x\n', set(['a'], 'z')), 'a: z\n');
  });

  test('adds quotes where they are needed', () => {
    assert.equal(after('a: x\n', set(['a'], 'yes')), 'a: "yes"\n');
    assert.equal(after('a: { b: x }\n', set(['a', 'b'], 'p,q')), 'a: { b: "p,q" }\n');
  });

  test('that is missing puts it behind the colon', () => {
    assert.equal(after('a:\nb: 1\n', set(['a'], 2)), 'a: 2\nb: 1\n');
    assert.equal(after('a: {b:, c: 1}\n', set(['a', 'b'], 2)), 'a: {b: 2, c: 1}\n');
  });

  test('by a map or a list goes below the key', () => {
    assert.equal(after('a:\n  b: x\n  c: 1\n', set(['a', 'b'], ['x'])), 'a:\n  b:\n    - x\n  c: 1\n');
    assert.equal(after('a:\n  b: x\n', set(['a', 'b'], { d: { e: 1 } })), 'a:\n  b:\n    d:\n      e: 1\n');
  });

  test('by a map stays in braces where braces were', () => {
    assert.equal(after('a: { b: x }\n', set(['a'], { c: 1 })), 'a: { c: 1 }\n');
    assert.equal(after('a: {b: x}\n', set(['a'], { c: { d: 1 } })), 'a: {c: {d: 1}}\n');
  });
});

describe('spelling and renaming', () => {
  test('spell a value exactly so', () => assert.equal(after('a: 1.10\n', spell(['a'], '"1.10"')), 'a: "1.10"\n'));
  test('rename a key', () => assert.equal(after('a: { b: 1 }\n', rename(['a', 'b'], 'c')), 'a: { c: 1 }\n'));
  test('a key that needs quotes gets them', () => assert.equal(after('a: 1\n', rename(['a'], 'on')), '"on": 1\n'));
  test('the second of two equal keys is meant', () => {
    assert.equal(after('a: 1\na: 2\n', drop(['a'])), 'a: 1\n');
  });
});

describe('deleting', () => {
  test('takes whole lines', () => {
    assert.equal(after('a:\n  b: 1\n  c:\n    d: 2\n  e: 3\n', drop(['a', 'c'])), 'a:\n  b: 1\n  e: 3\n');
  });

  test('takes the comma inside braces', () => {
    assert.equal(after('a: { b: 1, c: 2 }\n', drop(['a', 'b'])), 'a: { c: 2 }\n');
    assert.equal(after('a: { b: 1, c: 2 }\n', drop(['a', 'c'])), 'a: { b: 1 }\n');
    assert.equal(after('a: [x, y, z]\n', drop(['a', 1])), 'a: [x, z]\n');
  });

  test('the first key of an item leaves the dash to the next', () => {
    assert.equal(after('a:\n  - b: 1\n    c: 2\n', drop(['a', 0, 'b'])), 'a:\n  - c: 2\n');
  });

  test('an item takes its lines', () => {
    assert.equal(after('a:\n  - b: 1\n    c: 2\n  - d: 3\n', drop(['a', 0])), 'a:\n  - d: 3\n');
  });

  test('the only field takes its empty parent along', () => {
    assert.equal(after('a:\n  b:\n    c: 1\nd: 2\n', drop(['a', 'b', 'c'])), 'd: 2\n');
  });
});

describe('inserting', () => {
  test('a field goes to the end of its map, at its column', () => {
    assert.equal(after('a:\n    b: 1\nc: 2\n', put(['a', 'd'], 3)), 'a:\n    b: 1\n    d: 3\nc: 2\n');
  });

  test('behind nested content, above an empty line', () => {
    assert.equal(after('a:\n  b:\n    c: 1\n\nd: 2\n', put(['a', 'e'], 3)), 'a:\n  b:\n    c: 1\n  e: 3\n\nd: 2\n');
  });

  test('into braces, empty or not, in their style', () => {
    assert.equal(after('a: { b: 1 }\n', put(['a', 'c'], { d: 2 })), 'a: { b: 1, c: { d: 2 } }\n');
    assert.equal(after('a: {b: 1}\n', put(['a', 'c'], { d: 2 })), 'a: {b: 1, c: {d: 2}}\n');
    assert.equal(after('a: {}\n', put(['a', 'b'], 1)), 'a: {b: 1}\n');
  });

  test('two fields into the same empty braces', () => {
    assert.equal(after('a: {}\n', put(['a', 'b'], 1), put(['a', 'c'], 2)), 'a: {b: 1, c: 2}\n');
  });

  test('an item goes below the last, as flat or deep as they stand', () => {
    assert.equal(after('a:\n- b: 1\n', put(['a', 1], { b: 2, c: 3 })), 'a:\n- b: 1\n- b: 2\n  c: 3\n');
    assert.equal(after('a:\n    - b: 1\n', put(['a', 1], { b: 2 })), 'a:\n    - b: 1\n    - b: 2\n');
    assert.equal(after('a: [1]\n', put(['a', 1], 2)), 'a: [1, 2]\n');
  });

  test('parents that are missing are made', () => {
    assert.equal(after('a: 1\n', put(['b', 'c', 'd'], 2)), 'a: 1\nb:\n  c:\n    d: 2\n');
    assert.equal(after('a:\nd: 1\n', put(['a', 'b', 'c'], 2)), 'a:\n  b:\n    c: 2\nd: 1\n');
  });

  test('into a file without a newline at its end', () => assert.equal(after('a: 1', put(['b'], 2)), 'a: 1\nb: 2'));

  test('into an item of a List', () => {
    const text = 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Service\n    spec:\n      a: 1\n';
    const manifest = parseManifest(uri, text);
    const [resource] = [...allResources(manifest)];
    assert.ok(resource);
    const edits = textEdits([put(['spec', 'b'], 2)(resource)], () => manifest);
    assert.equal(applyEdits(text, edits.get(uri) ?? []), `${text}      b: 2\n`);
  });
});

describe('a new document', () => {
  const append = (text: string) => {
    const manifest = parseManifest(uri, text);
    const edits = textEdits([{ type: 'append-document', uri, text: 'a: 1\n' }], () => manifest);
    return applyEdits(text, edits.get(uri) ?? []);
  };

  test('is separated once', () => {
    assert.equal(append('b: 1\n'), 'b: 1\n---\na: 1\n');
    assert.equal(append('b: 1'), 'b: 1\n---\na: 1\n');
    assert.equal(append('b: 1\n---\n'), 'b: 1\n---\na: 1\n');
    assert.equal(append(''), 'a: 1\n');
  });
});

describe('any value', () => {
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(
        'a',
        'yes',
        '',
        '1.10',
        'a: b',
        '- a',
        '# a',
        'a,b',
        '{',
        'two\nlines',
        1,
        0,
        -1.5,
        true,
        null,
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'on', 'b/c', '1', 'x y'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value;
  const read = (text: string) => parseManifest(uri, text).parts[0]?.value as { readonly kind?: unknown } | undefined;

  test('written in flow style reads back', () => {
    fc.assert(fc.property(value, (it) => assert.deepEqual(read(`kind: ${flowText(it)}\n`)?.kind, it)));
    fc.assert(fc.property(value, (it) => assert.deepEqual(read(`kind: ${flowText(it, true)}\n`)?.kind, it)));
  });

  test('written in block style reads back, whatever the indentation', () => {
    const style = fc.record({ listIndent: fc.constantFrom(0, 2, 4), indentStep: fc.constantFrom(2, 4) });
    fc.assert(
      fc.property(value, style, (it, blockStyle) =>
        assert.deepEqual(read(`kind:${blockText(it, 0, blockStyle)}\n`)?.kind, it),
      ),
    );
  });
});
