/** `meshwright playbook`: what to do at the command line with a mesh, with one's own names filled in. */

import { type FieldId, type FieldValues, fieldIds, fields, problemOf } from '../meshes/playbooks/fields.ts';
import { type Topic, topics } from '../meshes/playbooks/playbook.ts';
import { isMeshId, type MeshId, meshIds } from '../model/mesh-id.ts';
import { nearest } from '../model/nearest.ts';
import { architectureText, architecturesOf, filledPlaybook, playbookList, practiceList } from '../queries/playbooks.ts';
import { architecturesMarkdown, playbookMarkdown, practicesMarkdown } from '../render/playbook-markdown.ts';
import { architecturesText, playbookListText, playbookText, practicesText } from '../render/playbook-text.ts';

export const playbookFormats = ['text', 'json', 'markdown'] as const;

/** What there is beside the playbooks proper. */
const others = ['architecture', 'practices'] as const;

export interface PlaybookCommand {
  /** As the user wrote it; all of them without it. */
  readonly mesh?: string;
  readonly topic?: string;
  readonly values: FieldValues;
  readonly format: (typeof playbookFormats)[number];
  /** Width of the terminal. */
  readonly columns: number;
  readonly color: boolean;
}

export interface PlaybookResult {
  readonly exitCode: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** Gives what to print. Names that nothing bears and values that cannot be taken are misuse: exit code 2 and a message. */
export function playbookCommand(command: PlaybookCommand): PlaybookResult {
  const { mesh, topic, values } = command;
  if (mesh === undefined) return printed(listOf(command));
  if (!isMeshId(mesh)) return misuse(unknown('mesh', mesh, meshIds));
  if (topic === undefined) return printed(listOf(command, mesh));
  if (topic === 'practices') return printed(practicesOf(command, mesh));
  if (topic === 'architecture') return printed(drawings(command, mesh));
  if (!isTopic(topic)) return misuse(unknown('playbook', topic, [...topics, ...others]));
  const problem = problemIn(values);
  if (problem !== undefined) return misuse(problem);
  const playbook = filledPlaybook(mesh, topic, values);
  const unused = fieldIds.filter((id) => values[id] !== undefined && !playbook.fields.some((it) => it.id === id));
  if (unused.length > 0)
    return misuse(
      `--${unused[0]} has no place in "${mesh} ${topic}". ${playbook.fields.map((it) => `--${it.id}`).join(', ')} have one.`,
    );
  const { format } = command;
  if (format === 'json') return printed(json(playbook));
  return printed(format === 'markdown' ? playbookMarkdown(playbook) : playbookText(playbook, command));
}

function listOf({ format, ...options }: PlaybookCommand, mesh?: MeshId): string {
  const list = playbookList().filter((it) => mesh === undefined || it.mesh === mesh);
  if (format === 'json') return json(list);
  if (format === 'text') return playbookListText(list, options);
  return `${list.map((it) => `- \`meshwright playbook ${it.mesh} ${it.topic}\`: ${it.title}`).join('\n')}\n`;
}

function practicesOf({ format, ...options }: PlaybookCommand, mesh: MeshId): string {
  const list = practiceList(mesh);
  if (format === 'json') return json(list);
  return format === 'markdown' ? practicesMarkdown(list, [mesh]) : practicesText(list, mesh, options);
}

function drawings({ format, ...options }: PlaybookCommand, mesh: MeshId): string {
  const list = architecturesOf(mesh);
  if (format === 'json') return json(list.map((it) => ({ ...it, text: architectureText(it) })));
  return format === 'markdown' ? architecturesMarkdown(list) : architecturesText(list, options);
}

function isTopic(text: string): text is Topic {
  return topics.some((it) => it === text);
}

/** The first value that cannot be taken, as a sentence. */
function problemIn(values: FieldValues): string | undefined {
  return fieldIds.map((id: FieldId) => problemOf(fields[id], values[id] ?? '')).find((it) => it !== undefined);
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const advice = near === undefined ? `There are ${known.join(', ')}.` : `Did you mean "${near}"?`;
  return `There is no ${what} "${name}". ${advice}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function printed(stdout: string): PlaybookResult {
  return { exitCode: 0, stdout, stderr: '' };
}

function misuse(sentence: string): PlaybookResult {
  return { exitCode: 2, stdout: '', stderr: `${sentence}\n` };
}
