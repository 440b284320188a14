/** The API server's verdict of manifests, by the referee that lies beside this repository, or where REFEREE says. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DialectId } from '../../server/src/meshes/mesh.ts';

/** The script, or why there is none to ask. */
export function findReferee(): { readonly script: string } | { readonly missing: string } {
  const script = path.resolve(process.env['REFEREE'] ?? '../shared/tools/referee.mjs');
  if (!existsSync(script)) return { missing: `there is no referee at ${script}` };
  if (!existsSync(path.join(path.dirname(script), 'node_modules', 'ajv')))
    return { missing: `the packages of ${script} are not installed` };
  return { script };
}

export interface Verdict {
  readonly accepted: number;
  /** What the API server refuses, by the name of the text that holds it. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
}

interface Answer {
  readonly accepted: number;
  readonly refused: readonly {
    readonly file: string;
    readonly kind?: string;
    readonly name?: string;
    readonly errors: readonly string[];
  }[];
}

/** What an API server would say of these texts with the kinds of a mesh: Linkerd ships its own copies of Gateway API. */
export function judge(script: string, texts: ReadonlyMap<string, string>, to: DialectId): Verdict {
  const folder = mkdtempSync(path.join(tmpdir(), 'referee-'));
  try {
    const names = [...texts.keys()];
    const files = [...texts.values()].map((text, position) => {
      const file = path.join(folder, `${position}.yaml`);
      writeFileSync(file, text);
      return file;
    });
    const args = [script, '--json', ...(to === 'linkerd' ? ['--linkerd'] : []), ...files];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 200_000_000 });
    if (stdout === '') throw new Error(`The referee says nothing: ${stderr}`);
    const answer = JSON.parse(stdout) as Answer;
    const refused = new Map<string, string[]>();
    for (const { file, kind = '', name = '', errors } of answer.refused) {
      const text = names[files.indexOf(file)] ?? file;
      refused.set(text, [...(refused.get(text) ?? []), ...errors.map((it) => `${kind}/${name} ${it}`)]);
    }
    return { accepted: answer.accepted, refused };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
