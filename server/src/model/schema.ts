/** What a kind may look like: one version of its structure, with our prose, walked by completion, hover and validation. */

import { nearest } from './nearest.ts';
import {
  type Attributes,
  type Constraint,
  type Structure,
  type StructureNode,
  type StructureVersion,
  structureNode,
} from './structure.ts';
import type { Path } from './text.ts';
import { isRecord } from './value.ts';

export interface SchemaSet {
  /** Keys of all kinds, `istio/virtualservice`. */
  readonly keys: readonly string[];
  /**
   * The schema of a kind in a version. Without a channel, or with one that lacks the version, the most common channel
   * that has it serves. Undefined for keys and versions that we do not know.
   */
  for(schemaKey: string, version: string, channel?: string): KindSchema | undefined;
  /** Prose of a kind; undefined for keys that we do not know. */
  docs(schemaKey: string): KindDoc | undefined;
  /** Structure of what every resource has: apiVersion, kind and metadata. */
  readonly common: StructureNode;
  readonly commonDocs: DocSource;
}

export interface KindSchema {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: string;
  readonly shortNames: readonly string[];
  readonly version: string;
  readonly channel: string | undefined;
  readonly versions: readonly StructureVersion[];
  readonly docs: KindDoc;
  readonly root: SchemaNode;
}

export interface KindDoc {
  readonly summary?: string;
  readonly text?: string;
  readonly link?: string;
  readonly example?: string;
  /** The releases in which versions came, as far as they are known; `*` stands for the kind as such. */
  readonly since?: Readonly<Record<string, string>>;
}

export interface FieldDoc {
  readonly text: string;
  /** What holds when the field is absent, in words. */
  readonly default?: string;
  /** A YAML fragment. */
  readonly example?: string;
  readonly link?: string;
  readonly since?: string;
  /** What to use instead. */
  readonly deprecated?: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly constraint?: string;
}

export type DocSource = (path: string) => FieldDoc | undefined;

export interface SchemaNode {
  /** `spec.http[*].route`; `.*` stands for the values of a map. */
  readonly path: string;
  /** JSON types that are allowed; empty: all. */
  readonly types: readonly string[];
  readonly properties: ReadonlyMap<string, SchemaNode>;
  readonly items: SchemaNode | undefined;
  /** Schema of the values of a map with free keys. */
  readonly values: SchemaNode | undefined;
  readonly required: ReadonlySet<string>;
  readonly enum: readonly unknown[] | undefined;
  readonly pattern: string | undefined;
  /** Bounds, format and everything else that the structure says. */
  readonly attributes: Attributes;
  /** What Kubernetes itself fills in; undefined when nothing. */
  readonly default: unknown;
  /** Keys beyond `properties` are allowed and kept. */
  readonly open: boolean;
  readonly nullable: boolean;
  readonly intOrString: boolean;
  /** Keys that are accepted but neither checked nor offered, such as `status`. */
  readonly ignored: ReadonlySet<string>;
  /** Sets of properties of which at most one may be set. */
  readonly choices: readonly (readonly string[])[];
  readonly doc: FieldDoc | undefined;
}

/** A one-of group: at most one of `names` may be set, and when `needed` exactly one. */
export interface Choice {
  readonly names: readonly string[];
  readonly needed: boolean;
}

/** Takes what `schemas/fold.mjs` made; each kind is parsed at its first use. */
export function loadSchemas(strings: Readonly<Record<string, string>>): SchemaSet {
  return new Schemas(strings);
}

/**
 * The schema of a version of a CustomResourceDefinition, undefined when the value is none or lacks the version. Prose
 * comes from the built-in kind `schemaKey`, by path, for a version that it lacks from one of `proseVersions`; what is
 * not described there, the CRD's own words describe.
 */
