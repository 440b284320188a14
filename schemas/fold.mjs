/**
 * Joins structure and prose of each kind into one string, and gives all of them, compressed, to the bundle as the import
 * `meshwright:schemas`. Prose that names something the structure does not have stops the build.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { parseDocument } from 'yaml';

const home = path.dirname(fileURLToPath(import.meta.url));
const virtual = 'meshwright:schemas';

/** What bundles that share one copy of the schemas read them from, beside themselves. */
const packFile = 'schemas.bin';

/**
 * An esbuild plugin that serves `meshwright:schemas`. `kinds` are keys such as `istio/virtualservice`, a list or a
 * function that gives one; without it every kind is served. What all kinds share is always there. With `isBeside`, the
 * bundle reads them from a file that is written next to it.
 */
export function schemasPlugin({ root = home, kinds, isBeside = false } = {}) {
  return {
    name: 'schemas',
    setup(build) {
      let pack;
      const { outdir, write } = build.initialOptions;
      build.onEnd(async ({ errors }) => {
        if (!pack || errors.length > 0 || write === false) return;
        await mkdir(outdir, { recursive: true });
        await writeFile(path.join(outdir, packFile), pack);
      });
      build.onResolve({ filter: /^meshwright:schemas$/ }, () => ({ path: virtual, namespace: 'schemas' }));
      build.onLoad({ filter: /.*/, namespace: 'schemas' }, () => {
        const { schemas, annotationDocs } = foldSchemas(root, { kinds: typeof kinds === 'function' ? kinds() : kinds });
        const { contents, bytes } = isBeside ? beside(schemas, annotationDocs) : bundled(schemas, annotationDocs);
        pack = bytes;
        return {
          contents,
          resolveDir: root,
          loader: 'js',
          watchFiles: sourceFiles(root),
          watchDirs: meshes(root).map((it) => path.join(root, it)),
        };
      });
    },
  };
}

/** A module that holds both; what is packed in it is unpacked when it is first read, kind by kind. */
function bundled(schemas, annotationDocs) {
  const entries = Object.entries(schemas).map(
    ([key, text]) => `${JSON.stringify(key)}: '${packed(text).toString('base64')}'`,
  );
  const contents = `
import { brotliDecompressSync } from 'node:zlib';
const unpacked = (text) => brotliDecompressSync(Buffer.from(text, 'base64')).toString();
export const schemas = {};
for (const [key, text] of Object.entries({ ${entries.join(',\n')} }))
  Object.defineProperty(schemas, key, { enumerable: true, get: () => unpacked(text) });
export const annotationDocs = unpacked('${packed(annotationDocs).toString('base64')}');
`;
  return { contents };
}

/** The same, read from a file beside the bundle: where each text begins and ends stands in the module. */
function beside(schemas, annotationDocs) {
  const texts = [...Object.entries(schemas), ['', annotationDocs]].map(([key, text]) => [key, packed(text)]);
  let at = 0;
  const places = texts.map(([key, { length }]) => [key, at, (at += length)]);
  const [, docsStart, docsEnd] = places.pop();
  const contents = `
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
const bytes = readFileSync(path.join(__dirname, '${packFile}'));
const unpacked = (start, end) => brotliDecompressSync(bytes.subarray(start, end)).toString();
export const schemas = {};
for (const [key, start, end] of ${JSON.stringify(places)})
  Object.defineProperty(schemas, key, { enumerable: true, get: () => unpacked(start, end) });
export const annotationDocs = unpacked(${docsStart}, ${docsEnd});
`;
  return { contents, bytes: Buffer.concat(texts.map(([, it]) => it)) };
}

/** A text as its compressed bytes, about a fifth of it. The same text gives the same result. */
function packed(text) {
  return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}

/**
 * The strings that the bundle gets: `schemas` (`istio/virtualservice` → JSON of structure and prose) and `annotationDocs`
 * (JSON, mesh → name → what it does). Throws with file and path when prose does not fit the structure.
 */
