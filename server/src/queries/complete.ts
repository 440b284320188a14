/** What could be typed at the cursor: keys and values from the schema, names from the workspace. */

import { chartValuesAt, chartValuesOf } from '../model/chart-values.ts';
import { partAt, resourcesOf } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import { type Slot, slotIn } from '../model/slot.ts';
import { lineStartOf, type Uri } from '../model/text.ts';
import { textAt, valueAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { annotationItems } from './complete-annotations.ts';
import { keyOrItemItems } from './complete-fields.ts';
import { apiVersions, isJustBegun, kinds, namespaces, topLevelKeys } from './complete-head.ts';
import { nameItems } from './complete-names.ts';
import { valueItems } from './complete-values.ts';
import { type Completion, nodeAt, type Question } from './completion.ts';

export type { Completion } from './completion.ts';

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
  const environment = environmentOf(workspace, uri);
  const isValues = chartValuesOf(uri, part, environment.tables.kinds).length > 0;
  if (!part.isManifest && !isValues && !isJustBegun(part.text, offset - start)) return undefined;
  const found = slotIn(part.masked.text, offset - start);
  if (!found || isBehindTemplate(part, found)) return undefined;
  const showsStyle = /\n[ ]+\S/.test(part.text);
  const slot = showsStyle ? found : { ...found, indentStep: tabSize, listIndent: tabSize };
  const whole = part.value;
  const isList =
    slot.path[0] === 'items' && typeof slot.path[1] === 'number' && (textAt(whole, ['kind'])?.endsWith('List') ?? true);
  const values = isValues ? chartValuesAt(uri, part, environment.tables.kinds, slot.path) : undefined;
  const root = values ? values.root : isList ? slot.path.slice(0, 2) : [];
  const value = valueAt(whole, root);
  const resource =
    values ??
    resourcesOf(uri, part).find(
      (it) => it.root.length === root.length && it.root.every((key, position) => key === root[position]),
    );
  return {
    uri,
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

/** Whether a template stands left of a new key on its line; it is blank when masked. */
function isBehindTemplate(part: Part, { type, inFlow, range }: Slot): boolean {
  const from = lineStartOf(part.text, range.start);
  const [written, read] = [part.text, part.masked.text].map((it) => it.slice(from, range.start));
  return type === 'key' && !inFlow && written !== read;
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
