/**
 * What is wrong with one part of a manifest: its text, its fields, and what rules say. Text and fields are judged once
 * a text; a rule's answer is kept until a table of the index that it asked has changed.
 */

import { chartValuesOf } from '../model/chart-values.ts';
import { hasKnownNamespace } from '../model/closed-world.ts';
import { type Environment, type EnvironmentIndex, type Reads, siteOf } from '../model/environment.ts';
import { isOfKind, kindId } from '../model/kind.ts';
import { referencesAt } from '../model/lookup.ts';
import { rangeInPart, type Resource, resourceAt, resourcesOf, spotAt } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import { readOutline } from '../model/outline.ts';
import type { Finding, Fix, FixEdit, Related, Rule, Severity } from '../model/rule.ts';
import type { SchemaSet } from '../model/schema.ts';
import type { Range, Uri } from '../model/text.ts';
import { textAt } from '../model/value.ts';
import { rulesFor } from '../meshes/knowledge.ts';
import { Service } from '../meshes/kubernetes/common/kinds.ts';
import { checkAnnotations } from './check-annotations.ts';
import { checkFields } from './check-fields.ts';
import { checkLabels } from './check-labels.ts';
import { checkReleases } from './check-releases.ts';
import { checkScalars } from './check-scalars.ts';
import { suppressionsOf, unusedSuppressions } from './suppressions.ts';

/** A finding with its range in the part. */
export interface Located {
  readonly range: Range;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly peers: readonly string[];
  readonly tags: readonly ('deprecated' | 'unnecessary')[];
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
}

interface Kept {
  readonly environment: Environment;
  /** What its fields were judged by: definitions of the workspace change it. */
  readonly schemas: SchemaSet;
  readonly uri: Uri;
  readonly own: readonly Located[];
  readonly byRule: Map<string, Answer>;
  /** All of it as it is shown. */
  shown: Answer | undefined;
}

interface Answer {
  readonly answer: readonly Located[];
  /** What of which index it came from. */
  readonly reads: ReadonlyMap<EnvironmentIndex, Reads>;
}

const kept = new WeakMap<Part, Kept>();

/**
 * How far to look. `own`: only what the part shows by itself, while the workspace is not read yet. `quick`: the answers of
 * rules to an unchanged text are taken as they are, though something elsewhere may have changed, which is the price of
 * being quick after a keystroke. `full`: everything as it is now.
 */
export type Depth = 'own' | 'quick' | 'full';

/** The findings of a part, in order of their place. */
export function findingsOf(environment: Environment, uri: Uri, part: Part, depth: Depth = 'full'): readonly Located[] {
  if (!part.isManifest && chartValuesOf(uri, part, environment.tables.kinds).length === 0) return [];
  let known = kept.get(part);
  const { schemas } = environment;
  if (known?.environment !== environment || known.uri !== uri || known.schemas !== schemas) {
    const byRule: Kept['byRule'] = known?.environment === environment && known.uri === uri ? known.byRule : new Map();
    known = { environment, schemas, uri, own: ownFindings(environment, uri, part), byRule, shown: undefined };
    kept.set(part, known);
  }
  if (depth === 'own') return shownOf(known, part, known.own);
  if (known.shown && mayStay(known.shown, depth)) return known.shown.answer;
  // A patch holds a part of a resource; what it lacks, and what it means, only the whole shows.
  const isWhole = part.isWellFormed && !environment.isPartial(uri);
  const answers = isWhole ? ruleAnswers(known, part, depth) : [];
  const found = [...known.own, ...answers.flatMap((it) => it.answer)];
  // What templates hide may be what a comment is for.
  const unused = isWhole && !part.masked.templated ? unusedSuppressions(uri, part, found) : [];
  known.shown = { answer: shownOf(known, part, found, unused), reads: oldest(answers.map((it) => it.reads)) };
  return known.shown.answer;
}

