/** The resources of a file and what is worth finding in them, for outlines and breadcrumbs. */

import { rangeInPart, resourcesOf, type Resource } from '../model/manifest.ts';
import type { Path, Range, Uri } from '../model/text.ts';
import { isRecord, listAt, textAt, valueAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import type { Environment } from '../model/environment.ts';

export interface Symbol {
  readonly name: string;
  readonly detail: string;
  readonly type: 'resource' | 'route' | 'name';
  readonly range: Range;
  /** The part of the range that names it. */
  readonly selection: Range;
  readonly children: readonly Symbol[];
}

/** The symbols of a file, in order; empty for files without resources. */
export function symbols(workspace: Workspace, uri: Uri): readonly Symbol[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const environment = environmentOf(workspace, uri);
  return manifest.parts.flatMap((part, position) => {
    const start = manifest.starts[position] ?? 0;
    return resourcesOf(uri, part).map((it) => resourceSymbol(environment, it, start));
  });
}

/** Lists whose entries are worth an entry of their own, with what names them. */
export const listed: readonly Path[] = [
  'spec.http',
  'spec.tls',
  'spec.tcp',
  'spec.rules',
  'spec.routes',
  'spec.subsets',
  'spec.splits',
  'spec.sources',
  'spec.backends',
  'spec.servers',
  'spec.listeners',
].map((it) => it.split('.'));

function resourceSymbol(environment: Environment, resource: Resource, start: number): Symbol {
  const range = wholeRange(resource, start);
  const namespace = environment.namespaceOf(resource);
  return {
    name: `${resource.kind} ${resource.name}`.trim() || 'Resource without a kind',
    detail: namespace,
    type: 'resource',
    range,
    selection: within(at(resource, ['metadata', 'name'], start), range),
    children: listed.flatMap((path) => entrySymbols(resource, path, start)),
  };
}

function entrySymbols(resource: Resource, path: Path, start: number): Symbol[] {
  const value = valueAt(resource.value, path);
  const label = String(path.at(-1));
  if (isRecord(value)) {
    return Object.keys(value).map((key) => {
      const selection = at(resource, [...path, key], start, 'key');
      const range = at(resource, [...path, key], start);
      return {
        name: `${label}.${key}`,
        detail: '',
        type: 'name',
        range: { start: selection.start, end: Math.max(range.end, selection.end) },
        selection,
        children: [],
      };
    });
  }
  return listAt(resource.value, path).map((entry, position) => {
    const range = at(resource, [...path, position], start);
    const name = textAt(entry, ['name']) ?? textAt(entry, ['service']) ?? String(position);
    return {
      name: `${label}[${name}]`,
      detail: '',
      type: 'route',
      range,
      selection: within({ start: range.start, end: Math.min(range.end, range.start + 1) }, range),
      children: [],
    };
  });
}

function at(resource: Resource, path: Path, start: number, side?: 'key' | 'value'): Range {
  const range = rangeInPart(resource.part, [...resource.root, ...path], side);
  return { start: start + range.start, end: start + range.end };
}

/** All of a resource without the comments above it; `start` is the offset of its document in the file. */
export function wholeRange(resource: Resource, start: number): Range {
  if (resource.root.length > 0) return at(resource, [], start);
  const { text } = resource.part;
  const from = /^(?:---[^\n]*\n)?(?:\s*(?:#[^\n]*)?\n)*/.exec(text)?.[0].length ?? 0;
  return { start: start + Math.min(from, text.trimEnd().length), end: start + text.trimEnd().length };
}

/** Editors demand that a selection lies within its range. */
function within(selection: Range, range: Range): Range {
  return selection.start >= range.start && selection.end <= range.end
    ? selection
    : { start: range.start, end: range.start };
}
