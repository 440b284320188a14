/** The chooser: its table against the facts it was made from, what ranks and what does not, and what manifests answer. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { evidence, type Evidence } from '../../server/src/meshes/chooser-evidence.ts';
import { hints, questionById, questionGroups, questions, variants } from '../../server/src/meshes/chooser.ts';
import { featureById } from '../../server/src/meshes/features.ts';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { kindId } from '../../server/src/model/kind.ts';
import { applyChange, createWorkspace } from '../../server/src/model/workspace.ts';
import { type Answers, choose, type Weight } from '../../server/src/queries/choose.ts';
import { readAnswers } from '../../server/src/queries/choose-answers.ts';
import { shownNeeds, shownWords, withShown } from '../../server/src/queries/choose-evidence.ts';
import { answersJson, answersYaml } from '../../server/src/render/answers-template.ts';
import { headline, movedWords } from '../../server/src/render/choose-words.ts';
import { decisionRecord } from '../../server/src/render/decision-record.ts';
import { knowledge } from '../harness/check.ts';
import fc from '../harness/fast-check.ts';

/** Our questions by the ids that the facts give them. */
const byFact: Readonly<Record<string, string>> = {
  'q-l7-rich': 'l7-rich',
  'q-ratelimit': 'rate-limits',
  'q-pqc': 'post-quantum',
  'q-vm': 'vms',
  'q-nomad-ecs': 'other-runtimes',
  'q-multicluster': 'multi-cluster',
  'q-multi-dc-legacy': 'legacy',
  'q-oss': 'open-source',
};

const facts = path.resolve('../shared/reference/comparison-facts.md');
const withoutFacts = existsSync(facts) ? false : `${facts} is not here, so the table is not compared with it.`;

test('Scores are those of the facts, and no question is missing', { skip: withoutFacts }, async () => {
  const rows = [...(await readFile(facts, 'utf8')).matchAll(/^\| (q-[\w-]+) \|([^\n]*)\|$/gm)];
  assert.equal(rows.length, questions.length);
  for (const [, id = '', cells = ''] of rows) {
    const question = questionById(byFact[id] ?? id.replace('q-', ''));
    assert.ok(question, id);
    const scores = variants.map((it) => String(question.fits[it.id][0]));
    assert.deepEqual(
      scores,
      cells
        .split('|')
        .slice(1, 6)
        .map((it) => it.trim()),
      id,
    );
  }
});

test('Questions stand by group, each with rows of the comparison and a sentence for each score', () => {
  const order = questions.map((it) => it.group).filter((it, at, all) => it !== all[at - 1]);
  assert.deepEqual(order, questionGroups);
  assert.equal(new Set(questions.map((it) => it.id)).size, questions.length);
  for (const { id, rows, fits } of questions) {
    for (const row of rows) assert.ok(featureById(row), `${id} names ${row}`);
    for (const { id: variant } of variants) assert.match(fits[variant][1], /^[A-Zi].*\.$/s, `${id} ${variant}`);
  }
});

test('No figure of the comparison is repeated in the chooser', () => {
  const prose = [
    ...questions.flatMap((it) => variants.map(({ id }) => it.fits[id][1])),
    ...variants.map((it) => it.caveat),
    ...hints.map((it) => it.note),
  ];
  for (const text of prose) assert.doesNotMatch(text.replace('IPv6', ''), /\d/, text);
});

test('A score that rests on a doubtful cell says so where it says that nothing is there', () => {
  for (const question of questions) {
    for (const { id, mesh } of variants) {
      const isDoubtful = featureById(question.rows[0])?.cells[mesh].unverified ?? false;
      if (isDoubtful) assert.ok(question.unconfirmed?.includes(id), `${question.id} ${id}`);
    }
  }
});

