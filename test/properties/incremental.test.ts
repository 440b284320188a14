/** What was read bit by bit while someone typed equals what is read at once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../harness/fast-check.ts';
import type { EnvironmentIndex } from '../../server/src/model/environment.ts';
import { kindId } from '../../server/src/model/kind.ts';
import { allResources, parseManifest, type Manifest, type Resource } from '../../server/src/model/manifest.ts';
import type { Named } from '../../server/src/model/reference.ts';
import { readSettings } from '../../server/src/model/settings.ts';
import { applyEdits } from '../../server/src/model/text.ts';
import { applyChange, createWorkspace, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { knowledge } from '../harness/check.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { manifests, samples, sampleWorkspace } from './documents.ts';

const runs = Number(process.env['RUNS'] ?? 25);

/** An edit: where, as a share of the text, how much goes and what comes. */
const edits = fc.array(
  fc.record({
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    deleted: fc.oneof(fc.nat(3), fc.nat(80)),
    added: fc.constantFrom(
      '',
      '',
      'x',
      ': ',
      '\n',
      '---\n',
      '\n---\n',
      '...\n',
      '- ',
      '"',
      '{',
      '  ',
      'kind: Service\n',
      'name: reviews',
      '# it\n',
      '\r\n',
      '{{ .a }}',
      '%YAML 1.2\n',
    ),
    atLineStart: fc.boolean(),
  }),
  { minLength: 1, maxLength: 8 },
);

interface Edit {
  readonly share: number;
  readonly deleted: number;
  readonly added: string;
  /** Whether it happens at a line's start, as most edits do. */
  readonly atLineStart: boolean;
}

function edited(text: string, { share, deleted, added, atLineStart }: Edit): string {
  const offset = Math.floor(share * text.length);
  const start = atLineStart ? text.lastIndexOf('\n', offset - 1) + 1 : offset;
  return applyEdits(text, [{ range: { start, end: Math.min(start + deleted, text.length) }, newText: added }]);
}

test('a manifest', () => {
  fc.assert(
    fc.property(fc.constantFrom(...samples), edits, ({ uri, text }, changes) => {
      let now = text;
      let manifest = parseManifest(uri, now);
      for (const change of changes) {
        now = edited(now, change);
        manifest = parseManifest(uri, now, manifest);
        assert.deepEqual(shown(manifest), shown(parseManifest(uri, now)));
      }
    }),
    { numRuns: runs * 2 },
  );
});

function shown(manifest: Manifest) {
  return {
    starts: manifest.starts,
    parts: manifest.parts.map((it) => ({ text: it.text, value: it.value, problems: it.problems })),
    resources: [...allResources(manifest)].map(({ part, ...it }) => it),
  };
}

test('an index, as long as all is well-formed', () => {
  let workspace = sampleWorkspace();
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...manifests), edits), { minLength: 1, maxLength: 3 }), (changes) => {
      const texts = new Map(samples.map((it) => [it.uri, it.text]));
      for (const [{ uri }, list] of changes) {
        for (const change of list) {
          const text = edited(texts.get(uri) ?? '', change);
          texts.set(uri, text);
          workspace = applyChange(workspace, { files: new Map([[uri, text]]) });
          diagnose(workspace, uri, change.share < 0.5 ? 'quick' : 'full');
        }
      }
      // What is broken keeps its last good value, which a fresh workspace cannot know: it is mended first.
      for (const [{ uri, text }] of changes) {
        const isBroken = workspace.manifests.get(uri)?.parts.some((it) => it.problems.length > 0);
        if (!isBroken) continue;
        texts.set(uri, text);
        workspace = applyChange(workspace, { files: new Map([[uri, text]]) });
      }
      const fresh = freshWorkspace(texts);
      assert.deepEqual(indexOf(workspace), indexOf(fresh));
      for (const [{ uri }] of changes) assert.deepEqual(diagnose(workspace, uri), diagnose(fresh, uri));
      workspace = applyChange(workspace, { files: new Map(samples.map((it) => [it.uri, it.text])) });
    }),
    { numRuns: runs },
  );
});

function freshWorkspace(texts: ReadonlyMap<string, string>): Workspace {
  return applyChange(createWorkspace(knowledge, readSettings({})), { folders: ['file:///samples'], files: texts });
}

/** All that the index of each environment says, without regard to order. */
function indexOf(workspace: Workspace) {
  const roots = new Map<string, unknown>();
  for (const { uri } of samples) {
    const environment = environmentOf(workspace, uri);
    if (roots.has(environment.root)) continue;
    const index = environment.index as EnvironmentIndex;
    const spaces = new Set(
      knowledge.tables.declarations.map((it) => it.space).concat(knowledge.tables.kinds.map(kindId)),
    );
    roots.set(environment.root, {
      kinds: knowledge.tables.kinds.map((it) => [kindId(it), index.all(it).map(nameOf).sort()]),
      found: knowledge.tables.kinds.flatMap((kind) =>
        index
          .all(kind)
          .map((it) => index.findAll(kind, environment.namespaceOf(it), it.name).map(nameOf).sort())
          .sort(),
      ),
      declared: [...spaces].map((space) => [
        space,
        [...index.declaredIn(space)]
          .map(
            ([key, named]) =>
              [key, named.map(placeOf).sort(), index.referencesTo(space, key).map(placeOf).sort()] as const,
          )
          .sort(byKey),
      ]),
    });
  }
  return roots;
}

function byKey([a]: readonly [string, ...unknown[]], [b]: readonly [string, ...unknown[]]): number {
  return a < b ? -1 : 1;
}

function nameOf({ uri, kind, name, root, value }: Resource): string {
  return JSON.stringify([uri, kind, name, root, value]);
}

function placeOf({ site, text }: Named): string {
  return JSON.stringify([site.resource.uri, site.namespace, site.path, text]);
}
