/** Which options make a difference to a conversion, so that nobody is asked what does not matter. */

import {
  type ConvertOption,
  type ConvertOptions,
  convertOptionNames,
  convertOptions,
  type OptionFacts,
} from '../model/convert-options.ts';
import type { Fate } from '../model/report.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import type { DialectId } from '../meshes/mesh.ts';
import type { Conversion } from './conversion.ts';
import { convert, type Selection } from './convert.ts';

export type OptionValue = NonNullable<ConvertOptions[ConvertOption]>;

export interface Question {
  readonly option: ConvertOption;
  /** What it is about: `rules with an action that the target cannot do`. */
  readonly summary: string;
  /** What is known or assumed now; undefined where nothing is. */
  readonly current: OptionValue | undefined;
  /** What can be picked, each with what it leads to; empty where a port or a name has to be typed. */
  readonly answers: readonly Answer[];
}

export interface Answer {
  readonly value: OptionValue;
  /** What it means, a sentence; empty for yes and no. */
  readonly words: string;
  /** What becomes of the leaves. */
  readonly counts: Readonly<Record<Fate, number>>;
}

/** What stands for a port or a name that somebody may type. */
const samples = { port: 8080, name: 'example' } as const;

/**
 * Tries each option that a person may know better than its default, and yields those that change what is written or what
 * becomes of a leaf. Every try is a conversion; a caller with much to convert lets others work in between. Names that have a
 * good default are left to settings.
 */
export function* questionsFor(
  workspace: Workspace,
  selection: Selection,
  to: DialectId,
  options: Partial<ConvertOptions> = {},
): Generator<Question | undefined> {
  const usual = convert(workspace, selection, to, options);
  const [first] = usual.report;
  if (!first) return;
  const current: ConvertOptions = { ...environmentOf(workspace, first.resource.uri).settings.convert, ...options };
  const before = fingerprint(usual);
  for (const option of convertOptionNames) {
    const facts = convertOptions[option];
    const { type } = facts.values;
    if (type === 'name' && current[option] !== undefined) continue;
    const answers: Answer[] = [];
    let matters = false;
    for (const { value, words } of valuesOf(facts)) {
      const result =
        value === current[option] ? usual : convert(workspace, selection, to, { ...options, [option]: value });
      matters ||= fingerprint(result) !== before;
      answers.push({ value, words, counts: countsOf(result) });
    }
    const isTyped = type === 'port' || type === 'name';
    yield matters
      ? { option, summary: facts.summary, current: current[option], answers: isTyped ? [] : answers }
      : undefined;
  }
}

function valuesOf({ values }: OptionFacts): readonly { readonly value: OptionValue; readonly words: string }[] {
  if (values.type === 'choice')
    return Object.entries(values.choices).map(([value, words]) => ({ value: value as OptionValue, words }));
  if (values.type === 'switch') return [true, false].map((value) => ({ value, words: '' }));
  return [{ value: samples[values.type], words: '' }];
}

/** What is written and what became of the leaves, without the words about it. */
function fingerprint({ outputs, changes, report }: Conversion): string {
  const edits = changes.map((it) => it.edits.map((edit) => ({ ...edit, resource: undefined })));
  return JSON.stringify([outputs.map((it) => it.manifests), edits, report.map((it) => [it.fate, it.target])]);
}

function countsOf({ report }: Conversion): Record<Fate, number> {
  const counts = { exact: 0, changed: 0, lost: 0 };
  for (const { fate } of report) counts[fate] += 1;
  return counts;
}
