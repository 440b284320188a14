/** Playbooks with the user's values filled in: for the panel and for the command line. */

import type { Architecture } from '../meshes/playbooks/architectures.ts';
import { architectures } from '../meshes/playbooks/architectures.ts';
import {
  type Field,
  type FieldId,
  type FieldValues,
  fieldIds,
  fields,
  fieldsIn,
  fillCommand,
  fillFile,
  problemOf,
  takesContext,
} from '../meshes/playbooks/fields.ts';
import {
  type Action,
  type Playbook,
  type PlaybookStep,
  type SeedCommand,
  type Topic,
  topics,
  topicTitles,
} from '../meshes/playbooks/playbook.ts';
import { type Practice, practices } from '../meshes/playbooks/practices.ts';
import { playbooks, playbooksAsOf } from '../meshes/playbooks.ts';
import { Namespace, Service } from '../meshes/kubernetes/common/kinds.ts';
import { isOfKind } from '../model/kind.ts';
import { allResources } from '../model/manifest.ts';
import { type MeshId, meshIds, meshNames } from '../model/mesh-id.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';

/** A playbook as it is shown: nothing in it is left to fill in but what `missing` names. */
export interface FilledPlaybook {
  readonly mesh: MeshId;
  readonly topic: Topic;
  readonly title: string;
  readonly summary: string;
  readonly source: string;
  /** The day whose commands these are, `2026-08-22`. */
  readonly asOf: string;
  /** What one can fill in, in the order in which forms have it. */
  readonly fields: readonly FilledField[];
  readonly steps: readonly FilledStep[];
  readonly profiles: readonly FilledProfile[];
}

export interface FilledField {
  readonly id: FieldId;
  readonly title: string;
  readonly hint: string;
  readonly example: string;
  /** What holds when it is left empty; absent where it has to be filled in, or may be left out. */
  readonly preset?: string;
  readonly isOptional: boolean;
  readonly value: string;
  /** Why the value is not taken, as a sentence. */
  readonly problem?: string;
}

export interface FilledStep {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly actions: readonly FilledAction[];
  readonly checks: readonly FilledAction[];
  readonly rollback: readonly FilledAction[];
}

export interface FilledAction {
  /** Stable within the playbook: `verify.check.0`. */
  readonly id: string;
  readonly kind: 'command' | 'file';
  /** Name of the file. */
  readonly name?: string;
  /** A command on one line, or what stands in the file. */
  readonly text: string;
  /** Fields that have to be filled in first; their names in capitals stand in their places. */
  readonly missing: readonly FieldId[];
  /** What guides of 2023 have in its place. */
  readonly seed: readonly SeedCommand[];
}

export interface FilledProfile {
  readonly name: string;
  readonly holds: string;
  readonly use: string;
  readonly action: FilledAction;
  readonly unverified: boolean;
}

/** Names of a workspace to choose from, by field: each once, in order, and no more of a field than a list can show. */
export function namesForPlaybooks(workspace: Workspace): Readonly<Partial<Record<FieldId, readonly string[]>>> {
  const namespaces = new Set<string>();
  const services = new Set<string>();
  const workloads = new Set<string>();
  for (const [uri, manifest] of workspace.manifests) {
    const environment = environmentOf(workspace, uri);
    for (const resource of allResources(manifest)) {
      const namespace = isOfKind(resource, Namespace) ? resource.name : environment.namespaceOf(resource);
      if (namespace) namespaces.add(namespace);
      if (isOfKind(resource, Service)) services.add(resource.name);
      const kind = restarted.get(resource.kind);
      if (kind !== undefined) workloads.add(`${kind}/${resource.name}`);
    }
  }
  const taken = (id: FieldId, names: Iterable<string>) =>
    [...names]
      .filter((it) => it !== '' && problemOf(fields[id], it) === undefined)
      .sort()
      .slice(0, mostNames);
  return {
    namespace: taken('namespace', namespaces),
    service: taken('service', services),
    workload: taken('workload', workloads),
  };
}

const mostNames = 100;

/** Kinds whose pods can be made anew, as `kubectl` calls them for short. */
const restarted: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'deploy'],
  ['StatefulSet', 'sts'],
  ['DaemonSet', 'ds'],
]);

/** What there is a playbook for, by mesh. */
export function playbookList(): readonly { readonly mesh: MeshId; readonly topic: Topic; readonly title: string }[] {
  return meshIds.flatMap((mesh) => topics.map((topic) => ({ mesh, topic, title: titleOf(playbooks[mesh][topic]) })));
}

