/** Answers about which mesh fits: what is asked, how answers rank the meshes, and the record of a decision. */

import { type Connection, ErrorCodes, ResponseError } from 'vscode-languageserver';
import { hints, type Question, questionGroups, questions, scoresAreJudgements } from '../meshes/chooser.ts';
import { featureById, featuresAsOf } from '../meshes/features.ts';
import { meshNames } from '../model/mesh-id.ts';
import { type Choice, choose } from '../queries/choose.ts';
import { type Shown, shownNeeds, shownWords, withShown } from '../queries/choose-evidence.ts';
import { headline } from '../render/choose-words.ts';
import { decisionRecord } from '../render/decision-record.ts';
import type { Desk } from './desk.ts';
import {
  type AskedQuestion,
  type ChoiceAnswer,
  type Chooser,
  chooserRequest,
  chooseRequest,
  type ChooseParams,
  type ComparedRow,
  isChooseParams,
  type RecordAnswer,
  recordRequest,
} from './protocol-choose.ts';

/** Answers the view "Choose". */
export function registerChoosing(connection: Connection, desk: Desk): void {
  connection.onRequest(chooserRequest, async (): Promise<Chooser> => {
    await desk.session.scanned;
    return chooserOf(shownNeeds(desk.workspace));
  });
  connection.onRequest(chooseRequest, (params: unknown): ChoiceAnswer => {
    const { answers, filled } = paramsOf(params);
    return answerOf(choose(answers, filled));
  });
  connection.onRequest(recordRequest, async (params: unknown): Promise<RecordAnswer> => {
    const { answers, filled } = paramsOf(params);
    await desk.session.scanned;
    const used = shownNeeds(desk.workspace).filter((it) => filled.includes(it.questionId));
    return { text: decisionRecord(choose(answers, filled), used) };
  });
}

function paramsOf(params: unknown): ChooseParams {
  if (isChooseParams(params)) return params;
  throw new ResponseError(ErrorCodes.InvalidParams, 'Answers are a map from questions to weights and musts.');
}

export function chooserOf(shown: readonly Shown[]): Chooser {
  return {
    asOf: featuresAsOf,
    judgement: scoresAreJudgements,
    groups: questionGroups.map((name) => ({
      name,
      questions: questions.filter((it) => it.group === name).map((it) => askedOf(it, shown)),
    })),
    hints: hints.map(({ mesh, reason, verdict, note }) => ({ mesh: meshNames[mesh], reason, verdict, note })),
    shown: withShown({}, shown),
  };
}

function askedOf(question: Question, shown: readonly Shown[]): AskedQuestion {
  const found = shown.find((it) => it.questionId === question.id);
  const { id, need } = question;
  return { id, need, row: rowOf(question), ...(found ? { shownBy: shownWords(found) } : {}) };
}

export function answerOf(choice: Choice): ChoiceAnswer {
  return {
    standing: choice.standing,
    headline: headline(choice),
    ranked: choice.ranked.map(({ variant, rank, points, most, reasons }) => ({
      id: variant.id,
      name: variant.name,
      caveat: variant.caveat,
      rank,
      points,
      most,
      reasons: reasons.map(({ question, weight, score, why, moved, isUnconfirmed }) => ({
        need: question.need,
        row: rowOf(question),
        weight,
        score,
        why,
        moved,
        isUnconfirmed,
      })),
    })),
    unranked: choice.unranked.map((it) => it.name),
    ruledOut: choice.ruledOut.map(({ variant, failed }) => ({
      name: variant.name,
      failed: failed.map(({ question, why, isUnconfirmed }) => ({
        need: question.need,
        row: rowOf(question),
        why,
        isUnconfirmed,
      })),
    })),
  };
}

function rowOf({ rows: [id] }: Question): ComparedRow {
  return { id, title: featureById(id)?.title ?? id };
}
