/** What could be typed at the cursor: keys and values from the schema, names from the workspace. */

import type { Environment } from '../model/environment.ts';
import { annotationPlace, annotationsFor } from '../model/annotations.ts';
import { apiVersionOf, groupOf, isOfKind, type Kind, kindId } from '../model/kind.ts';
import { namesFor } from '../model/lookup.ts';
import { isSpaced } from '../model/edit.ts';
import { partAt, type Resource, resourcesOf } from '../model/manifest.ts';
import { Part } from '../model/part.ts';
import { rowsFor, siteOf } from '../model/environment.ts';
import type { KindSchema, SchemaNode } from '../model/schema.ts';
import { schemaAt } from '../model/schema.ts';
import { quoteIfNeeded } from '../model/scalar.ts';
import { type Slot, slotIn } from '../model/slot.ts';
import { lineStartOf, type Path, type Range, type Uri } from '../model/text.ts';
import { isRecord, matchesPattern, textAt, valueAt } from '../model/value.ts';
import { snippets } from '../meshes/snippets.ts';
import { plainSnippet } from '../model/snippet.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { annotationMarkdown, fieldMarkdown, kindMarkdown, paragraphs } from '../render/field-markdown.ts';
import { commonPaths } from './common-keys.ts';
import { knownKindOf } from './schema-of.ts';
import { scaffold } from './scaffold.ts';

export interface Completion {
  readonly label: string;
  readonly type: 'key' | 'required-key' | 'value' | 'kind' | 'name' | 'annotation' | 'snippet';
  /** A few words beside the label. */
  readonly detail?: string;
  readonly range: Range;
  /** A snippet: `$1`, `${2:text}`, `$0` are tab stops. Lines are indented as they shall stand in the file. */
  readonly snippet: string;
  /** What the typed word is compared with. */
  readonly filter: string;
  readonly order: string;
  readonly isDeprecated: boolean;
  /** Whether more can be completed at the place where the cursor lands. */
  readonly continues: boolean;
  /** Further edits, such as the apiVersion that belongs to a kind. */
  readonly also: readonly { readonly range: Range; readonly newText: string }[];
  /** Markdown, made when asked for. */
  documentation(): string | undefined;
}

interface Question {
  readonly workspace: Workspace;
  readonly environment: Environment;
  readonly part: Part;
  readonly start: number;
  readonly slot: Slot;
  /** The path of the slot within its resource. */
  readonly path: Path;
  /** The resource around the cursor as far as it is typed; undefined while it has no kind. */
  readonly resource: Resource | undefined;
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
  readonly value: unknown;
}

/** Completions at an offset of a file, unsorted; empty where nothing can be said. `tabSize` counts where the file shows no style. */
export function complete(workspace: Workspace, uri: Uri, offset: number, tabSize = 2): readonly Completion[] {
  const question = ask(workspace, uri, offset, tabSize);
  return question ? itemsFor(question).map((it) => indented(question, it)) : [];
}

function itemsFor(question: Question): readonly Completion[] {
  const { slot, path } = question;
  if (path.length === 0 && slot.type === 'key') return topLevelKeys(question);
  if (slot.type === 'value' && path.length === 1 && path[0] === 'apiVersion') return apiVersions(question);
  if (slot.type === 'value' && path.length === 1 && path[0] === 'kind') return kinds(question);

  const annotations = annotationItems(question);
  if (annotations) return annotations;
  if (slot.type === 'value' && path.join('.') === 'metadata.namespace') return namespaces(question);

  const names = nameItems(question);
  const node = nodeAt(question);
  if (!node) return names;
  return [...names, ...(slot.type === 'value' ? valueItems(question, node) : keyOrItemItems(question, node))];
}

function ask(workspace: Workspace, uri: Uri, offset: number, tabSize: number): Question | undefined {
  const manifest = workspace.manifests.get(uri);
  const at = manifest && partAt(manifest, offset);
  if (!manifest || !at) return undefined;
  const { part, start } = at;
  if (!part.isManifest && !isJustBegun(part.text, offset - start)) return undefined;
  const found = slotIn(part.masked.text, offset - start);
  if (!found) return undefined;
  const showsStyle = /\n[ ]+\S/.test(part.text);
  const slot = showsStyle ? found : { ...found, indentStep: tabSize, listIndent: tabSize };
  const environment = environmentOf(workspace, uri);
  const whole = part.value;
  const isList =
    slot.path[0] === 'items' && typeof slot.path[1] === 'number' && (textAt(whole, ['kind'])?.endsWith('List') ?? true);
  const root = isList ? slot.path.slice(0, 2) : [];
  const value = valueAt(whole, root);
  const resource = resourcesOf(uri, part).find(
    (it) => it.root.length === root.length && it.root.every((key, position) => key === root[position]),
  );
  return {
    workspace,
    environment,
    part,
    start,
    slot,
    path: slot.path.slice(root.length),
    resource,
    apiVersion: resource?.apiVersion ?? textAt(value, ['apiVersion']),
    kind: resource?.kind ?? textAt(value, ['kind']),
    value,
  };
}