export function schemaFromCrd(
  crd: unknown,
  version: string,
  schemas: SchemaSet,
  schemaKey?: string,
  proseVersions: readonly string[] = [],
): KindSchema | undefined {
  if (!isRecord(crd) || crd.kind !== 'CustomResourceDefinition' || !isRecord(crd.spec)) return undefined;
  const { group, names, scope, versions, validation } = crd.spec;
  if (typeof group !== 'string' || !isRecord(names) || typeof names.kind !== 'string') return undefined;
  const listed = Array.isArray(versions)
    ? versions.filter(isRecord)
    : [{ name: crd.spec.version, served: true, storage: true }];
  const found = listed.find((it) => it.name === version);
  if (!found) return undefined;
  const schema = isRecord(found.schema)
    ? found.schema.openAPIV3Schema
    : isRecord(validation)
      ? validation.openAPIV3Schema
      : undefined;
  const structure: Structure = {
    group,
    kind: names.kind,
    plural: typeof names.plural === 'string' ? names.plural : '',
    scope: typeof scope === 'string' ? scope : 'Namespaced',
    shortNames: Array.isArray(names.shortNames) ? names.shortNames.filter((it) => typeof it === 'string') : [],
    versions: listed.map((it) => ({
      name: String(it.name),
      served: it.served === true,
      storage: it.storage === true,
      deprecated: it.deprecated === true,
    })),
    variants: [version],
    root: structureNode(schema),
  };
  const builtIn =
    schemaKey === undefined
      ? undefined
      : [version, ...proseVersions].map((it) => schemas.for(schemaKey, it)).find((it) => it !== undefined);
  const docs = builtIn ? docsOf.get(builtIn) : undefined;
  const said = descriptionsIn(schema);
  const kindText = said('')?.text;
  return kindSchema(
    structure,
    version,
    {
      kind: docs?.kind ?? (kindText === undefined ? {} : { text: kindText }),
      field: (path) => docs?.field(path) ?? said(path),
    },
    schemas,
  );
}

/** Longer descriptions are cut off, in characters. */
const descriptionLimit = 1_200;

/** What an OpenAPI schema says of its fields, by the paths of `SchemaNode`; read at the first question. */
function descriptionsIn(schema: unknown): DocSource {
  let texts: Map<string, FieldDoc> | undefined;
  return (path) => {
    if (!texts) {
      texts = new Map();
      collectDescriptions(schema, '', texts, 0);
    }
    return texts.get(path);
  };
}

function collectDescriptions(schema: unknown, path: string, texts: Map<string, FieldDoc>, depth: number): void {
  if (!isRecord(schema) || depth > 100) return;
  const { description, properties, items, additionalProperties } = schema;
  if (typeof description === 'string' && description.trim() !== '') {
    const text = description.trim();
    texts.set(path, { text: text.length > descriptionLimit ? `${text.slice(0, descriptionLimit)}…` : text });
  }
  for (const [name, it] of Object.entries(isRecord(properties) ? properties : {}))
    collectDescriptions(it, path === '' ? name : `${path}.${name}`, texts, depth + 1);
  collectDescriptions(items, `${path}[*]`, texts, depth + 1);
  collectDescriptions(additionalProperties, `${path}.*`, texts, depth + 1);
}

/**
 * The schema of maps that hold some fields of kinds and anything else: the fields at these paths, each by its last key.
 * Prose and bounds stay those of the fields; nothing is required. Undefined when none of the paths is there.
 */
export function schemaOfValues(
  fields: readonly { readonly schema: KindSchema; readonly path: Path }[],
): KindSchema | undefined {
  const properties = new Map<string, SchemaNode>();
  for (const { schema, path } of fields) {
    const node = schemaAt(schema.root, path);
    if (node) properties.set(String(path.at(-1)), node);
  }
  const [first] = fields;
  return first && properties.size > 0 ? { ...first.schema, root: { ...openMap, properties } } : undefined;
}

const openMap: Omit<SchemaNode, 'properties'> = {
  path: '',
  types: ['object'],
  items: undefined,
  values: undefined,
  required: new Set(),
  enum: undefined,
  pattern: undefined,
  attributes: {},
  default: undefined,
  open: true,
  nullable: false,
  intOrString: false,
  ignored: new Set(),
  choices: [],
  doc: undefined,
};

/**
 * The node at a path, undefined where the schema says nothing. A misspelt key leads below the key that was most likely
 * meant; `value` is the root's value and keeps keys that are there already from being guessed.
 */
export function schemaAt(root: SchemaNode, path: Path, value?: unknown): SchemaNode | undefined {
  let node: SchemaNode | undefined = root;
  let at = value;
  for (const key of path) {
    if (!node) return undefined;
    node = typeof key === 'number' ? node.items : (node.properties.get(key) ?? node.values ?? guessed(node, key, at));
    at = Array.isArray(at) ? at[Number(key)] : isRecord(at) ? at[key] : undefined;
  }
  return node;
}

/** The property that was most likely meant by an unknown key; undefined where any key is allowed. */
export function guessKey(node: SchemaNode, key: string, value: unknown): string | undefined {
  if (node.open || node.properties.size === 0) return undefined;
  const guess = nearest(key, node.properties.keys());
  return guess !== undefined && isRecord(value) && Object.hasOwn(value, guess) ? undefined : guess;
}