export function foldSchemas(root = home, { kinds } = {}) {
  const blocks = new Blocks(root);
  const wanted = kinds && new Set([...kinds, 'kubernetes/metadata']);
  const schemas = {};
  for (const key of schemaKeys(root)) {
    const structure = readStructure(root, key);
    const docs = readDocs(root, key, structure, blocks);
    if (!wanted || wanted.has(key)) schemas[key] = JSON.stringify({ structure, docs });
  }
  for (const key of wanted ?? [])
    if (!(key in schemas)) throw new Error(`schemas/${key}.json is asked for but is not there.`);
  blocks.check();
  return { schemas, annotationDocs: JSON.stringify(readAnnotations(root)) };
}

/** Paths of the fields of a kind that have no prose, in the order of the structure. */
export function coverage(root, key) {
  const structure = readStructure(root, key);
  const { fields, texts } = readDocs(root, key, structure, new Blocks(root));
  const common = key === 'kubernetes/metadata' ? [] : ['apiVersion', 'kind', 'metadata'];
  return fieldPaths(structure.root).filter((it) => !common.includes(it.split('.')[0]) && !texts[fields[it]]?.text);
}

/** Keys of all kinds with a structure, `istio/virtualservice`, sorted. */
export function schemaKeys(root = home) {
  return meshes(root).flatMap((mesh) =>
    readdirSync(path.join(root, mesh))
      .filter((it) => it.endsWith('.json'))
      .sort()
      .map((it) => `${mesh}/${it.slice(0, -'.json'.length)}`),
  );
}

/** Paths of all fields of a structure, over all variants; list items and map values by themselves are no fields. */
export function fieldPaths(node, at = '') {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, it]) => {
    const here = at === '' ? name : `${at}.${name}`;
    return [here, ...fieldPaths(it, here)];
  });
  return [
    ...own,
    ...(node.items ? fieldPaths(node.items, `${at}[*]`) : []),
    ...(node.values ? fieldPaths(node.values, `${at}.*`) : []),
  ];
}

const fieldWords = ['text', 'default', 'example', 'link', 'since', 'deprecated', 'values', 'constraint'];
const kindWords = ['summary', 'text', 'link', 'example'];

/** The release in which a kind came, under `*`, or in which its versions did. */
function readSince(since, { versions }, fail) {
  if (typeof since === 'string') return { '*': since };
  if (typeof since !== 'object' || since === null) fail('should be text in quotes, or such a text for versions.');
  for (const [version, release] of Object.entries(since)) {
    if (!versions.some((it) => it.name === version)) fail(`there is no version "${version}".`);
    if (typeof release !== 'string') fail(`"${version}" should be text; put it in quotes.`);
  }
  return since;
}

