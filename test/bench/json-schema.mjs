// All our kinds as one JSON Schema, for a server that is configured with schemas: which kind counts is decided by
// apiVersion and kind with if/then, the fastest form for it. Each kind stands in its newest version, with our prose.

import { foldSchemas } from '../../schemas/fold.mjs';

/** Attributes that mean the same in JSON Schema. */
const same = [
  ...['enum', 'pattern', 'minimum', 'maximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems'],
  ...['minProperties', 'maxProperties', 'uniqueItems', 'required', 'default', 'oneOf', 'anyOf', 'allOf', 'not'],
];

/** The kinds, each `{ apiVersion, kind, schema }`, and `combined`, the one schema of all. */
export function jsonSchemas() {
  const { schemas } = foldSchemas();
  const kinds = Object.entries(schemas)
    .filter(([key]) => key !== 'kubernetes/metadata')
    .map(([, text]) => kindSchema(JSON.parse(text)));
  const definitions = Object.fromEntries(kinds.map((it) => [nameOf(it), it.schema]));
  const combined = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' } },
    allOf: kinds.map((it) => ({
      if: {
        required: ['apiVersion', 'kind'],
        properties: { apiVersion: { const: it.apiVersion }, kind: { const: it.kind } },
      },
      then: { $ref: `#/definitions/${nameOf(it)}` },
    })),
    definitions,
  };
  return { kinds, combined };
}

function nameOf({ apiVersion, kind }) {
  return `${apiVersion.replaceAll('/', '_')}_${kind}`;
}

function kindSchema({ structure, docs: { fields, texts, text } }) {
  const variant = structure.variants[0];
  const [version] = variant.split('@');
  const apiVersion = structure.group === '' ? version : `${structure.group}/${version}`;
  const prose = (at) => texts[fields[at]]?.text;
  const schema = convert(structure.root, variant, '', prose);
  return { apiVersion, kind: structure.kind, schema: { ...schema, description: text } };
}

function convert(node, variant, at, prose) {
  const attributes = { ...node, ...node.per?.[variant] };
  const isPresent = (it) => !it.in || it.in.includes(variant);
  const schema = {};
  for (const name of same)
    if (attributes[name] !== undefined && attributes[name] !== null) schema[name] = attributes[name];
  if (attributes.intOrString) schema.type = ['integer', 'string'];
  else if (attributes.type) schema.type = attributes.nullable ? [attributes.type, 'null'] : attributes.type;
  const description = prose(at);
  if (description) schema.description = description;

  const properties = Object.entries(node.properties ?? {}).filter(([, it]) => isPresent(it));
  if (properties.length > 0) {
    schema.properties = Object.fromEntries(
      properties.map(([name, it]) => [name, convert(it, variant, at === '' ? name : `${at}.${name}`, prose)]),
    );
    // As catalogues of CRD schemas do it, so that an unknown field is found; metadata has more than we list.
    if (!attributes.open && !node.values && at !== 'metadata') schema.additionalProperties = false;
  }
  if (node.values) schema.additionalProperties = convert(node.values, variant, `${at}.*`, prose);
  if (node.items) schema.items = convert(node.items, variant, `${at}[*]`, prose);
  return schema;
}

/** The schema of a path (keys and positions) below the schema of a kind; undefined where it says nothing. */
export function schemaAt(schema, path) {
  let at = schema;
  for (const key of path) {
    const { properties, additionalProperties, items } = at ?? {};
    if (typeof key === 'number') at = items;
    else at = properties?.[key] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  }
  return at;
}
