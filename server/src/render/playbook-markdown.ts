/** Playbooks as Markdown: runbooks with boxes to tick, best practices, drawings in words. */

import type { Architecture } from '../meshes/playbooks/architectures.ts';
import { type Practice, practiceGroups } from '../meshes/playbooks/practices.ts';
import { type MeshId, meshIds, meshNames } from '../model/mesh-id.ts';
import { architectureText, type FilledAction, type FilledPlaybook, type FilledStep } from '../queries/playbooks.ts';
import { seedSentence } from './playbook-words.ts';

/** A playbook below a heading of the first level. */
export function playbookMarkdown({ title, summary, steps, profiles, source, asOf }: FilledPlaybook): string {
  const blocks = [`# ${title}`, summary, ...steps.flatMap(stepBlocks)];
  if (profiles.length > 0) {
    blocks.push('## Ways to install');
    for (const { name, holds, use, action } of profiles)
      blocks.push(`### ${name}`, `Holds ${holds}. ${use}`, ...actionBlocks([action]));
  }
  blocks.push(`Commands as of ${asOf}. Read on: <${source}>`);
  return `${blocks.join('\n\n')}\n`;
}

/** Best practices below a heading of the first level; those that are watched name the rules. */
export function practicesMarkdown(practices: readonly Practice[], meshes: readonly MeshId[] = meshIds): string {
  const blocks = ['# Best practices'];
  for (const group of practiceGroups) {
    blocks.push(`## ${group}`);
    for (const { title, advice, how, watched } of practices.filter((it) => it.group === group)) {
      const lines = [`- [ ] **${title}** ${advice}`];
      for (const mesh of meshes) if (how?.[mesh]) lines.push(`  - ${meshNames[mesh]}: ${how[mesh]}`);
      for (const { what, rules } of watched ?? [])
        lines.push(`  - Watched by diagnostics: ${what} ${rules.map((it) => `\`${it}\``).join(', ')}`);
      blocks.push(lines.join('\n'));
    }
  }
  return `${blocks.join('\n\n')}\n`;
}

/** Drawings of a mesh in words. */
export function architecturesMarkdown(architectures: readonly Architecture[]): string {
  const blocks = architectures.flatMap((it) => [
    `# ${it.title}`,
    architectureText(it),
    ...(it.history === undefined ? [] : [`No longer so: ${it.history}`]),
  ]);
  return `${blocks.join('\n\n')}\n`;
}

function stepBlocks({ title, why, actions, checks, rollback }: FilledStep, at: number): readonly string[] {
  return [
    `## ${at + 1}. ${title}`,
    `- [ ] ${why}`,
    ...actionBlocks(actions),
    ...(checks.length > 0 ? ['Check:', ...actionBlocks(checks)] : []),
    ...(rollback.length > 0 ? ['To take it back:', ...actionBlocks(rollback)] : []),
  ];
}

/** Commands that follow each other stand in one block; what guides have instead stands below it. */
function actionBlocks(actions: readonly FilledAction[]): readonly string[] {
  const blocks: string[] = [];
  let commands: FilledAction[] = [];
  const flush = () => {
    if (commands.length === 0) return;
    blocks.push(fenced('sh', commands.map((it) => it.text).join('\n')), ...seedNotes(commands));
    commands = [];
  };
  for (const action of actions) {
    if (action.kind === 'command') {
      commands.push(action);
      continue;
    }
    flush();
    blocks.push(`\`${action.name}\`:`, fenced('yaml', action.text.trimEnd()), ...seedNotes([action]));
  }
  flush();
  return blocks;
}

function seedNotes(actions: readonly FilledAction[]): readonly string[] {
  const notes = actions.flatMap(({ seed }) =>
    seed.flatMap((it) => (it.command === undefined ? [] : [`> Guides of 2023: \`${it.command}\` ${seedSentence(it)}`])),
  );
  return notes.length > 0 ? [notes.join('\n>\n')] : [];
}

/** A block of code, fenced so that nothing in it ends it. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map((it) => it[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