/** Prose of one kind: its own words, and `fields` (path → position in `texts`), each different text once. */
function readDocs(root, key, structure, blocks) {
  const file = `${key}.docs.yaml`;
  const raw = readYaml(root, file);
  const docs = { fields: {}, texts: [] };
  if (raw === undefined) return docs;
  const fail = (at, why) => {
    throw new Error(`schemas/${file}: ${at}: ${why}`);
  };
  if (raw.kind !== structure.kind) fail('kind', `"${raw.kind}" should be "${structure.kind}", as in ${key}.json.`);
  if ((raw.group ?? '') !== structure.group)
    fail('group', `"${raw.group}" should be "${structure.group}", as in ${key}.json.`);
  checkWords(raw, [...kindWords, 'since', 'kind', 'group', 'fields', 'shared'], (why) => fail('the kind', why));
  if (raw.since !== undefined) docs.since = readSince(raw.since, structure, (why) => fail('since', why));
  for (const word of kindWords) {
    if (raw[word] === undefined) continue;
    if (typeof raw[word] !== 'string') fail(word, 'should be text; put it in quotes.');
    docs[word] = raw[word].trim();
  }
  const local = {
    name: key,
    shared: raw.shared ?? {},
    mesh: key.split('/')[0],
    page: (raw.link ?? '').replace(/#.*$/, ''),
  };
  const entries = new Map();
  const own = new Set(Object.keys(raw.fields ?? {}));
  for (const [at, entry] of Object.entries(raw.fields ?? {})) {
    const node = nodeAt(structure.root, at);
    if (!node) fail(`fields.${at}`, `${structure.kind} has no such field.${hint(structure.root, at)}`);
    addEntry({
      entries,
      own,
      at,
      entry,
      node,
      local,
      blocks,
      structure,
      trail: [],
      fail: (why) => fail(`fields.${at}`, why),
    });
  }
  const numbers = new Map();
  for (const at of [...entries.keys()].sort()) {
    const entry = entries.get(at);
    const text = JSON.stringify(entry);
    if (!numbers.has(text)) {
      numbers.set(text, docs.texts.length);
      docs.texts.push(entry);
    }
    docs.fields[at] = numbers.get(text);
  }
  return docs;
}

/** Adds the prose of a field and, where it uses a shared block, of the fields below it. */
function addEntry(context) {
  const { entries, own, at, entry, node, local, blocks, structure, trail, fail } = context;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    fail('should be a map with text, default, example …');
  checkWords(entry, [...fieldWords, 'use'], fail);
  const kept = {};
  for (const word of fieldWords) {
    const value = entry[word];
    if (value === undefined) continue;
    if (word !== 'values' && typeof value !== 'string') fail(`${word} should be text; put it in quotes.`);
    kept[word] = word === 'values' ? valuesFor(node, value, trail.length > 0, fail) : value.trim();
  }
  if (kept.link?.startsWith('#')) kept.link = local.page + kept.link;
  if (Object.keys(kept).length > 0) {
    if (!kept.text) fail('needs a text.');
    if (kept.link && !/^https:\/\//.test(kept.link))
      fail(`"${entry.link}" is no address, and the file has no link that it could belong to.`);
    if (!entries.has(at) || trail.length === 0) entries.set(at, kept);
  }
  if (entry.use === undefined) return;
  const block = blocks.find(entry.use, local, fail);
  if (trail.includes(block.id)) fail(`${entry.use} uses itself: ${[...trail, block.id].join(' → ')}.`);
  for (const [relative, inner] of Object.entries(block.fields)) {
    const below = /^[.[]/.test(relative) ? at + relative : `${at}.${relative}`;
    const found = nodeAt(structure.root, below);
    blocks.used(block, relative, found !== undefined);
    if (!found || (own.has(below) && inner.use === undefined)) continue;
    addEntry({
      ...context,
      at: below,
      entry: own.has(below) ? { use: inner.use } : inner,
      node: found,
      local: block.home,
      trail: [...trail, block.id],
      fail: (why) => fail(`${entry.use}.${relative}: ${why}`),
    });
  }
}

/** Shared blocks of all meshes, and which of their fields have met a structure. */
class Blocks {
  #root;
  #files = new Map();
  #met = new Map();

  constructor(root) {
    this.#root = root;
  }

  /** The block that `use` names: of the same file, of the mesh, or with `<mesh>/` before it of another mesh. */
  find(name, local, fail) {
    if (typeof name !== 'string') fail('use should name a shared block.');
    const [mesh, word] = name.includes('/') ? name.split('/') : [local.mesh, name];
    const places = [...(mesh === local.mesh ? [local] : []), this.#shared(mesh)];
    const place = places.find((it) => Object.hasOwn(it.shared, word));
    if (!place) fail(`no shared block is named "${name}".`);
    return { id: `${place.name}#${word}`, fields: place.shared[word], home: place };
  }

  used(block, relative, fits) {
    const id = `${block.id}.${relative}`;
    this.#met.set(id, fits || this.#met.get(id) === true);
  }

  /** Throws when a field of a shared block fitted nowhere that the block was used. */
  check() {
    for (const [id, fits] of this.#met) {
      if (!fits)
        throw new Error(
          `schemas/${id.replace('#', '.docs.yaml: shared.')}: none of the places that use the block has this field.`,
        );
    }
  }

  #shared(mesh) {
    if (!this.#files.has(mesh)) {
      const { shared = {}, link = '' } = readYaml(this.#root, `${mesh}/shared.docs.yaml`) ?? {};
      this.#files.set(mesh, { name: `${mesh}/shared`, mesh, shared, page: link });
    }
    return this.#files.get(mesh);
  }
}

function checkWords(entry, known, fail) {
  const odd = Object.keys(entry).find((it) => !known.includes(it));
  if (odd !== undefined) fail(`"${odd}" is not one of ${known.join(', ')}.`);
}

/**
 * Prose of the values that a node allows; where it allows any text, values are examples. A block may speak of more values
 * than one of its users has.
 */
function valuesFor(node, values, isShared, fail) {
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    fail('values should be a map from value to text.');
  for (const [value, text] of Object.entries(values))
    if (typeof text !== 'string') fail(`values.${value} should be text; put it in quotes.`);
  const allowed = [node, node.items]
    .flatMap((it) => [it?.enum, ...Object.values(it?.per ?? {}).map((patch) => patch.enum)])
    .flatMap((it) => it ?? [])
    .map(String);
  if (allowed.length === 0) return values;
  const odd = Object.keys(values).filter((it) => !allowed.includes(it));
  if (odd.length > 0 && !isShared) fail(`values.${odd[0]}: the structure allows ${[...new Set(allowed)].join(', ')}.`);
  return Object.fromEntries(Object.entries(values).filter(([value]) => !odd.includes(value)));
}

function nodeAt(root, at) {
  let node = root;
  for (const [step] of at.matchAll(/\[\*\]|[^.[]+/g)) {
    if (step === '[*]') node = node.items;
    else node = node.properties?.[step] ?? (step === '*' ? node.values : undefined);
    if (!node) return undefined;
  }
  return node;
}

function hint(root, at) {
  const last = at.split('.').pop();
  const same = fieldPaths(root).filter((it) => it.endsWith(`.${last}`));
  return same.length > 0 ? ` It has ${same.slice(0, 3).join(', ')}.` : '';
}

const annotationWords = [
  ...[
    'kind',
    'on',
    'type',
    'values',
    'minimum',
    'maximum',
    'wildcard',
    'addresses',
    'names',
    'status',
    'internal',
    'descriptive',
  ],
  ...['text', 'default', 'example', 'link', 'since', 'deprecated', 'constraint', 'asAnnotation'],
];

/** Prose of labels and annotations: mesh → name → entry. */
function readAnnotations(root) {
  const result = {};
  for (const mesh of meshes(root)) {
    const file = `${mesh}/annotations.docs.yaml`;
    const raw = readYaml(root, file);
    if (raw === undefined) continue;
    for (const [name, entry] of Object.entries(raw)) {
      const fail = (why) => {
        throw new Error(`schemas/${file}: ${name}: ${why}`);
      };
      if (typeof entry?.text !== 'string' && typeof entry?.internal !== 'string')
        fail('needs a text, or in `internal` why nobody sets it.');
      checkWords(entry, annotationWords, fail);
      if (!Array.isArray(entry.on) || entry.on.length === 0) fail('on should list the kinds that it works on.');
    }
    result[mesh] = raw;
  }
  return result;
}

function readStructure(root, key) {
  const { $comment: _comment, ...structure } = JSON.parse(readFileSync(path.join(root, `${key}.json`), 'utf8'));
  return structure;
}

function readYaml(root, file) {
  const full = path.join(root, file);
  if (!existsSync(full)) return undefined;
  const document = parseDocument(readFileSync(full, 'utf8'), { version: '1.2' });
  if (document.errors.length > 0) throw new Error(`schemas/${file}: ${document.errors[0].message}`);
  return document.toJS() ?? {};
}

/** Folders of kinds; `output/` describes what the command line prints. */
function meshes(root) {
  return readdirSync(root, { withFileTypes: true })
    .filter((it) => it.isDirectory() && it.name !== 'output')
    .map((it) => it.name)
    .sort();
}

function sourceFiles(root) {
  return meshes(root).flatMap((mesh) =>
    readdirSync(path.join(root, mesh))
      .filter((it) => /\.(json|docs\.yaml)$/.test(it))
      .map((it) => path.join(root, mesh, it)),
  );
}