/** Whether a document holds nothing but comments, templates and the word under the cursor, so that it may become anything. */
function isJustBegun(text: string, offset: number): boolean {
  const lineStart = lineStartOf(text, offset);
  const lineEnd = text.indexOf('\n', offset);
  const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd);
  const content = /^[ \t]*(?!#|%|---|\.\.\.|\{\{|[{}][ \t\r]*$)\S/m;
  return (
    /^[\s{]*["']?\w*["']?\s*:?[\s}]*(?:#.*)?$/.test(line) &&
    !content.test(text.slice(0, lineStart)) &&
    !(lineEnd !== -1 && content.test(text.slice(lineEnd)))
  );
}

// ---- The head of a resource ----------------------------------------------------------------------------------------

function topLevelKeys(question: Question): readonly Completion[] {
  const node = nodeAt(question);
  if (node) return keyOrItemItems(question, node);
  const { slot, part, path } = question;
  // Other YAML, such as a Compose file, may have a `kind` somewhere below.
  const isItemOfList = slot.path.length > path.length;
  const isResource = isItemOfList || slot.siblings.has('apiVersion') || slot.siblings.has('kind');
  if (!isResource && !isJustBegun(part.text, slot.range.start)) return [];
  const keys = ['apiVersion', 'kind', 'metadata', 'spec']
    .filter((it) => !slot.siblings.has(it))
    .map((key, position) => {
      const isMap = key === 'metadata' || key === 'spec';
      const step = ' '.repeat(slot.indentStep);
      const snippet = slot.hasColon
        ? key
        : key === 'metadata'
          ? `metadata:\n${step}name: $0`
          : isMap
            ? `${key}:\n${step}$0`
            : `${key}: $0`;
      return item(question, { label: key, type: 'required-key', snippet, order: `0${position}`, continues: !isMap });
    });
  return [...keys, ...(slot.siblings.size === 0 ? snippetItems(question) : [])];
}

/** Whole manifests, where the document holds nothing yet. */
function snippetItems(question: Question): readonly Completion[] {
  return snippets.map(({ name, prefix, description, body }) =>
    item(question, {
      label: prefix,
      type: 'snippet',
      detail: name,
      snippet: body,
      order: `5${prefix}`,
      documentation: () => paragraphs([description, `\`\`\`yaml\n${plainSnippet(body)}\n\`\`\``]),
    }),
  );
}

function apiVersions(question: Question): readonly Completion[] {
  const { environment, kind } = question;
  const matching = environment.tables.kinds.filter((it) => kind === undefined || it.name === kind);
  const known = matching.length > 0 ? matching : environment.tables.kinds;
  const versions = new Map<string, { readonly kinds: string[]; readonly isOld: boolean }>();
  for (const it of known) {
    for (const [position, version] of it.versions.entries()) {
      const apiVersion = apiVersionOf(it, version);
      const entry = versions.get(apiVersion) ?? { kinds: [], isOld: position > 0 };
      entry.kinds.push(it.name);
      versions.set(apiVersion, entry);
    }
  }
  return [...versions].map(([label, it]) =>
    item(question, {
      label,
      type: 'value',
      detail: it.kinds.slice(0, 3).join(', '),
      order: `${it.isOld ? 5 : 1}${label}`,
      isDeprecated: it.isOld && kind !== undefined,
    }),
  );
}

function kinds(question: Question): readonly Completion[] {
  const { environment, apiVersion, slot, part, start } = question;
  const group = apiVersion === undefined ? undefined : groupOf(apiVersion);
  const ofGroup = environment.tables.kinds.filter((it) => group === undefined || it.group === group);
  const offered = ofGroup.length > 0 ? ofGroup : environment.tables.kinds;
  const lineStart = lineStartOf(part.text, slot.range.start);
  const indent = ' '.repeat(slot.column);
  return offered.map((kind) => {
    const also =
      apiVersion === undefined && !slot.siblings.has('apiVersion') && !slot.inFlow
        ? [
            {
              range: { start: start + lineStart + slot.column, end: start + lineStart + slot.column },
              newText: `apiVersion: ${apiVersionOf(kind)}\n${indent}`,
            },
          ]
        : [];
    return item(question, {
      label: kind.name,
      type: 'kind',
      detail: kind.group || 'core',
      order: `${kind.schema ? 1 : 3}${kind.name}${kind.group}`,
      isDeprecated: kind.removed !== undefined,
      also,
      documentation: () => kindMarkdown(kind, environment.schemas),
    });
  });
}

function namespaces(question: Question): readonly Completion[] {
  const { environment } = question;
  const used = new Set<string>();
  for (const it of environment.index.declaredIn('/Namespace').keys()) used.add(it.slice(1));
  for (const it of environment.index.declaredIn('/Service').keys()) used.add(it.slice(0, it.indexOf('/')));
  return [...used]
    .filter((it) => it !== '')
    .map((label) => item(question, { label, type: 'name', order: `1${label}` }));
}

// ---- Labels, annotations and names ---------------------------------------------------------------------------------

function annotationItems(question: Question): readonly Completion[] | undefined {
  const { workspace, slot, path, kind = '' } = question;
  if (slot.type === 'value') {
    const name = path.at(-1);
    const doc = typeof name === 'string' ? workspace.annotations.get(name) : undefined;
    if (!doc || !annotationPlace(kind, path.slice(0, -1))) return undefined;
    const values = isRecord(doc.values) ? Object.entries(doc.values) : [];
    return values.map(([label, prose]) =>
      item(question, {
        label,
        type: 'value',
        text: quoteIfNeeded(label, slot.inFlow),
        order: `1${label}`,
        documentation: () => String(prose),
      }),
    );
  }
  const place = annotationPlace(kind, path);
  if (!place || slot.type !== 'key') return undefined;
  return [...annotationsFor(workspace.annotations, place)]
    .filter((it) => !slot.siblings.has(it.name))
    .map((doc) =>
      item(question, {
        label: doc.name,
        type: 'annotation',
        detail: doc.mesh,
        snippet: slot.hasColon ? escape(doc.name) : `${escape(doc.name)}: ${isRecord(doc.values) ? '$0' : '"$0"'}`,
        order: `${doc.deprecated ? 9 : 1}${doc.name}`,
        isDeprecated: doc.deprecated !== undefined,
        continues: isRecord(doc.values),
        documentation: () => annotationMarkdown(doc),
      }),
    );
}

/** Names of things in the workspace, where the reference table says that a field names one. */
function nameItems(question: Question): readonly Completion[] {
  const { environment, resource, slot, path } = question;
  if (!resource) return [];
  const { references } = rowsFor(environment.tables, kindId({ group: resource.group, name: resource.kind }));
  const wanted = slot.type === 'key' ? [...path, ''] : path;
  const seen = new Set<string>();
  const items: Completion[] = [];
  for (const reference of references) {
    if (!matchesPattern(wanted, reference.path) || (slot.type === 'key') !== reference.path.endsWith('.*')) continue;
    for (const [name, named] of namesFor(environment, reference, siteOf(environment, resource, wanted))) {
      if (seen.has(name) || (slot.type === 'key' && slot.siblings.has(name))) continue;
      seen.add(name);
      const home = named.site.namespace === '' ? '' : ` in ${named.site.namespace}`;
      items.push(
        item(question, {
          label: name,
          type: 'name',
          detail: `${named.site.resource.kind}${home}`,
          text: quoteIfNeeded(name, slot.inFlow) + (slot.type === 'key' && !slot.hasColon ? ':' : ''),
          order: `0${name.includes('.') || name.includes('/') ? 1 : 0}${name}`,
        }),
      );
    }
  }
  return items;
}

// ---- Fields --------------------------------------------------------------------------------------------------------

function schemaFor({ environment, resource, apiVersion, kind }: Question): KindSchema | undefined {
  const identity = resource ?? identityOf(environment, apiVersion, kind);
  return identity && knownKindOf(environment, identity)?.schema;
}

function nodeAt(question: Question): SchemaNode | undefined {
  const schema = schemaFor(question);
  return schema && schemaAt(schema.root, question.path, question.value);
}

/** While the apiVersion is missing, a kind whose name is unique is enough. */
function identityOf(
  environment: Environment,
  apiVersion: string | undefined,
  kind: string | undefined,
): Pick<Resource, 'apiVersion' | 'kind' | 'version'> | undefined {
  if (kind === undefined) return undefined;
  const namesakes: readonly Kind[] = environment.tables.kinds.filter(
    (it) => it.name === kind && (apiVersion === undefined || isOfKind({ apiVersion, kind }, it)),
  );
  const [only] = namesakes;
  return only && namesakes.length === 1
    ? { apiVersion: apiVersionOf(only), kind, version: only.versions[0] ?? '' }
    : undefined;
}

function keyOrItemItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  if (node.properties.size > 0) return keyItems(question, node);
  if (slot.type === 'key' && node.items) return listItems(question, node.items);
  if (slot.type === 'item' || (slot.type === 'key' && !node.open && !node.values)) return valueItems(question, node);
  return [];
}

function keyItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  const style = { ...slot, isSpaced: slot.inFlow && isSpaced(question.part.text) };
  const taken = new Set(node.choices.filter((names) => names.some((it) => slot.siblings.has(it))).flat());
  const schema = schemaFor(question);
  const common = schema ? commonPaths(schema) : new Set<string>();
  const items: Completion[] = [];
  for (const [name, field] of node.properties) {
    if (slot.siblings.has(name) || taken.has(name) || node.ignored.has(name)) continue;
    const isRequired = node.required.has(name);
    const isDeprecated = field.doc?.deprecated !== undefined;
    items.push(
      item(question, {
        label: name,
        type: isRequired ? 'required-key' : 'key',
        detail: detailOf(field),
        snippet: slot.hasColon ? escape(name) : scaffold(name, field, style),
        order: `${isDeprecated ? 9 : isRequired ? 1 : common.has(field.path) ? 2 : 3}${name}`,
        isDeprecated,
        continues: !slot.hasColon,
        documentation: () => fieldMarkdown(field),
      }),
    );
  }
  return items;
}

