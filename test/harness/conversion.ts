/**
 * Conversion pages: Markdown in which a heading is a test, `yaml` fences are files and the rest is what is expected.
 *
 *   ```yaml              what is converted: the first fence of a heading, the rest are facts
 *   ```yaml shop.yaml    a file with a name; those above the first heading of level two are facts of every test
 *   ```json options      options of the conversion
 *   ```yaml to linkerd           the new manifests
 *   ```yaml changes for linkerd  existing documents that change, as they read afterwards
 *   ```report to linkerd         what became of each leaf
 *
 * A fence that is left out expects nothing there; a heading without any expectation converts to every other mesh.
 * Report lines, parts in brackets only when there is something to say:
 *
 *   <fate> <Kind/namespace/name> <path> [[<code>]] [(security)] [-> <target>] [| <reason>]
 *   note <kind> [(security)] | <text>
 *   refused <Kind/namespace/name> | <reason>
 */

import { annotationDocs, schemas } from 'meshwright:schemas';
import assert from 'node:assert/strict';
import type { ConvertOptions, DialectId } from '../../server/src/meshes/mesh.ts';
import { defaultConvertOptions } from '../../server/src/meshes/mesh.ts';
import { isFor, meshesOf } from '../../server/src/meshes/meshes.ts';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { loadAnnotations } from '../../server/src/model/annotations.ts';
import type { Environment } from '../../server/src/model/environment.ts';
import { allResources, type Resource } from '../../server/src/model/manifest.ts';
import { leavesOf } from '../../server/src/model/report.ts';
import { loadSchemas } from '../../server/src/model/schema.ts';
import { pathText, type Uri } from '../../server/src/model/text.ts';
import { applyChange, createWorkspace, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { checkFields } from '../../server/src/queries/check-fields.ts';
import {
  changedManifests,
  type Conversion,
  convert,
  refusalText,
  resourceText,
  targetsFor,
} from '../../server/src/queries/convert.ts';
import { resultPlaces } from '../../server/src/queries/conversion-places.ts';
import { joinDocuments } from '../../server/src/render/manifest-yaml.ts';

const knowledge = { tables, schemas: loadSchemas(schemas), annotations: loadAnnotations(annotationDocs) };

const folder = 'file:///page';

/** A workspace with these files, by their names. */
export function workspaceOf(files: ReadonlyMap<string, string>): Workspace {
  return applyChange(createWorkspace(knowledge), {
    folders: [folder],
    files: new Map([...files].map(([name, text]) => [uriOf(name), text])),
  });
}

/** The uri of a file of a test workspace. */
export function uriOf(name: string): string {
  return `${folder}/${name}`;
}

interface Fence {
  readonly info: string;
  readonly text: string;
  /** Line of the opening and of the closing mark. */
  readonly start: number;
  readonly end: number;
}

export interface ConversionTest {
  readonly heading: string;
  readonly files: ReadonlyMap<string, string>;
  readonly converted: string;
  readonly options: ConvertOptions;
  /** What is expected, by mesh; empty when the page does not say yet. */
  readonly expected: ReadonlyMap<DialectId, Expected>;
  readonly fences: readonly Fence[];
}

/** The three texts that a conversion gives; empty where there is nothing. */
export interface Expected {
  readonly manifests: string;
  readonly changes: string;
  readonly report: string;
}

/** The tests of a page, in order. Headings without a manifest are prose. */
export function readConversionPage(page: string): readonly ConversionTest[] {
  const { shared, sections } = readSections(page);
  return sections.flatMap(({ heading, fences }) => {
    const sources = fences.filter(isSource);
    const [first] = sources;
    if (!first) return [];
    const converted = fileName(first) ?? 'page.yaml';
    const files = new Map<string, string>();
    for (const [position, fence] of [...shared.filter(isSource), ...sources].entries())
      files.set(fence === first ? converted : (fileName(fence) ?? `facts-${position}.yaml`), fence.text);
    const given = fences.find((it) => it.info === 'json options');
    const options: ConvertOptions = { ...defaultConvertOptions, ...(given ? JSON.parse(given.text) : {}) };
    return [{ heading, files, converted, options, expected: expectedOf(fences), fences }];
  });
}

function readSections(page: string) {
  const shared: Fence[] = [];
  const sections: { readonly heading: string; readonly fences: Fence[] }[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.startsWith('## ')) sections.push({ heading: line.slice(3).trim(), fences: [] });
    const mark = /^(`{3,})(.+)$/.exec(line);
    if (!mark) continue;
    const end = lines.indexOf(mark[1] ?? '', at + 1);
    assert.notEqual(end, -1, `The fence of line ${at + 1} is never closed.`);
    const fence = { info: (mark[2] ?? '').trim(), text: `${lines.slice(at + 1, end).join('\n')}\n`, start: at, end };
    (sections.at(-1)?.fences ?? shared).push(fence);
    at = end;
  }
  return { shared, sections };
}

function isSource(fence: Fence): boolean {
  return /^yaml(?: \S+\.ya?ml)?$/.test(fence.info);
}

function fileName(fence: Fence): string | undefined {
  return fence.info.split(' ')[1];
}

function targetOf({ info }: Fence): { readonly part: keyof Expected; readonly to: DialectId } | undefined {
  const match = /^(yaml to|yaml changes for|report to) (istio|linkerd|consul|gateway-api)$/.exec(info);
  if (!match) return undefined;
  const part = match[1] === 'yaml to' ? 'manifests' : match[1] === 'report to' ? 'report' : 'changes';
  return { part, to: match[2] as DialectId };
}

function expectedOf(fences: readonly Fence[]): ReadonlyMap<DialectId, Expected> {
  const expected = new Map<DialectId, Expected>();
  for (const fence of fences) {
    const target = targetOf(fence);
    if (!target) continue;
    const known = expected.get(target.to) ?? { manifests: '', changes: '', report: '' };
    expected.set(target.to, { ...known, [target.part]: fence.text });
  }
  return expected;
}

/** Converts one test to a mesh, checks what must hold of every conversion, and gives what the page should say. */
export function convertTest(test: ConversionTest, to: DialectId): Expected {
  const workspace = workspaceOf(test.files);
  const conversion = convert(workspace, { uris: [uriOf(test.converted)] }, to, test.options);
  assertSound(workspace, [uriOf(test.converted)], conversion);
  return {
    manifests: conversion.outputs.length === 0 ? '' : joinDocuments(conversion.outputs.map((it) => it.text)),
    changes: joinDocuments(changedManifests(workspace, conversion).map((it) => it.text)),
    report: reportLines(workspace, conversion),
  };
}

/** The meshes that a test is converted to: those that the page speaks of, else all that are possible. */
export function targetsOf(test: ConversionTest): readonly DialectId[] {
  if (test.expected.size > 0) return [...test.expected.keys()];
  const workspace = workspaceOf(test.files);
  const all = resourcesOf(workspace, [uriOf(test.converted)]);
  return [...new Set(all.flatMap((it) => targetsFor(it, environmentOf(workspace, it.uri))))];
}

function resourcesOf(workspace: Workspace, uris: readonly Uri[]): readonly Resource[] {
  return uris.flatMap((uri) => {
    const manifest = workspace.manifests.get(uri);
    return manifest ? [...allResources(manifest)] : [];
  });
}

/**
 * What must hold of every conversion of whole files, whatever they say. `allowed` are codes of problems that a result may
 * have all the same, since its source has them: a port that is no port.
 */
export function assertSound(
  workspace: Workspace,
  converted: readonly Uri[],
  conversion: Conversion,
  allowed: readonly string[] = [],
): void {
  checkLeaves(workspace, converted, conversion);
  checkTargets(workspace, conversion);
  checkOutputs(workspace, converted, conversion, allowed);
}

/** Every leaf of what is converted has exactly one fate; those that changed or were lost have a reason and a code. */
function checkLeaves(workspace: Workspace, converted: readonly Uri[], { report, refused }: Conversion): void {
  const wanted = resourcesOf(workspace, converted)
    .filter((it) => !refused.some(({ resource }) => resource === it))
    .flatMap((it) =>
      leavesOf(it)
        .filter((path) => meshesOf(it, environmentOf(workspace, it.uri)).some((mesh) => isFor(mesh, it, path)))
        .map((path) => `${it.kind}/${it.name} ${pathText(path)}`),
    );
  const found = report.map((it) => `${it.resource.kind}/${it.resource.name} ${pathText(it.path)}`);
  assert.deepEqual([...found].sort(), [...wanted].sort(), 'Each leaf has one entry.');
  for (const { fate, reason, code, target, path } of report) {
    if (fate === 'exact') assert.ok(target !== '' || reason !== '', `${pathText(path)} is exact, but nobody says how.`);
    else assert.ok(reason !== '' && code !== '', `${pathText(path)} is ${fate} without a reason or a code.`);
  }
}

/** What the report says of the result is there. Services may be in the cluster alone. */
function checkTargets(workspace: Workspace, conversion: Conversion): void {
  const placesOf = resultPlaces(workspace, conversion);
  for (const { resource, path, targets } of conversion.report)
    for (const target of targets) {
      const isThere = target.place.startsWith('Service/') || placesOf({ resource, targets: [target] }).length > 0;
      assert.ok(
        isThere,
        `${resource.kind}/${resource.name} ${pathText(path)} leads to ${target.place}, which is nowhere.`,
      );
    }
}

/** New manifests fit the schemas of their kinds, have names of their own and take nobody's place. */
function checkOutputs(
  workspace: Workspace,
  converted: readonly Uri[],
  conversion: Conversion,
  allowed: readonly string[],
): void {
  const texts = new Map(conversion.outputs.map((it) => [it.path, it.text]));
  const after = workspaceOf(texts);
  const names = new Set<string>();
  for (const path of texts.keys()) {
    const manifest = after.manifests.get(uriOf(path));
    assert.ok(manifest, `${path} is not read back.`);
    for (const resource of allResources(manifest)) {
      const environment = environmentOf(after, resource.uri);
      const name = `${resource.group} ${resourceText(environment, resource)}`;
      const problems = problemsOf(environment, resource, allowed);
      assert.deepEqual(problems, [], `${name} does not fit its schema:\n${texts.get(path)}`);
      assert.ok(!names.has(name) || isSaid(conversion, name), `${name} is written twice.`);
      names.add(name);
    }
  }
  for (const { resource, text } of changedManifests(workspace, conversion)) {
    const changed = workspaceOf(new Map([['changed.yaml', text]]));
    const environment = environmentOf(changed, uriOf('changed.yaml'));
    const known = problemsOf(environmentOf(workspace, resource.uri), resource, allowed);
    const problems = resourcesOf(changed, [uriOf('changed.yaml')])
      .flatMap((it) => problemsOf(environment, it, allowed))
      .filter((it) => !known.includes(it));
    assert.deepEqual(problems, [], `${resource.kind} ${resource.name} does not fit its schema once changed:\n${text}`);
  }
  for (const [uri, manifest] of workspace.manifests) {
    if (converted.includes(uri)) continue;
    for (const resource of allResources(manifest)) {
      const name = `${resource.group} ${resourceText(environmentOf(workspace, uri), resource)}`;
      assert.ok(!names.has(name) || isSaid(conversion, name), `${name} exists already; it has to be changed.`);
    }
  }
}

function problemsOf(environment: Environment, resource: Resource, allowed: readonly string[]): readonly string[] {
  return checkFields(environment, resource)
    .filter((it) => !allowed.includes(it.code))
    .map((it) => it.message);
}

/** Whether a note tells that somebody has to put two resources of this name together. */
function isSaid({ notes }: Conversion, name: string): boolean {
  const place = name.split(' ')[1] ?? '';
  return notes.some((it) => it.kind === 'manual' && it.text.startsWith(`${place} `));
}

function reportLines(workspace: Workspace, { report, notes, refused }: Conversion): string {
  const nameOf = (it: Resource) => resourceText(environmentOf(workspace, it.uri), it);
  const lines = [
    ...report.map(({ resource, path, fate, code, reason, risk, target }) => {
      const parts = [fate.padEnd(7), nameOf(resource), pathText(path)];
      if (code !== '') parts.push(`[${code}]`);
      if (risk === 'security') parts.push('(security)');
      if (target !== '') parts.push(`-> ${target}`);
      if (reason !== '') parts.push(`| ${reason}`);
      return parts.join(' ');
    }),
    ...notes.map(({ kind, text, risk }) => `note    ${kind}${risk === 'security' ? ' (security)' : ''} | ${text}`),
    ...refused.map((it) => `refused ${nameOf(it.resource)} | ${refusalText(it)}`),
  ];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The page with what conversions give today in place of what it expects; other text stays. */
export function updatedPage(
  page: string,
  results: readonly (readonly [ConversionTest, ReadonlyMap<DialectId, Expected>])[],
) {
  const lines: (string | undefined)[] = page.split('\n');
  const added = new Map<number, string[]>();
  for (const [test, byMesh] of results) {
    const last = Math.max(...test.fences.map((it) => it.end)) + 1;
    for (const [to, expected] of byMesh) {
      const infos = [`yaml to ${to}`, `yaml changes for ${to}`, `report to ${to}`];
      const texts = [expected.manifests, expected.changes, expected.report].map((it) => it.replace(/\n$/, ''));
      for (const [part, info] of infos.entries()) {
        const fence = test.fences.find((it) => it.info === info);
        const written = `\`\`\`${info}\n${texts[part] ?? ''}\n\`\`\``;
        if (fence) for (let at = fence.start; at <= fence.end; at += 1) lines[at] = undefined;
        if (texts[part] === '') continue;
        if (fence) {
          lines[fence.start] = written;
          continue;
        }
        const next = test.fences.find((it) => infos.indexOf(it.info) > part);
        if (next) added.set(next.start, [...(added.get(next.start) ?? []), `${written}\n`]);
        else added.set(last, [...(added.get(last) ?? []), `\n${written}`]);
      }
    }
  }
  const updated = lines.flatMap((line, at) => [...(added.get(at) ?? []), ...(line === undefined ? [] : [line])]);
  return `${[...updated, ...(added.get(lines.length) ?? [])]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
