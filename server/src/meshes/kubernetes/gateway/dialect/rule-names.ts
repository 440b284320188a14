/** Names of the rules of a route, which are names of DNS and stand once in it. */

/** Names that a route can have for those of a source; undefined where a rule has none, or none of which a sign is left. */
export function ruleNames(wanted: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const taken = new Set<string>();
  return wanted.map((name) => {
    const base = name && safe(name);
    if (!base) return undefined;
    let written = base;
    for (let at = 2; taken.has(written); at += 1) written = `${base}-${at}`;
    taken.add(written);
    return written;
  });
}

/** `GET /menu` is `get-menu`. */
function safe(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .split('.')
    .map((it) => it.replace(/^-+|-+$/g, ''))
    .filter((it) => it !== '')
    .join('.')
    .slice(0, 240)
    .replace(/[-.]+$/, '');
}
