/**
 * `meshwright convert`: manifests in the words of another mesh.
 *
 * New manifests, and the whole documents of what is changed (a Service that gets annotations), go to standard output or
 * with `output` to files below that folder. The report goes where the manifests do not: to standard error beside
 * manifests, else to standard output. JSON holds manifests and report in one and always goes to standard output.
 * A conversion that weakens security prints no manifests and writes nothing until `acceptLoss` says that it may; JSON
 * shows what would be written.
 */

import { type Conversion, changedManifests, convert, resourceText, securityLosses } from '../queries/convert.ts';
import { conversionJson } from '../render/report-json.ts';
import { reportMarkdown } from '../render/report-markdown.ts';
import { reportText } from '../render/report-text.ts';
import { joinDocuments, yamlComment } from '../render/manifest-yaml.ts';
import { type ConvertOptions, defaultConvertOptions, type DialectId } from '../meshes/mesh.ts';
import { meshNames } from '../model/mesh-id.ts';
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
  readonly to: DialectId;
  /** What is converted. */
  readonly files: readonly InputFile[];
  /** What is read for facts beside it: Services, workloads, subsets. */
  readonly facts: readonly InputFile[];
  /** The folder that paths are told from, as a uri without a slash at the end. */
  readonly folder: Uri;
  readonly knowledge: Knowledge;
  readonly settings: Settings;
  readonly options?: Partial<ConvertOptions>;
  readonly format: (typeof convertFormats)[number];
  /** Only the report is wanted; it goes to standard output. */
  readonly reportOnly?: boolean;
  readonly acceptLoss?: boolean;
  /** The folder for new files, as the user wrote it; undefined prints manifests. */
  readonly output?: string;
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
  const { to, files, facts, folder, knowledge, settings, format, output } = command;
  const workspace = applyChange(createWorkspace(knowledge, settings), {
    folders: [folder],
    files: new Map([...facts, ...files].map((it) => [it.uri, it.text])),
  });
  const options = { ...defaultConvertOptions, ...command.options };
  const conversion = convert(workspace, { uris: files.map((it) => it.uri) }, to, options);
  if (conversion.report.length === 0 && conversion.refused.length === 0 && conversion.outputs.length === 0)
    return misuse(`There is nothing to convert to ${meshNames[to]} in ${files.map((it) => it.path).join(', ')}.\n`);

  const names = new Map([...facts, ...files].map((it) => [it.uri, it.path]));
  const fileOf = (uri: Uri) => names.get(uri) ?? uri;
  const outputs = outputsOf(workspace, conversion);
  const losses = securityLosses(conversion);
  const isBlocked = !command.acceptLoss && losses.entries.length + losses.notes.length > 0;
  const exitCode = isBlocked || conversion.refused.length > 0 ? 1 : 0;

  const writes = output === undefined || isBlocked || command.reportOnly ? [] : outputs.map(below(output));
  const taken = command.force ? [] : writes.filter((it) => command.exists(it.path));
  if (taken.length > 0) {
    const list = taken.map((it) => `  ${it.path}\n`).join('');
    return misuse(`These files exist already; nothing was written. --force replaces them:\n${list}`);
  }
  if (format === 'json') {
    const json = conversionJson(workspace, conversion, outputs, fileOf);
    return { exitCode, stdout: `${JSON.stringify(json, undefined, 2)}\n`, stderr: blocked(isBlocked), writes };
  }
  const isBesideManifests = !command.reportOnly && output === undefined;
  const color = isBesideManifests ? command.color.err : command.color.out;
  const report =
    format === 'markdown'
      ? reportMarkdown(workspace, conversion)
      : reportText(workspace, conversion, { columns: command.columns, color });
  if (command.reportOnly) return { exitCode, stdout: report, stderr: '', writes };
  if (!isBesideManifests) return { exitCode, stdout: report, stderr: blocked(isBlocked), writes };
  const manifests = isBlocked ? '' : joinDocuments(outputs.map((it) => it.text));
  return { exitCode, stdout: manifests, stderr: report + blocked(isBlocked), writes };
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
  return documents.length === 0
    ? outputs
    : [...outputs, { path: `changed.${conversion.to}.yaml`, text: joinDocuments(documents) }];
}