test('Hints name questions that there are, and evidence names kinds that there are', () => {
  for (const hint of hints) for (const id of hint.questions) assert.ok(questionById(id), `${hint.reason}: ${id}`);
  const kinds = new Set(tables.kinds.map(kindId));
  // The inference extension's kinds have no schema here.
  const unknown = Object.values(evidence)
    .flat()
    .flatMap((it: Evidence) => it.kinds ?? [])
    .filter((it) => !kinds.has(it) && !it.endsWith('/*') && !it.startsWith('inference.'));
  assert.deepEqual(unknown, []);
});

test('Without answers nothing is ranked', () => {
  const choice = choose({});
  assert.equal(choice.standing, 'unasked');
  assert.deepEqual(choice.ranked, []);
  assert.deepEqual(choice.ruledOut, []);
  assert.match(headline(choice), /nothing is ranked/);
});

test('Where everything weighs the same nothing is ranked, since the sum only tells which product does most', () => {
  for (const weight of [1, 2, 3] as const) {
    const choice = choose(Object.fromEntries(questions.map((it) => [it.id, { weight, must: false }])));
    assert.equal(choice.standing, 'alike');
    assert.deepEqual(choice.ranked, []);
  }
});

test('What manifests answer ranks nothing until somebody weighs something, for it only tells what is in use', () => {
  const shown = { jwt: { weight: 2, must: false }, ingress: { weight: 2, must: false } } as const;
  const choice = choose(shown, ['jwt', 'ingress']);
  assert.equal(choice.standing, 'shown');
  assert.deepEqual(choice.ranked, []);
  assert.equal(choice.unranked.length, 5);
  assert.equal(choose(shown, ['jwt']).standing, 'ranked');
});

test('Weights rank, and the reasons tell what moved a variant how far from the others', () => {
  const choice = choose({
    simple: { weight: 3, must: false },
    overhead: { weight: 2, must: false },
    jwt: { weight: 1, must: false },
  });
  assert.equal(choice.standing, 'ranked');
  assert.deepEqual(
    choice.ranked.map((it) => [it.rank, it.variant.id, it.points, it.most]),
    [
      [1, 'istio-ambient', 15, 18],
      [1, 'linkerd', 15, 18],
      [3, 'istio-sidecar', 8, 18],
      [3, 'consul-ce', 8, 18],
      [3, 'consul-enterprise', 8, 18],
    ],
  );
  assert.match(headline(choice), /^Istio ambient and Linkerd are level\.$/);
  const linkerd = choice.ranked.find((it) => it.variant.id === 'linkerd');
  assert.deepEqual(
    linkerd?.reasons.map((it) => [it.question.id, it.score, movedWords(it.moved)]),
    [
      ['simple', 3, '+4.2'],
      ['overhead', 3, '+2.4'],
      ['jwt', 0, '−2.4'],
    ],
  );
});

test('A must rules out what cannot do it at all, and says why', () => {
  const choice = choose({ jwt: { weight: 1, must: true }, simple: { weight: 3, must: false } });
  assert.deepEqual(
    choice.ruledOut.map((it) => [it.variant.id, it.failed.map((failed) => [failed.question.id, failed.why])]),
    [['linkerd', [['jwt', 'Neither: the application or a meshed entrance has to do it.']]]],
  );
  assert.equal(choice.ranked.length, 4);
  assert.equal(choice.ranked[0]?.variant.id, 'istio-ambient');
});

test('Musts alone rule out and rank nothing; musts that nothing meets leave nothing', () => {
  const musts = choose({ 'no-sidecar': { weight: 0, must: true } });
  assert.equal(musts.standing, 'unweighed');
  assert.deepEqual(
    musts.unranked.map((it) => it.id),
    ['istio-ambient'],
  );
  assert.equal(musts.ruledOut.length, 4);
  const none = choose({ 'no-sidecar': { weight: 3, must: true }, 'other-runtimes': { weight: 1, must: true } });
  assert.equal(none.standing, 'none-left');
  assert.equal(none.ruledOut.length, 5);
  assert.match(headline(none), /No mesh/);
});

