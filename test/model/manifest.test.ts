/** Manifests: where documents begin, what is kept when a file changes, and where a path stands in the text. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  allResources,
  indexedResourcesOf,
  type Manifest,
  manifestLengthLimit,
  parseManifest,
  partAt,
  rangeAt,
  resourceAt,
  spotAt,
  startOf,
} from '../../server/src/model/manifest.ts';
import type { Path } from '../../server/src/model/text.ts';
import { pathText } from '../../server/src/model/text.ts';

const uri = 'file:///a.yaml';
const parse = (text: string, previous?: Manifest) => parseManifest(uri, text, previous);
const textsOf = (manifest: Manifest) => manifest.parts.map((it) => it.text);

/** The text that a path of the first resource has, as editors would mark it. */
function marked(text: string, path: Path, side: 'key' | 'value' = 'value'): string {
  const manifest = parse(text);
  const [resource] = [...allResources(manifest)];
  assert.ok(resource);
  const range = rangeAt(manifest, resource, path, side);
  return text.slice(range.start, range.end);
}

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n';

describe('parts', () => {
  test('a file without markers is one part', () => {
    assert.deepEqual(textsOf(parse(service)), [service]);
  });

  test('a part begins with its marker', () => {
    assert.deepEqual(textsOf(parse('a: 1\n---\nb: 2\n--- # three\nc: 3')), [
      'a: 1\n',
      '---\nb: 2\n',
      '--- # three\nc: 3',
    ]);
  });

  test('dashes inside text are no markers', () => {
    assert.equal(parse('a: "---"\nb: ---x\n ---\n').parts.length, 1);
  });

  test('a document ends at dots as well', () => {
    const manifest = parse(`${service}...\n---\n${service.replace('name: a', 'name: b')}`);
    assert.deepEqual(
      [...allResources(manifest)].map((it) => it.name),
      ['a', 'b'],
    );
  });

  test('texts of all parts together are the file', () => {
    for (const text of ['', '---', '---\n---\n', 'a\n...\nb\n---', '...\n', '\r\n---\r\n']) {
      assert.equal(textsOf(parse(text)).join(''), text);
    }
  });

  test('every offset lies in the part that holds it', () => {
    const manifest = parse('a: 1\n---\nb: 2\n');
    assert.equal(partAt(manifest, 0)?.start, 0);
    assert.equal(partAt(manifest, 4)?.start, 0);
    assert.equal(partAt(manifest, 5)?.start, 5);
    assert.equal(partAt(manifest, 99)?.start, 5);
  });

  test('a file above the limit is not read', () => {
    assert.deepEqual(parse(`a: "${'x'.repeat(manifestLengthLimit)}"`).parts, []);
  });
});

describe('control characters', () => {
  const namesOf = (text: string) => parse(text).parts.flatMap((it) => it.problems.map(({ message }) => message));

  test('NUL and DEL are mistakes, tab, line ends and NEL are none', () => {
    assert.equal(namesOf(`${service}# \0`).length, 1);
    assert.equal(namesOf(`${service}# \x7f`).length, 1);
    assert.deepEqual(namesOf(`${service}# \t\x85 \ue000\r\n`), []);
  });

  test('those that a template hides are its own affair', () => {
    assert.deepEqual(namesOf(`${service}  labels: { a: "{{ \x01 }}" }`), []);
  });
});

describe('an edit', () => {
  const three = `${service}---\n${service}---\n${service}`;

  test('leaves the other parts as they are', () => {
    const before = parse(three);
    const after = parse(three.replace(`---\n${service}---`, `---\nx${service}---`), before);
    assert.equal(after.parts[0], before.parts[0]);
    assert.notEqual(after.parts[1], before.parts[1]);
    assert.equal(after.parts[2], before.parts[2]);
  });

  test('that adds a document keeps what stands before and after it', () => {
    const before = parse(three);
    const after = parse(`${service}---\nnew: 1\n---\n${service}---\n${service}`, before);
    assert.equal(after.parts.length, 4);
    assert.equal(after.parts[0], before.parts[0]);
    assert.equal(after.parts[3], before.parts[2]);
  });

  test('that removes a document keeps the rest', () => {
    const before = parse(three);
    const after = parse(`${service}---\n${service}`, before);
    assert.deepEqual(
      after.parts.map((it) => before.parts.includes(it)),
      [true, true],
    );
  });

  test('that moves a part moves its start', () => {
    const before = parse(three);
    const after = parse(`# one line more\n${three}`, before);
    const last = after.parts[2];
    assert.ok(last);
    assert.equal(startOf(after, last), (startOf(before, last) ?? 0) + '# one line more\n'.length);
  });

  test('that breaks a part leaves its last good resources to look-ups', () => {
    const before = parse(service);
    assert.equal([...allResources(before)].length, 1);
    const after = parse(service.replace('name: a', 'name: "a'), before);
    const [part] = after.parts;
    assert.ok(part);
    assert.deepEqual(
      indexedResourcesOf(uri, part).map((it) => it.name),
      ['a'],
    );
  });
});

