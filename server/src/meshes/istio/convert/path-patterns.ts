/** Regular expressions of paths that Istio's policies can say without one: `/a.*`, `.*\.jpg`, `/a/[^/]+/b`. */

/** The policy's pattern for a regular expression; undefined when it is more than literals and placeholders. */
export function readPathRegex(regex: string): string | undefined {
  const pieces: { readonly type: 'text' | 'segment' | 'rest'; readonly value: string }[] = [];
  let at = 0;
  const bare = regex
    .replace(/^\^/, '')
    .replace(/^\(\?:([^()|]*)\)\$?$/, '$1')
    .replace(/(?<!\\)\$$/, '');
  while (at < bare.length) {
    const here = bare.slice(at);
    if (here.startsWith('[^/]+')) {
      pieces.push({ type: 'segment', value: '{*}' });
      at += 5;
    } else if (here.startsWith('.*')) {
      pieces.push({ type: 'rest', value: '{**}' });
      at += 2;
    } else if (/^\\[^A-Za-z0-9]/.test(here)) {
      pieces.push({ type: 'text', value: here.charAt(1) });
      at += 2;
    } else if (/^[^.+*?()|[\]{}^$\\]/.test(here)) {
      pieces.push({ type: 'text', value: here.charAt(0) });
      at += 1;
    } else return undefined;
  }
  const rests = pieces.filter((it) => it.type === 'rest');
  const hasSegments = pieces.some((it) => it.type === 'segment');
  const text = pieces.map((it) => it.value).join('');
  if (rests.length === 0 && !hasSegments) return text;
  if (rests.length === 1 && !hasSegments) {
    // A star of its own says it shorter, and works in every release.
    if (pieces.at(-1)?.type === 'rest') return text.replace('{**}', '*');
    if (pieces[0]?.type === 'rest') return text.replace('{**}', '*');
  }
  return isTemplate(text) ? text : undefined;
}

/** Istio's templates want each placeholder to be a whole segment, and at most one `{**}`, last of all. */
function isTemplate(text: string): boolean {
  const segments = text.split('/');
  if (segments.shift() !== '') return false;
  return segments.every((it, at) => !/[{}*]/.test(it) || it === '{*}' || (it === '{**}' && at === segments.length - 1));
}
