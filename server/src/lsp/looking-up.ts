/** Answers what can be looked up in the comparison, and offers it where a field or a kind is about a feature. */

import { type CodeAction, CodeActionKind, type Connection } from 'vscode-languageserver';
import type { Uri } from '../model/text.ts';
import { featureEntries, featuresAt, lookUpEntries } from '../queries/look-up.ts';
import type { Desk } from './desk.ts';
import { type LookUpEntry, type LookUpParams, lookUpRequest } from './protocol-look-up.ts';

/** Answers the pick of features. */
export function registerLookingUp(connection: Connection, desk: Desk): void {
  connection.onRequest(
    lookUpRequest,
    desk.guarded<LookUpParams, readonly LookUpEntry[]>([], ({ features }) =>
      features ? featureEntries(features) : lookUpEntries(),
    ),
  );
}

/** The way to the comparison from a place that is about a feature; from several features one is chosen. */
export function lookUpActions({ workspace }: Desk, uri: Uri, offset: number): readonly CodeAction[] {
  const [first, ...others] = featuresAt(workspace, uri, offset);
  if (!first) return [];
  const title = 'Show how the others do it';
  const command =
    others.length === 0
      ? { title, command: 'meshwright.compare.reveal', arguments: [first.id] }
      : { title, command: 'meshwright.lookUp', arguments: [[first, ...others].map((it) => it.id)] };
  return [{ title, kind: CodeActionKind.Empty, command }];
}
