/** What is said of a conversion in a line. */

import type { ConvertAnswer } from '../../server/src/lsp/protocol-convert.ts';

/** Why a conversion has given nothing to write. */
export function nothingText({ refused, meshName, counts }: ConvertAnswer): string {
  const [first] = refused;
  if (first) return `${first.resource} cannot be converted: ${first.reason}`;
  return counts.lost > 0
    ? `${meshName} has nothing to take these resources' place.`
    : 'There is nothing to convert here.';
}
