/** The flags of `meshwright playbook`. */

import { type Command, Option } from 'commander';
import { type FieldValues, fieldIds, fields } from '../meshes/playbooks/fields.ts';
import type { Surroundings } from './convert-program.ts';
import { playbookCommand, playbookFormats } from './playbook.ts';

type PlaybookFlags = FieldValues & { readonly format: (typeof playbookFormats)[number] };

/** Adds the command to a program. */
export function addPlaybook(program: Command, { terminal, print }: Pick<Surroundings, 'terminal' | 'print'>): void {
  const command = program
    .command('playbook')
    .description(
      'Shows step by step how to install a mesh, bring workloads in, join clusters, observe, troubleshoot and migrate, and what became of commands of older guides. Exit code 0: printed, 2: misuse.',
    )
    .argument('[mesh]', 'istio, linkerd or consul')
    .argument('[topic]', 'install, inject, multi-cluster, observe, troubleshoot, migrate, architecture or practices')
    .addOption(new Option('-f, --format <format>', 'what to print').choices(playbookFormats).default('text'));
  for (const id of fieldIds) command.option(`--${id} <${id}>`, `${fields[id].hint} Such as ${fields[id].example}`);
  command.action((mesh: string | undefined, topic: string | undefined, { format, ...values }: PlaybookFlags) => {
    const { columns, color } = terminal;
    const names = { ...(mesh === undefined ? {} : { mesh }), ...(topic === undefined ? {} : { topic }) };
    print(playbookCommand({ ...names, values, format, columns, color: color.out }));
  });
}