describe('resources', () => {
  test('items of a List, at any depth', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- ${service.trimEnd().replaceAll('\n', '\n  ')}\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Service\n    metadata: { name: b }\n`;
    assert.deepEqual(
      [...allResources(parse(text))].map((it) => `${pathText(it.root)} ${it.name}`),
      ['items[0] a', 'items[1].items[0] b'],
    );
  });

  test('texts that are none cost nothing', () => {
    const manifest = parse('image:\n  tag: v1\n');
    assert.equal(manifest.parts[0]?.isManifest, false);
    assert.deepEqual([...allResources(manifest)], []);
  });

  test('names from templates are empty', () => {
    const [resource] = [...allResources(parse(service.replace('name: a', 'name: {{ .Release.Name }}-a')))];
    assert.equal(resource?.name, '');
  });

  test('the resource around an offset', () => {
    const text =
      'apiVersion: v1\nkind: List\nitems:\n- { apiVersion: v1, kind: Service, metadata: { name: a } }\n- { apiVersion: v1, kind: Service, metadata: { name: b } }\n';
    const [part] = parse(text).parts;
    assert.ok(part);
    assert.equal(resourceAt(uri, part, text.indexOf('name: b'))?.name, 'b');
    assert.equal(resourceAt(uri, part, text.indexOf('items'))?.name, undefined);
  });
});

describe('where a path stands', () => {
  const text = `${service}spec:\n  ports:\n    - name: http\n      port: 80\n    - { name: https, port: 443 }\n  selector:\n`;

  test('its value and its key', () => {
    assert.equal(marked(text, ['metadata', 'name']), 'a');
    assert.equal(marked(text, ['metadata', 'name'], 'key'), 'name');
    assert.equal(marked(text, ['spec', 'ports', 1]), '{ name: https, port: 443 }');
    assert.equal(marked(text, ['spec', 'ports', 0]), 'name: http\n      port: 80');
  });

  test('an item of a list goes by its first key', () => {
    assert.equal(marked(text, ['spec', 'ports', 0], 'key'), 'name');
    assert.equal(marked(text, ['spec', 'ports', 0, 'protocol']), 'name');
  });

  test('a value that is not there goes by its key', () => {
    assert.equal(marked(text, ['spec', 'selector']), 'selector');
    assert.equal(marked(text, ['spec', 'selector', 'app']), 'selector');
  });

  test('a path that is not there goes by its nearest ancestor', () => {
    assert.equal(marked(text, ['spec', 'type']), 'spec');
    assert.equal(marked(text, ['status', 'x']), 'Service');
  });

  test('aliases and merge keys lead to where the text is', () => {
    const aliased = `${service}spec:\n  a: &a { b: 1 }\n  c: *a\n  d: { <<: *a }\n`;
    assert.equal(marked(aliased, ['spec', 'c', 'b']), '1');
    assert.equal(marked(aliased, ['spec', 'd', 'b'], 'key'), 'b');
  });

  test('in a later document offsets count from the file', () => {
    const two = `${service}---\n${text.replace('name: a', 'name: second')}`;
    const manifest = parse(two);
    const resource = [...allResources(manifest)][1];
    assert.ok(resource);
    const { start, end } = rangeAt(manifest, resource, ['metadata', 'name']);
    assert.equal(two.slice(start, end), 'second');
  });
});

describe('what stands at an offset', () => {
  const text = 'apiVersion: v1\nkind: Service\nspec: { ports: [{ "name": http }] }\n';
  const [part] = parse(text).parts;
  const spot = (word: string) => (part ? spotAt(part, text.indexOf(word)) : undefined);

  test('keys and values', () => {
    assert.deepEqual(spot('name'), { path: ['spec', 'ports', 0, 'name'], on: 'key', range: { start: 47, end: 53 } });
    assert.deepEqual(spot('http'), { path: ['spec', 'ports', 0, 'name'], on: 'value', range: { start: 55, end: 59 } });
  });

  test('nothing between them', () => {
    assert.equal(spot('[{'), undefined);
    assert.equal(spot('}]'), undefined);
  });
});
