/** Repositories as people keep them, in `test/workspaces/`: what is right must not be complained about. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { LineIndex } from '../server/src/model/text.ts';
import { diagnose } from '../server/src/queries/diagnose.ts';
import { uriOf, workspaceOf } from './harness/check.ts';

const home = 'test/workspaces';

/** Paths of the YAML files below a folder, relative to it. */
function yamlBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((it) => it.split(path.sep).join('/'))
    .filter((it) => /\.ya?ml$/.test(it))
    .sort();
}

/** Errors and warnings as `file:line severity rule: message`. */
function complaints(files: ReadonlyMap<string, string>): string[] {
  const workspace = workspaceOf(files);
  return [...files].flatMap(([file, text]) => {
    const lines = new LineIndex(text);
    return diagnose(workspace, uriOf(file))
      .filter((it) => it.severity === 'error' || it.severity === 'warning')
      .map((it) => `${file}:${lines.positionAt(it.range.start).line + 1} ${it.severity} ${it.code}: ${it.message}`);
  });
}

describe('a workspace as people keep it', () => {
  for (const folder of readdirSync(home, { withFileTypes: true }).filter((it) => it.isDirectory())) {
    const root = `${home}/${folder.name}`;
    const files = new Map(yamlBelow(root).map((it) => [it, readFileSync(`${root}/${it}`, 'utf8')]));

    test(`${folder.name} is clean`, () => {
      assert.ok(files.size > 1);
      assert.deepEqual(complaints(files), []);
    });

    test(`${folder.name} is clean below another folder, and in whatever order its files are read`, () => {
      const nested = new Map([...files].reverse().map(([file, text]) => [`repos/${folder.name}/${file}`, text]));
      assert.deepEqual(complaints(nested), []);
    });
  }
});
