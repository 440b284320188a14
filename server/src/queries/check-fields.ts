/** Findings that one resource shows by itself: its apiVersion, and its fields against the schema of its kind. */

import type { Environment } from '../model/environment.ts';
import { apiVersionOf, type Kind, versionOf } from '../model/kind.ts';
import { mayExclude, rangeInPart, type Resource } from '../model/manifest.ts';
import { isUnknown } from '../model/part.ts';
import type { Fix, FixEdit, Severity } from '../model/rule.ts';
import { type KindSchema, type SchemaNode, schemaAt } from '../model/schema.ts';
import { misreading } from '../model/scalar.ts';
import { lineStartOf, type Path } from '../model/text.ts';
import { type SchemaProblem, validate } from '../model/validate.ts';
import { isRecord, valueAt } from '../model/value.ts';
import { isSlip, nearest } from '../model/nearest.ts';
import type { Located } from './findings.ts';
import { kindNewness } from './newness.ts';
import { presentFormFix, supersededBy } from './present-form.ts';
import { isMeshGroup, type KnownKind, knownKindOf } from './schema-of.ts';
import { successorFixes } from './upgrade-field.ts';
import { hasUpgrade, versionFix } from './upgrade-version.ts';

/** The findings of a resource by itself, unsorted; none for kinds that are no mesh's. */
export function checkFields(environment: Environment, resource: Resource): readonly Located[] {
  const known = knownKindOf(environment, resource);
  if (!known) return isUnknown(resource.kind) ? [] : unknownKind(environment, resource);
  const { kind, schema, knowsVersion } = known;
  if (!schema) return [];
  const findings: Located[] = [];
  const version = apiVersionFinding(environment, resource, known);
  if (version) findings.push(version);
  const superseded = supersededFinding(environment, resource);
  if (superseded) findings.push(superseded);
  // Which fields a version had that nobody serves any more, we do not know.
  if (isFormer(resource, kind)) return findings;
  const isPartial = environment.isPartial(resource.uri);
  // What a tab seems to indent belongs elsewhere, once it is mended.
  const isShifted = resource.part.problems.some((it) => it.isTab);
  const incomplete = isPartial || isShifted || resource.part.masked.hiddenLines;
  const lacksHead = (path: Path) => kind.isFile === true && (path.length === 0 || path[0] === 'metadata');
  const problems = validate(schema.root, resource.value, {
    isUnknown,
    incomplete: (path) => incomplete || lacksHead(path),
  });
  const real = problems.filter(
    (it) =>
      !(isPartial && isDirective(it, resource.value)) &&
      !isAlternative(it, resource) &&
      !(isShifted && standsBehindTab(it, resource)),
  );
  findings.push(...real.map((it) => schemaFinding(resource, it, schema.root)));
  if (knowsVersion && !kind.removed) findings.push(...deprecatedFields(environment, resource, kind, schema.root));
  return findings;
}

/** Whether a problem is of a line that a tab seems to indent, so that the key may not be where it was meant. */
function standsBehindTab({ path }: SchemaProblem, { part, root }: Resource): boolean {
  const { start } = rangeInPart(part, [...root, ...path], 'key');
  return /^ *\t/.test(part.text.slice(lineStartOf(part.text, start), start));
}

/** Keys by which a patch says what becomes of the list or map they stand in. */
const directive = /^\$(?:patch|retainKeys|setElementOrder\/|deleteFromPrimitiveList\/)/;

/** Whether a patch means what a schema does not know: a directive, or `null`, which takes a field out. */
function isDirective({ path }: SchemaProblem, value: unknown): boolean {
  return path.some((it) => directive.test(String(it))) || valueAt(value, path) === null;
}

/** Whether keys that cannot stand together may be two branches of a template. */
function isAlternative({ path, rivals = [] }: SchemaProblem, resource: Resource): boolean {
  return rivals.some((it) => mayExclude(resource, path, [...path.slice(0, -1), it]));
}