function guessed(node: SchemaNode, key: string, value: unknown): SchemaNode | undefined {
  const guess = guessKey(node, key, value);
  return guess === undefined ? undefined : node.properties.get(guess);
}

/** The one-of groups of a node, out of `oneOf` and `allOf` as CRDs write them. */
export function choicesOf(attributes: Attributes | Constraint): readonly Choice[] {
  const own = attributes.oneOf ? choiceOf(attributes.oneOf) : undefined;
  const others = (attributes.allOf ?? []).flatMap((it) => choicesOf(it));
  return own ? [own, ...others] : others;
}

/** `[{required: [a]}, {required: [b]}]`, often beside `{not: {anyOf: […]}}`, which allows none of them. */
function choiceOf(oneOf: readonly Constraint[]): Choice | undefined {
  const names: string[] = [];
  let needed = true;
  for (const alternative of oneOf) {
    const words = Object.keys(alternative);
    const [name, ...more] = alternative.required ?? [];
    if (words.length === 1 && name !== undefined && more.length === 0) names.push(name);
    else if (words.length === 1 && alternative.not?.anyOf?.every((it) => it.required?.length === 1)) needed = false;
    else return undefined;
  }
  return { names, needed };
}

/** What `fold.mjs` writes for a kind. Texts that stand at several paths are kept once. */
interface Folded {
  readonly structure: Structure;
  readonly docs: KindDoc & { readonly fields: Readonly<Record<string, number>>; readonly texts: readonly FieldDoc[] };
}

interface Docs {
  readonly kind: KindDoc;
  readonly field: DocSource;
}

const noDocs: Docs = { kind: {}, field: () => undefined };
const docsOf = new WeakMap<KindSchema, Docs>();
const channelOrder = ['standard', 'experimental', 'linkerd'];

class Schemas implements SchemaSet {
  readonly keys: readonly string[];
  readonly #strings: Readonly<Record<string, string>>;
  readonly #folded = new Map<string, { readonly structure: Structure; readonly docs: Docs } | undefined>();
  readonly #kinds = new Map<string, KindSchema | undefined>();

  constructor(strings: Readonly<Record<string, string>>) {
    this.#strings = strings;
    this.keys = Object.keys(strings).filter((it) => it !== commonKey);
  }

  for(schemaKey: string, version: string, channel?: string): KindSchema | undefined {
    const id = `${schemaKey} ${version} ${channel ?? ''}`;
    if (!this.#kinds.has(id)) this.#kinds.set(id, this.#make(schemaKey, version, channel));
    return this.#kinds.get(id);
  }

  docs(schemaKey: string): KindDoc | undefined {
    return this.#read(schemaKey)?.docs.kind;
  }

  get common(): StructureNode {
    return this.#read(commonKey)?.structure.root ?? { type: 'object' };
  }

  get commonDocs(): DocSource {
    return this.#read(commonKey)?.docs.field ?? noDocs.field;
  }

  #make(schemaKey: string, version: string, channel: string | undefined): KindSchema | undefined {
    const read = this.#read(schemaKey);
    if (!read) return undefined;
    const { variants } = read.structure;
    const wanted = [channel, undefined, ...channelOrder].map((it) => (it === undefined ? version : `${version}@${it}`));
    const variant = wanted.find((it) => variants.includes(it));
    return variant === undefined ? undefined : kindSchema(read.structure, variant, read.docs, this);
  }

