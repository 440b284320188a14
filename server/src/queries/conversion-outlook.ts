/** Whether some resources convert without anybody having to decide, told before anybody converts them. */

import type { Resource } from '../model/manifest.ts';
import type { DialectId } from '../model/mesh-id.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { isDecision, summarize } from './conversion-summary.ts';
import { convert, targetsFor } from './convert.ts';

export interface Outlook {
  readonly to: DialectId;
  /** How many resources the conversion is about. */
  readonly resources: number;
  /** What is lost or differs, and does more than read otherwise, a sentence each; the same reason once. */
  readonly decisions: readonly string[];
  /** Why resources are not converted at all, each reason once. */
  readonly refusals: readonly string[];
}

/**
 * What a conversion of the resources to a target would leave to decide; undefined where none of them can be converted to
 * it. `from` says what they are read as where they may belong to several. It takes as long as the conversion.
 */
export function conversionOutlook(
  workspace: Workspace,
  resources: readonly Resource[],
  to: DialectId,
  from?: DialectId,
): Outlook | undefined {
  const moving = resources.filter((it) => targetsFor(it, environmentOf(workspace, it.uri)).includes(to));
  if (moving.length === 0) return undefined;
  const conversion = convert(workspace, { resources: moving, ...(from ? { from } : {}) }, to);
  const lines = summarize(workspace, conversion).resources.flatMap((it) => it.lines.filter(isDecision));
  return {
    to,
    resources: moving.length,
    decisions: [...new Set(lines.map((it) => it.entry.reason))],
    refusals: [...new Set(conversion.refused.map((it) => it.reason))],
  };
}
