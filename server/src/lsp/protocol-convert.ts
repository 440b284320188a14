/** Conversion on the wires. Types and names only, so that the extension can import it. */

import type { Range, TextEdit } from 'vscode-languageserver-types';

/** Request to the server; `ConvertParams` → `ConvertAnswer`. */
export const convertRequest = 'meshwright/convert';

export interface ConvertParams {
  readonly uri: string;
  /** The resources it touches are converted; the whole file without it. */
  readonly range?: Range;
  /** Id of the mesh to convert to. */
  readonly to: string;
}

export interface ConvertAnswer {
  /** `Linkerd`. */
  readonly meshName: string;
  /** New manifests: a file name without folder, and its text. */
  readonly outputs: readonly { readonly path: string; readonly text: string }[];
  /** Edits of files that exist: annotations of Services and pod templates. `version` as for the source. */
  readonly changes: readonly {
    readonly uri: string;
    readonly version: number | null;
    readonly edits: readonly TextEdit[];
  }[];
  /** The version of the source that was converted; null when it was not open. */
  readonly version: number | null;
  /** Where the converted resources stand in the source, whole lines, in order. */
  readonly sources: readonly Range[];
  /** Whether one of them is an item of a `List`, in whose place no documents can stand. */
  readonly isInList: boolean;
  /** The report as Markdown. */
  readonly report: string;
  readonly counts: { readonly exact: number; readonly changed: number; readonly lost: number };
  /** Losses that weaken security, in words; empty when there are none. */
  readonly securityLosses: readonly string[];
  /** Resources that could not be read, with the reason. */
  readonly refused: readonly { readonly resource: string; readonly reason: string }[];
}

/** Request to the server; `TargetsParams` → `readonly Target[]`: the meshes that resources at a place can be converted to. */
export const targetsRequest = 'meshwright/targets';

export interface TargetsParams {
  readonly uri: string;
  readonly range?: Range;
}

export interface Target {
  readonly id: string;
  readonly name: string;
}
