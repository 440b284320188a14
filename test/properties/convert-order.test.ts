/** What stands first in a file, or which file is read first, does not change what a conversion makes of it. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManifestValue } from '../../server/src/meshes/mesh.ts';
import type { Workspace } from '../../server/src/model/workspace.ts';
import { listAt, recordAt } from '../../server/src/model/value.ts';
import { pathText } from '../../server/src/model/text.ts';
import { changedManifests, type Conversion, convert, resourceText } from '../../server/src/queries/convert.ts';
import { environmentOf } from '../../server/src/model/workspace.ts';
import { type ConversionTest, targetsOf, uriOf, workspaceOf } from '../harness/conversion.ts';
import { conversionTests } from '../harness/conversion-pages.ts';
import fc from '../harness/fast-check.ts';

const separator = /^---[ \t]*$/m;

for (const { page, test: it } of conversionTests()) {
  const documents = (it.files.get(it.converted) ?? '').split(separator).filter((text) => text.trim() !== '');
  if (documents.length < 2) continue;
  test(`${page}: ${it.heading}`, () => {
    const usual = new Map(targetsOf(it).map((to) => [to, resultOf(it, documents, to)] as const));
    fc.assert(
      fc.property(fc.shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
        for (const [to, result] of usual) assert.deepEqual(resultOf(it, shuffled, to), result, to);
      }),
      { numRuns: 3 },
    );
  });
}

/** What comes of some documents, sorted. */
function resultOf(it: ConversionTest, documents: readonly string[], to: ReturnType<typeof targetsOf>[number]) {
  const text = documents.map((document) => document.trim()).join('\n---\n');
  const workspace = workspaceOf(new Map([...it.files, [it.converted, `${text}\n`]]));
  const conversion = convert(workspace, { uris: [uriOf(it.converted)] }, to, it.options);
  return {
    manifests: conversion.outputs.flatMap((file) => file.manifests.map((one) => JSON.stringify(unordered(one)))).sort(),
    changes: changedManifests(workspace, conversion)
      .map(({ text: changed }) => changed)
      .sort(),
    fates: fatesOf(workspace, conversion),
  };
}

/** A manifest without the order of lists in which it means nothing: a policy's rules, an intention's sources, exports. */
function unordered(manifest: ManifestValue): unknown {
  const list = { AuthorizationPolicy: 'rules', ServiceIntentions: 'sources', ExportedServices: 'services' }[
    manifest.kind
  ];
  const items = list === undefined ? [] : listAt(manifest.spec, [list]);
  if (list === undefined || items.length === 0) return manifest;
  const sorted = [...items].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { ...manifest, spec: { ...recordAt(manifest.spec, []), [list]: sorted } };
}

function fatesOf(workspace: Workspace, { report }: Conversion): readonly string[] {
  return report
    .map(({ resource, path, fate, code, target }) => {
      const name = resourceText(environmentOf(workspace, resource.uri), resource);
      return `${name} ${pathText(path)} ${fate} ${code} ${target.replace(/(?:rules|sources|services)\[\d+\]/, '*')}`;
    })
    .sort();
}
