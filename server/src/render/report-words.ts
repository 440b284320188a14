/** Words that the text and the Markdown of a report share. */

import type { Fate } from '../model/report.ts';

/** `12 fields carried over, 3 changed, 1 lost`. */
export function countsInWords({ exact, changed, lost }: Readonly<Record<Fate, number>>): string {
  if (exact + changed + lost === 0) return 'nothing to convert';
  const parts = [`${exact} ${exact === 1 ? 'field' : 'fields'} carried over`];
  if (changed > 0) parts.push(`${changed} changed`);
  if (lost > 0) parts.push(`${lost} lost`);
  return parts.join(', ');
}
