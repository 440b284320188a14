/** `meshwright`: arguments in, exit code out. Commands compute; here is read, printed and written. */

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type ConvertOptions, readConvertOptions } from '../model/convert-options.ts';
import { isMeshId, type MeshId } from '../model/mesh-id.ts';
import type { Releases } from '../model/release.ts';
import { defaultSettings, readSettings, settingProblems, type Settings } from '../model/settings.ts';
import type { Severity } from '../model/rule.ts';
import type { Knowledge } from '../model/workspace.ts';
import { checkCommand, checkFormats, load, severities } from './check.ts';
import { compareCommand, compareFormats } from './compare.ts';
import { addChoose } from './choose-program.ts';
import { addConvert } from './convert-program.ts';
import { addCost } from './cost-program.ts';
import { optionFlags, repeated } from './flags.ts';
import { planCommand } from './plan.ts';
import { addPlaybook } from './playbook-program.ts';
import type { Terminal } from './terminal.ts';
import { upgradeCommand } from './upgrade.ts';

const misuse = 2;

/** Runs one command line without the program's name; gives the exit code. `knowledge` is made only when a command needs it. */
export async function run(
  args: readonly string[],
  terminal: Terminal,
  knowledge: () => Knowledge,
  version: string,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('meshwright')
    .description(
      'Checks, converts and compares manifests of Istio, Linkerd, Consul and the Gateway API. Works offline.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (it) => terminal.out(it), writeErr: (it) => terminal.err(it) })
    .showHelpAfterError('Add --help to see what is possible.');

  program
    .command('check')
    .description('Tells what is wrong with manifests. Exit code 0: clean, 1: findings, 2: misuse.')
    .argument('<paths...>', 'files and folders; - reads standard input')
    .addOption(new Option('-f, --format <format>', 'what to print').choices(checkFormats).default('text'))
    .addOption(
      new Option('--fail-on <severity>', 'mildest severity that makes the exit code 1')
        .choices(severities)
        .default('warning'),
    )
    .option('--closed-world', 'the paths hold all that the cluster holds: what is missing is an error')
    .option('--cluster-domain <domain>', 'DNS domain of the cluster', defaultSettings.clusterDomain)
    .option('--exclude <glob>', 'files to leave out of folders; may be given several times', repeated)
    .option(
      '--release <name=version>',
      'what the manifests are for: istio=1.24, linkerd=2.18, consul=1.20, gatewayApi=1.2 or gatewayApiChannel=standard; may be given several times',
      release,
    )
    .action(
      async (
        paths: string[],
        options: {
          format: (typeof checkFormats)[number];
          failOn: Severity;
          release?: Releases;
          closedWorld?: true;
          clusterDomain: string;
          exclude?: string[];
        },
      ) => {
        const { cwd, color } = terminal;
        const result = await checkCommand(knowledge(), {
          paths,
          format: options.format,
          settings: settingsOf(options),
          failOn: options.failOn,
          color: color.out,
          cwd,
          readStdin: () => terminal.readStdin(),
        });
        print(result);
      },
    );

  addConvert(program, { terminal, knowledge, refuse, print, write: (files) => write(files, terminal.cwd) });

  const planProgram = program
    .command('plan')
    .description(
      'Prints a runbook in Markdown for moving manifests from one mesh to another, namespace by namespace. Exit code 0: printed, 2: misuse.',
    )
    .argument('<paths...>', 'files and folders, workloads and Namespaces among them')
    .option('--from <mesh>', 'istio, linkerd or consul; the mesh of most resources without it', mesh)
    .requiredOption('-t, --to <mesh>', 'istio, linkerd or consul', mesh)
    .option('--exclude <glob>', 'files to leave out of folders; may be given several times', repeated)
    .option('--cluster-domain <domain>', 'DNS domain of the cluster', defaultSettings.clusterDomain);
  for (const it of optionFlags()) planProgram.addOption(it);
  planProgram.action(async (paths: string[], options: PlanFlags) => {
    const settings = settingsOf(options);
    const { cwd } = terminal;
    const loaded = await load(knowledge(), { paths, settings, cwd, readStdin: () => terminal.readStdin() });
    if ('refusal' in loaded) return refuse(loaded.refusal);
    const { from, to } = options;
    print(
      planCommand({
        workspace: loaded.workspace,
        uris: loaded.asked,
        ...(from === undefined ? {} : { from }),
        to,
        paths,
        options: readConvertOptions(options),
      }),
    );
  });

  program
    .command('upgrade')
    .description(
      'Brings resources to the newest version of their kind, with the fields that it calls otherwise. Exit code 0: nothing outdated is left, 1: something is, 2: misuse.',
    )
    .argument('<paths...>', 'files and folders')
    .option('--dry-run', 'tell what would be done, and write nothing')
    .option('--exclude <glob>', 'files to leave out of folders; may be given several times', repeated)
    .action(async (paths: string[], options: { dryRun?: true; exclude?: string[] }) => {
      const { cwd } = terminal;
      if (paths.includes('-')) return refuse('Standard input cannot be upgraded; name files or folders.');
      const settings: Settings = { ...defaultSettings, exclude: options.exclude ?? [] };
      const loaded = await load(knowledge(), { paths, settings, cwd, readStdin: () => terminal.readStdin() });
      if ('refusal' in loaded) return refuse(loaded.refusal);
      const result = upgradeCommand(loaded, options.dryRun ?? false);
      const failure = await write(result.writes, cwd);
      if (failure !== undefined) return refuse(failure);
      print(result);
    });

  program
    .command('compare')
    .description('Shows how the meshes do a feature, or all features.')
    .argument('[feature]', 'id or title of a feature, a category, or a kind')
    .addOption(new Option('-f, --format <format>', 'what to print').choices(compareFormats).default('text'))
    .action((feature: string | undefined, { format }: { format: (typeof compareFormats)[number] }) => {
      const { columns, color } = terminal;
      print(compareCommand({ ...(feature === undefined ? {} : { feature }), format, columns, color: color.out }));
    });

  addChoose(program, { terminal, knowledge, refuse, print });

  addCost(program, { terminal, knowledge, refuse, print });

  addPlaybook(program, { terminal, print });

  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : misuse;
  }
  return exitCode;

  function refuse(sentence: string): void {
    print({ exitCode: misuse, stdout: '', stderr: `${sentence}\n` });
  }

  /** Prints texts, or their pieces as they come. */
  function print(result: {
    readonly exitCode: number;
    readonly stdout: string | Iterable<string>;
    readonly stderr: string | Iterable<string>;
  }): void {
    for (const it of pieces(result.stdout)) terminal.out(it);
    for (const it of pieces(result.stderr)) terminal.err(it);
    exitCode = result.exitCode;
  }
}

