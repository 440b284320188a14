/** Matches of requests as Consul's routers and permissions write them. */

import type { PathMatch, TextMatch } from '../../../model/ir.ts';
import type { Spec } from './drafts.ts';

/** A path in Consul's words; more than one where Consul needs several routes for it. */
export interface PathForm {
  readonly fields: Spec;
  /** What the path ends with that the source's does not, so that a rewrite has to end with it too. */
  readonly tail: '' | '/';
}

/** Any of the forms matches. A prefix of whole segments is the path itself or what lies below it. */
export function pathForms({ type, value, ignoreCase }: PathMatch): readonly PathForm[] {
  const anyCase = ignoreCase ? { caseInsensitive: true } : {};
  switch (type) {
    case 'exact':
      return [{ fields: { pathExact: value, ...anyCase }, tail: '' }];
    case 'prefix':
      return [{ fields: { pathPrefix: value, ...anyCase }, tail: '' }];
    case 'segments': {
      const base = value.replace(/\/+$/, '');
      if (base === '') return [{ fields: { pathPrefix: '/' }, tail: '' }];
      return [
        { fields: { pathExact: base, ...anyCase }, tail: '' },
        { fields: { pathPrefix: `${base}/`, ...anyCase }, tail: '/' },
      ];
    }
    case 'regex': {
      const regex = unanchored(value);
      return [{ fields: { pathRegex: ignoreCase ? `(?i)${regex}` : regex }, tail: '' }];
    }
  }
}

/** Whether a path matches every request. */
export function isEveryPath(path: PathMatch | undefined): boolean {
  if (!path) return true;
  if (path.type === 'prefix') return path.value === '/' || path.value === '';
  if (path.type === 'segments') return /^\/*$/.test(path.value);
  return path.type === 'regex' && /^(?:\/?\.\*|\.\+)$/.test(unanchored(path.value));
}

/** A regex without the anchors that Consul implies: it always matches the whole text. */
export function unanchored(regex: string): string {
  const wrapped = /^\^\(\?:(.*)\)\$$/s.exec(regex)?.[1];
  if (wrapped !== undefined && isBalanced(wrapped)) return wrapped;
  const isWhole = regex.startsWith('^') && /(?<!\\)(?:\\\\)*\$$/.test(regex) && !regex.includes('|');
  return isWhole ? regex.slice(1, -1) : regex;
}

function isBalanced(regex: string): boolean {
  let depth = 0;
  for (const [sign] of regex.matchAll(/\\.|\(|\)/gs)) {
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** A text as a regex that matches only it. */
export function quoteRegex(text: string): string {
  return text.replace(/[.+*?()|[\]{}^$\\]/g, '\\$&');
}

/**
 * A header match in Consul's words; any of the forms matches. Envoy never finds a missing header to match a value,
 * inverted or not, so "not this value" is two forms: the header is absent, or has another value.
 * `knows` are the matchers beyond exact, prefix, suffix, regex and presence: permissions have more than routes.
 */
export function headerForms(name: string, match: TextMatch, knows: 'route' | 'permission'): readonly Spec[] {
  const value = headerValue(match, knows);
  if (match.type === 'present') return [{ name, present: true, ...(match.negate && { invert: true }) }];
  if (!match.negate) return [{ name, ...value }];
  const other = { name, ...value, invert: true };
  // Where a missing header counts as empty and the value may be empty, only another value will do.
  return matchesEmpty(match) ? [other] : [{ name, present: true, invert: true }, other];
}

function matchesEmpty(match: TextMatch): boolean {
  return (
    match.type !== 'present' && (match.value === '' || (match.type === 'regex' && unanchored(match.value) === '.*'))
  );
}

function headerValue(match: TextMatch, knows: 'route' | 'permission'): Spec {
  if (match.type === 'present') return {};
  if (match.type === 'regex') return { regex: anyCase(unanchored(match.value), match.ignoreCase) };
  const isPlain = knows === 'permission' || (!match.ignoreCase && match.type !== 'contains');
  if (isPlain) return { [match.type]: match.value, ...(match.ignoreCase && { ignoreCase: true }) };
  return { regex: anyCase(regexOf(match), match.ignoreCase) };
}

/** A query match in Consul's words; undefined when Consul has none: it cannot negate one. */
export function queryForm(name: string, match: TextMatch): Spec | undefined {
  if (match.negate) return undefined;
  if (match.type === 'present') return { name, present: true };
  if (match.type === 'exact' && !match.ignoreCase) return { name, exact: match.value };
  return { name, regex: anyCase(match.type === 'regex' ? unanchored(match.value) : regexOf(match), match.ignoreCase) };
}

function regexOf(match: Exclude<TextMatch, { readonly type: 'regex' | 'present' }>): string {
  const quoted = quoteRegex(match.value);
  if (match.type === 'prefix') return `${quoted}.*`;
  if (match.type === 'suffix') return `.*${quoted}`;
  return match.type === 'contains' ? `.*${quoted}.*` : quoted;
}

function anyCase(regex: string, ignoreCase: boolean | undefined): string {
  return ignoreCase ? `(?i)${regex}` : regex;
}

/** Whether a regex of Rust's means something else to RE2: its classes know more signs than ASCII's. */
export function differsInRe2(match: TextMatch): boolean {
  return match.type === 'regex' && match.dialect === 'rust' && /\\[dswDSWbB]/.test(match.value);
}

/** The methods that HTTP defines, for "all but these". */
export const standardMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

/** All ways to take one from each list. */
export function combinations<T>(lists: readonly (readonly T[])[]): readonly (readonly T[])[] {
  return lists.reduce<readonly (readonly T[])[]>(
    (all, list) => all.flatMap((taken) => list.map((it) => [...taken, it])),
    [[]],
  );
}