test('What is left alone is compared with what is out, so that it has reasons', () => {
  const { ranked } = choose({ 'no-sidecar': { weight: 3, must: true } });
  assert.deepEqual(
    ranked.map((it) => [it.variant.id, movedWords(it.reasons[0]?.moved ?? 0)]),
    [['istio-ambient', '+7.2']],
  );
});

test('A lead that says nothing is called so', () => {
  const choice = choose({
    ingress: { weight: 3, must: false },
    egress: { weight: 3, must: false },
    'gateway-api': { weight: 3, must: false },
    'no-sidecar': { weight: 0, must: false },
    'canary-upgrade': { weight: 1, must: false },
  });
  assert.equal(choice.isClose, true);
  assert.match(headline(choice), /^Istio with sidecars leads, but Istio ambient is too near to tell apart\.$/);
});

const anyAnswers: fc.Arbitrary<Answers> = fc
  .array(fc.record({ weight: fc.constantFrom<Weight>(0, 1, 2, 3), must: fc.boolean() }), {
    minLength: questions.length,
    maxLength: questions.length,
  })
  .map((answers) => Object.fromEntries(questions.map((it, at) => [it.id, answers[at] ?? { weight: 0, must: false }])));

test('Each variant is ranked, unranked or ruled out, and points are what the reasons add up to', () => {
  fc.assert(
    fc.property(anyAnswers, (answers) => {
      const { ranked, unranked, ruledOut } = choose(answers);
      const all = [...ranked, ...ruledOut].map((it) => it.variant.id);
      assert.deepEqual([...all, ...unranked.map((it) => it.id)].sort(), variants.map((it) => it.id).sort());
      for (const { points, most, reasons } of ranked) {
        assert.equal(
          points,
          reasons.reduce((sum, it) => sum + it.weight * it.score, 0),
        );
        assert.ok(points <= most);
      }
      const points = ranked.map((it) => it.points);
      assert.deepEqual(
        points,
        [...points].sort((a, b) => b - a),
      );
    }),
  );
});

test('More weight for what a variant does best never costs it points against another', () => {
  fc.assert(
    fc.property(anyAnswers, fc.constantFrom(...questions), (answers, question) => {
      const lead = (weight: Weight) => {
        const { ranked } = choose({ ...answers, [question.id]: { weight, must: false } });
        const [best, worst] = [...ranked]
          .sort((a, b) => question.fits[b.variant.id][0] - question.fits[a.variant.id][0])
          .flatMap((it, at, them) => (at === 0 || at === them.length - 1 ? [it] : []));
        return best && worst ? best.points - worst.points : 0;
      };
      if (choose(answers).standing === 'ranked') assert.ok(lead(3) >= lead(1));
    }),
  );
});

test('Answers are read with either part, alone or below a heading; what is not understood is said', () => {
  assert.deepEqual(readAnswers({ answers: { jwt: { weight: 2 }, vms: { must: true }, simple: 3 } }), {
    answers: { jwt: { weight: 2, must: false }, vms: { weight: 0, must: true }, simple: { weight: 3, must: false } },
  });
  assert.deepEqual(readAnswers(undefined), { answers: {} });
  assert.deepEqual(readAnswers({ answers: null }), { answers: {} });
  for (const [given, problem] of [
    [[1], /map from questions/],
    [{ jtw: 1 }, /no question "jtw"\. Did you mean "jwt"\?/],
    [{ colour: 1 }, /The template lists/],
    [{ jwt: 4 }, /weight of 0 to 3/],
    [{ jwt: { weight: 1.5 } }, /weight of 0 to 3/],
    [{ jwt: { must: 'yes' } }, /"jwt"/],
  ] as const) {
    const read = readAnswers(given);
    assert.match('problem' in read ? read.problem : '', problem);
  }
});