/** On a line of its own below a key that holds a list: a dash, with what an item needs. */
function listItems(question: Question, items: SchemaNode): readonly Completion[] {
  const { slot } = question;
  if (items.properties.size === 0) {
    return valueItems(question, items).map((it) => ({
      ...it,
      label: `- ${it.label}`,
      snippet: `- ${it.snippet}`,
      filter: `- ${it.filter}`,
    }));
  }
  const inner = { ...question, slot: { ...slot, column: slot.column + 2, siblings: new Set<string>() } };
  return keyItems(inner, items).map((it) => ({
    ...it,
    label: `- ${it.label}`,
    snippet: `- ${it.snippet}`,
    filter: `- ${it.filter}`,
  }));
}

function valueItems(question: Question, node: SchemaNode): readonly Completion[] {
  const { slot } = question;
  const values =
    node.enum ??
    (node.types.includes('boolean') ? [true, false] : node.doc?.values ? Object.keys(node.doc.values) : []);
  return values.map((value, position) => {
    const label = String(value);
    return item(question, {
      label,
      type: 'value',
      ...(value === node.default ? { detail: 'default' } : {}),
      text: typeof value === 'string' ? quoteIfNeeded(value, slot.inFlow) : label,
      order: `1${String(position).padStart(3, '0')}`,
      documentation: () => node.doc?.values?.[label],
    });
  });
}

