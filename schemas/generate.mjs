/**
 * Makes `schemas/<mesh>/<kind>.json` from CRDs. `npm run generate -- DIR…` reads the CRDs of each folder, one folder a
 * release, named `<project>-<version>`; `--check` writes nothing and fails when something is out of date.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parseAllDocuments } from 'yaml';

const home = path.dirname(fileURLToPath(import.meta.url));
const { structureNode } = await importTypeScript(path.join(home, '../server/src/model/structure.ts'));
const made = 'Made by npm run generate; do not edit.';

/** Folder of an API group; groups that are not here are none of ours. Only those of the Gateway API have channels. */
const folders = [
  [/^(.+\.)?istio\.io$/, 'istio'],
  [/^(.+\.)?linkerd\.io$/, 'linkerd'],
  [/^(.+\.)?consul\.hashicorp\.com$/, 'consul'],
  [/^gateway\.networking\.(x-)?k8s\.io$/, 'kubernetes'],
  [/^multicluster\.x-k8s\.io$/, 'kubernetes'],
  [/^(.+\.)?smi-spec\.io$/, 'smi'],
];

/** The order in which channels are preferred, also when one has to stand for the kind. */
const channelOrder = ['standard', 'experimental', 'linkerd'];

/**
 * Reads releases and gives what the schema folder should hold: `files` (path → text) and `sources`.
 * `directories` may name some releases only; kinds and channels of the others are kept as they are.
 */
export function generate(directories, root = home) {
  const before = readJson(path.join(root, 'sources.json')) ?? { releases: {} };
  const releases = [...directories.map((directory) => readRelease(directory)), ...readSupplements(root)];
  const files = new Map();
  for (const crds of groupBy(
    releases.flatMap((it) => it.crds),
    (it) => it.file,
  ).values()) {
    const file = crds[0].file;
    const kept = keptVariants(readJson(path.join(root, file)), crds);
    files.set(file, `${print(mergeKind([...crds, ...kept]))}\n`);
  }
  const renewed = Object.fromEntries(releases.filter((it) => it.name).map((it) => [it.name, it.source]));
  const replaced = new Set(Object.values(renewed).map((it) => it.project));
  const others = Object.entries(before.releases).filter(([, it]) => !replaced.has(it.project));
  const outputs = {
    ...before.outputs,
    ...Object.fromEntries([...files].map(([file, text]) => [file, checksum(text)])),
  };
  const sources = {
    $comment: made,
    releases: sorted(Object.fromEntries([...others, ...Object.entries(renewed)])),
    outputs: sorted(outputs),
  };
  return { files, sources: `${JSON.stringify(sources, null, 2)}\n` };
}

/** What is out of date, as sentences; empty when all is fresh. Without directories only our own files are compared. */
export function check(directories, root = home) {
  const problems = [];
  const sources = readJson(path.join(root, 'sources.json'));
  if (!sources) return ['schemas/sources.json is missing or is not JSON.'];
  for (const [file, sum] of Object.entries(sources.outputs)) {
    const text = readText(path.join(root, file));
    if (text === undefined) problems.push(`schemas/${file} is listed in sources.json but is not there.`);
    else if (checksum(text) !== sum) problems.push(`schemas/${file} was changed by hand or by half a run.`);
  }
  for (const file of generatedFiles(root)) {
    if (!(file in sources.outputs))
      problems.push(`schemas/${file} says it is generated but sources.json does not list it.`);
  }
  if (directories.length === 0) return problems;
  const fresh = generate(directories, root);
  for (const [file, text] of fresh.files) {
    if (readText(path.join(root, file)) !== text) problems.push(`schemas/${file} differs from its CRD.`);
  }
  if (readText(path.join(root, 'sources.json')) !== fresh.sources)
    problems.push('schemas/sources.json names other releases or checksums.');
  return problems;
}

/** One variant of a superset: nodes and attributes of that variant only. The inverse of `mergeNodes`. */
export function variantOf(node, variant) {
  const { in: _in, per, properties, items, values, ...attributes } = node;
  const result = { ...attributes };
  for (const [name, value] of Object.entries(per?.[variant] ?? {})) {
    if (value === null) delete result[name];
    else result[name] = value;
  }
  const exists = (it) => it && (!it.in || it.in.includes(variant));
  if (properties) {
    const own = Object.entries(properties).filter(([, it]) => exists(it));
    if (own.length > 0) result.properties = Object.fromEntries(own.map(([name, it]) => [name, variantOf(it, variant)]));
  }
  if (exists(items)) result.items = variantOf(items, variant);
  if (exists(values)) result.values = variantOf(values, variant);
  return result;
}

