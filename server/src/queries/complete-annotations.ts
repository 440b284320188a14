/** Completion of the labels and annotations that meshes read, and of their values. */

import { sampleValues } from '../model/annotation-value.ts';
import { type AnnotationDoc, annotationDoc, annotationPlace, annotationsFor } from '../model/annotations.ts';
import { quoteIfNeeded } from '../model/scalar.ts';
import { isRecord } from '../model/value.ts';
import { annotationMarkdown } from '../render/field-markdown.ts';
import { type Completion, escape, item, type Question } from './completion.ts';
import { annotationNewness } from './newness.ts';

/** Names and values of labels and annotations; undefined where the place is for none. */
export function annotationItems(question: Question): readonly Completion[] | undefined {
  const { workspace, slot, path, kind = '', apiVersion } = question;
  if (slot.type === 'value') {
    const name = path.at(-1);
    const doc = typeof name === 'string' ? annotationDoc(workspace.annotations, name) : undefined;
    if (!doc || !annotationPlace(kind, path.slice(0, -1), apiVersion)) return undefined;
    return valuesOf(doc).map(([label, prose], position) =>
      item(question, {
        label,
        type: 'value',
        text: quoteIfNeeded(label, slot.inFlow),
        order: `1${String(position).padStart(2, '0')}`,
        documentation: () => prose,
      }),
    );
  }
  const place = annotationPlace(kind, path, apiVersion);
  if (!place || slot.type !== 'key') return undefined;
  const isNewer = (doc: AnnotationDoc) => annotationNewness(question.environment, doc) !== undefined;
  return [...annotationsFor(workspace.annotations, place)]
    .filter((it) => !slot.siblings.has(it.name))
    .map((doc) =>
      item(question, {
        label: doc.name,
        type: 'annotation',
        detail: isNewer(doc) ? `${doc.mesh} · since ${doc.since}` : doc.mesh,
        snippet: slot.hasColon ? escape(doc.name) : snippetOf(doc),
        order: `${doc.deprecated ? 9 : isNewer(doc) ? 8 : 1}${doc.name}`,
        isDeprecated: doc.deprecated !== undefined,
        continues: valuesOf(doc).length > 0,
        documentation: () => annotationMarkdown(doc),
      }),
    );
}

/** Values worth offering, with what each means: those of the documentation, else what its syntax suggests. */
function valuesOf({ values, syntax }: AnnotationDoc): readonly (readonly [value: string, prose: string | undefined])[] {
  if (isRecord(values)) return Object.entries(values).map(([value, prose]) => [value, String(prose)]);
  return syntax ? sampleValues(syntax).map((value) => [value, undefined]) : [];
}

/** The name with room for its value, and where the name is only a beginning, for the rest of it. */
function snippetOf(doc: AnnotationDoc): string {
  const rest = doc.name.endsWith('-') ? '${1:key}' : '';
  return `${escape(doc.name)}${rest}: ${valuesOf(doc).length > 0 ? '$0' : '"$0"'}`;
}
