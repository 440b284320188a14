/** What a reader can rely on in this repository: which room imports which, and where a rule, a kind or a setting is found. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { schemas } from 'meshwright:schemas';
import { rules, tables } from '../server/src/meshes/knowledge.ts';
import { loadSchemas } from '../server/src/model/schema.ts';
import { defaultSettings, readSettings, type Settings } from '../server/src/model/settings.ts';
import { listAt, recordAt, valueAt } from '../server/src/model/value.ts';
import { readPage } from './harness/page.ts';

const source = 'server/src';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((it) => {
    const file = `${folder}/${it.name}`;
    return it.isDirectory() ? filesBelow(file) : [file];
  });
}

const sources = filesBelow(source).filter((it) => it.endsWith('.ts'));

/** What a file imports: modules of ours as paths below `server/src`, packages by name. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:^|\n)(?:import|export)\b[^;'"]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/g)].map((it) => {
    const name = it[1] ?? it[2] ?? '';
    return name.startsWith('.') ? path.posix.relative(source, path.posix.join(path.posix.dirname(file), name)) : name;
  });
}

/** Rooms by the start of their path, with what each may import beside itself. */
const mayImport: readonly { readonly room: string; readonly may: readonly string[] }[] = [
  { room: 'model/', may: ['model/', 'yaml', 'fastest-levenshtein'] },
  {
    room: 'meshes/istio/',
    may: ['meshes/istio/', 'meshes/kubernetes/', 'meshes/mesh.ts', 'meshes/ideas.ts', 'meshes/moving.ts', 'model/'],
  },
  {
    room: 'meshes/linkerd/',
    may: ['meshes/linkerd/', 'meshes/kubernetes/', 'meshes/mesh.ts', 'meshes/ideas.ts', 'meshes/moving.ts', 'model/'],
  },
  {
    room: 'meshes/consul/',
    may: ['meshes/consul/', 'meshes/kubernetes/', 'meshes/mesh.ts', 'meshes/ideas.ts', 'meshes/moving.ts', 'model/'],
  },
  {
    room: 'meshes/kubernetes/',
    may: ['meshes/kubernetes/', 'meshes/mesh.ts', 'meshes/ideas.ts', 'meshes/moving.ts', 'model/'],
  },
  { room: 'meshes/', may: ['meshes/', 'model/', '../../snippets/'] },
  { room: 'render/', may: ['render/', 'queries/', 'meshes/', 'model/', 'yaml', 'picocolors'] },
  { room: 'queries/', may: ['queries/', 'render/', 'meshes/', 'model/', 'yaml'] },
  { room: 'files/', may: ['files/', 'model/', 'node:', 'ignore', 'picomatch', 'vscode-uri'] },
];

describe('rooms', () => {
  test('an import never goes up', () => {
    const wrong = sources.flatMap((file) => {
      const name = path.posix.relative(source, file);
      const row = mayImport.find((it) => name.startsWith(it.room));
      const found = row ? importsOf(file).filter((it) => !row.may.some((may) => it.startsWith(may))) : [];
      return found.map((it) => `${name} imports ${it}`);
    });
    assert.deepEqual(wrong, []);
  });

  test('only lsp and the entries know the protocol', () => {
    const wrong = sources.filter((file) => {
      const name = path.posix.relative(source, file);
      return !/^(lsp\/|main)/.test(name) && importsOf(file).some((it) => it.startsWith('vscode-languageserver'));
    });
    assert.deepEqual(wrong, []);
  });

  test('queries name no mesh', () => {
    // Conversion still chooses by name who reads Gateway API, and whose a label is.
    const wrong = sources
      .filter((file) => file.startsWith(`${source}/queries/`) && !file.endsWith('/convert.ts'))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .flatMap((line, number) =>
            /istio|linkerd|consul/i.test(line) ? [`${file}:${number + 1}: ${line.trim()}`] : [],
          ),
      );
    assert.deepEqual(wrong, []);
  });
});