function workspaceOf(text: string) {
  return applyChange(createWorkspace(knowledge), { files: new Map([['file:///a.yaml', text]]) });
}

test('Manifests answer what they show, and say which resource does', () => {
  const shown = shownNeeds(
    workspaceOf(`apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: shop}
spec: {jwtRules: [{issuer: a}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
---
apiVersion: networking.istio.io/v1
kind: EnvoyFilter
metadata: {name: limit}
spec: {configPatches: [{patch: {value: {name: envoy.filters.http.local_ratelimit}}}]}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata: {name: api}
spec: {envoyExtensions: [{name: builtin/ext-authz}]}
`),
  );
  assert.deepEqual(
    shown.map((it) => [it.questionId, shownWords(it)]),
    [
      ['no-sidecar', 'Namespace/shop needs it.'],
      ['rate-limits', 'EnvoyFilter/limit needs it.'],
      ['extend', 'EnvoyFilter/limit needs it.'],
      ['jwt', 'RequestAuthentication/shop/tokens and 1 other resource need it.'],
      ['consul-today', 'ServiceDefaults/api needs it.'],
    ],
  );
});

test('What only looks alike answers nothing: an opt-out, another filter, a permissive mode, a gateway within the mesh or of somebody else', () => {
  const shown = shownNeeds(
    workspaceOf(`apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio.io/dataplane-mode: none}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default}
spec: {mtls: {mode: PERMISSIVE}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: east}
spec: {gatewayClassName: istio-east-west}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: other}
spec: {gatewayClassName: nginx}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {ports: [{port: 80}]}
`),
  );
  assert.deepEqual(shown, []);
});

test("A person's answer stands before what manifests show", () => {
  const shown = shownNeeds(
    workspaceOf('apiVersion: consul.hashicorp.com/v1alpha1\nkind: Mesh\nmetadata: {name: mesh}\n'),
  );
  assert.deepEqual(withShown({}, shown), { 'consul-today': { weight: 2, must: false } });
  assert.deepEqual(withShown({ 'consul-today': { weight: 0, must: false } }, shown), {
    'consul-today': { weight: 0, must: false },
  });
});

test('Templates in YAML and JSON hold every question and are read as what they were made of', () => {
  const answers: Answers = { jwt: { weight: 3, must: true } };
  for (const template of [answersYaml(answers, []), answersJson(answers, [])]) {
    const read = readAnswers(parse(template));
    assert.ok('answers' in read);
    assert.equal(Object.keys(read.answers).length, questions.length);
    assert.deepEqual(choose(read.answers).drivers, choose(answers).drivers);
  }
});

test('A decision record tells drivers, scores, what is ruled out, the decision and what comes of it', () => {
  const record = decisionRecord(
    choose({
      jwt: { weight: 3, must: true },
      overhead: { weight: 2, must: false },
      'post-quantum': { weight: 1, must: false },
    }),
  );
  assert.match(record, /^# Use Istio ambient as service mesh\n\n- Status: proposed/);
  const headings = [...record.matchAll(/^## (.*)$/gm)].map((it) => it[1]);
  assert.deepEqual(headings, ['Context', 'Decision drivers', 'Options', 'Decision', 'Consequences', 'Sources']);
  assert.match(record, /\| End users' tokens \(JWT\) or an external authorizer in the mesh \| 3 \(high\) \| yes \|/);
  assert.match(record, /\| \*\*Points\*\* \| \*\*17 of 18\*\* \| \*\*13 of 18\*\* \|/);
  assert.match(record, /Ruled out by a must:\n\n- Linkerd: End users' tokens/);
  assert.match(record, /- Good: The lowest CPU, memory and latency\. No proxy per pod/);
  assert.match(record, /- End-user JWT authentication: Yes\. \[Source\]\(https:\/\/istio\.io/);
  assert.match(record, /State of 2026-08-22\. Scores are judgements/);
  assert.match(record, /\\\* rests on something that could not be confirmed/);
});
