/** Playbooks as text for a terminal: commands stand unbroken, so that they can be copied. */

import pc from 'picocolors';
import type { Architecture } from '../meshes/playbooks/architectures.ts';
import { type Practice, practiceGroups } from '../meshes/playbooks/practices.ts';
import { type MeshId, meshNames } from '../model/mesh-id.ts';
import {
  architectureText,
  type FilledAction,
  type FilledField,
  type FilledPlaybook,
  type playbookList,
} from '../queries/playbooks.ts';
import type { TextOptions } from './compare-text.ts';
import { isDated, seedSentence } from './playbook-words.ts';
import { indented, wrap } from './wrap.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** A playbook: prose is broken at the width, commands and files are not. */
export function playbookText(playbook: FilledPlaybook, { columns, color }: TextOptions): string {
  const colors = pc.createColors(color);
  const width = Math.min(columns, 100);
  const { title, summary, steps, profiles, fields, source, asOf } = playbook;
  const lines = [colors.bold(title), ...wrap(plain(summary), width)];
  for (const [at, step] of steps.entries()) {
    lines.push('', colors.bold(`${at + 1}. ${step.title}`), ...indented(plain(step.why), 3, 3, width));
    lines.push(...actionLines(step.actions, width, colors));
    for (const [label, list] of [
      ['Check', step.checks],
      ['Take it back', step.rollback],
    ] as const)
      if (list.length > 0) lines.push('', `   ${colors.dim(`${label}:`)}`, ...actionLines(list, width, colors, false));
  }
  if (profiles.length > 0) {
    lines.push('', colors.bold('Ways to install'));
    for (const { name, holds, use, action } of profiles) {
      lines.push('', ...indented(`${name}: ${plain(holds)}. ${plain(use)}`, 3, 3, width));
      lines.push(...actionLines([action], width, colors));
    }
  }
  lines.push('', ...fieldLines(fields, width, colors));
  lines.push(colors.dim(`Commands as of ${asOf}. ${source}`));
  return `${lines.join('\n')}\n`;
}

/** What there is a playbook for. */
export function playbookListText(list: ReturnType<typeof playbookList>, { color }: TextOptions): string {
  const colors = pc.createColors(color);
  const lines = [colors.bold('Playbooks')];
  let before: MeshId | undefined;
  for (const { mesh, topic, title } of list) {
    if (mesh !== before) lines.push('');
    before = mesh;
    lines.push(`  ${`${mesh} ${topic}`.padEnd(22)}  ${colors.dim(title)}`);
  }
  lines.push('', 'Each mesh also has "architecture" and "practices".');
  return `${lines.join('\n')}\n`;
}

/** Best practices for a mesh; a tick stands before those that diagnostics watch. */
export function practicesText(practices: readonly Practice[], mesh: MeshId, { columns, color }: TextOptions): string {
  const colors = pc.createColors(color);
  const width = Math.min(columns, 100);
  const lines = [colors.bold(`${meshNames[mesh]}: Best practices`)];
  for (const group of practiceGroups) {
    lines.push('', colors.bold(group));
    for (const { title, advice, how, watched } of practices.filter((it) => it.group === group)) {
      const own = how?.[mesh];
      lines.push(...indented(`${watched ? '✓' : '·'} ${title}. ${plain(advice)}`, 2, 4, width));
      if (own !== undefined) lines.push(...indented(plain(own), 4, 4, width));
      for (const it of watched ?? [])
        lines.push(...indented(`Watched: ${it.what} ${it.rules.join(', ')}`, 4, 4, width).map(colors.dim));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** Drawings of a mesh in words. */
export function architecturesText(architectures: readonly Architecture[], { columns, color }: TextOptions): string {
  const colors = pc.createColors(color);
  const width = Math.min(columns, 100);
  const blocks = architectures.map((it) =>
    [
      colors.bold(it.title),
      ...wrap(architectureText(it), width),
      ...(it.history === undefined ? [] : wrap(`No longer so: ${plain(it.history)}`, width)),
    ].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}

function actionLines(actions: readonly FilledAction[], width: number, colors: Colors, spaced = true): string[] {
  const lines = spaced && actions.length > 0 ? [''] : [];
  for (const { kind, name, text, seed } of actions) {
    if (kind === 'command') lines.push(`     ${colors.cyan(text)}`);
    else
      lines.push(
        `     ${colors.dim(`${name}:`)}`,
        ...text
          .trimEnd()
          .split('\n')
          .map((it) => `       ${it}`),
      );
    for (const it of seed.filter(isDated))
      if (it.command !== undefined)
        lines.push(...indented(`Guides: ${it.command} – ${seedSentence(plainSeed(it))}`, 7, 7, width).map(colors.dim));
  }
  return lines;
}

function plainSeed<It extends { readonly why: string }>(it: It): It {
  return { ...it, why: plain(it.why) };
}

function fieldLines(fields: readonly FilledField[], width: number, colors: Colors): string[] {
  const rows = fields.map(({ id, title, value, preset, example, isOptional }) => {
    const now = value !== '' ? value : (preset ?? (isOptional ? 'none' : 'to be filled in'));
    return indented(`--${id.padEnd(10)} ${title}: ${now} (such as ${example})`, 2, 14, width);
  });
  return rows.length > 0 ? [colors.dim('Fill in:'), ...rows.flat(), ''] : [];
}

/** Prose without the marks of Markdown. */
function plain(text: string): string {
  return text.replaceAll(/[`*]{1,2}([^`*]+)[`*]{1,2}/g, '$1');
}
