/**
 * Conversions of labels and annotations: whatever a mesh reads on pods, Namespaces and Services, each leaf has its fate, and
 * what is written beside it is understood by the other mesh.
 */

import { annotationDocs, schemas } from 'meshwright:schemas';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { meshes } from '../../server/src/meshes/meshes.ts';
import { tables } from '../../server/src/meshes/knowledge.ts';
import { sampleValues, valueProblem } from '../../server/src/model/annotation-value.ts';
import { type AnnotationDoc, loadAnnotations } from '../../server/src/model/annotations.ts';
import { allResources } from '../../server/src/model/manifest.ts';
import { loadSchemas } from '../../server/src/model/schema.ts';
import { applyChange, createWorkspace, environmentOf, type Workspace } from '../../server/src/model/workspace.ts';
import { checkAnnotations } from '../../server/src/queries/check-annotations.ts';
import { changedManifests, convert } from '../../server/src/queries/convert.ts';
import { assertSound, uriOf, workspaceOf } from '../harness/conversion.ts';
import fc, { runs } from '../harness/fast-check.ts';

const docs = [...loadAnnotations(annotationDocs).values()].filter(
  (it) => it.internal === undefined && !it.name.endsWith('-'),
);
const knowledge = { tables, schemas: loadSchemas(schemas), annotations: loadAnnotations(annotationDocs) };

const service = stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'api', namespace: 'shop' },
  spec: { selector: { app: 'api' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
});

/** Values that the documentation of a mark names, and some of its syntax. */
function valuesOf({ values, syntax, default: usual }: AnnotationDoc): readonly string[] {
  const named = typeof values === 'object' ? Object.keys(values) : [];
  const samples = syntax ? sampleValues(syntax).flatMap((it) => [it, `30${it}`]) : [];
  const numbers = ['1', '8080', '100m', '256Mi', '30s', '10.0.0.0/8', '8080,9000', 'info', '{}', '[]'];
  return [...named, ...samples, ...(usual === undefined ? [] : [usual]), ...numbers].filter(
    (it) => !syntax || valueProblem(syntax, it) === undefined,
  );
}

function marksFor(mesh: string, kind: string) {
  const own = docs.filter((it) => it.mesh === mesh && it.on.includes(kind) && valuesOf(it).length > 0);
  const mark = fc.constantFrom(...own).chain((doc) => fc.tuple(fc.constant(doc), fc.constantFrom(...valuesOf(doc))));
  return fc.uniqueArray(mark, { minLength: 1, maxLength: 6, selector: ([doc]) => doc.name });
}

/** A resource of a kind with some marks on what its pods, or it itself, are made of. */
function resourceWith(kind: string, marks: readonly (readonly [AnnotationDoc, string])[]): string {
  const pick = (isLabel: boolean) =>
    Object.fromEntries(
      marks.filter(([doc]) => (doc.isLabel ?? false) === isLabel).map(([doc, value]) => [doc.name, value]),
    );
  const [labels, annotations] = [pick(true), pick(false)];
  if (kind !== 'Pod')
    return stringify({
      apiVersion: 'v1',
      kind,
      metadata:
        kind === 'Namespace'
          ? { name: 'shop', labels, annotations }
          : { name: 'web', namespace: 'shop', labels, annotations },
      ...(kind === 'Service' ? { spec: { selector: { app: 'api' }, ports: [{ port: 80 }] } } : {}),
    });
  const template = {
    metadata: { labels: { app: 'api', ...labels }, annotations },
    spec: { containers: [{ name: 'api', ports: [{ containerPort: 8080 }] }] },
  };
  return stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'api', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'api' } }, template },
  });
}

function problemsOf(workspace: Workspace, uri: string): readonly string[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  return [...allResources(manifest)].flatMap((it) =>
    checkAnnotations(environmentOf(workspace, uri), it)
      .filter(({ code }) => /value|invalid|unknown|upstreams/.test(code))
      .map(({ message }) => message),
  );
}

for (const mesh of meshes) {
  for (const kind of ['Pod', 'Namespace', 'Service']) {
    if (!docs.some((it) => it.mesh === mesh.id && it.on.includes(kind))) continue;
    test(`${mesh.name}: any marks of a ${kind}`, () => {
      fc.assert(
        fc.property(marksFor(mesh.id, kind), (marks) => {
          const files = new Map([
            ['service.yaml', service],
            ['page.yaml', resourceWith(kind, marks)],
          ]);
          const workspace = workspaceOf(files);
          const uris = [uriOf('page.yaml')];
          const known = problemsOf(workspace, uriOf('page.yaml'));
          for (const { id } of meshes) {
            const conversion = convert(workspace, { uris }, id);
            assertSound(workspace, uris, conversion);
            for (const { text } of changedManifests(workspace, conversion)) {
              const after = applyChange(createWorkspace(knowledge), {
                folders: [],
                files: new Map([['file:///a.yaml', text]]),
              });
              const problems = problemsOf(after, 'file:///a.yaml').filter((it) => !known.includes(it));
              assert.deepEqual(problems, [], `${mesh.name} to ${id}:\n${text}`);
            }
          }
        }),
        { numRuns: runs(60) },
      );
    });
  }
}
