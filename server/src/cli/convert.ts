/**
 * `meshwright convert`: manifests in the words of another mesh.
 *
 * New manifests, and the whole documents of what is changed (a Service that gets annotations), go to standard output or
 * with `output` to files below that folder. The report goes to its own file if there is one, else where the manifests do
 * not: to standard error beside manifests, else to standard output. JSON holds manifests and report in one.
 * A conversion that weakens security prints no manifests and writes none until `acceptLoss` says that it may; JSON
 * shows what would be written.
 *
 * Files are read and converted group by group, so that a large tree needs the memory of its largest group. What becomes
 * of each group is put aside as text: only after the last one is it known whether anything may be written at all, and
 * which resources the report names first. Converting twice would take twice the time, and files with other names in the
 * output folder would stay there when somebody ends the program.
 */

import type { Settings } from '../model/settings.ts';
import type { Uri } from '../model/text.ts';
import type { Knowledge } from '../model/workspace.ts';
import type { ConvertOptions, DialectId } from '../meshes/mesh.ts';
import { convertGroups } from './convert-groups.ts';
import { type ConvertFormat, inTurn, type OutputFile, together } from './convert-report.ts';
import type { Spool } from './spool.ts';

/** A file to read: its uri, and how the user calls it. */
export interface InputFile {
  readonly uri: Uri;
  /** As the user wrote it, or relative to the working folder. */
  readonly path: string;
  /** Its text; undefined when it cannot be read. May be asked for twice. */
  read(): Promise<string | undefined>;
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
  readonly format: ConvertFormat;
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
  /** Where texts wait; the result is to be read before it is closed. */
  readonly spool: Spool;
}

export interface ConvertResult {
  /** 0: converted; 1: something weakens security and was not accepted, or was not converted at all; 2: misuse. */
  readonly exitCode: 0 | 1 | 2;
  readonly stdout: Iterable<string>;
  readonly stderr: Iterable<string>;
  /** Files for the caller to write, all or none of them. */
  readonly writes: readonly { readonly path: string; readonly text: Iterable<string> }[];
}

/** Converts; does not touch the output folder, the caller writes. */
export async function convertCommand(command: ConvertCommand): Promise<ConvertResult> {
  const { output, reportFile } = command;
  // Manifests that are held back leave their place empty; the report does not move there.
  const isForManifests = (output === undefined || command.printsManifests === true) && !command.reportOnly;
  const color = reportFile === undefined && (isForManifests ? command.color.err : command.color.out);
  const converted = await convertGroups(command, color);
  if ('refusal' in converted) return misuse(converted.refusal);

  const { outputs } = converted;
  const isBlocked = !command.acceptLoss && converted.weakensSecurity;
  const exitCode = isBlocked || converted.isRefused ? 1 : 0;
  const isHeld = isBlocked || command.reportOnly === true;

  const wanted = output === undefined || isHeld ? [] : outputs.map(below(output));
  const reports = reportFile === undefined ? [] : [reportFile];
  const taken = command.force ? [] : [...wanted.map((it) => it.path), ...reports].filter((it) => command.exists(it));
  if (taken.length > 0) {
    const list = taken.map((it) => `  ${it}\n`).join('');
    return misuse(`These files exist already; nothing was written. --force replaces them:\n${list}`);
  }

  const isJson = command.format === 'json' && reportFile === undefined;
  const report = () => converted.report.whole(outputs);
  const manifests = isForManifests && !isHeld && !command.isDryRun ? together(outputs) : [];
  const plans = command.isDryRun && wanted.length > 0 ? [wouldWrite(wanted.map((it) => it.path))] : [];
  const all = [...wanted, ...reports.map((it) => ({ path: it, text: report }))];
  const writes = command.isDryRun ? [] : all.map(({ path, text }) => ({ path, text: text() }));
  const held = isBlocked ? [blocked] : [];
  if (isJson) return { exitCode, stdout: report(), stderr: [...plans, ...held], writes };
  const shown = reportFile === undefined || command.isDryRun ? report() : [];
  const said = command.reportOnly ? [] : held;
  return isForManifests && !command.isDryRun
    ? { exitCode, stdout: manifests, stderr: inTurn(shown, said), writes }
    : { exitCode, stdout: inTurn(shown, plans), stderr: said, writes };
}

function wouldWrite(paths: readonly string[]): string {
  return `\nThese files would be written:\n${paths.map((it) => `  ${it}\n`).join('')}`;
}

function misuse(message: string): ConvertResult {
  return { exitCode: 2, stdout: [], stderr: [message], writes: [] };
}

const blocked = '\nNothing was written, since the result would be less secure. --accept-loss writes it all the same.\n';

function below(folder: string) {
  const stem = folder.replace(/[\\/]+$/, '');
  return ({ path, text }: OutputFile): OutputFile => ({ path: `${stem === '' ? folder : `${stem}/`}${path}`, text });
}
