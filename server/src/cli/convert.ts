/**
 * `meshwright convert`: manifests in the words of another mesh.
 *
 * New manifests, and the whole documents of what is changed (a Service that gets annotations), go to standard output or
 * with `output` to files below that folder. The report goes to its own file if there is one, else where the manifests do
 * not: to standard error beside manifests, else to standard output. JSON holds manifests and report in one.
 * A conversion that weakens security prints no manifests and writes none until `acceptLoss` says that it may; JSON
 * shows what would be written.
 */

import { type Conversion, changedManifests, convert, resourceText, securityLosses } from '../queries/convert.ts';
import { freePath } from '../queries/conversion-files.ts';
import { securityComment } from '../queries/conversion-security.ts';
import { conversionJson } from '../render/report-json.ts';
import { reportMarkdown } from '../render/report-markdown.ts';
import { reportText } from '../render/report-text.ts';
import { joinDocuments, yamlComment } from '../render/manifest-yaml.ts';
import { type ConvertOptions, defaultConvertOptions, type DialectId } from '../meshes/mesh.ts';
import { dialectNames } from '../model/mesh-id.ts';
import type { Uri } from '../model/text.ts';
import { applyChange, createWorkspace, environmentOf, type Knowledge, type Workspace } from '../model/workspace.ts';
import type { Settings } from '../model/settings.ts';

export const convertFormats = ['text', 'json', 'markdown'] as const;

/** A file that was read: its uri, its text, and how the user calls it. */
export interface InputFile {
  readonly uri: Uri;
  /** As the user wrote it, or relative to the working folder. */
  readonly path: string;
  readonly text: string;
}

export interface ConvertCommand {
  /** Only what this mesh reads is converted; everything without it. */
  readonly from?: DialectId;
  readonly to: DialectId;
  /** What is converted. */
  readonly files: readonly InputFile[];
  /** What is read for facts beside it: Services, workloads, subsets. */
  readonly facts: readonly InputFile[];
  /** The folders that paths of new files are told from, as uris without a slash at the end. */
  readonly folders: readonly Uri[];
  readonly knowledge: Knowledge;
  readonly settings: Settings;
  readonly options?: Partial<ConvertOptions>;
  readonly format: (typeof convertFormats)[number];
  /** Only the report is wanted; it goes to standard output. */
  readonly reportOnly?: boolean;
  readonly acceptLoss?: boolean;
  /** The folder for new files, as the user wrote it; undefined prints manifests. */
  readonly output?: string;
  /** Whether manifests are printed beside an output folder as well. */
  readonly printsManifests?: boolean;
  /** Whether files are only named that would be written. */
  readonly isDryRun?: boolean;
  /** A file for the report. */
  readonly reportFile?: string;
  /** Whether files of this folder that exist may be replaced. */
  readonly force?: boolean;
  /** Whether a file is there; asked before anything is written. */
  readonly exists: (path: string) => boolean;
  /** Width of the terminal. */
  readonly columns: number;
  /** Whether what goes to standard output, and to standard error, may be coloured. */
  readonly color: { readonly out: boolean; readonly err: boolean };
}

export interface ConvertResult {
  /** 0: converted; 1: something weakens security and was not accepted, or was not converted at all; 2: misuse. */
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
  /** Files for the caller to write, all or none of them. */
  readonly writes: readonly { readonly path: string; readonly text: string }[];
}

