/** Completion of what every resource begins with: apiVersion, kind, namespace, and the keys beside them. */

import { apiVersionOf, groupOf, versionOf } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { namespacesOf } from '../model/namespaces.ts';
import { lineStartOf } from '../model/text.ts';
import { kindMarkdown } from '../render/field-markdown.ts';
import { keyOrItemItems } from './complete-fields.ts';
import { resourceItems } from './complete-resources.ts';
import { type Completion, item, nodeAt, type Question } from './completion.ts';
import { kindNewness } from './newness.ts';

/** Keys of a resource: those of its schema, or while it has no kind those that every resource has. */
export function topLevelKeys(question: Question): readonly Completion[] {
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
  return [...keys, ...(slot.siblings.size === 0 ? resourceItems(question) : [])];
}

/** Whether a document holds nothing but comments, templates and the word under the cursor, so that it may become anything. */
export function isJustBegun(text: string, offset: number): boolean {
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

/** apiVersions of the kind, or all. */
export function apiVersions(question: Question): readonly Completion[] {
  const { environment, kind } = question;
  const all = environment.tables.kinds.filter((it) => !it.isCopy);
  const matching = all.filter((it) => kind === undefined || it.name === kind);
  const known = matching.length > 0 ? matching : all;
  const versions = new Map<string, { readonly kinds: string[]; readonly isOld: boolean; readonly isNew: boolean }>();
  for (const it of known) {
    const isNew = (version: string) => kind !== undefined && kindNewness(environment, it, version) !== undefined;
    const newest = it.versions.findIndex((version) => !isNew(version));
    for (const [position, version] of it.versions.entries()) {
      const apiVersion = apiVersionOf(it, version);
      const entry = versions.get(apiVersion) ?? { kinds: [], isOld: position > newest, isNew: isNew(version) };
      entry.kinds.push(it.name);
      versions.set(apiVersion, entry);
    }
  }
  return [...versions].map(([label, it]) =>
    item(question, {
      label,
      type: 'value',
      detail: [...it.kinds.slice(0, 3), ...(it.isNew ? ['newer than this folder'] : [])].join(', '),
      order: `${it.isNew ? 8 : it.isOld ? 5 : 1}${label}`,
      isDeprecated: it.isOld && !it.isNew && kind !== undefined,
    }),
  );
}

/** Kinds of the group, or all; one brings its apiVersion along. */
export function kinds(question: Question): readonly Completion[] {
  const { environment, apiVersion, slot, part, start } = question;
  const group = apiVersion === undefined ? undefined : groupOf(apiVersion);
  const ofGroup = environment.tables.kinds.filter((it) => group === undefined || it.group === group);
  const ofVersion = ofGroup.filter(
    (it) => apiVersion === undefined || [...it.versions, ...(it.former ?? [])].includes(versionOf(apiVersion)),
  );
  const fitting = [ofVersion, ofGroup].find((it) => it.length > 0) ?? environment.tables.kinds;
  const offered = fitting.filter((it) => !it.isCopy || it.group === group);
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

/** Namespaces that the environment knows; the one being typed is none yet. */
export function namespaces(question: Question): readonly Completion[] {
  const { environment, resource } = question;
  const own = resource && environment.namespaceOf(resource);
  return namespacesOf(environment)
    .filter((it) => it !== own || isElsewhere(question, it))
    .map((label) => item(question, { label, type: 'name', order: `1${label}` }));
}

/** Whether a namespace is more than what is typed into the resource at hand. */
function isElsewhere({ environment, resource }: Question, namespace: string): boolean {
  const isItsHome = (it: Resource) =>
    isNamespace(it) ? it.name === namespace : environment.namespaceOf(it) === namespace;
  return environment.tables.kinds.some((kind) =>
    environment.index.all(kind).some((it) => it.part !== resource?.part && isItsHome(it)),
  );
}

function isNamespace({ group, kind }: Resource): boolean {
  return group === '' && kind === 'Namespace';
}