describe('rules', () => {
  const files = sources.filter((it) => /\/rules\/[^/]+\.ts$/.test(it) && !it.endsWith('/rules.ts'));
  /** The rooms of rules; those of Kubernetes go by their own names. */
  const homeOf = (id: string) => {
    const [room = '', name = ''] = id.split('/');
    const isKubernetes = ['common', 'gateway', 'smi'].includes(room);
    return `meshes/${isKubernetes ? `kubernetes/${room}` : room}/rules/${name}`;
  };

  test('each rule has a file of its name, and each file is listed', () => {
    assert.deepEqual(rules.map((it) => `${source}/${homeOf(it.id)}.ts`).sort(), [...files].sort());
  });

  test('the constant of a file is its name', () => {
    for (const file of files) {
      const name = path.posix.basename(file, '.ts').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      assert.match(readFileSync(file, 'utf8'), new RegExp(`export const ${name}: Rule = \\{`), file);
    }
  });

  test('each rule has its page, with its id as the title', () => {
    for (const { id } of rules) {
      const page = `test/${homeOf(id)}.md`;
      assert.ok(existsSync(page), `${page} is missing.`);
      assert.equal(readPage(readFileSync(page, 'utf8')).title, id);
    }
  });

  test('each code that is not a rule has its page as well', () => {
    const codes = new Set(
      sources.flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/'((?:common|gateway)\/[a-z-]+)'/g)].map((it) => it[1] ?? ''),
      ),
    );
    for (const kind of tables.kinds) {
      const docs = `schemas/${kind.schema}.docs.yaml`;
      const hasDeprecated = kind.schema && existsSync(docs) && /^ +deprecated:/m.test(readFileSync(docs, 'utf8'));
      if (hasDeprecated)
        codes.add(`${kind.schema?.replace(/\/.*/, '').replace('kubernetes', 'gateway')}/deprecated-field`);
    }
    assert.ok(codes.size > 10);
    for (const code of codes) assert.ok(existsSync(`test/${homeOf(code)}.md`), `${code} has no page.`);
  });

  test('ids are used once, summaries are sentences', () => {
    assert.equal(new Set(rules.map((it) => it.id)).size, rules.length);
    for (const { id, summary } of rules) assert.match(summary, /^[A-Z].*\.$/, id);
  });
});

describe('kinds', () => {
  const set = loadSchemas(schemas);

  test('each kind with a schema has its file, and the versions agree', () => {
    for (const kind of tables.kinds) {
      if (kind.schema === undefined) continue;
      const file: unknown = JSON.parse(readFileSync(`schemas/${kind.schema}.json`, 'utf8'));
      assert.equal(valueAt(file, ['kind']), kind.name, kind.schema);
      assert.equal(valueAt(file, ['group']), kind.group, kind.schema);
      const versions = valueAt(file, ['versions']);
      const names = Array.isArray(versions) ? versions.map((it) => String(valueAt(it, ['name']))) : [];
      assert.deepEqual([...kind.versions].sort(), [...new Set(names)].sort(), kind.schema);
      assert.ok(set.for(kind.schema, kind.versions[0] ?? '', 'experimental'), `${kind.schema} cannot be read.`);
    }
  });

  test('each schema has its kind', () => {
    const known = new Set(tables.kinds.map((it) => it.schema));
    const files = ['istio', 'linkerd', 'consul', 'kubernetes', 'smi'].flatMap((folder) =>
      filesBelow(`schemas/${folder}`).filter((it) => it.endsWith('.json')),
    );
    const orphans = files.map((it) => it.replace(/^schemas\/|\.json$/g, '')).filter((it) => !known.has(it));
    // What all kinds share has no kind of its own.
    assert.deepEqual(orphans, ['kubernetes/metadata']);
  });

  test('no kind is listed twice', () => {
    const ids = tables.kinds.map((it) => `${it.group}/${it.name}`);
    assert.deepEqual(
      ids.filter((it, at) => ids.indexOf(it) !== at),
      [],
    );
  });
});

describe('settings', () => {
  const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
  const sections = listAt(manifest, ['contributes', 'configuration']);
  const properties = Object.assign({}, ...sections.map((it) => recordAt(it, ['properties']))) as Record<
    string,
    unknown
  >;

  test('those of package.json and those that the server reads agree, defaults too', () => {
    const defaults = Object.entries(properties).map(([name, it]) => ({
      steps: name.split('.').slice(1),
      value: valueAt(it, ['default']),
    }));
    const written: Record<string, unknown> = {};
    for (const { steps, value } of defaults) {
      const [name = '', inner] = steps;
      // A setting without a default says nothing until somebody sets it.
      if (name in defaultSettings && value !== undefined)
        written[name] = inner === undefined ? value : { ...recordAt(written, [name]), [inner]: value };
    }
    assert.deepEqual(written, { ...defaultSettings });
  });

  test('what they offer is what the server takes', () => {
    for (const [name, property] of Object.entries(properties)) {
      const key = name.replace('meshwright.', '');
      if (!(key in defaultSettings)) continue;
      const fallback = valueAt(property, ['default']);
      const read = readSettings({ [key]: fallback });
      assert.deepEqual(read[key as keyof Settings], fallback, name);
    }
    const severities = listAt(properties['meshwright.rules'], ['additionalProperties', 'enum']);
    for (const severity of severities)
      assert.deepEqual(readSettings({ rules: { 'a/b': severity } }).rules, { 'a/b': severity });
  });
});