function readRelease(directory) {
  const name = path.basename(path.resolve(directory));
  const match = /^(istio|linkerd|consul-k8s|gateway-api|smi)-(.+?)(?:-(standard|experimental))?$/.exec(name);
  if (!match)
    throw new Error(
      `${directory}: a folder of CRDs is named <project>-<version>, such as istio-1.31.0 or gateway-api-1.6.1-standard.`,
    );
  const names = readdirSync(directory)
    .filter((it) => /\.ya?ml$/.test(it))
    .sort();
  const texts = names.map((it) => [it, readFileSync(path.join(directory, it), 'utf8')]);
  const crds = texts.flatMap(([file, text]) => readCrds(text, `${name}/${file}`, match[1]));
  const project = [match[1], match[3]].filter(Boolean).join('-');
  const source = {
    project,
    version: match[2],
    files: Object.fromEntries(texts.map(([file, text]) => [file, checksum(text)])),
  };
  return { name, source, crds };
}

/** Versions that no CRD of a release holds, written by hand beside what they add to. */
function readSupplements(root) {
  return meshFolders(root).flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((it) => it.endsWith('.crd.yaml'))
      .map((it) => ({
        crds: readCrds(readFileSync(path.join(root, folder, it), 'utf8'), `schemas/${folder}/${it}`, 'supplement'),
      })),
  );
}

function readCrds(text, where, project) {
  const crds = [];
  for (const document of parseAllDocuments(text)) {
    if (document.errors.length > 0) throw new Error(`${where}: ${document.errors[0].message}`);
    // CRDs come from releases and from us; our own say what repeats by alias.
    const crd = document.toJS({ maxAliasCount: -1 });
    if (crd?.kind !== 'CustomResourceDefinition') continue;
    const folder = folders.find(([group]) => group.test(crd.spec.group))?.[1];
    if (!folder) throw new Error(`${where}: the group ${crd.spec.group} belongs to no folder of schemas/.`);
    const channel = crd.spec.group.startsWith('gateway.') ? channelOf(crd, project) : undefined;
    crds.push({ file: `${folder}/${crd.spec.names.kind.toLowerCase()}.json`, spec: crd.spec, channel, project, where });
  }
  return crds;
}

/** Linkerd ships copies of the Gateway API that are older than their annotations of the channel would suggest. */
function channelOf(crd, project) {
  return project === 'linkerd'
    ? 'linkerd'
    : (crd.metadata.annotations?.['gateway.networking.k8s.io/channel'] ?? 'standard');
}

/** What an existing file knows and this run does not read, in the shape of CRDs: other channels, versions beside a supplement. */
function keptVariants(existing, crds) {
  if (!existing) return [];
  const channels = new Set(existing.variants.map((it) => it.split('@')[1]));
  return [...channels].flatMap((channel) => {
    const reading = crds.filter((it) => it.channel === channel);
    if (reading.some((it) => it.project !== 'supplement')) return [];
    const supplied = new Set(reading.flatMap((it) => it.spec.versions.map((version) => version.name)));
    const idOf = (version) => (channel ? `${version.name}@${channel}` : version.name);
    const versions = existing.versions.filter((it) => existing.variants.includes(idOf(it)) && !supplied.has(it.name));
    return {
      channel,
      file: crds[0].file,
      spec: { group: existing.group, scope: existing.scope, names: existing },
      versions: versions.map((it) => ({
        ...it,
        served: it.channels?.includes(channel) ?? it.served,
        root: variantOf(existing.root, idOf(it)),
      })),
    };
  });
}

function mergeKind(crds) {
  const ordered = [...crds].sort((a, b) => channelOrder.indexOf(a.channel) - channelOrder.indexOf(b.channel));
  const { group, scope, names } = ordered[0].spec;
  if (ordered.some((it) => it.spec.group !== group))
    throw new Error(`${ordered[0].file}: two groups have this kind; they need folders of their own.`);
  const entries = ordered.flatMap((crd) => versionsOf(crd).map((version) => ({ ...version, channel: crd.channel })));
  const byVersion = [...groupBy(entries, (it) => it.name)].sort(([a], [b]) => compareVersions(a, b));
  const variants = byVersion.flatMap(([, its]) =>
    its.map((it) => ({ id: it.channel ? `${it.name}@${it.channel}` : it.name, node: it.root })),
  );
  const ids = variants.map((it) => it.id);
  const twice = ids.find((it, position) => ids.indexOf(it) !== position);
  if (twice) throw new Error(`${ordered[0].file}: ${twice} comes from two sources.`);
  const versions = byVersion.map(([name, its]) => ({
    name,
    served: its.some((it) => it.served),
    storage: its[0].storage,
    deprecated: its.some((it) => it.deprecated),
    ...(its[0].channel ? { channels: its.filter((it) => it.served).map((it) => it.channel) } : {}),
  }));
  const { kind, plural, shortNames = [] } = names;
  return {
    $comment: made,
    group,
    kind,
    plural,
    scope,
    shortNames,
    versions,
    variants: ids,
    root: mergeNodes(variants, ids),
  };
}

function versionsOf(crd) {
  if (crd.versions) return crd.versions;
  return crd.spec.versions.map((it) => ({
    name: it.name,
    served: it.served,
    storage: it.storage,
    deprecated: it.deprecated ?? false,
    root: rootOf(structureNode(it.schema.openAPIV3Schema)),
  }));
}