// ---- Kind and version ----------------------------------------------------------------------------------------------

/** What is wrong with a kind that we do not know; nothing where its group is none of ours, nor a slip of one. */
function unknownKind(environment: Environment, resource: Resource): readonly Located[] {
  return isMeshGroup(environment, resource.group)
    ? [kindFinding(environment, resource)]
    : misspeltGroup(environment, resource);
}

/** A group that nobody knows, a letter or two beside one that has the kind: the API server would have no match for it. */
function misspeltGroup(environment: Environment, resource: Resource): readonly Located[] {
  if (isUnknown(resource.apiVersion) || resource.version === '') return [];
  const meant = environment.tables.kinds.find(
    (it) => it.name === resource.kind && isMeshGroup(environment, it.group) && isSlip(resource.group, it.group),
  );
  if (!meant) return [];
  const version = [...meant.versions, ...(meant.former ?? [])].includes(resource.version)
    ? resource.version
    : meant.versions[0];
  const right = apiVersionOf(meant, version);
  const message = `No cluster serves the group "${resource.group}"; did you mean "${meant.group}"?`;
  const fixes = [replace(resource, ['apiVersion'], right, `Change to "${right}"`)];
  return [finding(resource, ['apiVersion'], 'value', 'error', 'common/unknown-api-version', message, fixes)];
}

function kindFinding(environment: Environment, resource: Resource): Located {
  const { kinds } = environment.tables;
  const names = kinds.filter((it) => it.group === resource.group).map((it) => it.name);
  const guess = nearest(resource.kind, names);
  const namesakes = kinds.filter((it) => it.name === resource.kind && !it.isCopy && it.removed === undefined);
  const groups = namesakes.map((it) => `"${it.group}"`).join(' and ');
  const hint =
    namesakes.length > 0
      ? `; ${groups} ${namesakes.length === 1 ? 'has one' : 'have one'}.`
      : guess === undefined
        ? '.'
        : `; did you mean "${guess}"?`;
  const fixes =
    namesakes.length > 0
      ? namesakes.map((it) => replace(resource, ['apiVersion'], apiVersionOf(it), `Use ${apiVersionOf(it)}`))
      : guess === undefined
        ? []
        : [replace(resource, ['kind'], guess, `Change to "${guess}"`)];
  return finding(
    resource,
    ['kind'],
    'value',
    'error',
    'common/unknown-api-version',
    `Group "${resource.group}" has no kind "${resource.kind}"${hint}`,
    fixes,
  );
}

function apiVersionFinding(
  environment: Environment,
  resource: Resource,
  { kind, schema, knowsVersion }: KnownKind,
): Located | undefined {
  const newest = apiVersionOf(kind);
  const path = ['apiVersion'];
  if (isFormer(resource, kind)) {
    const message = `${kind.name} ${resource.version} is no longer served; ${versionOf(newest)} takes its place.`;
    return finding(
      resource,
      path,
      'value',
      'warning',
      'common/removed-api-version',
      message,
      [versionFix(environment, resource, kind)],
      ['deprecated'],
    );
  }
  if (!knowsVersion) {
    if (isUnknown(resource.apiVersion)) return undefined;
    const message = `${kind.name} has no version "${resource.version}"; its versions are ${kind.versions.join(', ')}.`;
    return finding(resource, path, 'value', 'error', 'common/unknown-api-version', message, [
      replace(resource, path, newest, `Use ${newest}`),
    ]);
  }
  if (kind.removed !== undefined) {
    const leadsOn = hasUpgrade(resource, kind);
    return finding(
      resource,
      path,
      'value',
      'warning',
      'common/removed-api-version',
      `${leadsOn ? `${kind.name} ${resource.version}` : kind.name} is no longer served. ${kind.removed}`,
      [...presentFixes(environment, resource), ...(leadsOn ? [versionFix(environment, resource, kind)] : [])],
      ['deprecated'],
    );
  }
  if (!schema || !isOutdated(resource, kind, schema)) return undefined;
  // Where the newer version is not there yet, the older one is right.
  if (kindNewness(environment, kind, versionOf(newest))) return undefined;
  const message = `${kind.name} ${resource.version} is an older version; ${versionOf(newest)} takes its place.`;
  return finding(
    resource,
    path,
    'value',
    'hint',
    'common/deprecated-api-version',
    message,
    [versionFix(environment, resource, kind)],
    ['deprecated'],
  );
}

