/** Completion of the labels and annotations that meshes read, and of their values. */

import { annotationPlace, annotationsFor } from '../model/annotations.ts';
import { quoteIfNeeded } from '../model/scalar.ts';
import { isRecord } from '../model/value.ts';
import { annotationMarkdown } from '../render/field-markdown.ts';
import { type Completion, escape, item, type Question } from './completion.ts';

/** Names and values of labels and annotations; undefined where the place is for none. */
export function annotationItems(question: Question): readonly Completion[] | undefined {
  const { workspace, slot, path, kind = '' } = question;
  if (slot.type === 'value') {
    const name = path.at(-1);
    const doc = typeof name === 'string' ? workspace.annotations.get(name) : undefined;
    if (!doc || !annotationPlace(kind, path.slice(0, -1))) return undefined;
    const values = isRecord(doc.values) ? Object.entries(doc.values) : [];
    return values.map(([label, prose]) =>
      item(question, {
        label,
        type: 'value',
        text: quoteIfNeeded(label, slot.inFlow),
        order: `1${label}`,
        documentation: () => String(prose),
      }),
    );
  }
  const place = annotationPlace(kind, path);
  if (!place || slot.type !== 'key') return undefined;
  return [...annotationsFor(workspace.annotations, place)]
    .filter((it) => !slot.siblings.has(it.name))
    .map((doc) =>
      item(question, {
        label: doc.name,
        type: 'annotation',
        detail: doc.mesh,
        snippet: slot.hasColon ? escape(doc.name) : `${escape(doc.name)}: ${isRecord(doc.values) ? '$0' : '"$0"'}`,
        order: `${doc.deprecated ? 9 : 1}${doc.name}`,
        isDeprecated: doc.deprecated !== undefined,
        continues: isRecord(doc.values),
        documentation: () => annotationMarkdown(doc),
      }),
    );
}
