import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseManifest } from '../../server/src/model/manifest.ts';

const pieces = [
  '---\n',
  '---',
  '--',
  '-',
  '...\n',
  '...',
  '.',
  '\n',
  '\r\n',
  ' ',
  'a: b\n',
  'kind: Service\n',
  '# no\n',
  'x',
];
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map((it) => it.join(''));
const edit = fc.record({ at: fc.nat(60), removed: fc.nat(12), added: text });

const apply = (before: string, { at, removed, added }: { at: number; removed: number; added: string }) =>
  before.slice(0, at) + added + before.slice(at + removed);

test('A text that was edited is split as one that was just opened', () => {
  fc.assert(
    fc.property(text, fc.array(edit, { maxLength: 6 }), (first, edits) => {
      let manifest = parseManifest('file:///a.yaml', first);
      for (const it of edits) {
        const changed = apply(manifest.text, it);
        manifest = parseManifest('file:///a.yaml', changed, manifest);
        const fresh = parseManifest('file:///a.yaml', changed);
        assert.deepEqual(manifest.starts, fresh.starts);
        assert.deepEqual(
          manifest.parts.map((part) => part.text),
          fresh.parts.map((part) => part.text),
        );
        assert.equal(manifest.parts.map((part) => part.text).join(''), changed);
      }
    }),
    { numRuns: 5000 },
  );
});

test('An edit leaves all other parts as they were', () => {
  const before = parseManifest('file:///a.yaml', 'a: 1\n---\nb: 2\n---\nc: 3\n');
  const after = parseManifest('file:///a.yaml', 'a: 1\n---\nb: 25\n---\nc: 3\n', before);
  assert.deepEqual(
    after.parts.map((part, position) => part === before.parts[position]),
    [true, false, true],
  );
});

test('A removed part leaves its neighbours as they were', () => {
  const before = parseManifest('file:///a.yaml', 'a: 1\n---\nb: 2\n---\nc: 3\n');
  const after = parseManifest('file:///a.yaml', 'a: 1\n---\nc: 3\n', before);
  assert.equal(after.parts[0], before.parts[0]);
  assert.equal(after.parts[1], before.parts[2]);
});
