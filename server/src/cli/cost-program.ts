/** `meshwright cost`: its flags. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { type CostInputName, type CostInputs, costInputNames, costInputs, fitsInput } from '../model/cost-inputs.ts';
import { defaultSettings, type Settings } from '../model/settings.ts';
import { defaultCostInputs } from '../queries/cost.ts';
import { load } from './check.ts';
import type { Surroundings } from './convert-program.ts';
import { costCommand, costFormats } from './cost.ts';
import { repeated } from './flags.ts';

interface CostFlags extends Partial<CostInputs> {
  readonly format: (typeof costFormats)[number];
  readonly exclude?: string[];
}

/** Adds the command to a program. */
export function addCost(
  program: Command,
  { terminal, knowledge, refuse, print }: Pick<Surroundings, 'terminal' | 'knowledge' | 'refuse' | 'print'>,
): void {
  const command = program
    .command('cost')
    .description(
      'Estimates memory, CPU, latency and money of each mesh, from published figures that it names. Exit code 0: printed, 2: misuse.',
    )
    .argument('[paths...]', 'files and folders whose Deployments, StatefulSets, Rollouts and replicas are counted');
  for (const name of costInputNames) command.addOption(inputFlag(name));
  command
    .addOption(new Option('-f, --format <format>', 'what to print').choices(costFormats).default('text'))
    .option('--exclude <glob>', 'files to leave out of folders; may be given several times', repeated)
    .action(async (paths: string[], { format, exclude, ...inputs }: CostFlags) => {
      const { cwd, columns, color } = terminal;
      const settings: Settings = { ...defaultSettings, exclude: exclude ?? [] };
      const loaded =
        paths.length === 0
          ? undefined
          : await load(knowledge(), { paths, settings, cwd, readStdin: () => terminal.readStdin() });
      if (loaded && 'refusal' in loaded) return refuse(loaded.refusal);
      print(costCommand({ inputs, ...(loaded ? { loaded } : {}), format, columns, color: color.out }));
    });
}

/** A flag for an input: `--price-gb <number>`. What it is without being given stands in the help alone: a count goes before it. */
function inputFlag(name: CostInputName): Option {
  const { summary, isWhole, most } = costInputs[name];
  const flag = name.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`);
  return new Option(`--${flag} <number>`, `${summary} (default: ${defaultCostInputs[name]})`).argParser((text) => {
    const value = Number(text);
    if (text.trim() === '' || !fitsInput(name, value))
      throw new InvalidArgumentError(
        `It must be a ${isWhole ? 'whole number' : 'number'} from 0 to ${most.toLocaleString('en-US')}.`,
      );
    return value;
  });
}
