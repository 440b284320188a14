/** Renaming whatever stands in the samples and the repositories: back again gives the same texts, and nothing gets lost. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { allResources, rangeAt } from '../../server/src/model/manifest.ts';
import { namesAt, rowsFor } from '../../server/src/model/environment.ts';
import { kindId } from '../../server/src/model/kind.ts';
import { applyEdits, type TextEdit, type Uri } from '../../server/src/model/text.ts';
import { applyChange, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { prepareRename, rename } from '../../server/src/queries/rename.ts';
import { wholeWorkspace } from './documents.ts';

const runs = Number(process.env['RUNS'] ?? 150);

interface NamePlace {
  readonly uri: Uri;
  readonly offset: number;
}

/** Every place at which the tables see a name, and the name of every resource. */
function namePlaces(workspace: Workspace): NamePlace[] {
  return [...workspace.manifests.values()].flatMap((manifest) =>
    [...allResources(manifest)].flatMap((resource) => {
      const environment = environmentOf(workspace, manifest.uri);
      const { declarations, references } = rowsFor(environment.tables, kindId({ ...resource, name: resource.kind }));
      const patterns = new Set(['metadata.name', ...[...declarations, ...references].map((it) => it.path)]);
      return [...patterns].flatMap((pattern) =>
        [...namesAt(environment, resource, pattern)].map(({ site, side }) => ({
          uri: manifest.uri,
          offset: rangeAt(manifest, resource, site.path, side).end - 1,
        })),
      );
    }),
  );
}

test('a fresh name and back again', (context) => {
  let workspace = wholeWorkspace();
  const places = namePlaces(workspace);
  const counts = { renamed: 0, refused: 0 };
  const refusals = new Map<string, number>();
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.constantFrom('fresh-name', 'x1', 'nn'), (place, word) => {
      const prepared = prepareRename(workspace, place.uri, place.offset);
      if ('refusal' in prepared) {
        counts.refused += 1;
        const shape = prepared.refusal.replace(/"[^"]*"/g, '""');
        refusals.set(shape, (refusals.get(shape) ?? 0) + 1);
        return;
      }
      counts.renamed += 1;
      const { name, range } = prepared;
      // A host outside of the cluster has a dot.
      const fresh = name.includes('.') ? `${word}.example.org` : word;
      const before = workspace;
      const there = rename(before, place.uri, place.offset, fresh);
      if ('refusal' in there) assert.fail(`${name} → ${fresh}: ${there.refusal}`);
      const uris = [...there.edits.keys()];
      const texts = new Map(uris.map((it) => [it, before.manifests.get(it)?.text ?? '']));
      const findings = countOf(before, uris);
      const renamed = applied(before, there.edits);
      assert.ok(countOf(renamed, uris) <= findings, `${name} → ${fresh} in ${place.uri} adds a finding`);
      const back = rename(
        renamed,
        place.uri,
        range.start + shiftBefore(range.start, there.edits.get(place.uri) ?? []),
        name,
      );
      if ('refusal' in back) assert.fail(`${fresh} → ${name}: ${back.refusal}`);
      workspace = applied(renamed, back.edits);
      for (const [uri, text] of texts) assert.equal(workspace.manifests.get(uri)?.text, text);
    }),
    { numRuns: runs },
  );
  context.diagnostic(`${counts.renamed} renamed, ${counts.refused} refused.`);
  for (const [shape, count] of refusals) context.diagnostic(`${count} × ${shape}`);
});

/** By how much edits before an offset move it. */
function shiftBefore(offset: number, edits: readonly TextEdit[]): number {
  const before = edits.filter((it) => it.range.end <= offset);
  return before.reduce((sum, { range, newText }) => sum + newText.length - (range.end - range.start), 0);
}

function countOf(workspace: Workspace, uris: readonly Uri[]): number {
  return uris.reduce((sum, it) => sum + diagnose(workspace, it).length, 0);
}

function applied(workspace: Workspace, edits: ReadonlyMap<Uri, readonly TextEdit[]>): Workspace {
  const texts = [...edits].map(
    ([uri, list]) => [uri, applyEdits(workspace.manifests.get(uri)?.text ?? '', list)] as const,
  );
  return applyChange(workspace, { files: new Map(texts) });
}
