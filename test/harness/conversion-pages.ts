/** The conversion pages below test/meshes, and what conversions make of their sources. */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DialectId } from '../../server/src/meshes/mesh.ts';
import type { Workspace } from '../../server/src/model/workspace.ts';
import { changedManifests, type Conversion, convert } from '../../server/src/queries/convert.ts';
import { type ConversionTest, readConversionPage, targetsOf, uriOf, workspaceOf } from './conversion.ts';

const root = path.resolve('test/meshes');

/** All tests of all pages, each with the name of its page: `istio/convert/routes.md`. */
export function conversionTests(): readonly { readonly page: string; readonly test: ConversionTest }[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((it) => path.basename(path.dirname(it)) === 'convert' && it.endsWith('.md'))
    .sort()
    .flatMap((file) => {
      const page = file.split(path.sep).join('/');
      const text = readFileSync(path.join(root, file), 'utf8');
      return readConversionPage(text).map((test) => ({ page, test }));
    });
}

export interface PageResult {
  /** `istio/convert/routes.md: A timeout → linkerd`. */
  readonly name: string;
  readonly to: DialectId;
  readonly workspace: Workspace;
  readonly conversion: Conversion;
  readonly test: ConversionTest;
}

/** The conversions that the pages show. */
export function* pageResults(): Generator<PageResult> {
  for (const { page, test } of conversionTests()) {
    const workspace = workspaceOf(test.files);
    for (const to of targetsOf(test)) {
      const conversion = convert(workspace, { uris: [uriOf(test.converted)] }, to, test.options);
      yield { name: `${page}: ${test.heading} → ${to}`, to, workspace, conversion, test };
    }
  }
}

/** The manifests that a conversion makes and those that it changes, as texts of files. */
export function resultTexts(workspace: Workspace, conversion: Conversion): readonly string[] {
  return [...conversion.outputs.map((it) => it.text), ...changedManifests(workspace, conversion).map((it) => it.text)];
}
