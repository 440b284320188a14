/** The whole manifests that show a kind at work. */

import { type Snippet, snippets } from '../meshes/snippets.ts';
import { groupOf, kindId } from '../model/kind.ts';
import { plainSnippet } from '../model/snippet.ts';

/** Snippets with a resource of a kind, those that begin with it first; none for a kind that no snippet has. */
export function snippetsOfKind(id: string): readonly Snippet[] {
  table ??= byKind();
  return table.get(id) ?? [];
}

let table: ReadonlyMap<string, readonly Snippet[]> | undefined;

function byKind(): ReadonlyMap<string, readonly Snippet[]> {
  const beginning = new Map<string, Snippet[]>();
  const others = new Map<string, Snippet[]>();
  for (const snippet of snippets) {
    const [first, ...rest] = new Set(kindsIn(plainSnippet(snippet.body)));
    if (first !== undefined) add(beginning, first, snippet);
    for (const it of rest) add(others, it, snippet);
  }
  const ids = new Set([...beginning.keys(), ...others.keys()]);
  return new Map([...ids].map((id) => [id, [...(beginning.get(id) ?? []), ...(others.get(id) ?? [])]]));
}

/** Ids of the kinds of the documents of a text, which has them at the start of its lines. */
function kindsIn(text: string): readonly string[] {
  return text.split(/^---$/m).flatMap((it) => {
    const apiVersion = /^apiVersion: *(\S+)/m.exec(it)?.[1];
    const name = /^kind: *(\S+)/m.exec(it)?.[1];
    return apiVersion && name ? [kindId({ group: groupOf(apiVersion), name })] : [];
  });
}

function add(map: Map<string, Snippet[]>, id: string, snippet: Snippet): void {
  const known = map.get(id);
  if (known) known.push(snippet);
  else map.set(id, [snippet]);
}