function detailOf(node: SchemaNode): string {
  if (node.enum) return node.enum.length <= 4 ? node.enum.join(' | ') : 'enum';
  if (node.items) return `list of ${node.items.types[0] ?? 'values'}s`;
  if (node.values) return 'map';
  return node.types.join(' or ');
}

// ---- One item ------------------------------------------------------------------------------------------------------

interface Wanted {
  readonly label: string;
  readonly type: Completion['type'];
  readonly detail?: string;
  /** Plain text; `snippet` where there are tab stops; the label when neither is given. */
  readonly text?: string;
  readonly snippet?: string;
  readonly order: string;
  readonly isDeprecated?: boolean;
  readonly continues?: boolean;
  readonly also?: Completion['also'];
  readonly documentation?: () => string | undefined;
}

function item({ slot, start, part }: Question, wanted: Wanted): Completion {
  const quote = /^["']/.exec(part.masked.text.slice(slot.range.start, slot.range.end))?.[0] ?? '';
  const plain = wanted.text ?? wanted.label;
  const quoted = quote !== '' && wanted.snippet === undefined ? `${quote}${wanted.label}${quote}` : plain;
  const snippet = wanted.snippet ?? escape(quoted);
  return {
    label: wanted.label,
    type: wanted.type,
    ...(wanted.detail === undefined ? {} : { detail: wanted.detail }),
    range: { start: start + slot.range.start, end: start + slot.range.end },
    snippet: `${slot.needsSpace ? ' ' : ''}${snippet}${slot.needsComma ? ',' : ''}`,
    filter: `${quote}${wanted.label}`,
    order: wanted.order,
    isDeprecated: wanted.isDeprecated ?? false,
    continues: wanted.continues ?? false,
    also: wanted.also ?? [],
    documentation: wanted.documentation ?? (() => undefined),
  };
}

/** The item of a key whose word stands at another column than the keys beside it: it moves there. */
function indented({ slot, start, part }: Question, item: Completion): Completion {
  if (slot.type !== 'key' || slot.inFlow || slot.hasColon) return item;
  const lineStart = lineStartOf(part.text, slot.range.start);
  const excess = slot.range.start - lineStart - slot.column;
  if (excess < 0) return { ...item, snippet: ' '.repeat(-excess) + item.snippet };
  if (excess === 0) return item;
  const range = { start: start + lineStart + slot.column, end: start + slot.range.start };
  return { ...item, also: [...item.also, { range, newText: '' }] };
}

/** Text as a snippet without tab stops. */
export function escape(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
