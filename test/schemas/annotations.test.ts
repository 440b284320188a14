/**
 * Labels and annotations: every one that the meshes publish is documented, or its entry says why nobody sets it by hand;
 * and what the entries say of their values holds for their own examples.
 */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { annotationDocs } from 'meshwright:schemas';
import { parse } from 'yaml';
import { annotationFamilies } from '../../server/src/meshes/knowledge.ts';
import { type AnnotationDoc, loadAnnotations } from '../../server/src/model/annotations.ts';
import { valueProblem } from '../../server/src/model/annotation-value.ts';
import { isRecord } from '../../server/src/model/value.ts';

const table = loadAnnotations(annotationDocs);
const docs = [...table.values()];
const written = docs.filter((it) => it.internal === undefined);

/** What the meshes' own sources list; it lies beside the repository and not in it. */
const list = '../shared/reference/annotations.json';

interface Listed {
  readonly name: string;
  readonly isLabel: boolean | undefined;
  readonly isHidden: boolean;
  readonly isAlpha: boolean;
  readonly isDeprecated: boolean;
  readonly kinds: readonly string[];
}

function listed(): readonly Listed[] {
  const raw: unknown = JSON.parse(readFileSync(list, 'utf8'));
  assert.ok(isRecord(raw) && isRecord(raw['istio']));
  const told = Object.entries(raw['istio']).flatMap(([sort, entries]) =>
    (entries as Record<string, unknown>[]).map((it) => ({
      name: String(it['name']),
      isLabel: sort === 'labels',
      isHidden: it['hidden'] === true,
      isAlpha: it['featureStatus'] === 'Alpha',
      isDeprecated: it['deprecated'] === true,
      kinds: it['resources'] as string[],
    })),
  );
  const named = ['linkerd', 'consul'].flatMap((mesh) =>
    (raw[mesh] as string[]).map((name) => ({
      name,
      isLabel: undefined,
      isHidden: false,
      isAlpha: false,
      isDeprecated: false,
      kinds: [],
    })),
  );
  return [...told, ...named];
}

const skip = existsSync(list) ? false : `NOT COMPARED: ${list} is not there.`;

test('each name that a mesh publishes is documented, or the entry says why nobody sets it', { skip }, (context) => {
  const all = listed();
  const missing = all.filter((it) => !table.has(it.name)).map((it) => it.name);
  assert.deepEqual(missing, []);
  const own = all.filter((it) => table.get(it.name)?.internal === undefined);
  context.diagnostic(`${own.length} of ${all.length} published names are for people, the others say who writes them.`);
});

test('no name that Istio shows to users is kept for tools, but those that tools write', { skip }, () => {
  const kept = listed()
    .filter((it) => it.isLabel !== undefined && !it.isHidden && table.get(it.name)?.internal !== undefined)
    .map((it) => it.name);
  assert.deepEqual(kept.sort(), [
    'ambient.istio.io/redirection',
    'gateway.istio.io/managed',
    'sidecar.istio.io/status',
  ]);
});

test('what is alpha or deprecated in Istio is so here, and works on the same kinds', { skip }, () => {
  const wrong: string[] = [];
  for (const it of listed()) {
    const doc = table.get(it.name);
    if (!doc || it.isLabel === undefined || doc.internal !== undefined) continue;
    const isOther = doc.isLabel !== it.isLabel;
    if (isOther && !doc.asAnnotation) wrong.push(`${it.name} is ${it.isLabel ? 'a label' : 'an annotation'}`);
    const advice = isOther ? doc.asAnnotation?.deprecated : doc.deprecated;
    if (it.isDeprecated !== (advice !== undefined)) wrong.push(`${it.name}: deprecated ${it.isDeprecated}`);
    if (it.isAlpha && !isOther && !doc.isAlpha) wrong.push(`${it.name}: alpha`);
    const kinds = new Set(doc.on.map((on) => on.split('.')[0]));
    const lacking = it.kinds.filter((kind) => !kinds.has(kind));
    if (lacking.length > 0) wrong.push(`${it.name}: on ${lacking.join(', ')}`);
  }
  assert.deepEqual(wrong, []);
});

/** The value of an example, which is a line of YAML; undefined where there is none. */
function exampleOf({ example }: AnnotationDoc): unknown {
  const value: unknown = example === undefined ? undefined : parse(example);
  return isRecord(value) ? Object.values(value)[0] : undefined;
}

test('examples are text as Kubernetes wants it, with values that the entry allows', () => {
  const wrong: string[] = [];
  for (const doc of written) {
    const value = exampleOf(doc);
    if (value === undefined) continue;
    if (typeof value !== 'string') wrong.push(`${doc.name}: ${String(value)} is no text`);
    else if (doc.syntax && valueProblem(doc.syntax, value)) wrong.push(`${doc.name}: ${value}`);
  }
  assert.deepEqual(wrong, []);
});

test('values with a meaning are allowed, and a choice says what each of its words means', () => {
  const wrong: string[] = [];
  for (const { name, values, syntax } of written) {
    const words = isRecord(values) ? Object.keys(values) : [];
    if (syntax) for (const it of words) if (valueProblem(syntax, it)) wrong.push(`${name}: ${it}`);
    if (/^enums?$/.test(syntax?.type ?? '') && words.length === 0) wrong.push(`${name} lists no words`);
    if (words.length > 0 && !syntax) wrong.push(`${name} does not say whether other values are allowed`);
  }
  assert.deepEqual(wrong, []);
});

test('a nearest value that is offered is one that is allowed', () => {
  const tries = [
    'yes',
    'off',
    'on',
    'true',
    'enable',
    '10',
    '1m30s',
    '5XX, 429',
    '256MB',
    '10.0.0.1',
    'TPROYX',
    'x',
    '-1',
  ];
  for (const { name, syntax } of written) {
    for (const text of syntax ? tries : []) {
      const near = syntax && valueProblem(syntax, text)?.nearest;
      if (syntax && near !== undefined)
        assert.equal(valueProblem(syntax, near), undefined, `${name}: ${text} → ${near}`);
    }
  }
});

test('texts are sentences of our own length, and somebody judges each name', () => {
  const wrong: string[] = [];
  for (const { name, text, internal } of docs) {
    const prose = internal ?? text;
    if (!/[.!?)]$/.test(prose) || prose.split(/\s+/).length < 4) wrong.push(`${name}: ${prose}`);
    const isForeign = name === 'kubernetes.io/ingress.class' || name.startsWith('gateway.networking.k8s.io/');
    if (!isForeign && !annotationFamilies.some((it) => it.names.test(name)) && !name.includes('.linkerd.io/v'))
      wrong.push(`${name} belongs to no family`);
  }
  assert.deepEqual(wrong, []);
});