/** That a kind is still served, and that a newer one does the same. */
function supersededFinding(environment: Environment, resource: Resource): Located | undefined {
  const why = supersededBy(resource)?.row.why;
  if (why === undefined) return undefined;
  const fixes = presentFixes(environment, resource);
  return finding(resource, ['kind'], 'value', 'hint', 'common/superseded-kind', why, fixes, ['deprecated']);
}

function presentFixes(environment: Environment, resource: Resource): readonly Fix[] {
  const fix = presentFormFix(environment, resource);
  return fix ? [fix] : [];
}

function isFormer(resource: Resource, { former = [] }: Kind): boolean {
  return former.includes(resource.version);
}

/**
 * Versions are listed newest first; experimental ones beside a stable one are older in every sense that counts here.
 * What is the newest that a channel has is not outdated: some channels end with an alpha version.
 */
function isOutdated(resource: Resource, kind: Kind, { versions }: KindSchema): boolean {
  // Which versions of a kind of others are still good, only its definition says.
  if (kind.isForeign) return versions.some((it) => it.name === resource.version && it.deprecated);
  if (kind.versions.indexOf(resource.version) <= 0) return false;
  const channels = versions.find((it) => it.name === resource.version)?.channels ?? [];
  return !channels.some((it) => versions.find((version) => version.channels?.includes(it))?.name === resource.version);
}

// ---- Fields --------------------------------------------------------------------------------------------------------

function schemaFinding(resource: Resource, problem: SchemaProblem, root: SchemaNode): Located {
  return finding(
    resource,
    problem.path,
    problem.part,
    'error',
    problem.code,
    asRead(resource, problem),
    schemaFixes(resource, problem, root),
  );
}

/** What is wrong; where text is wanted, in terms of what Kubernetes reads in place of what is written. */
function asRead(resource: Resource, { message, path, suggestion }: SchemaProblem): string {
  if (suggestion?.kind !== 'quote') return message;
  const written = writtenText(resource, path);
  const reading = misreading(written, valueAt(resource.value, path));
  return reading === undefined
    ? message
    : message.replace(/, not .*$/, `, but Kubernetes reads ${written} as ${reading}.`);
}

function schemaFixes(resource: Resource, { path, suggestion }: SchemaProblem, root: SchemaNode): readonly Fix[] {
  switch (suggestion?.kind) {
    case undefined:
      return [];
    case 'rename-key':
      return [fix(`Rename to "${suggestion.to}"`, [{ type: 'rename-key', resource, path, key: suggestion.to }], true)];
    case 'delete-key':
      return [fix(`Remove "${String(path.at(-1))}"`, [{ type: 'delete', resource, path }])];
    case 'replace-value':
      return [replace(resource, path, suggestion.to, `Use ${JSON.stringify(suggestion.to)}`)];
    case 'quote': {
      const written = writtenText(resource, path);
      return [fix('Put it in quotes', [textOf(resource, path, JSON.stringify(written))], true)];
    }
    case 'unquote':
      return [replaceText(resource, path, String(suggestion.to), `Write ${suggestion.to} without quotes`)];
    case 'wrap-in-list':
      return [replace(resource, path, [valueAt(resource.value, path)], 'Make it a list')];
    case 'add-fields':
      return [addFields(resource, suggestion.path, suggestion.fields, root)];
  }
}

