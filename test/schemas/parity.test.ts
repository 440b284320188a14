/** Our view of a kind equals its CRD, for every file, version and channel. Needs the CRDs, which are not in the repository. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { schemas } from 'meshwright:schemas';
import { parse } from 'yaml';
import { choicesOf, loadSchemas, type SchemaNode, schemaFromCrd } from '../../server/src/model/schema.ts';

const crds = path.resolve('../shared/reference/crds');
const skip = existsSync(crds)
  ? false
  : `The reference CRDs are not at ${crds}; our schemas were not compared with them.`;

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Raw } }[];
  };
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

type Raw = Readonly<Record<string, unknown>>;

const set = loadSchemas(schemas);

test('every version of every reference CRD is seen as it is', { skip }, (context) => {
  let fields = 0;
  let versions = 0;
  for (const { crd, release } of readCrds()) {
    for (const version of crd.spec.versions) {
      const schema = set.for(keyOf(crd), version.name, channelOf(crd, release));
      assert.ok(schema, `${release}: ${crd.spec.names.kind} ${version.name} is not known.`);
      assert.equal(schema.group, crd.spec.group);
      fields += compare(
        version.schema.openAPIV3Schema,
        schema.root,
        `${release} ${crd.spec.names.kind} ${version.name}`,
      );
      versions += 1;
    }
  }
  context.diagnostic(`${versions} versions with ${fields} fields are the same.`);
  assert.ok(versions > 100 && fields > 5000);
});

test('a CRD that is read from the workspace gives the same view, with our prose', { skip }, () => {
  for (const { crd, release } of readCrds()) {
    for (const version of crd.spec.versions) {
      const schema = schemaFromCrd({ kind: 'CustomResourceDefinition', ...crd }, version.name, set, keyOf(crd));
      assert.ok(schema);
      compare(
        version.schema.openAPIV3Schema,
        schema.root,
        `${release} ${crd.spec.names.kind} ${version.name} from the workspace`,
      );
      assert.deepEqual(schema.docs, set.docs(keyOf(crd)));
    }
  }
});

function readCrds(): { readonly crd: Crd; readonly release: string }[] {
  return readdirSync(crds).flatMap((release) =>
    readdirSync(path.join(crds, release)).map((file) => ({
      release,
      crd: parse(readFileSync(path.join(crds, release, file), 'utf8')) as Crd,
    })),
  );
}

function keyOf(crd: Crd): string {
  const { group, names } = crd.spec;
  const folder =
    /(istio|linkerd)\.io$/.exec(group)?.[1] ??
    (group.includes('consul') ? 'consul' : group.includes('smi') ? 'smi' : 'kubernetes');
  return `${folder}/${names.kind.toLowerCase()}`;
}

function channelOf(crd: Crd, release: string): string | undefined {
  return release.startsWith('linkerd') ? 'linkerd' : crd.metadata.annotations?.['gateway.networking.k8s.io/channel'];
}

const plain = [
  'enum',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'uniqueItems',
  'default',
  'oneOf',
  'allOf',
  'not',
] as const;

/** Compares a schema of a CRD with our node, and all below; gives the number of fields. */
function compare(raw: Raw, node: SchemaNode, where: string): number {
  const isRoot = node.path === '';
  const given = (raw.properties ?? {}) as Readonly<Record<string, Raw>>;
  const shared = isRoot ? ['apiVersion', 'kind', 'metadata', 'status'] : [];
  const names = Object.keys(given).filter((it) => !shared.includes(it));
  const intOrString = raw['x-kubernetes-int-or-string'] === true;
  const same = (actual: unknown, expected: unknown, what: string) =>
    assert.deepEqual(actual, expected, `${where}: ${node.path}: ${what} differs.`);

  same(node.types, intOrString ? ['integer', 'string'] : [raw.type], 'type');
  same(node.intOrString, intOrString, 'int-or-string');
  same(node.nullable, raw.nullable === true, 'nullable');
  same(
    node.open,
    raw['x-kubernetes-preserve-unknown-fields'] === true || raw.additionalProperties === true,
    'preserve-unknown-fields',
  );
  for (const word of plain) same(node.attributes[word], withoutProse(raw[word]), word);
  same(node.attributes.anyOf, intOrString ? undefined : withoutProse(raw.anyOf), 'anyOf');
  same(node.attributes.listType, raw['x-kubernetes-list-type'], 'list type');
  same(node.attributes.listMapKeys, raw['x-kubernetes-list-map-keys'], 'list map keys');
  const required = (raw.required ?? []) as string[];
  same(
    [...node.required].filter((it) => !shared.includes(it)).sort(),
    required.filter((it) => !shared.includes(it)).sort(),
    'required',
  );
  same([...node.properties.keys()].filter((it) => !shared.includes(it)).sort(), [...names].sort(), 'properties');
  same(node.items !== undefined, raw.items !== undefined, 'items');
  same(node.values !== undefined, typeof raw.additionalProperties === 'object', 'additionalProperties');

  let count = names.length;
  for (const name of names) count += compare(given[name] ?? {}, node.properties.get(name) as SchemaNode, where);
  if (node.items) count += compare(raw.items as Raw, node.items, where);
  if (node.values) count += compare(raw.additionalProperties as Raw, node.values, where);
  return count;
}

/** Descriptions and CEL rules stand everywhere; `properties` may have a field of that name, which stays. */
function withoutProse(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((it) => withoutProse(it));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => isNames || !/^(description|x-kubernetes-.*)$/.test(name));
  return Object.fromEntries(entries.map(([name, it]) => [name, withoutProse(it, name === 'properties')]));
}

test('every one-of of the reference CRDs that is a choice of fields is understood as one', { skip }, () => {
  const others = new Set<string>();
  const visit = (node: SchemaNode, kind: string) => {
    if (node.attributes.oneOf && choicesOf(node.attributes).length === 0) others.add(`${kind} ${node.path}`);
    for (const it of [...node.properties.values(), node.items, node.values]) if (it) visit(it, kind);
  };
  for (const { crd, release } of readCrds()) {
    for (const { name } of crd.spec.versions) {
      const schema = set.for(keyOf(crd), name, channelOf(crd, release));
      if (schema) visit(schema.root, schema.kind);
    }
  }
  assert.deepEqual([...others], ['Gateway spec.addresses[*]']);
});