interface PlanFlags extends Partial<ConvertOptions> {
  readonly from?: MeshId;
  readonly to: MeshId;
  readonly exclude?: string[];
  readonly clusterDomain: string;
}

function settingsOf({
  closedWorld,
  clusterDomain,
  exclude,
  release,
}: {
  readonly closedWorld?: true;
  readonly clusterDomain: string;
  readonly exclude?: string[];
  readonly release?: Releases;
}): Settings {
  return {
    ...defaultSettings,
    closedWorld: closedWorld ?? 'auto',
    clusterDomain,
    exclude: exclude ?? [],
    releases: release ?? {},
  };
}

function mesh(text: string): MeshId {
  const id = text.toLowerCase();
  if (!isMeshId(id)) throw new InvalidArgumentError('It must be istio, linkerd or consul.');
  return id;
}

/** `istio=1.24`, beside what was said before. */
function release(text: string, before: Releases | undefined): Releases {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  const [problem] = settingProblems({ releases: { [name]: value } });
  if (problem !== undefined || value === '')
    throw new InvalidArgumentError('It must be a name and a release, such as istio=1.24.');
  return { ...before, ...readSettings({ releases: { [name]: value } }).releases };
}

function pieces(text: string | Iterable<string>): Iterable<string> {
  if (typeof text !== 'string') return text;
  return text === '' ? [] : [text];
}

/** Writes files; gives a sentence when one of them cannot be written. */
async function write(
  files: readonly { readonly path: string; readonly text: string | Iterable<string> }[],
  cwd: string,
): Promise<string | undefined> {
  for (const it of files) {
    const full = path.resolve(cwd, it.path);
    try {
      await mkdir(path.dirname(full), { recursive: true });
      await writeFile(full, it.text);
    } catch (error) {
      return `"${it.path}" cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}.`;
    }
  }
  return undefined;
}
