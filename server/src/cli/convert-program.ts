/** `meshwright convert`: its flags, and the files that it reads. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { fileUri, nodeFiles } from '../files/node-files.ts';
import { type ConvertOptions, readConvertOptions } from '../model/convert-options.ts';
import type { DialectId } from '../model/mesh-id.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import type { Uri } from '../model/text.ts';
import type { Knowledge } from '../model/workspace.ts';
import { kindOf, listPaths, relativeName } from './check.ts';
import { convertCommand, type ConvertResult, type InputFile } from './convert.ts';
import { type ConvertFormat, convertFormats } from './convert-report.ts';
import { dialect, optionFlags, repeated } from './flags.ts';
import { Spool } from './spool.ts';
import type { Terminal } from './terminal.ts';

interface ConvertFlags extends Partial<ConvertOptions> {
  readonly from?: DialectId;
  readonly to: DialectId;
  readonly report: ConvertFormat;
  readonly format?: ConvertFormat;
  readonly reportFile?: string;
  readonly output?: string;
  readonly stdout?: true;
  readonly dryRun?: true;
  readonly force?: true;
  readonly reportOnly?: true;
  readonly acceptLoss?: true;
  readonly facts?: string[];
  readonly exclude?: string[];
  readonly clusterDomain: string;
}

/** What the program around it does for the command. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly knowledge: () => Knowledge;
  /** Says why nothing is done, and ends with the exit code of misuse. */
  refuse(sentence: string): void;
  print(result: Pick<ConvertResult, 'exitCode' | 'stdout' | 'stderr'>): void;
  /** Writes files; gives a sentence when one of them cannot be written. */
  write(files: ConvertResult['writes']): Promise<string | undefined>;
}

const exitCodes = `
Exit code 0: converted; 1: something is not converted, or would be less secure
than its source and nothing was written (see --accept-loss); 2: misuse.

Manifests go to standard output, or below the folder of -o in the folders that
they come from. The report goes to standard output, and to standard error where
manifests stand there.`;

/** Adds the command to a program. */
export function addConvert(program: Command, { terminal, knowledge, refuse, print, write }: Surroundings): void {
  const command = program
    .command('convert')
    .description('Writes manifests in the words of another mesh, and reports what became of each field.')
    .argument('<paths...>', 'files and folders; - reads standard input')
    .option('--from <mesh>', 'convert only what this mesh reads: istio, linkerd, consul or gateway-api', dialect)
    .requiredOption('-t, --to <mesh>', 'istio, linkerd, consul or gateway-api', dialect)
    .option('-o, --output <folder>', 'write new files there instead of printing manifests')
    .option('--stdout', 'print manifests, also beside --output')
    .option('--dry-run', 'tell which files would be written, and write none')
    .option('--force', 'replace files of the output folder that exist')
    .option('--accept-loss', 'write even what is less secure than its source')
    .addOption(new Option('--report <format>', 'of the report').choices(convertFormats).default('text'))
    .addOption(new Option('-f, --format <format>', 'the same as --report').choices(convertFormats))
    .option('--report-file <file>', 'write the report there')
    .option('--report-only', 'print the report alone')
    .option(
      '--facts <path>',
      'further file or folder with Services and workloads, may be given several times; files of the same environment are read anyway',
      repeated,
    )
    .option('--exclude <glob>', 'files to leave out of folders; may be given several times', repeated)
    .option('--cluster-domain <domain>', 'DNS domain of the cluster', defaultSettings.clusterDomain)
    .addHelpText('after', exitCodes);
  for (const it of optionFlags()) command.addOption(it);
  command.action(async (paths: string[], flags: ConvertFlags) => {
    const { cwd, columns, color } = terminal;
    const settings: Settings = {
      ...defaultSettings,
      clusterDomain: flags.clusterDomain,
      exclude: flags.exclude ?? [],
    };
    const read = await listPaths({ paths, settings, cwd, readStdin: () => terminal.readStdin() });
    if ('refusal' in read) return refuse(read.refusal);
    const files = read.files.map((it): InputFile => ({ uri: it.uri, path: relativeName(cwd, it.uri), read: it.read }));
    const facts = await listFacts(files, flags.facts ?? [], cwd);
    if ('refusal' in facts) return refuse(facts.refusal);
    const spool = new Spool();
    try {
      const result = await convertCommand({
        ...(flags.from === undefined ? {} : { from: flags.from }),
        to: flags.to,
        files,
        facts,
        folders: rootsOf(cwd, read.folders),
        knowledge: knowledge(),
        settings,
        options: readConvertOptions(flags),
        format: flags.format ?? flags.report,
        reportOnly: flags.reportOnly ?? false,
        acceptLoss: flags.acceptLoss ?? false,
        force: flags.force ?? false,
        isDryRun: flags.dryRun ?? false,
        printsManifests: flags.stdout ?? false,
        ...(flags.output === undefined ? {} : { output: flags.output }),
        ...(flags.reportFile === undefined ? {} : { reportFile: flags.reportFile }),
        exists: (it) => existsSync(path.resolve(cwd, it)),
        columns,
        color,
        spool,
      });
      const failure = await write(result.writes);
      if (failure !== undefined) return refuse(failure);
      print(result);
    } finally {
      spool.close();
    }
  });
}

/** The folders that paths of new files are told from: the working folder, and those named that lie outside of it. */
function rootsOf(cwd: string, folders: readonly Uri[]): readonly Uri[] {
  const own = fileUri(cwd).replace(/\/$/, '');
  return [own, ...folders.filter((it) => it !== own && !it.startsWith(`${own}/`))];
}

/** The files that are deployed together with what is converted: those below the nearest kustomization or chart, else beside it. */
async function listFacts(
  files: readonly InputFile[],
  further: readonly string[],
  cwd: string,
): Promise<readonly InputFile[] | { readonly refusal: string }> {
  const folders = new Set(files.map((it) => environmentFolder(path.resolve(cwd, it.path), cwd)));
  for (const it of further) {
    const full = path.resolve(cwd, it);
    if ((await kindOf(full)) === undefined) return { refusal: `There is no file or folder "${it}".` };
    folders.add(full);
  }
  // What lies below another folder is listed with it.
  const outer = [...folders].filter((it) => {
    for (let above = path.dirname(it); ; above = path.dirname(above)) {
      if (folders.has(above)) return false;
      if (above === path.dirname(above)) return true;
    }
  });
  const known = new Set(files.map((it) => it.uri));
  const facts: InputFile[] = [];
  for (const folder of outer) {
    for await (const uri of listOrSelf(folder)) {
      if (known.has(uri)) continue;
      known.add(uri);
      facts.push({ uri, path: relativeName(cwd, uri), read: () => nodeFiles.read(uri) });
    }
  }
  return facts;
}

async function* listOrSelf(full: string): AsyncGenerator<string> {
  if ((await kindOf(full)) === 'file') yield fileUri(full);
  else yield* nodeFiles.list(fileUri(full), []);
}

function environmentFolder(file: string, cwd: string): string {
  const own = path.dirname(file);
  for (let folder = own; ; folder = path.dirname(folder)) {
    if (['kustomization.yaml', 'kustomization.yml', 'Chart.yaml'].some((it) => existsSync(path.join(folder, it))))
      return folder;
    if (folder === cwd || path.dirname(folder) === folder) return own;
  }
}
