/** Istio's two ways to match text: string matches of routes, and the wildcards of authorization policies. */

import type { TextMatch } from '../../../model/ir.ts';
import type { Place } from './place.ts';

// ---- Routes: exact, prefix, regex ----------------------------------------------------------------------------------

/** A StringMatch; an empty one, and the regular expression `*`, ask only that something is there. */
export function readStringMatch(place: Place): TextMatch {
  const { text: exact } = place.at('exact');
  if (exact !== undefined) return { type: 'exact', value: exact };
  const { text: prefix } = place.at('prefix');
  if (prefix !== undefined) return { type: 'prefix', value: prefix };
  const { text: regex } = place.at('regex');
  if (regex !== undefined && regex !== '*') return { type: 'regex', value: unanchored(regex), dialect: 're2' };
  return { type: 'present' };
}

export type StringMatch = { readonly exact?: string; readonly prefix?: string; readonly regex?: string };

/** The StringMatch of a text match, without its negation; an empty one for presence. */
export function writeStringMatch(match: TextMatch): StringMatch {
  if (match.type === 'present') return {};
  if (match.type === 'regex') return { regex: match.ignoreCase ? `(?i)${match.value}` : match.value };
  if (match.ignoreCase || match.type === 'suffix' || match.type === 'contains') {
    const before = match.type === 'suffix' || match.type === 'contains' ? '.*' : '';
    const after = match.type === 'prefix' || match.type === 'contains' ? '.*' : '';
    return { regex: `${match.ignoreCase ? '(?i)' : ''}${before}${quoteRegex(match.value)}${after}` };
  }
  return match.type === 'exact' ? { exact: match.value } : { prefix: match.value };
}

/** Envoy matches whole values, so anchors at the ends say nothing. */
export function unanchored(regex: string): string {
  return regex.replace(/^\^/, '').replace(/(?<!\\)((?:\\\\)*)\$$/, '$1');
}

/** A text as a regular expression that matches only itself, in RE2 and in Rust alike. */
export function quoteRegex(text: string): string {
  return text.replace(/[.+*?()|[\]{}^$\\]/g, '\\$&');
}

// ---- Policies: `a`, `a*`, `*a`, `*` --------------------------------------------------------------------------------

/** The value of a policy field: exact, with a star at one end, or a star alone for presence. */
export function readWildcard(text: string): TextMatch {
  if (text === '*') return { type: 'present' };
  if (text.startsWith('*')) return { type: 'suffix', value: text.slice(1) };
  if (text.endsWith('*')) return { type: 'prefix', value: text.slice(0, -1) };
  return { type: 'exact', value: text };
}

/** The opposite; undefined for what stars cannot say. */
export function writeWildcard(match: TextMatch): string | undefined {
  switch (match.type) {
    case 'present':
      return '*';
    case 'exact':
      return /^\*|\*$/.test(match.value) ? undefined : match.value;
    case 'prefix':
      return `${match.value}*`;
    case 'suffix':
      return `*${match.value}`;
    default:
      return undefined;
  }
}
