/** A conversion as JSON, the shape that the command line prints and that is published as a JSON Schema. */

import type { Note, Fate } from '../model/report.ts';
import type { Risk } from '../model/ir.ts';
import { pathText, type Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Conversion, refusalText, resourceText } from '../queries/convert.ts';

export interface ConversionJson {
  readonly outputs: readonly { readonly path: string; readonly text: string }[];
  /** Every leaf of what was converted, once. */
  readonly report: readonly EntryJson[];
  /** What stands beside the leaves; `refused`: a resource that was not converted at all. */
  readonly notes: readonly NoteJson[];
}

export interface EntryJson {
  readonly file: string;
  readonly apiVersion: string;
  /** `VirtualService/shop/reviews`. */
  readonly resource: string;
  /** `spec.http[0].timeout`, `metadata.annotations["retry.linkerd.io/limit"]`. */
  readonly path: string;
  readonly fate: Fate;
  readonly code: string;
  readonly reason: string;
  readonly risk: Risk;
  readonly target: string;
}

export interface NoteJson {
  readonly kind: Note['kind'] | 'refused';
  readonly text: string;
}

/** The entries of a conversion, each with its file; `fileOf` says how a file is called. */
export function jsonEntries(
  workspace: Workspace,
  { report }: Conversion,
  fileOf: (uri: Uri) => string,
): readonly { readonly uri: Uri; readonly entry: EntryJson }[] {
  return report.map(({ resource, path, fate, code, reason, risk, target }) => ({
    uri: resource.uri,
    entry: {
      file: fileOf(resource.uri),
      apiVersion: resource.apiVersion,
      resource: resourceText(environmentOf(workspace, resource.uri), resource),
      path: pathText(path),
      fate,
      code,
      reason,
      risk,
      target,
    },
  }));
}

/** What was not converted, each with its file. */
export function jsonRefusals(
  workspace: Workspace,
  { refused }: Conversion,
  fileOf: (uri: Uri) => string,
): readonly { readonly uri: Uri; readonly note: NoteJson }[] {
  return refused.map((it) => {
    const { uri } = it.resource;
    const name = resourceText(environmentOf(workspace, uri), it.resource);
    return { uri, note: { kind: 'refused', text: `${name} in ${fileOf(uri)}: ${refusalText(it)}` } };
  });
}

/** An item of a list of `ConversionJson` as it stands in the text of the whole. */
export function jsonItem(item: ConversionJson[keyof ConversionJson][number]): string {
  return JSON.stringify(item, undefined, 2)
    .split('\n')
    .map((it) => `    ${it}`)
    .join('\n');
}

/** The text of the whole, piece by piece, out of the texts of its items. */
export function* wholeJson(items: Readonly<Record<keyof ConversionJson, Iterable<string>>>): Generator<string> {
  yield '{\n';
  yield* list('outputs', items.outputs);
  yield ',\n';
  yield* list('report', items.report);
  yield ',\n';
  yield* list('notes', items.notes);
  yield '\n}\n';
}

function* list(name: keyof ConversionJson, items: Iterable<string>): Generator<string> {
  yield `  "${name}": [`;
  let lead = '\n';
  for (const it of items) {
    yield lead + it;
    lead = ',\n';
  }
  yield lead === '\n' ? ']' : '\n  ]';
}
