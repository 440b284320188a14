/** `meshwright choose`: which mesh fits the answers of a file, and what manifests show; or a file of answers to fill in. */

import { parse } from 'yaml';
import { scoresAreJudgements } from '../meshes/chooser.ts';
import { type Choice, choose } from '../queries/choose.ts';
import { readAnswers } from '../queries/choose-answers.ts';
import { type Shown, shownNeeds, shownWords, withShown } from '../queries/choose-evidence.ts';
import { answersJson, answersYaml } from '../render/answers-template.ts';
import { choiceText } from '../render/choose-text.ts';
import { headline } from '../render/choose-words.ts';
import { decisionRecord } from '../render/decision-record.ts';
import type { Loaded } from './check.ts';

export const chooseFormats = ['text', 'json', 'markdown'] as const;

export interface ChooseCommand {
  /** What a file of answers says, in YAML or JSON, and how the user calls it. */
  readonly answers?: { readonly text: string; readonly name: string };
  /** Manifests that answer what the file does not. */
  readonly loaded?: Pick<Loaded, 'workspace' | 'asked'>;
  /** Print a file of answers to fill in, in place of a result. */
  readonly template: boolean;
  readonly format: (typeof chooseFormats)[number];
  readonly columns: number;
  readonly color: boolean;
}

export interface ChooseResult {
  readonly exitCode: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `--format json` prints. */
export interface ChooseJson {
  readonly asOf: string;
  /** Why nobody should read a score as a fact. */
  readonly scores: string;
  readonly standing: Choice['standing'];
  readonly summary: string;
  readonly drivers: readonly {
    readonly question: string;
    readonly need: string;
    readonly weight: number;
    readonly must: boolean;
    /** What in the manifests answered it; absent if a person did. */
    readonly shownBy?: string;
  }[];
  readonly ranked: readonly {
    readonly variant: string;
    readonly name: string;
    readonly rank: number;
    readonly points: number;
    readonly most: number;
    readonly reasons: readonly {
      readonly question: string;
      readonly weight: number;
      readonly score: number;
      readonly moved: number;
      readonly why: string;
      readonly unconfirmed: boolean;
    }[];
  }[];
  readonly unranked: readonly string[];
  readonly ruledOut: readonly {
    readonly variant: string;
    readonly failed: readonly { readonly question: string; readonly why: string; readonly unconfirmed: boolean }[];
  }[];
}

const howToAnswer =
  '"meshwright choose --template > answers.yaml" makes a file of answers for --answers; with paths, what they show is filled in.';

/** The result of answers, or the file to write them into. A file that is not understood is misuse, and so are no answers at all. */
export function chooseCommand(command: ChooseCommand): ChooseResult {
  const read = command.answers === undefined ? { answers: {} } : readFile(command.answers);
  if ('problem' in read) return misuse(read.problem);
  const shown = command.loaded ? shownNeeds(command.loaded.workspace, command.loaded.asked) : [];
  const answers = withShown(read.answers, shown);
  const { template, format, columns, color } = command;
  if (template)
    return {
      exitCode: 0,
      stdout: format === 'json' ? answersJson(answers, shown) : answersYaml(answers, shown),
      stderr: '',
    };

  // What a person has answered does not come from the manifests.
  const used = shown.filter((it) => !Object.hasOwn(read.answers, it.questionId));
  const choice = choose(
    answers,
    used.map((it) => it.questionId),
  );
  if (choice.standing === 'unasked') return misuse(`${headline(choice)} ${howToAnswer}`);
  const stdout = {
    text: () => choiceText(choice, { columns, color }),
    json: () => `${JSON.stringify(choiceJson(choice, used), undefined, 2)}\n`,
    markdown: () => decisionRecord(choice, used),
  }[format]();
  return { exitCode: 0, stdout, stderr: choice.standing === 'shown' ? `${howToAnswer}\n` : '' };
}

function readFile({ text, name }: NonNullable<ChooseCommand['answers']>): ReturnType<typeof readAnswers> {
  try {
    const read = readAnswers(parse(text));
    return 'problem' in read ? { problem: `${name}: ${read.problem}` } : read;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { problem: `${name} is no YAML: ${error.message.split('\n')[0]}` };
  }
}

function choiceJson(choice: Choice, used: readonly Shown[]): ChooseJson {
  return {
    asOf: choice.asOf,
    scores: scoresAreJudgements,
    standing: choice.standing,
    summary: headline(choice),
    drivers: choice.drivers.map(({ question, weight, must }) => {
      const shown = used.find((it) => it.questionId === question.id);
      return {
        question: question.id,
        need: question.need,
        weight,
        must,
        ...(shown ? { shownBy: shownWords(shown) } : {}),
      };
    }),
    ranked: choice.ranked.map(({ variant, rank, points, most, reasons }) => ({
      variant: variant.id,
      name: variant.name,
      rank,
      points,
      most,
      reasons: reasons.map(({ question, weight, score, moved, why, isUnconfirmed }) => ({
        question: question.id,
        weight,
        score,
        moved: Math.round(moved * 100) / 100,
        why,
        unconfirmed: isUnconfirmed,
      })),
    })),
    unranked: choice.unranked.map((it) => it.id),
    ruledOut: choice.ruledOut.map(({ variant, failed }) => ({
      variant: variant.id,
      failed: failed.map(({ question, why, isUnconfirmed }) => ({
        question: question.id,
        why,
        unconfirmed: isUnconfirmed,
      })),
    })),
  };
}

function misuse(sentence: string): ChooseResult {
  return { exitCode: 2, stdout: '', stderr: `${sentence}\n` };
}
