/** `meshwright choose`: its flags, and the files that it reads. */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { load } from './check.ts';
import { chooseCommand, chooseFormats } from './choose.ts';
import type { Surroundings } from './convert-program.ts';
import { repeated } from './flags.ts';

interface ChooseFlags {
  readonly answers?: string;
  readonly template?: true;
  readonly format: (typeof chooseFormats)[number];
  readonly exclude?: string[];
}

/** Adds the command to a program. */
export function addChoose(
  program: Command,
  { terminal, knowledge, refuse, print }: Pick<Surroundings, 'terminal' | 'knowledge' | 'refuse' | 'print'>,
): void {
  program
    .command('choose')
    .description(
      'Ranks the meshes by what matters to you, with the reasons. Manifests answer what the file does not. Exit code 0: printed, 2: misuse.',
    )
    .argument('[paths...]', 'files and folders whose manifests show what is needed already')
    .option('-a, --answers <file>', 'weights and musts, as --template prints them; - reads standard input')
    .option('--template', 'print a file of answers to fill in, in YAML or, with --format json, in JSON')
    .addOption(new Option('-f, --format <format>', 'what to print').choices(chooseFormats).default('text'))
    .option('--exclude <glob>', 'files to leave out of folders; may be given several times', repeated)
    .action(async (paths: string[], { answers: file, template, format, exclude }: ChooseFlags) => {
      const { cwd, columns, color } = terminal;
      if (file === '-' && paths.includes('-')) return refuse('Standard input holds either answers or manifests.');
      const settings: Settings = { ...defaultSettings, exclude: exclude ?? [] };
      const text = file === undefined ? undefined : file === '-' ? await terminal.readStdin() : await read(cwd, file);
      if (file !== undefined && text === undefined) return refuse(`"${file}" cannot be read.`);
      const loaded =
        paths.length === 0
          ? undefined
          : await load(knowledge(), { paths, settings, cwd, readStdin: () => terminal.readStdin() });
      if (loaded && 'refusal' in loaded) return refuse(loaded.refusal);
      print(
        chooseCommand({
          ...(file === undefined || text === undefined ? {} : { answers: { text, name: file } }),
          ...(loaded ? { loaded } : {}),
          template: template ?? false,
          format,
          columns,
          color: color.out,
        }),
      );
    });
}

/** The text of a file; undefined when it cannot be read. */
async function read(cwd: string, file: string): Promise<string | undefined> {
  try {
    return await readFile(path.resolve(cwd, file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