/** A root says apiVersion, kind and metadata whether its CRD does or not; status is not written by people. */
function rootOf({ properties, ...rest }) {
  const { apiVersion, kind, metadata, status: _status, ...own } = properties ?? {};
  const given = {
    apiVersion: apiVersion ?? { type: 'string' },
    kind: kind ?? { type: 'string' },
    metadata: metadata ?? { type: 'object' },
  };
  return { ...rest, properties: { ...given, ...own } };
}

/** Nodes of several variants as one; `parent` are the variants of the node above. The first variant is the plain reading. */
function mergeNodes(variants, parent) {
  const ids = variants.map((it) => it.id);
  const [first, ...rest] = variants;
  const { properties: _properties, items: _items, values: _values, ...merged } = first.node;
  const per = {};
  for (const { id, node } of rest) {
    const { properties: _p, items: _i, values: _v, ...attributes } = node;
    for (const name of new Set([...Object.keys(merged), ...Object.keys(attributes)])) {
      if (JSON.stringify(merged[name]) === JSON.stringify(attributes[name])) continue;
      per[id] ??= {};
      per[id][name] = attributes[name] ?? null;
    }
  }
  const names = [...new Set(variants.flatMap((it) => Object.keys(it.node.properties ?? {})))];
  const below = (pick) => {
    const having = variants.filter((it) => pick(it.node)).map((it) => ({ id: it.id, node: pick(it.node) }));
    return having.length > 0 ? mergeNodes(having, ids) : undefined;
  };
  const result = {};
  if (ids.length < parent.length) result.in = ids;
  Object.assign(result, merged);
  if (Object.keys(per).length > 0) result.per = per;
  if (names.length > 0)
    result.properties = Object.fromEntries(names.map((name) => [name, below((it) => it.properties?.[name])]));
  const items = below((it) => it.items);
  const values = below((it) => it.values);
  if (items) result.items = items;
  if (values) result.values = values;
  return result;
}

/** Newest first, as Kubernetes orders them: stable before beta before alpha, then by number. */
function compareVersions(a, b) {
  const rank = (version) => {
    const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
    return [stage === 'alpha' ? 0 : stage === 'beta' ? 1 : 2, Number(major), Number(minor)];
  };
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((it, position) => it !== right[position]);
  return at === -1 ? 0 : right[at] - left[at];
}

/** JSON with one line a property, or one line a node where it is short: a change upstream is a change of few lines. */
function print(value, indent = '') {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const pieces = isList
    ? value.map((it) => print(it, inner))
    : Object.entries(value).map(([key, it]) => `${JSON.stringify(key)}: ${print(it, inner)}`);
  const flat = isList ? `[${pieces.join(', ')}]` : pieces.length > 0 ? `{ ${pieces.join(', ')} }` : '{}';
  if (!flat.includes('\n') && indent.length + flat.length <= 110) return flat;
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  return `${open}\n${pieces.map((it) => inner + it).join(',\n')}\n${indent}${close}`;
}

function generatedFiles(root) {
  return meshFolders(root).flatMap((folder) =>
    readdirSync(path.join(root, folder))
      .filter((it) => it.endsWith('.json') && readText(path.join(root, folder, it)).includes(made))
      .map((it) => `${folder}/${it}`),
  );
}

function meshFolders(root) {
  return [...new Set(folders.map(([, folder]) => folder))].filter((it) => existsSync(path.join(root, it)));
}

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function sorted(record) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function checksum(text) {
  return createHash('sha256').update(text).digest('hex');
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function readJson(file) {
  const text = readText(file);
  return text === undefined ? undefined : JSON.parse(text);
}

/** The converter also serves CRDs found in a workspace, so it is the server's own. */
async function importTypeScript(file) {
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  const temporary = path.join(home, `.structure-${process.pid}.mjs`);
  writeFileSync(temporary, outputFiles[0].text);
  try {
    return await import(pathToFileURL(temporary).href);
  } finally {
    rmSync(temporary);
  }
}

function main(args) {
  const directories = args.filter((it) => !it.startsWith('--'));
  if (args.includes('--help')) {
    console.log(
      'npm run generate -- [--check] DIR…\n\nDIR holds the CRDs of one release and is named after it: istio-1.31.0, gateway-api-1.6.1-standard.',
    );
    return 0;
  }
  if (args.includes('--check')) {
    const problems = check(directories);
    for (const problem of problems) console.error(problem);
    return problems.length > 0 ? 1 : 0;
  }
  if (directories.length === 0) {
    console.error('Name the folders of CRDs to read; see schemas/README.md.');
    return 2;
  }
  const { files, sources } = generate(directories);
  for (const [file, text] of files) {
    mkdirSync(path.join(home, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(home, file), text);
  }
  writeFileSync(path.join(home, 'sources.json'), sources);
  console.log(`${files.size} kinds written.`);
  return 0;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.slice(2));