function addFields(resource: Resource, path: Path, fields: readonly string[], root: SchemaNode): Fix {
  const names = fields.map((it) => `"${it}"`).join(', ');
  return fix(
    `Add ${names}`,
    fields.map((name) => ({
      type: 'insert' as const,
      resource,
      path: [...path, name],
      value: smallest(schemaAt(root, [...path, name], resource.value)),
    })),
  );
}

/** The smallest value a field takes: required fields below it, the first of an enum, an empty text. */
function smallest(node: SchemaNode | undefined, depth = 0): unknown {
  if (!node || depth > 8) return null;
  if (node.default !== undefined) return node.default;
  if (node.enum) return node.enum[0];
  if (node.items) return [smallest(node.items, depth + 1)];
  if (node.properties.size > 0)
    return Object.fromEntries([...node.required].map((name) => [name, smallest(node.properties.get(name), depth + 1)]));
  if (node.types.includes('integer') || node.types.includes('number')) return node.attributes.minimum ?? 0;
  if (node.types.includes('boolean')) return false;
  return node.types.includes('object') ? {} : '';
}

function* deprecatedFields(
  environment: Environment,
  resource: Resource,
  kind: Kind,
  root: SchemaNode,
): Generator<Located> {
  yield* visit(root, resource.value, []);

  function* visit(node: SchemaNode, value: unknown, path: Path): Generator<Located> {
    if (Array.isArray(value)) {
      if (node.items) for (const [position, it] of value.entries()) yield* visit(node.items, it, [...path, position]);
      return;
    }
    if (!isRecord(value) || path.length > 60) return;
    for (const [key, it] of Object.entries(value)) {
      const field = node.properties.get(key) ?? node.values;
      if (!field) continue;
      const here = [...path, key];
      const advice = node.properties.has(key) ? field.doc?.deprecated : undefined;
      if (advice !== undefined) {
        const code = `${roomOf(kind)}/deprecated-field`;
        const fixes = successorFixes(environment, resource, kind, root, here);
        yield finding(resource, here, 'key', 'hint', code, `"${key}" is deprecated. ${advice}`, fixes, ['deprecated']);
      }
      yield* visit(field, it, here);
    }
  }
}

/** Folders of schemas that belong to no mesh; what is said of their kinds is common to all. */
const commonFolders = new Set(['kubernetes', 'smi', 'workspace']);

/** The first word of rule ids about a kind: its mesh, which is the folder of its schema, else `common`. */
function roomOf({ schema = '' }: Kind): string {
  const folder = schema.slice(0, Math.max(schema.indexOf('/'), 0));
  return folder === '' || commonFolders.has(folder) ? 'common' : folder;
}

// ---- Making findings and fixes -------------------------------------------------------------------------------------

function finding(
  resource: Resource,
  path: Path,
  side: 'key' | 'value',
  severity: Severity,
  code: string,
  message: string,
  fixes: readonly Fix[] = [],
  tags: Located['tags'] = [],
): Located {
  return {
    range: rangeInPart(resource.part, [...resource.root, ...path], side),
    severity,
    code,
    message,
    peers: [],
    tags,
    related: [],
    fixes,
  };
}

function fix(title: string, edits: readonly FixEdit[], isSafe = false): Fix {
  return { title, isSafe, edits: () => edits };
}

function replace(resource: Resource, path: Path, value: unknown, title: string): Fix {
  return fix(title, [{ type: 'replace-value', resource, path, value }], true);
}

function replaceText(resource: Resource, path: Path, text: string, title: string): Fix {
  return fix(title, [textOf(resource, path, text)], true);
}

/** Another spelling of a scalar that stays the same otherwise: with quotes, or without them. */
function textOf(resource: Resource, path: Path, text: string): FixEdit {
  return { type: 'spell-value', resource, path, text };
}

function writtenText(resource: Resource, path: Path): string {
  const { start, end } = rangeInPart(resource.part, [...resource.root, ...path]);
  return resource.part.text.slice(start, end);
}
