/**
 * What people have asked not to be told: `# meshwright-ignore` with the ids of rules, on a line or above it, and the
 * annotations by which other tools are told to be silent.
 */

import { suppressionAnnotations } from '../meshes/knowledge.ts';
import { type Resource, resourceAt, resourcesOf } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import { lineStartOf, type Range, type Uri } from '../model/text.ts';
import { textAt } from '../model/value.ts';
import type { Located } from './findings.ts';

/** Tells of a finding whether somebody has silenced it. */
export function suppressionsOf(uri: Uri, part: Part): (found: Located) => boolean {
  const lines = silencedLines(part.text);
  const codes = new Map(resourcesOf(uri, part).map((it) => [it.root.join(), codesOf(it)]));
  const hasCodes = [...codes.values()].some((it) => it.size > 0);
  if (lines.length === 0 && !hasCodes) return () => false;
  return (found) => {
    if (lines.some((it) => covers(it, found))) return true;
    const resource = hasCodes && found.peers.length > 0 ? resourceAt(uri, part, found.range.start) : undefined;
    const silenced = resource && codes.get(resource.root.join());
    return silenced !== undefined && (silenced.has('*') || found.peers.some((it) => silenced.has(it)));
  };
}

/**
 * Comments that silence nothing of what is found in a part, each with a fix that takes it out. `found` is everything, before
 * anything is silenced.
 */
export function unusedSuppressions(uri: Uri, part: Part, found: readonly Located[]): readonly Located[] {
  return silencedLines(part.text)
    .filter((it) => !found.some((other) => covers(it, other)))
    .map(({ comment, rules }) => ({
      range: comment,
      severity: 'hint',
      code: 'common/unused-suppression',
      message: `There is nothing${rules.length > 0 ? ` of ${rules.join(', ')}` : ''} here to silence.`,
      peers: [],
      tags: ['unnecessary'],
      related: [],
      fixes: [
        {
          title: 'Remove the comment',
          edits: () => [{ type: 'replace-text', uri, part, range: wholeLine(part.text, comment), text: '' }],
        },
      ],
    }));
}

/** A comment with the blank space before it, and with its line where it stands alone. */
function wholeLine(text: string, { start, end }: Range): Range {
  const before = text.slice(0, start).trimEnd().length;
  const isAlone = before === 0 || text.slice(before, start).includes('\n');
  if (!isAlone) return { start: before, end };
  return { start: lineStartOf(text, start), end: Math.min(end + 1, text.length) };
}

/** The codes of other tools that a resource asks them not to report; `*` stands for all. */
function codesOf({ value }: Resource): ReadonlySet<string> {
  const lists = suppressionAnnotations.map((name) => textAt(value, ['metadata', 'annotations', name]) ?? '');
  return new Set(
    lists
      .flatMap((it) => it.split(','))
      .map((it) => it.trim())
      .filter((it) => it !== ''),
  );
}

interface Silenced {
  readonly start: number;
  readonly end: number;
  /** Where it is written, from its sign to the end of the line. */
  readonly comment: Range;
  /** Empty: all rules. */
  readonly rules: readonly string[];
}

function covers({ start, end, rules }: Silenced, { code, range }: Located): boolean {
  return start <= range.start && range.start <= end && (rules.length === 0 || rules.includes(code));
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
      comment: { start: match.index + (match[1] ?? '').length, end: lineEnd },
      rules: (match[2] ?? '').split(/[\s,]+/).filter((it) => it.includes('/')),
    };
  });
}
