/** Manifests as YAML, the way people write them: two spaces, dashes indented, quotes only where they are needed. */

import { stringify } from 'yaml';
import type { ManifestValue } from '../meshes/mesh.ts';

/** One manifest as a document without `---`; keys in the order of the value, empty and undefined fields left out. */
export function manifestYaml(manifest: ManifestValue): string {
  return stringify(manifest, {
    indent: 2,
    lineWidth: 0,
    version: '1.1',
    aliasDuplicateObjects: false,
    defaultStringType: 'PLAIN',
    keepUndefined: false,
  });
}

/** A comment of one sentence on lines of at most 100 signs; ends with a line break. */
export function yamlComment(sentence: string): string {
  const lines: string[] = [];
  let line = '#';
  for (const word of sentence.split(/\s+/)) {
    if (line.length + 1 + word.length > 100 && line !== '#') {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return `${[...lines, line].join('\n')}\n`;
}

/** Documents as one file, with `---` between them. */
export function joinDocuments(documents: readonly string[]): string {
  return documents.map((it) => (it.endsWith('\n') ? it : `${it}\n`)).join('---\n');
}
