/** Completion of whole resources, where the document holds nothing yet. */

import { snippets } from '../meshes/snippets.ts';
import { plainSnippet } from '../model/snippet.ts';
import { paragraphs } from '../render/field-markdown.ts';
import { type Completion, item, type Question } from './completion.ts';

/** Manifests by intent. */
export function resourceItems(question: Question): readonly Completion[] {
  return snippets.map(({ name, prefix, description, body }) =>
    item(question, {
      label: prefix,
      type: 'snippet',
      detail: name,
      snippet: body,
      order: `5${prefix}`,
      documentation: () => paragraphs([description, `\`\`\`yaml\n${plainSnippet(body)}\n\`\`\``]),
    }),
  );
}