  #read(schemaKey: string): { readonly structure: Structure; readonly docs: Docs } | undefined {
    if (this.#folded.has(schemaKey)) return this.#folded.get(schemaKey);
    const text = Object.hasOwn(this.#strings, schemaKey) ? this.#strings[schemaKey] : undefined;
    const folded = text === undefined ? undefined : readFolded(text);
    this.#folded.set(schemaKey, folded);
    return folded;
  }
}

const commonKey = 'kubernetes/metadata';

function readFolded(text: string): { readonly structure: Structure; readonly docs: Docs } {
  const { structure, docs } = JSON.parse(text) as Folded;
  const { fields, texts, ...kind } = docs;
  const numbers = new Map(Object.entries(fields));
  return { structure, docs: { kind, field: (path) => texts[numbers.get(path) ?? -1] } };
}

function kindSchema(structure: Structure, variant: string, docs: Docs, schemas: SchemaSet): KindSchema {
  const { group, kind, plural, scope, shortNames, versions } = structure;
  const [version = variant, channel] = variant.split('@');
  const { common, commonDocs } = schemas;
  const source: DocSource = (path) => docs.field(path) ?? commonDocs(path);
  const root = new View(withCommon(structure.root, common), variant, '', source, new Set(['status']));
  const schema: KindSchema = {
    group,
    kind,
    plural,
    scope,
    shortNames,
    version,
    channel,
    versions,
    docs: docs.kind,
    root,
  };
  docsOf.set(schema, docs);
  return schema;
}

/** The root of a kind with apiVersion, kind and metadata as they are for all kinds. */
function withCommon(root: StructureNode, common: StructureNode): StructureNode {
  const { apiVersion: _apiVersion, kind: _kind, metadata, status: _status, ...own } = root.properties ?? {};
  const properties = { ...common.properties };
  const demands = metadata?.properties;
  if (demands && properties.metadata) {
    properties.metadata = { ...properties.metadata, properties: { ...properties.metadata.properties, ...demands } };
  }
  return { ...root, properties: { ...properties, ...own } };
}

const nothing: ReadonlySet<string> = new Set();

/** One variant of a superset, made as far as it is walked. */
class View implements SchemaNode {
  readonly path: string;
  readonly attributes: Attributes;
  readonly types: readonly string[];
  readonly required: ReadonlySet<string>;
  readonly choices: readonly (readonly string[])[];
  readonly ignored: ReadonlySet<string>;
  readonly open: boolean;
  readonly nullable: boolean;
  readonly intOrString: boolean;
  readonly #structure: StructureNode;
  readonly #variant: string;
  readonly #docs: DocSource;
  #properties: ReadonlyMap<string, SchemaNode> | undefined;
  #items: SchemaNode | undefined;
  #values: SchemaNode | undefined;

  constructor(
    structure: StructureNode,
    variant: string,
    path: string,
    docs: DocSource,
    ignored: ReadonlySet<string> = nothing,
  ) {
    this.path = path;
    this.#structure = structure;
    this.#variant = variant;
    this.#docs = docs;
    this.attributes = attributesIn(structure, variant);
    const { type, intOrString, open, nullable, required } = this.attributes;
    this.types = intOrString ? ['integer', 'string'] : type === undefined ? [] : [type];
    this.required =
      path === ''
        ? new Set(['apiVersion', 'kind', 'metadata', ...(required ?? [])])
        : required
          ? new Set(required)
          : nothing;
    this.choices = choicesOf(this.attributes).flatMap((it) => (it.names.length > 1 ? [it.names] : []));
    this.ignored = ignored;
    this.open = open ?? (type === undefined && !structure.properties && !structure.items && !intOrString);
    this.nullable = nullable ?? false;
    this.intOrString = intOrString ?? false;
  }

  get properties(): ReadonlyMap<string, SchemaNode> {
    this.#properties ??= new Map(
      Object.entries(this.#structure.properties ?? {})
        .filter(([, it]) => this.#has(it))
        .map(([name, it]) => [name, this.#below(it, this.path === '' ? name : `${this.path}.${name}`)]),
    );
    return this.#properties;
  }

  get items(): SchemaNode | undefined {
    const { items } = this.#structure;
    if (items && this.#has(items)) this.#items ??= this.#below(items, `${this.path}[*]`);
    return this.#items;
  }

  get values(): SchemaNode | undefined {
    const { values } = this.#structure;
    if (values && this.#has(values)) this.#values ??= this.#below(values, `${this.path}.*`);
    return this.#values;
  }

  get enum(): readonly unknown[] | undefined {
    return this.attributes.enum;
  }

  get pattern(): string | undefined {
    return this.attributes.pattern;
  }

  get default(): unknown {
    return this.attributes.default;
  }

  get doc(): FieldDoc | undefined {
    return this.#docs(this.path);
  }

  #has(node: StructureNode): boolean {
    return !node.in || node.in.includes(this.#variant);
  }

  #below(node: StructureNode, path: string): SchemaNode {
    return new View(node, this.#variant, path, this.#docs);
  }
}

function attributesIn(node: StructureNode, variant: string): Attributes {
  const { properties: _properties, items: _items, values: _values, in: _in, per, ...attributes } = node;
  const patch = per?.[variant];
  if (!patch) return attributes;
  return Object.fromEntries(Object.entries({ ...attributes, ...patch }).filter(([, it]) => it !== null));
}
