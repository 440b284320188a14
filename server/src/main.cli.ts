/** Entry: the `meshwright` command. */

import { annotationDocs, schemas } from 'meshwright:schemas';
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

/** A reader that has seen enough, such as `head`, closes the pipe; nothing is wrong then. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const mayColor = !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';

const terminal = {
  cwd: process.cwd(),
  columns: process.stdout.columns ?? process.stderr.columns ?? 80,
  color: { out: mayColor && process.stdout.isTTY === true, err: mayColor && process.stderr.isTTY === true },
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
