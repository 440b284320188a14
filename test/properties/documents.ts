/** The samples as a workspace, and the same manifests as other people would have written them. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isCollection, isMap, parseAllDocuments, visit } from 'yaml';
import fc from '../harness/fast-check.ts';
import { readSettings } from '../../server/src/model/settings.ts';
import { applyChange, createWorkspace, type Workspace } from '../../server/src/model/workspace.ts';
import { knowledge } from '../harness/check.ts';

const folder = 'file:///samples';

export interface Sample {
  readonly uri: string;
  readonly text: string;
}

/** All YAML files below samples/. */
export const samples: readonly Sample[] = filesIn('samples').map((file) => ({
  uri: `${folder}/${path.relative('samples', file).replaceAll('\\', '/')}`,
  text: readFileSync(file, 'utf8').replaceAll('\r\n', '\n'),
}));

/** Those that hold resources a mesh reads. */
export const manifests = samples.filter(({ text, uri }) => /^kind:/m.test(text) && !uri.includes('/helm/'));

const workloads = manifests.filter((it) => it.uri.includes('/workloads/'));

/** One of the manifests, mostly one with resources of a mesh rather than Deployments and Services. */
export const anyManifest: fc.Arbitrary<Sample> = fc.oneof(
  { weight: 7, arbitrary: fc.constantFrom(...manifests.filter((it) => !workloads.includes(it))) },
  { weight: 1, arbitrary: fc.constantFrom(...workloads) },
);

/** The repositories of `test/workspaces/`, each a folder of its own. */
const repositories: readonly Sample[] = readdirSync('test/workspaces', { withFileTypes: true })
  .filter((it) => it.isDirectory())
  .flatMap((it) => filesIn(`test/workspaces/${it.name}`))
  .map((file) => ({
    uri: `file:///${path.relative('test', file).replaceAll('\\', '/')}`,
    text: readFileSync(file, 'utf8').replaceAll('\r\n', '\n'),
  }));

/** A manifest of the samples or of a repository; templates cannot be laid out anew. */
export const anyManifestOrRepository: fc.Arbitrary<Sample> = fc.oneof(
  { weight: 3, arbitrary: anyManifest },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...repositories.filter(({ text }) => /^kind:/m.test(text) && !text.includes('{{'))),
  },
);

function filesIn(place: string): string[] {
  return readdirSync(place, { withFileTypes: true })
    .flatMap((it) => {
      const file = path.join(place, it.name);
      return it.isDirectory() ? filesIn(file) : file.endsWith('.yaml') ? [file] : [];
    })
    .sort();
}

/** A fresh workspace of all samples. */
export function sampleWorkspace(): Workspace {
  return applyChange(createWorkspace(knowledge, readSettings({})), {
    folders: [folder],
    files: new Map(samples.map((it) => [it.uri, it.text])),
  });
}

/** A fresh workspace of all samples, and beside them all repositories. */
export function wholeWorkspace(): Workspace {
  const folders = new Set(repositories.map((it) => it.uri.split('/').slice(0, 5).join('/')));
  return applyChange(createWorkspace(knowledge, readSettings({})), {
    folders: [folder, ...folders],
    files: new Map([...samples, ...repositories].map((it) => [it.uri, it.text])),
  });
}

/** How a person lays out what another one wrote. */
export interface Layout {
  /** Columns by which maps are indented. */
  readonly indent: number;
  readonly indentLists: boolean;
  /** Collections this deep and deeper are in braces; 9 is none. */
  readonly flowFrom: number;
  readonly crlf: boolean;
  readonly unterminated: boolean;
  /** Share of lines that get a comment behind or above them, in tenths. */
  readonly comments: number;
  /** Whether Helm's templates stand in it. */
  readonly templated: boolean;
}

export const layouts: fc.Arbitrary<Layout> = fc.record({
  indent: fc.constantFrom(2, 2, 4, 4, 1, 3, 5, 6, 7, 8),
  indentLists: fc.boolean(),
  flowFrom: fc.constantFrom(9, 9, 9, 1, 2, 3, 4),
  crlf: fc.boolean(),
  unterminated: fc.boolean(),
  comments: fc.constantFrom(0, 0, 1, 4),
  templated: fc.constantFrom(false, false, false, true),
});

/** A text in another layout, with the same values where no template takes their place. */
export function laidOut(text: string, layout: Layout): string {
  let result = parseAllDocuments(text)
    .map((document) => {
      visit(document, {
        Collection(_key, node, ancestors) {
          const depth = ancestors.filter((it) => isCollection(it)).length;
          node.flow = depth >= layout.flowFrom || (node.items.length === 0 && !isMap(ancestors.at(-1)));
        },
      });
      return document.toString({ indent: layout.indent, indentSeq: layout.indentLists, lineWidth: 0 });
    })
    .join('---\n')
    .replace(/^---\n---\n/gm, '---\n');
  if (layout.templated && layout.flowFrom === 9) result = templated(result);
  if (layout.comments > 0 && !/[|>]\s*$|: "[^"\n]*$/m.test(result)) result = commented(result, layout.comments);
  if (layout.unterminated) result = result.replace(/\n$/, '');
  return layout.crlf ? result.replaceAll('\n', '\r\n') : result;
}

function commented(text: string, tenths: number): string {
  return text
    .split('\n')
    .map((line, number) => {
      if (line === '' || /^---|#/.test(line) || (number * 7) % 10 >= tenths) return line;
      return number % 2 === 0 ? `${line} # as agreed: see { the wiki }` : `# it's so\n${line}`;
    })
    .join('\n');
}

function templated(text: string): string {
  return text
    .split('\n')
    .flatMap((line, number) => {
      const value =
        number % 5 === 0
          ? line.replace(/^( *(?:- )?(?!kind|apiVersion)[\w.-]+: )[\w.-]+$/, '$1{{ .Values.name | quote }}')
          : line;
      return number % 9 === 8 && /^ +[\w-]+:/.test(line) ? ['{{- if .Values.on }}', value, '{{- end }}'] : [value];
    })
    .join('\n');
}