/** What is left when people have had their say, in order. */
function shownOf(
  { environment, uri }: Kept,
  part: Part,
  found: readonly Located[],
  unused: readonly Located[] = [],
): readonly Located[] {
  const isSuppressed = suppressionsOf(uri, part);
  const severities = environment.settings.rules;
  return [...withoutEchoes(found).filter((it) => !isSuppressed(it)), ...unused]
    .filter((it) => severities[it.code] !== 'off')
    .map((it) => withSeverity(it, severities[it.code]))
    .sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

/** That a field is deprecated need not be said again where a rule of its own says it better. */
function withoutEchoes(found: readonly Located[]): readonly Located[] {
  const isEcho = (it: Located) => it.code.endsWith('/deprecated-field');
  const told = new Set(found.filter((it) => it.tags.includes('deprecated') && !isEcho(it)).map((it) => it.range.start));
  return told.size === 0 ? found : found.filter((it) => !isEcho(it) || !told.has(it.range.start));
}

function mayStay({ reads }: Answer, depth: Depth): boolean {
  return depth === 'quick' || [...reads].every(([index, tables]) => index.isCurrent(tables));
}

/** All tables that were read, each in the oldest version in which one was. */
function oldest(all: readonly Answer['reads'][]): Answer['reads'] {
  const indexes = new Map<EnvironmentIndex, Map<string, number>>();
  for (const [index, reads] of all.flatMap((it) => [...it])) {
    const tables = indexes.get(index) ?? new Map<string, number>();
    indexes.set(index, tables);
    for (const [table, version] of reads) tables.set(table, Math.min(version, tables.get(table) ?? version));
  }
  return indexes;
}

function withSeverity(found: Located, severity: Severity | 'off' | undefined): Located {
  return severity === undefined || severity === 'off' ? found : { ...found, severity };
}

function ownFindings(environment: Environment, uri: Uri, part: Part): readonly Located[] {
  // Of Helm values only what we know is ours to judge, and only while the text is whole.
  if (!part.isManifest) {
    const values = part.problems.length > 0 ? [] : chartValuesOf(uri, part, environment.tables.kinds);
    return values.flatMap((it) => [...checkFields(environment, it), ...checkReleases(environment, it)]);
  }
  const text = part.problems.map(
    (it): Located => ({
      range: it.range,
      severity: 'error',
      code: it.code,
      message: it.message,
      peers: [],
      tags: [],
      related: [],
      fixes:
        it.code === 'common/duplicate-map-key' ? removeKey(uri, part, it.range) : it.isTab ? expandTabs(uri, part) : [],
    }),
  );
  // What is not finished yet is no wrong field either.
  const broken = new Set(text.map((it) => it.range.start));
  const fields = resourcesOf(uri, part).flatMap((it) => [
    ...checkFields(environment, it),
    ...checkReleases(environment, it),
    ...checkScalars(environment, it),
    ...checkLabels(it),
    ...checkAnnotations(environment, it),
  ]);
  return [...text, ...fields.filter((it) => !broken.has(it.range.start))];
}

/** Takes out one of the keys of one name: the first, whose value nobody sees, or the last, whose value counts. */
function removeKey(uri: Uri, part: Part, { start }: Range): readonly Fix[] {
  const spot = spotAt(part, start);
  const resource = spot && resourceAt(uri, part, start);
  if (!spot || !resource) return [];
  const path = spot.path.slice(resource.root.length);
  const name = String(path.at(-1));
  return [
    { title: `Remove the first "${name}"`, edits: () => [{ type: 'delete', resource, path, isFirst: true }] },
    { title: `Remove the last "${name}"`, edits: () => [{ type: 'delete', resource, path }] },
  ];
}

/** Spaces in place of the tabs that lines begin with, as many as the first line with spaces is indented by. */
function expandTabs(uri: Uri, part: Part): readonly Fix[] {
  const edits = () => {
    const outline = readOutline(part.text);
    const width = /^ +(?=[^\s#-])/m.exec(part.text)?.[0].length ?? 2;
    // In a block of text a tab may belong to the text.
    const isText = (at: number) =>
      outline.opaque.some((it) => it.type === 'block-scalar' && it.start < at && at < it.end);
    const lines = [...part.text.matchAll(/^[ \t]*\t[ \t]*(?=\S)/gm)].filter((it) => !isText(it.index));
    return lines.map(({ 0: indent, index }): FixEdit => {
      const text = indent.replaceAll('\t', ' '.repeat(width));
      return { type: 'replace-text', uri, part, range: { start: index, end: index + indent.length }, text };
    });
  };
  return [{ title: 'Replace tabs by spaces', edits }];
}

function ruleAnswers(known: Kept, part: Part, depth: Depth): readonly Answer[] {
  return resourcesOf(known.uri, part).flatMap((resource, position) =>
    rulesFor(kindId({ group: resource.group, name: resource.kind })).map((rule) =>
      ruleAnswer(known, rule, resource, position, depth),
    ),
  );
}

function ruleAnswer(known: Kept, rule: Rule, resource: Resource, position: number, depth: Depth): Answer {
  const { environment, byRule } = known;
  const id = `${position} ${rule.id}`;
  const earlier = byRule.get(id);
  if (earlier && mayStay(earlier, depth)) return earlier;
  const asked = ask(environment, () =>
    [...rule.check(resource, environment)].map((it) => locate(it, rule, resource, environment)),
  );
  const answer = holdingEverywhere(asked, known, rule, resource);
  byRule.set(id, answer);
  return answer;
}

function ask(environment: Environment, question: () => readonly Located[]): Answer {
  const index = environment.index as EnvironmentIndex;
  const { answer, reads } = index.track(question);
  return { answer, reads: new Map([[index, reads]]) };
}

/**
 * Of what is wrong with a file in its own environment, the part that is wrong wherever the file is deployed: what a base
 * lacks, each of its overlays may bring along. What is wrong in an overlay only, is not shown in the base.
 */
function holdingEverywhere(own: Answer, { environment, uri }: Kept, rule: Rule, resource: Resource): Answer {
  if (own.answer.length === 0) return own;
  const others = environment
    .takenBy(uri)
    .map((taker) => ask(taker, () => [...rule.check(resource, taker)].map((it) => locate(it, rule, resource, taker))));
  const isFoundBy = ({ range }: Located, { answer }: Answer) =>
    answer.some((it) => it.range.start === range.start && it.range.end === range.end);
  return {
    answer: own.answer.filter((it) => others.every((other) => isFoundBy(it, other))),
    reads: oldest([own, ...others].map((it) => it.reads)),
  };
}

function locate(finding: Finding, rule: Rule, resource: Resource, environment: Environment): Located {
  const elsewhere = definedElsewhere(finding, resource, environment);
  return {
    range: rangeInPart(resource.part, [...resource.root, ...finding.path], finding.side),
    severity: elsewhere ? 'hint' : severityOf(finding, rule, resource, environment),
    code: rule.id,
    message: finding.message,
    peers: rule.peers,
    tags: finding.tags ?? [],
    related: [...(finding.related ?? []), ...(elsewhere ? [elsewhere] : [])],
    fixes: finding.fixes ?? [],
  };
}

/**
 * Where a Service that was not found stands after all: in files of the workspace that are deployed by themselves into
 * the same namespace. Services of a namespace come from many hands; what is written for a host, its gateway and its
 * subsets, belongs to whoever routes it. In the namespace of those that name none, anything may meet.
 */
function definedElsewhere(
  { absentFrom, path }: Finding,
  resource: Resource,
  environment: Environment,
): Related | undefined {
  const { closedWorld, defaultNamespace } = environment.settings;
  if (absentFrom === undefined || absentFrom === '' || absentFrom === defaultNamespace || closedWorld === true)
    return undefined;
  const text = textAt(resource.value, path);
  if (text === undefined) return undefined;
  const site = siteOf(environment, resource, path);
  for (const row of referencesAt(environment, resource, path)) {
    for (const space of row.spaces(site)) {
      for (const { site: found } of row.keys(text, site).flatMap((key) => environment.elsewhere(space, key))) {
        if (!isOfKind(found.resource, Service)) continue;
        return { resource: found.resource, path: found.path, message: 'It stands here, deployed by other files.' };
      }
    }
  }
  return undefined;
}

/** How bad it is, as far as one can be sure; `Environment.isClosed` says what is made of an absence. */
function severityOf(finding: Finding, rule: Rule, resource: Resource, environment: Environment): Severity {
  const { absentFrom, absentKinds, severity = rule.severity } = finding;
  if (absentFrom === undefined) return severity;
  if (!environment.isClosed(absentFrom, absentKinds)) return 'hint';
  if (environment.settings.closedWorld !== 'auto') return severity;
  if (!hasKnownNamespace(resource)) return 'hint';
  return severity === 'error' && absentFrom !== environment.namespaceOf(resource) ? 'warning' : severity;
}
