/** What to ask before a conversion: options that make a difference to it, tried one after the other. */

import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { type Question, questionsFor } from '../queries/conversion-questions.ts';
import { dialectOf, folderSelection, selected } from './convertible.ts';
import type { Desk } from './desk.ts';
import { type ConvertFolderParams, type ConvertParams, questionsRequest } from './protocol-convert.ts';

/** Answers which options matter to a conversion of a file, a place in it or a folder. */
export function registerQuestions(connection: Connection, desk: Desk): void {
  connection.onRequest(
    questionsRequest,
    async (params: ConvertParams | ConvertFolderParams, token: CancellationToken): Promise<readonly Question[]> => {
      await desk.session.scanned;
      const { workspace } = desk;
      const resources = 'uri' in params ? selected(workspace, params) : folderSelection(workspace, params);
      const questions: Question[] = [];
      for (const question of questionsFor(workspace, { resources }, dialectOf(params.to), params.options)) {
        if (question) questions.push(question);
        // Each try takes as long as the conversion itself: others get their answers in between.
        await new Promise((resolve) => setImmediate(resolve));
        if (token.isCancellationRequested)
          throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The questions were cancelled.');
      }
      return questions;
    },
  );
}
