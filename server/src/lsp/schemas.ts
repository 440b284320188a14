/** Tells the extension which schema serves each kind in a file. */

import type { Connection } from 'vscode-languageserver';
import { URI } from 'vscode-uri';
import { schemaSources } from '../queries/schema-sources.ts';
import type { Desk } from './desk.ts';
import { type SchemasParams, schemasRequest, type ServedKind } from './protocol-schemas.ts';
import { normalUri } from './uris.ts';

/** Answers the request of the status item; a file that the workspace does not hold has no kinds. */
export function registerSchemas(connection: Connection, desk: Desk): void {
  connection.onRequest(
    schemasRequest,
    desk.guarded<SchemasParams, readonly ServedKind[]>([], ({ uri }) =>
      schemaSources(desk.workspace, normalUri(uri)).map(({ kind, version, definedIn, release, speaks }) => {
        const source =
          definedIn === undefined
            ? ['built in', ...(release === undefined ? [] : [release])].join(', ')
            : pathIn(desk, definedIn);
        const file = definedIn === undefined ? {} : { uri: desk.session.spelt(definedIn) };
        return { kind: `${kind} ${version}`, source, ...file, ...(speaks ? { speaks } : {}) };
      }),
    ),
  );
}

/** A file as a person names it, from its workspace folder on. */
function pathIn({ workspace }: Desk, uri: string): string {
  const [folder] = workspace.folders.filter((it) => uri.startsWith(`${it}/`)).sort((a, b) => b.length - a.length);
  const { path } = URI.parse(uri);
  return folder === undefined ? path : path.slice(URI.parse(folder).path.length + 1);
}
