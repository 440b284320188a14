/** The shop in `samples/`: three folders that are right, and one that shows what dated forms get. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { LineIndex } from '../server/src/model/text.ts';
import type { Workspace } from '../server/src/model/workspace.ts';
import { diagnose } from '../server/src/queries/diagnose.ts';
import { symbols } from '../server/src/queries/symbols.ts';
import { uriOf, workspaceOf } from './harness/check.ts';

function yamlBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((it) => {
    const file = `${folder}/${it.name}`;
    if (it.isDirectory()) return yamlBelow(file);
    return /\.ya?ml$/.test(it.name) ? [file] : [];
  });
}

const files = yamlBelow('samples').sort();
const workspace: Workspace = workspaceOf(new Map(files.map((it) => [it, readFileSync(it, 'utf8')])));

/** Diagnostics as `line severity rule`. */
function foundIn(file: string): string[] {
  const lines = new LineIndex(workspace.manifests.get(uriOf(file))?.text ?? '');
  return diagnose(workspace, uriOf(file)).map(
    ({ range, severity, code }) => `${lines.positionAt(range.start).line + 1} ${severity} ${code}`,
  );
}

describe('samples', () => {
  for (const mesh of ['istio', 'linkerd', 'consul']) {
    test(`those of ${mesh} are right`, () => {
      const own = files.filter((it) => it.startsWith(`samples/${mesh}/`));
      assert.ok(own.length > 5);
      const found = own.flatMap((file) => foundIn(file).map((it) => `${file}:${it}`));
      assert.deepEqual(
        found.filter((it) => !it.includes(' hint ')),
        [],
      );
    });
  }

  test("Linkerd's name no version that Linkerd does not install", () => {
    const own = files.filter((it) => it.startsWith('samples/linkerd/'));
    assert.deepEqual(
      own.flatMap(foundIn).filter((it) => it.endsWith('-api-version')),
      [],
    );
  });

  test('those that are dated get what a newcomer shall see', () => {
    const own = files.filter((it) => it.startsWith('samples/legacy/'));
    const found = own.flatMap((file) => foundIn(file).map((it) => `${file.replace('samples/legacy/', '')}:${it}`));
    assert.deepEqual(found, [
      'consul-access.yaml:5 warning consul/l7-entry-needs-http',
      'consul-access.yaml:11 error consul/intentions-action',
      'consul-split.yaml:5 warning consul/l7-entry-needs-http',
      'istio-access.yaml:1 hint common/deprecated-api-version',
      'istio-access.yaml:10 hint common/deprecated-api-version',
      'istio-reviews.yaml:2 hint common/deprecated-api-version',
      'istio-reviews.yaml:28 hint common/deprecated-api-version',
      'istio-reviews.yaml:43 warning istio/outlier-consecutive-errors-deprecated',
      'linkerd-access.yaml:2 hint common/deprecated-api-version',
      'linkerd-access.yaml:26 error linkerd/authz-authentication-not-found',
      'linkerd-split.yaml:2 warning common/removed-api-version',
      'webapp.yaml:7 warning consul/inject-annotation-misplaced',
    ]);
  });

  test('each has an outline, but for those without resources', () => {
    for (const file of files) {
      const isManifest = /^kind:/m.test(readFileSync(file, 'utf8')) && !/kustomization|helm\//.test(file);
      if (isManifest) assert.ok(symbols(workspace, uriOf(file)).length > 0, file);
    }
  });
});
