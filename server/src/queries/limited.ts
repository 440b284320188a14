/** How many findings of one sort a resource lists; nobody reads more, and an editor would choke on them. */

import type { Located } from './findings.ts';

const findingLimit = 200;

/** The first findings; the rest are not even looked for. */
export function limited(findings: Iterable<Located>): readonly Located[] {
  const first: Located[] = [];
  for (const it of findings) {
    first.push(it);
    if (first.length >= findingLimit) break;
  }
  return first;
}
