/** Answers the comparison, and what there is of the kinds in it. */

import type { Connection } from 'vscode-languageserver';
import { compare, compareFile } from '../queries/compare.ts';
import { placesOfKind } from '../queries/feature-uses.ts';
import { snippetsOfKind } from '../queries/snippets-of-kind.ts';
import type { Desk } from './desk.ts';
import {
  type Comparison,
  compareRequest,
  isCompareParams,
  isKindParams,
  type KindAnswer,
  kindRequest,
} from './protocol-compare.ts';
import { normalUri } from './uris.ts';

/** Answers once the files have been read, so that what the workspace uses is not told too early. */
export function registerComparing(connection: Connection, desk: Desk): void {
  connection.onRequest(
    compareRequest,
    desk.guardedOr<unknown, Comparison>(
      () => compare([]),
      async (params) => {
        await desk.session.scanned;
        return compareFile(
          desk.workspace,
          isCompareParams(params) && params.uri !== undefined ? normalUri(params.uri) : undefined,
        );
      },
    ),
  );

  connection.onRequest(
    kindRequest,
    desk.guarded<unknown, KindAnswer>({ snippets: [], places: [] }, (params) => {
      if (!isKindParams(params)) return { snippets: [], places: [] };
      return {
        snippets: snippetsOfKind(params.kind).map(({ name, description, body }) => ({ name, description, body })),
        places: placesOfKind(desk.workspace, params.kind).flatMap(({ location, ...it }) =>
          desk.located(location).map((found) => ({ ...it, location: found })),
        ),
      };
    }),
  );
}
