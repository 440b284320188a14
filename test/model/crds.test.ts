/** Which definitions of a workspace count where, and what follows from their changes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Uri } from '../../server/src/model/text.ts';
import { compareVersions } from '../../server/src/model/crds.ts';
import { applyChange, createWorkspace, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { knowledge } from '../harness/check.ts';

function definition(field: string): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  group: example.com
  names: { kind: Widget }
  versions:
    - name: v1
      schema:
        openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { ${field}: { type: string } } } } }
`;
}

const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec: { size: a }\n';
const crd = 'file:///shop/crds/widget.yaml';
const file = 'file:///shop/widget.yaml';

function workspaceOf(folders: readonly Uri[], files: Readonly<Record<Uri, string>>): Workspace {
  return applyChange(createWorkspace(knowledge), { folders, files: new Map(Object.entries(files)) });
}

function edit(workspace: Workspace, uri: Uri, text: string | undefined): Workspace {
  return applyChange(workspace, { files: new Map([[uri, text]]) });
}

const codesIn = (workspace: Workspace, uri: Uri) => diagnose(workspace, uri).map((it) => it.code);

test('what a definition says now, its resources are judged by', () => {
  let workspace = workspaceOf(['file:///shop'], { [file]: widget });
  assert.deepEqual(codesIn(workspace, file), []);
  workspace = edit(workspace, crd, definition('colour'));
  assert.deepEqual(codesIn(workspace, file), ['common/unknown-field']);
  workspace = edit(workspace, crd, definition('size'));
  assert.deepEqual(codesIn(workspace, file), []);
  workspace = edit(workspace, crd, definition('colour'));
  assert.deepEqual(codesIn(workspace, file), ['common/unknown-field']);
  workspace = edit(workspace, crd, `${definition('colour')}    - name: [\n`);
  assert.deepEqual(codesIn(workspace, file), ['common/unknown-field'], 'half typed it counts as it was');
  workspace = edit(workspace, crd, undefined);
  assert.deepEqual(codesIn(workspace, file), []);
});

test('an edit elsewhere keeps what was read of definitions', () => {
  let workspace = workspaceOf(['file:///shop'], { [crd]: definition('size'), [file]: widget });
  const { schemas } = environmentOf(workspace, file);
  workspace = edit(workspace, file, `${widget}# more\n`);
  assert.equal(environmentOf(workspace, file).schemas, schemas);
  workspace = edit(workspace, 'file:///shop/crds/copy.yaml', definition('size').replace('Widget', 'Gadget'));
  assert.notEqual(environmentOf(workspace, file).schemas, schemas);
});

test('a definition counts in its workspace folder, in every environment of it, and in no other folder', () => {
  const workspace = workspaceOf(['file:///shop', 'file:///shop/inner', 'file:///shops'], {
    [crd]: definition('colour'),
    'file:///shop/chart/Chart.yaml': 'apiVersion: v2\nname: shop\n',
    'file:///shop/chart/templates/widget.yaml': widget,
    'file:///shop/inner/widget.yaml': widget,
    'file:///shops/widget.yaml': widget,
    'file:///elsewhere/widget.yaml': widget,
  });
  assert.deepEqual(codesIn(workspace, 'file:///shop/chart/templates/widget.yaml'), ['common/unknown-field']);
  for (const other of ['shop/inner', 'shops', 'elsewhere'])
    assert.deepEqual(codesIn(workspace, `file:///${other}/widget.yaml`), [], other);
});

test('versions are in the order of Kubernetes', () => {
  const versions = [
    'foo',
    'v1',
    'v10beta3',
    'v2',
    'v1alpha1',
    'v11alpha2',
    'v1beta1',
    'v12alpha1',
    'bar',
    'v3beta1',
    'v10',
  ];
  assert.deepEqual(versions.sort(compareVersions), [
    ...['v10', 'v2', 'v1', 'v10beta3', 'v3beta1', 'v1beta1', 'v12alpha1', 'v11alpha2', 'v1alpha1', 'bar', 'foo'],
  ]);
});
