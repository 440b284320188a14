/** Meshwright and the real server of Red Hat's extension on the same files: each key once, each mistake once. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Mark, withoutRepeats } from '../../client/src/repeated-marks.ts';
import { contributeTo } from '../../client/src/yaml-contributor.ts';
import { LineIndex, type Position } from '../../server/src/model/text.ts';
import { applyChange, createWorkspace } from '../../server/src/model/workspace.ts';
import { complete } from '../../server/src/queries/complete.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { knowledge } from '../harness/check.ts';
import { RedHat, service, virtualService } from './red-hat.ts';

const underSpec: Position = { line: 6, character: 2 };
const onKind: Position = { line: 1, character: 1 };

/** A schema that knows every file, as that of a cluster or a catalogue would. */
const schema = pathToFileURL(path.resolve('test/client/any-manifest.schema.json')).href;

/** Both servers in one editor; `isOn` is the setting. */
class Both {
  readonly #redHat: RedHat;
  readonly #texts = new Map<string, string>();
  isOn = true;

  private constructor(redHat: RedHat) {
    this.#redHat = redHat;
    contributeTo(
      redHat.contributors,
      (uri) => this.#texts.get(uri),
      () => this.isOn,
    );
  }

  static async start(t: TestContext): Promise<Both> {
    return new Both(await RedHat.start(t, { schemas: { [schema]: ['*.yaml'] } }));
  }

  /** Opens a file in both; gives `line: who` of each mark that is shown, lines from 0, in order. */
  async marks(uri: string, text: string): Promise<string[]> {
    this.#texts.set(uri, text);
    const others = await this.#redHat.open(uri, text);
    const lines = new LineIndex(text);
    const ours: Mark[] = diagnose(this.#workspace(uri), uri).map(({ code, range }) => ({
      code,
      range: { start: lines.positionAt(range.start) },
    }));
    const ofYaml = others.filter((it) => it.source === 'YAML' && it.severity === 1);
    const kept = withoutRepeats(ours, this.isOn ? ofYaml : []);
    return [
      ...kept.map((it) => `${it.range.start.line}: Meshwright`),
      ...others.map((it) => `${it.range.start.line}: Red Hat`),
    ].sort();
  }

  /** Labels of what both offer at a place of a file that is open. */
  async labels(uri: string, position: Position): Promise<string[]> {
    const offset = new LineIndex(this.#texts.get(uri) ?? '').offsetAt(position);
    const theirs = await this.#redHat.completions(uri, position);
    return [...complete(this.#workspace(uri), uri, offset), ...theirs].map((it) => it.label);
  }

  /** What Red Hat's server alone shows on hover and above the documents of a file. */
  async otherProse(uri: string, position: Position): Promise<string> {
    const lenses = await this.#redHat.codeLenses(uri);
    return [await this.#redHat.hoverText(uri, position), ...(lenses ?? []).map((it) => it.command?.title)].join('\n');
  }

  #workspace(uri: string) {
    return applyChange(createWorkspace(knowledge), { files: new Map([[uri, this.#texts.get(uri)]]) });
  }
}

const times = (list: readonly string[], label: string) => list.filter((it) => it === label).length;

test('without the truce, keys are offered twice and mistakes marked twice', async (t) => {
  const both = await Both.start(t);
  both.isOn = false;
  assert.deepEqual(await both.marks('file:///w/mesh.yaml', virtualService), ['6: Meshwright', '6: Red Hat']);
  assert.equal(times(await both.labels('file:///w/mesh.yaml', underSpec), 'http'), 2);
  assert.match(await both.otherProse('file:///w/mesh.yaml', onKind), /What it is[^]*Any manifest/);
});

test('with it, each key is offered once and each mistake marked once', async (t) => {
  const both = await Both.start(t);
  const uri = 'file:///w/mesh.yaml';
  assert.deepEqual(await both.marks(uri, `${virtualService}---\n${virtualService}`), [
    '14: Meshwright',
    '6: Meshwright',
  ]);
  for (const line of [6, 14]) {
    const labels = await both.labels(uri, { line, character: 2 });
    assert.equal(times(labels, 'http'), 1);
    assert.equal(new Set(labels).size, labels.length);
  }
  for (const position of [onKind, underSpec, { line: 0, character: 0 }])
    assert.equal(await both.otherProse(uri, position), '');
});

test('other files are served as before', async (t) => {
  const both = await Both.start(t);
  const mixed = `${virtualService}---\n${service}`;
  assert.ok((await both.marks('file:///w/service.yaml', service)).includes('5: Red Hat'));
  assert.ok((await both.labels('file:///w/service.yaml', { line: 5, character: 2 })).includes('ports'));
  assert.ok((await both.marks('file:///w/mixed.yaml', mixed)).includes('13: Red Hat'));
});

test('broken YAML is marked once a line, whoever else is there', async (t) => {
  const both = await Both.start(t);
  const redirect = 'http: [{ redirect: { uri: /closed } }]';
  const broken = {
    'a key that stands twice': ['  name: checkout', '  name: checkout\n  name: cart', '4: Red Hat'],
    'text after a quote': ['  name: checkout', '  name: "check" out', '3: Red Hat'],
    'a second key on a line': ['  name: checkout', '  name: a: b', '3: Red Hat'],
  };
  for (const [what, [good = '', bad = '', mark]] of Object.entries(broken)) {
    const uri = `file:///w/${what.replaceAll(' ', '-')}.yaml`;
    const marks = await both.marks(uri, virtualService.replace(good, bad).replace('htttp: []', redirect));
    assert.deepEqual(marks, [mark], what);
  }
});
