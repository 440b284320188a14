/**
 * What people have asked not to be told: `# meshwright-ignore` with the ids of rules, on a line or above it, and the
 * annotations by which other tools are told to be silent.
 */

import { suppressionAnnotations } from '../meshes/knowledge.ts';
import { resourcesOf } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import type { Uri } from '../model/text.ts';
import { textAt } from '../model/value.ts';
import type { Located } from './findings.ts';

/** Tells of a finding whether somebody has silenced it. */
export function suppressionsOf(uri: Uri, part: Part): (found: Located) => boolean {
  const lines = silencedLines(part.text);
  const codes = new Set(
    resourcesOf(uri, part)
      .flatMap((it) =>
        suppressionAnnotations.flatMap((name) => textAt(it.value, ['metadata', 'annotations', name])?.split(',') ?? []),
      )
      .map((it) => it.trim()),
  );
  if (lines.length === 0 && codes.size === 0) return () => false;
  return ({ code, peers, range }) =>
    (codes.has('*') && peers.length > 0) ||
    peers.some((it) => codes.has(it)) ||
    lines.some(
      (it) => it.start <= range.start && range.start <= it.end && (it.rules.length === 0 || it.rules.includes(code)),
    );
}

interface Silenced {
  readonly start: number;
  readonly end: number;
  /** Empty: all rules. */
  readonly rules: readonly string[];
}

function silencedLines(text: string): readonly Silenced[] {
  if (!text.includes('meshwright-ignore')) return [];
  return [...text.matchAll(/^(.*?)#\s*meshwright-ignore\b:?(.*)$/gm)].map((match) => {
    const isAlone = (match[1] ?? '').trim() === '';
    const lineEnd = match.index + match[0].length;
    const start = isAlone ? lineEnd + 1 : match.index;
    const end = isAlone ? text.indexOf('\n', start) : lineEnd;
    return {
      start,
      end: end === -1 ? text.length : end,
      rules: (match[2] ?? '').split(/[\s,]+/).filter((it) => it.includes('/')),
    };
  });
}
