/** Playbooks: what one does with a mesh at the command line, step by step, with places for names of one's own. */

import type { MeshId } from '../../model/mesh-id.ts';

/** What there is a playbook for, in the order in which one needs it. */
export const topics = ['install', 'inject', 'multi-cluster', 'observe', 'troubleshoot', 'migrate'] as const;

export type Topic = (typeof topics)[number];

export const topicTitles: Readonly<Record<Topic, string>> = {
  install: 'Install',
  inject: 'Bring workloads in',
  'multi-cluster': 'Several clusters',
  observe: 'Observe',
  troubleshoot: 'Troubleshoot',
  migrate: 'Migrate',
};

export interface Playbook {
  readonly mesh: MeshId;
  readonly topic: Topic;
  /** In a sentence or two, what one has at the end and what to know before; Markdown within a paragraph. */
  readonly summary: string;
  readonly steps: readonly PlaybookStep[];
  /** Ways to install it, for the playbook that installs. */
  readonly profiles?: readonly Profile[];
  /** Page of the project to read on, https. */
  readonly source: string;
}

/** One thing to do, how to see that it worked, and how to take it back. */
export interface PlaybookStep {
  /** Stable within the playbook: `verify`. */
  readonly id: string;
  readonly title: string;
  /** Why, and what to look out for; Markdown within a paragraph. */
  readonly why: string;
  readonly actions: readonly Action[];
  readonly checks?: readonly Action[];
  readonly rollback?: readonly Action[];
}

export type Action = CommandAction | FileAction;

/** A command on one line. What the user fills in stands in double brackets: `kubectl get pods -n ⟦namespace⟧`. */
export interface CommandAction {
  readonly kind: 'command';
  readonly text: string;
  readonly seed?: readonly SeedCommand[];
}

/** A file to write; the command behind it names it. */
export interface FileAction {
  readonly kind: 'file';
  readonly name: string;
  readonly text: string;
  readonly seed?: readonly SeedCommand[];
}

/** What became of a command that guides of 2023 show. */
export const verdicts = [
  'works',
  'changed',
  'incomplete',
  'deprecated',
  'ineffective',
  'wrong',
  'removed',
  'never',
  'unverified',
] as const;

export type Verdict = (typeof verdicts)[number];

export interface SeedCommand {
  /** Its number in the list of facts that it was checked against: `I4`; absent where that has none. */
  readonly id?: string;
  /** As guides have it; absent where it is the command of the action itself. */
  readonly command?: string;
  readonly verdict: Verdict;
  /** Why, in a sentence; may be empty where it works. */
  readonly why: string;
}

/** A way to install a mesh. */
export interface Profile {
  readonly name: string;
  /** What comes with it. */
  readonly holds: string;
  /** What it is for, or not for. */
  readonly use: string;
  readonly action: CommandAction;
  /** Set when at least one statement could not be confirmed. */
  readonly unverified?: true;
}

/** A command, with what is often copied in its place. */
export function run(text: string, ...seed: readonly SeedCommand[]): CommandAction {
  return { kind: 'command', text, ...(seed.length > 0 ? { seed } : {}) };
}

/** A file to write, with what is often copied in its place. */
export function file(name: string, text: string, ...seed: readonly SeedCommand[]): FileAction {
  return { kind: 'file', name, text, ...(seed.length > 0 ? { seed } : {}) };
}

/** The command of the action is the one that guides show, and it works. */
export function same(id?: string): SeedCommand {
  return { ...(id === undefined ? {} : { id }), verdict: 'works', why: '' };
}

/** A command of the guides, and what became of it. */
export function seed(id: string | undefined, command: string, verdict: Verdict, why: string): SeedCommand {
  return { ...(id === undefined ? {} : { id }), command, verdict, why };
}
