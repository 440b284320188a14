/** The command line as a shell runs it: the file that ships, in a process of its own. */

import { spawnSync } from 'node:child_process';
import path from 'node:path';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Shell {
  readonly cwd: string;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

export const cliFile = path.resolve('dist/cli.js');

/** Runs `meshwright` with arguments and waits for its end; throws when it does not end in 20 seconds. */
export function meshwright(args: readonly string[], { cwd, stdin = '', env = {} }: Shell): Outcome {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const result = spawnSync(process.execPath, [cliFile, ...args], {
    cwd,
    input: stdin,
    env: { ...inherited, ...env },
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 200_000_000,
  });
  if (result.error) throw result.error;
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}
