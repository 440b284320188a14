/** Entry: the language server on Node, over standard input and output (`--stdio`) or a pipe of VS Code's. */

import { annotationDocs, schemas } from 'meshwright:schemas';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { nodeFiles } from './files/node-files.ts';
import { serve } from './lsp/server.ts';
import { tables } from './meshes/knowledge.ts';
import { loadAnnotations } from './model/annotations.ts';
import { loadSchemas } from './model/schema.ts';
import { version } from '../../package.json';

const connection = createConnection(ProposedFeatures.all);
process.on('unhandledRejection', (error) =>
  connection.console.error(String(error instanceof Error ? error.stack : error)),
);

serve(
  connection,
  nodeFiles,
  { tables, schemas: loadSchemas(schemas), annotations: loadAnnotations(annotationDocs) },
  version,
);
connection.listen();
