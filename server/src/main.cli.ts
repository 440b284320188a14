/** Entry: the `meshwright` command. */

import { annotationDocs, schemas } from 'meshwright:schemas';
import picocolors from 'picocolors';
import { run } from './cli/cli.ts';
import { tables } from './meshes/knowledge.ts';
import { loadAnnotations } from './model/annotations.ts';
import { loadSchemas } from './model/schema.ts';
import { version } from '../../package.json';

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const terminal = {
  cwd: process.cwd(),
  columns: process.stdout.columns ?? 80,
  color: picocolors.isColorSupported && process.stdout.isTTY === true,
  readStdin,
  out: (text: string) => void process.stdout.write(text),
  err: (text: string) => void process.stderr.write(text),
};

run(
  process.argv.slice(2),
  terminal,
  () => ({ tables, schemas: loadSchemas(schemas), annotations: loadAnnotations(annotationDocs) }),
  version,
).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(
      `meshwright failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exitCode = 2;
  },
);