/** A playbook with values filled in; those that cannot be taken are told so and count as empty. */
export function filledPlaybook(mesh: MeshId, topic: Topic, values: FieldValues = {}): FilledPlaybook {
  const playbook = playbooks[mesh][topic];
  const { summary, source, steps, profiles } = playbook;
  return {
    mesh,
    topic,
    title: titleOf(playbook),
    summary,
    source,
    asOf: playbooksAsOf,
    fields: fieldsOf(playbook).map((it) => filledField(fields[it], values)),
    steps: steps.map((it) => filledStep(it, values)),
    profiles: (profiles ?? []).map(({ name, holds, use, action, unverified }) => ({
      name,
      holds,
      use,
      action: filled(`profile.${name.replaceAll(/\W+/g, '-')}`, action, values),
      unverified: unverified ?? false,
    })),
  };
}

/** An action of a filled playbook by its id. */
export function actionById({ steps, profiles }: FilledPlaybook, id: string): FilledAction | undefined {
  const all = [
    ...steps.flatMap((it) => [...it.actions, ...it.checks, ...it.rollback]),
    ...profiles.map((it) => it.action),
  ];
  return all.find((it) => it.id === id);
}

/** The drawings of a mesh, those of today first. */
export function architecturesOf(mesh: MeshId): readonly Architecture[] {
  return architectures[mesh];
}

/** What a drawing shows, as sentences: for those who do not see it. */
export function architectureText({ title, control, tells, between, below, wire }: Architecture): string {
  const [first, second] = below;
  const sentences = [
    `${title}.`,
    `${control.title}, with ${partsText(control)}.`,
    `From it to the proxies: ${tells}.`,
    `${first.title} holds ${partsText(first)}; ${second.title} holds ${partsText(second)}.`,
    `Between these two: ${wire}${between ? `, and through a waypoint where HTTP matters: ${partsText(between)}` : ''}.`,
  ];
  return sentences.join(' ');
}

function partsText({ parts }: Architecture['control']): string {
  const names = parts.map(({ name, does }) => (does === undefined ? name : `${name} (${does})`));
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('');
}

/** Best practices in the order of their groups, with what is watched of them in a mesh; for all meshes without one. */
export function practiceList(mesh?: MeshId): readonly Practice[] {
  if (mesh === undefined) return practices;
  const isElsewhere = (rule: string) => meshIds.some((it) => it !== mesh && rule.startsWith(`${it}/`));
  return practices.map(({ watched, ...practice }) => {
    const here = (watched ?? [])
      .map(({ what, rules }) => ({ what, rules: rules.filter((it) => !isElsewhere(it)) }))
      .filter((it) => it.rules.length > 0);
    return here.length > 0 ? { ...practice, watched: here } : practice;
  });
}

function titleOf({ mesh, topic }: Playbook): string {
  return `${meshNames[mesh]}: ${topicTitles[topic]}`;
}

/** The fields that a playbook's commands and files name. */
function fieldsOf({ steps, profiles }: Playbook): readonly FieldId[] {
  const actions = [
    ...steps.flatMap((it) => [...it.actions, ...(it.checks ?? []), ...(it.rollback ?? [])]),
    ...(profiles ?? []).map((it) => it.action),
  ];
  const named = new Set(actions.flatMap((it) => fieldsIn(it.text)));
  if (actions.some((it) => it.kind === 'command' && takesContext(it.text))) named.add('context');
  return fieldIds.filter((it) => named.has(it));
}

function filledField(field: Field, values: FieldValues): FilledField {
  const { id, title, hint, example, preset, isOptional } = field;
  const value = values[id] ?? '';
  const problem = problemOf(field, value.trim());
  return {
    id,
    title,
    hint,
    example,
    ...(preset === undefined ? {} : { preset }),
    isOptional: isOptional ?? false,
    value,
    ...(problem === undefined ? {} : { problem }),
  };
}

function filledStep({ id, title, why, actions, checks, rollback }: PlaybookStep, values: FieldValues): FilledStep {
  const all = (part: string, list: readonly Action[] = []) =>
    list.map((it, at) => filled(`${id}.${part}.${at}`, it, values));
  return { id, title, why, actions: all('do', actions), checks: all('check', checks), rollback: all('back', rollback) };
}

function filled(id: string, action: Action, values: FieldValues): FilledAction {
  const fill = action.kind === 'command' ? fillCommand : fillFile;
  return {
    id,
    kind: action.kind,
    ...(action.kind === 'file' ? { name: action.name } : {}),
    ...fill(action.text, values),
    seed: action.seed ?? [],
  };
}
