/** Conversion on the wires. Types and names only, so that the extension can import it. */

import type { Range, TextEdit } from 'vscode-languageserver-types';
import type { ConvertOptions } from '../model/convert-options.ts';
import type { ReportPage } from './protocol-report.ts';

export type { OptionValue, Question } from '../queries/conversion-questions.ts';

/** Request to the server; `ConvertParams` → `ConvertAnswer`. */
export const convertRequest = 'meshwright/convert';

export interface ConvertParams {
  readonly uri: string;
  /** The resources it touches are converted; the whole file without it. */
  readonly range?: Range;
  /** Id of the mesh to convert to. */
  readonly to: string;
  /** What is not taken from the settings. */
  readonly options?: Partial<ConvertOptions>;
}

export interface ConvertAnswer {
  /** `Linkerd`. */
  readonly meshName: string;
  /** New manifests: a path below the workspace folder, and its text. */
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
  /** The report for a page that leads to source and result. */
  readonly page: ReportPage;
  /** The report as Markdown, to keep beside the manifests. */
  readonly report: string;
  readonly counts: { readonly exact: number; readonly changed: number; readonly lost: number };
  /** Losses that weaken security, in words; empty when there are none. */
  readonly securityLosses: readonly string[];
  /** Resources that could not be read, with the reason. */
  readonly refused: readonly { readonly resource: string; readonly reason: string }[];
}

/** Request to the server; `ConvertParams` or `ConvertFolderParams` → `readonly Question[]`. Can be cancelled. */
export const questionsRequest = 'meshwright/conversionQuestions';

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

/** Request to the server; `FolderParams` → `Convertible`: what a folder, or the workspace, has to convert. */
export const convertibleRequest = 'meshwright/convertible';

export interface FolderParams {
  /** Only what is below it; the whole workspace without it. */
  readonly folder?: string;
}

export interface Convertible {
  /** From each mesh that something belongs to, to each other one; the way of most resources first. */
  readonly ways: readonly Way[];
}

export interface Way {
  readonly from: Target;
  readonly to: Target;
  readonly resources: number;
  /** How many belong to each namespace; the name is empty for what belongs to none. */
  readonly namespaces: readonly { readonly name: string; readonly resources: number }[];
}

/** Request to the server; `ConvertFolderParams` → `ConvertAnswer`. Can be cancelled. */
export const convertFolderRequest = 'meshwright/convertFolder';

export interface ConvertFolderParams extends FolderParams {
  readonly from: string;
  readonly to: string;
  /** Only what belongs to these; everything without them. */
  readonly namespaces?: readonly string[];
  readonly options?: Partial<ConvertOptions>;
  /** Progress is told under this token. */
  readonly workDoneToken?: string;
}

/** Request to the server; `PlanParams` → `PlanAnswer`: a runbook for moving the workspace to another mesh. */
export const planRequest = 'meshwright/plan';

export interface PlanParams extends FolderParams {
  readonly from: string;
  readonly to: string;
}

export interface PlanAnswer {
  /** Markdown; empty where there is nothing to move. */
  readonly text: string;
}
