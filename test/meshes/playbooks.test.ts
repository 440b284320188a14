/** What holds of every playbook: commands that can be run as they are, in one place each, and a verdict on all that guides have. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { architectures } from '../../server/src/meshes/playbooks/architectures.ts';
import {
  fieldIds,
  fields,
  fieldsIn,
  fillCommand,
  fillFile,
  problemOf,
} from '../../server/src/meshes/playbooks/fields.ts';
import { type Action, type Playbook, type SeedCommand, topics } from '../../server/src/meshes/playbooks/playbook.ts';
import { practices } from '../../server/src/meshes/playbooks/practices.ts';
import { rules } from '../../server/src/meshes/knowledge.ts';
import { playbooks } from '../../server/src/meshes/playbooks.ts';
import { meshIds } from '../../server/src/model/mesh-id.ts';
import { parseManifest } from '../../server/src/model/manifest.ts';
import { practiceList } from '../../server/src/queries/playbooks.ts';
import fc from '../harness/fast-check.ts';

const all: readonly Playbook[] = meshIds.flatMap((mesh) => topics.map((it) => playbooks[mesh][it]));

function actionsIn({ steps, profiles }: Playbook): readonly Action[] {
  return [
    ...steps.flatMap((it) => [...it.actions, ...(it.checks ?? []), ...(it.rollback ?? [])]),
    ...(profiles ?? []).map((it) => it.action),
  ];
}

/** What the guides fill in. */
const seedValues = { namespace: 'default', workload: 'deploy/webapp', service: 'webapp' };

