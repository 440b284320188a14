/** The samples in all directions: nothing throws, every leaf has its fate, every result fits its schema. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { meshes } from '../../server/src/meshes/meshes.ts';
import { changedManifests, convert } from '../../server/src/queries/convert.ts';
import { assertSound, uriOf, workspaceOf } from '../harness/conversion.ts';

const folders = ['istio', 'linkerd', 'consul', 'legacy'];

function filesOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(path.join('samples', folder), { recursive: true, encoding: 'utf8' });
  const manifests = names.filter((it) => it.endsWith('.yaml') && !it.includes('helm')).sort();
  return new Map(
    manifests.map((it) => [it.split(path.sep).join('/'), readFileSync(path.join('samples', folder, it), 'utf8')]),
  );
}

for (const folder of folders) {
  for (const mesh of meshes) {
    test(`samples/${folder} to ${mesh.name}`, () => {
      const files = filesOf(folder);
      const workspace = workspaceOf(files);
      const uris = [...files.keys()].map(uriOf);
      const conversion = convert(workspace, { uris }, mesh.id);
      assertSound(workspace, uris, conversion);
      for (const { text } of changedManifests(workspace, conversion)) assert.doesNotMatch(text, /undefined|\[object/);
      const again = convert(workspaceOf(files), { uris }, mesh.id);
      assert.deepEqual(
        again.outputs.map((it) => it.text),
        conversion.outputs.map((it) => it.text),
      );
    });

    test(`samples/${folder} to ${mesh.name}, file by file`, () => {
      const files = filesOf(folder);
      const workspace = workspaceOf(files);
      for (const name of files.keys())
        assertSound(workspace, [uriOf(name)], convert(workspace, { uris: [uriOf(name)] }, mesh.id));
    });
  }
}
