/** A conversion as JSON, the shape that the command line prints and that is published as a JSON Schema. */

import type { Note, Fate } from '../model/report.ts';
import type { Risk } from '../model/ir.ts';
import { pathText, type Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Conversion, refusalText, resourceText } from '../queries/convert.ts';

export interface ConversionJson {
  readonly outputs: readonly { readonly path: string; readonly text: string }[];
  /** Every leaf of what was converted, once. */
  readonly report: readonly {
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
  }[];
  /** What stands beside the leaves; `refused`: a resource that was not converted at all. */
  readonly notes: readonly { readonly kind: Note['kind'] | 'refused'; readonly text: string }[];
}

/** `outputs` are given, since they may hold changed documents too; `fileOf` says how a file is called. */
export function conversionJson(
  workspace: Workspace,
  conversion: Conversion,
  outputs: ConversionJson['outputs'],
  fileOf: (uri: Uri) => string,
): ConversionJson {
  const nameOf = (it: Conversion['report'][number]['resource']) => resourceText(environmentOf(workspace, it.uri), it);
  return {
    outputs: outputs.map(({ path, text }) => ({ path, text })),
    report: conversion.report.map(({ resource, path, fate, code, reason, risk, target }) => ({
      file: fileOf(resource.uri),
      apiVersion: resource.apiVersion,
      resource: nameOf(resource),
      path: pathText(path),
      fate,
      code,
      reason,
      risk,
      target,
    })),
    notes: [
      ...conversion.notes.map(({ kind, text }) => ({ kind, text })),
      ...conversion.refused.map((it) => ({
        kind: 'refused' as const,
        text: `${nameOf(it.resource)} in ${fileOf(it.resource.uri)}: ${refusalText(it)}`,
      })),
    ],
  };
}