describe('playbooks', () => {
  test('each stands where its mesh and topic say, with steps of different ids', () => {
    for (const mesh of meshIds)
      for (const topic of topics) {
        const playbook = playbooks[mesh][topic];
        assert.deepEqual([playbook.mesh, playbook.topic], [mesh, topic]);
        assert.match(playbook.source, /^https:\/\//);
        const ids = playbook.steps.map((it) => it.id);
        assert.ok(ids.length > 0);
        assert.deepEqual([...new Set(ids)], ids);
      }
  });

  test('a command is one line, and no place of a value stands within quotes', () => {
    for (const playbook of all)
      for (const { kind, text } of actionsIn(playbook)) {
        if (kind === 'file') continue;
        assert.doesNotMatch(text, /\n|\s$/, text);
        let quote = '';
        for (const piece of text.split(/(⟦\w+⟧)/)) {
          if (piece.startsWith('⟦')) assert.equal(quote, '', text);
          else
            for (const sign of piece) {
              if (quote === '' && /['"]/.test(sign)) quote = sign;
              else if (quote === sign) quote = '';
            }
        }
        assert.equal(quote, '', text);
      }
  });

  test('every place is that of a field', () => {
    for (const playbook of all)
      for (const { text } of actionsIn(playbook))
        for (const [, id = ''] of text.matchAll(/⟦([^⟧]*)⟧/g)) assert.ok(id in fields, `${id} in ${text}`);
  });

  test('a file that a command names was written before', () => {
    for (const playbook of all) {
      const known = new Set<string>();
      for (const step of playbook.steps)
        for (const action of [...step.actions, ...(step.checks ?? []), ...(step.rollback ?? [])]) {
          if (action.kind === 'file') known.add(action.name);
          else
            for (const [, name = ''] of action.text.matchAll(/(?<= )-f ([\w-]+\.yaml)/g))
              assert.ok(known.has(name), `${name} in ${playbook.mesh} ${playbook.topic}`);
        }
    }
  });

  test('files are YAML', () => {
    for (const playbook of all)
      for (const action of actionsIn(playbook)) {
        if (action.kind === 'command') continue;
        const text = action.text.replaceAll(/⟦\w+⟧/g, 'x');
        assert.deepEqual(
          parseManifest('file:///a.yaml', text).parts.flatMap((it) => it.problems),
          [],
          action.name,
        );
      }
  });

  test('presets and examples are values that can be taken', () => {
    for (const id of fieldIds) {
      assert.equal(problemOf(fields[id], fields[id].example), undefined, id);
      assert.equal(problemOf(fields[id], fields[id].preset ?? ''), undefined, id);
      assert.ok(!fields[id].pattern || fields[id].mustBe);
    }
  });

  test('what would be a key of a terminal, or an option, is never filled in', () => {
    for (const value of ['a\nb', 'a\u0003', '\u001b[2J', 'a\u2028b', '--all', 'x'.repeat(600)]) {
      const { text, missing } = fillCommand('kubectl --context ⟦cluster1⟧ get pods', { cluster1: value });
      assert.equal(text, 'kubectl --context CLUSTER1 get pods');
      assert.deepEqual(missing, ['cluster1']);
    }
  });

  test('any value stays one word of a command, and runs nothing', () => {
    const values = fc
      .string({
        unit: fc.constantFrom('a', "'", '"', '\\', '$(id)', '`id`', ';', '|', '&', ' ', '*', '⟦pod⟧', '>', 'é'),
      })
      .filter((it) => it.trim() !== '' && !it.startsWith('-'));
    fc.assert(
      fc.property(fc.array(values, { minLength: 30, maxLength: 30 }), (list) => {
        const lines = list.map((it) => fillCommand('printf "%s\\0" ⟦cluster1⟧ end', { cluster1: it }).text);
        const { stdout, stderr } = spawnSync('bash', ['-c', lines.join('\n')], { encoding: 'utf8' });
        assert.equal(stderr, '');
        assert.deepEqual(
          stdout.split('\0').slice(0, -1),
          list.flatMap((it) => [it.trim(), 'end']),
        );
      }),
      { numRuns: 20 },
    );
  });

  test('any value stays the value of its field in a file', () => {
    fc.assert(
      fc.property(fc.string(), (it) => {
        const { text, missing } = fillFile('a: ⟦cluster1⟧\nb: 1\n', { cluster1: it });
        const wanted = missing.length > 0 ? 'CLUSTER1' : it.trim();
        assert.deepEqual(parse(text), { a: wanted, b: 1 });
      }),
    );
  });

  test('the context goes to every tool that speaks to a cluster', () => {
    const filled = (text: string) => fillCommand(text, { context: 'a b' }).text;
    assert.equal(
      filled('linkerd install --crds | kubectl apply -f -'),
      "linkerd --context 'a b' install --crds | kubectl --context 'a b' apply -f -",
    );
    assert.equal(filled('consul-k8s status'), "consul-k8s status -context 'a b'");
    assert.equal(filled('helm repo update'), 'helm repo update');
    assert.equal(filled('export A=$(kubectl get x)'), "export A=$(kubectl --context 'a b' get x)");
    assert.equal(filled('kubectl --context ⟦cluster1⟧ get x'), 'kubectl --context CLUSTER1 get x');
    assert.equal(filled('mkdir kubectl'), 'mkdir kubectl');
  });

  test('each command stands in one place', () => {
    const folder = 'server/src/meshes';
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (it) => /(commands|moving|playbooks\/\w+)\.ts$/.test(it) && !it.endsWith('practices.ts'),
    );
    assert.ok(files.length > 8);
    const found = files.flatMap((file) =>
      [
        ...readFileSync(`${folder}/${file}`, 'utf8').matchAll(
          /(?<!seed\(\s*(?:'\w+'|undefined),\s*)(['`])((?:kubectl|istioctl|linkerd|helm|consul-k8s|curl|step|make) (?:\\.|(?!\1)[^\\])*)\1(?=\s*[,;)\]])/g,
        ),
      ].map((it) => ({ file, text: (it[2] ?? '').replaceAll(/\$\{[^}]*\}/g, '…') })),
    );
    assert.ok(found.length > 60);
    const twice = found.filter((it) => found.some((other) => other !== it && other.text === it.text));
    // Each mesh looks for its own container, and some templates differ in what they are filled with alone.
    assert.deepEqual(
      twice.filter((it) => !it.text.includes('…')).map((it) => `${it.file}: ${it.text}`),
      [],
    );
  });
});

describe('commands of the guides of 2023', () => {
  const shown = all.flatMap((playbook) =>
    actionsIn(playbook).flatMap((action) =>
      (action.seed ?? []).map((seed: SeedCommand) => ({
        seed,
        text: seed.command ?? fillCommand(action.text, seedValues).text,
      })),
    ),
  );

  test('each has a verdict', () => {
    const listed = readFileSync('test/meshes/guide-commands.txt', 'utf8').trim().split('\n');
    const missing = listed.filter((it) => !shown.some(({ text }) => text === it));
    assert.deepEqual(missing, []);
  });

  test('what no longer does it says why', () => {
    for (const { seed, text } of shown) if (seed.verdict !== 'works') assert.match(seed.why, /\.$/, text);
  });

  test('each numbered fact is told', () => {
    const ids = new Set(shown.map(({ seed }) => seed.id));
    const wanted = [
      ...Array.from({ length: 23 }, (_, at) => `I${at + 1}`),
      ...Array.from({ length: 24 }, (_, at) => `L${at + 1}`),
      ...Array.from({ length: 12 }, (_, at) => `C${at + 1}`),
    ];
    assert.deepEqual(
      wanted.filter((it) => !ids.has(it)),
      [],
    );
  });
});

describe('best practices', () => {
  test('all 25 are there, by group', () => {
    assert.equal(practiceList().length, 25);
    assert.deepEqual([...new Set(practices.map((it) => it.id))].length, 25);
  });

  test('a mesh is told of its own rules and of those for all', () => {
    for (const mesh of meshIds) {
      const told = practiceList(mesh).flatMap((it) => (it.watched ?? []).flatMap((watch) => watch.rules));
      assert.ok(told.length > 5);
      for (const rule of told)
        assert.ok(
          meshIds.every((it) => it === mesh || !rule.startsWith(`${it}/`)),
          rule,
        );
    }
    assert.equal(practiceList('consul').find((it) => it.id === 'timeouts')?.watched, undefined);
  });

  test('each rule that watches one is there, with its page', () => {
    // Checks that are no rules of a room of their own stand in the sources by their code.
    const codes = readdirSync('server/src', { recursive: true, encoding: 'utf8' })
      .filter((it) => it.endsWith('.ts') && !it.endsWith('practices.ts'))
      .flatMap((it) =>
        [...readFileSync(`server/src/${it}`, 'utf8').matchAll(/'(\w+\/[a-z-]+)'/g)].map((code) => code[1]),
      );
    const known = new Set([...rules.map((it) => it.id), ...codes]);
    for (const { id, watched } of practices) {
      assert.notDeepEqual(watched, [], id);
      for (const rule of (watched ?? []).flatMap((it) => it.rules)) {
        assert.ok(known.has(rule), `${rule} in ${id}`);
        const [room = '', name = ''] = rule.split('/');
        const home = ['common', 'gateway', 'smi'].includes(room) ? `kubernetes/${room}` : room;
        assert.ok(existsSync(`test/meshes/${home}/rules/${name}.md`), `${rule} in ${id}`);
      }
    }
  });
});

describe('drawings', () => {
  test('each mesh has one of today and one of history, and ids are used once', () => {
    for (const mesh of meshIds) {
      assert.ok(architectures[mesh].some((it) => it.history === undefined));
      assert.ok(architectures[mesh].some((it) => it.history !== undefined));
    }
    const ids = meshIds.flatMap((it) => architectures[it].map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
  });

  test('every template names fields that are known', () => {
    assert.deepEqual(fieldsIn('a ⟦namespace⟧ b ⟦pod⟧'), ['namespace', 'pod']);
  });
});