/** Converts; does not touch the disk, the caller reads and writes. */
export function convertCommand(command: ConvertCommand): ConvertResult {
  const { from, to, files, facts, folders, knowledge, settings, format, output, reportFile } = command;
  const workspace = applyChange(createWorkspace(knowledge, settings), {
    folders,
    files: new Map([...facts, ...files].map((it) => [it.uri, it.text])),
  });
  const selection = { uris: files.map((it) => it.uri), ...(from === undefined ? {} : { from }) };
  const conversion = convert(workspace, selection, to, { ...defaultConvertOptions, ...command.options });
  if (conversion.report.length === 0 && conversion.refused.length === 0 && conversion.outputs.length === 0)
    return misuse(`There is nothing to convert to ${dialectNames[to]} in ${named(files)}.\n`);

  const outputs = outputsOf(workspace, conversion);
  const losses = securityLosses(conversion);
  const isBlocked = !command.acceptLoss && losses.entries.length + losses.notes.length > 0;
  const exitCode = isBlocked || conversion.refused.length > 0 ? 1 : 0;
  const isHeld = isBlocked || command.reportOnly === true;

  const wanted = output === undefined || isHeld ? [] : outputs.map(below(output));
  const reports = reportFile === undefined ? [] : [reportFile];
  const taken = command.force ? [] : [...wanted.map((it) => it.path), ...reports].filter((it) => command.exists(it));
  if (taken.length > 0) {
    const list = taken.map((it) => `  ${it}\n`).join('');
    return misuse(`These files exist already; nothing was written. --force replaces them:\n${list}`);
  }

  // Manifests that are held back leave their place empty; the report does not move there.
  const isForManifests = (output === undefined || command.printsManifests === true) && !command.reportOnly;
  const isJson = format === 'json' && reportFile === undefined;
  const color = reportFile === undefined && (isForManifests ? command.color.err : command.color.out);
  const report = reportIn(format, workspace, conversion, outputs, command, color);
  const manifests = isForManifests && !isHeld && !command.isDryRun ? joinDocuments(outputs.map((it) => it.text)) : '';
  const plans = command.isDryRun && wanted.length > 0 ? wouldWrite(wanted.map((it) => it.path)) : '';
  const writes = command.isDryRun
    ? []
    : [...wanted, ...(reportFile === undefined ? [] : [{ path: reportFile, text: report }])];
  const held = command.reportOnly ? '' : blocked(isBlocked);
  if (isJson) return { exitCode, stdout: report, stderr: plans + blocked(isBlocked), writes };
  const shown = reportFile === undefined || command.isDryRun ? report : '';
  return isForManifests && !command.isDryRun
    ? { exitCode, stdout: manifests, stderr: shown + held, writes }
    : { exitCode, stdout: shown + plans, stderr: held, writes };
}

function reportIn(
  format: ConvertCommand['format'],
  workspace: Workspace,
  conversion: Conversion,
  outputs: readonly { readonly path: string; readonly text: string }[],
  { files, facts, columns }: ConvertCommand,
  color: boolean,
): string {
  if (format === 'markdown') return reportMarkdown(workspace, conversion);
  if (format === 'text') return reportText(workspace, conversion, { columns, color });
  const names = new Map([...facts, ...files].map((it) => [it.uri, it.path]));
  const json = conversionJson(workspace, conversion, outputs, (uri) => names.get(uri) ?? uri);
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** Files as a sentence names them; of many the first. */
function named(files: readonly InputFile[]): string {
  const paths = files.map((it) => it.path);
  return paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 2).join(', ')} and ${paths.length - 2} more files`;
}

function wouldWrite(paths: readonly string[]): string {
  return `\nThese files would be written:\n${paths.map((it) => `  ${it}\n`).join('')}`;
}

function misuse(message: string): ConvertResult {
  return { exitCode: 2, stdout: '', stderr: message, writes: [] };
}

function blocked(isBlocked: boolean): string {
  return isBlocked
    ? '\nNothing was written, since the result would be less secure. --accept-loss writes it all the same.\n'
    : '';
}

function below(folder: string) {
  const stem = folder.replace(/[\\/]+$/, '');
  return ({ path, text }: { readonly path: string; readonly text: string }) => ({
    path: `${stem === '' ? folder : `${stem}/`}${path}`,
    text,
  });
}

/** New manifests by file, then what the conversion changes, each file that holds some as one file of its own. */
function outputsOf(
  workspace: Workspace,
  conversion: Conversion,
): readonly { readonly path: string; readonly text: string }[] {
  const outputs = conversion.outputs.map(({ path, text }) => ({ path, text }));
  const documents = changedManifests(workspace, conversion).map(({ resource, text }) => {
    const name = resourceText(environmentOf(workspace, resource.uri), resource);
    return yamlComment(`${name} with what the conversion changes in it.`) + text;
  });
  if (documents.length === 0) return outputs;
  const path = freePath(`changed.${conversion.to}.yaml`, new Set(outputs.map((it) => it.path.toLowerCase())));
  // What is lost has to be said somewhere, also where nothing new is written.
  const losses = outputs.length === 0 ? securityComment(workspace, securityLosses(conversion)) : '';
  return [...outputs, { path, text: losses + joinDocuments(documents) }];
}
