/**
 * Which responses a route of a ServiceProfile takes for failures: the first class that fits decides, and without one all
 * of 500 and above. Source: linkerd2-proxy linkerd/service-profiles/src/proto.rs, linkerd/app/core/src/classify.rs.
 */

import type { Retries } from '../../../model/ir.ts';
import { isRecord, numberAt, valueAt } from '../../../model/value.ts';

const statuses = Array.from({ length: 500 }, (_, at) => at + 100);

/** The statuses from 100 to 599 that classes of responses call a failure, in order. */
export function failingStatuses(classes: readonly unknown[]): readonly number[] {
  const known = classes.flatMap((it) => {
    const fits = responseMatch(valueAt(it, ['condition']));
    return fits ? [{ fits, isFailure: valueAt(it, ['isFailure']) === true }] : [];
  });
  return statuses.filter((status) => known.find((it) => it.fits(status))?.isFailure ?? status >= 500);
}

type Fits = (status: number) => boolean;

/** Whether a status fits a condition; undefined for one that the proxy drops, as it does with half a range. */
function responseMatch(condition: unknown): Fits | undefined {
  if (!isRecord(condition)) return undefined;
  const fits = Object.entries(condition).flatMap(([key, value]): Fits[] => {
    const found = fieldMatch(key, value);
    return found ? [found] : [];
  });
  return fits.length > 0 ? (status) => fits.every((it) => it(status)) : undefined;
}

function fieldMatch(key: string, value: unknown): Fits | undefined {
  if (key === 'status') {
    const min = numberAt(value, ['min']);
    const max = numberAt(value, ['max']);
    return min && max ? (status) => min <= status && status <= max : undefined;
  }
  if (key === 'not') {
    const inner = responseMatch(value);
    return inner && ((status) => !inner(status));
  }
  if ((key !== 'all' && key !== 'any') || !Array.isArray(value)) return undefined;
  const inner = value.map(responseMatch).filter((it) => it !== undefined);
  if (inner.length === 0) return undefined;
  return key === 'all' ? (status) => inner.every((it) => it(status)) : (status) => inner.some((it) => it(status));
}

/** Statuses as conditions of retries: `5xx` where it is just these, else codes and ranges. */
export function rangesOf(failing: readonly number[]): Pick<Retries, 'on' | 'codes' | 'codeRanges'> {
  const runs: [number, number][] = [];
  for (const status of failing) {
    const last = runs.at(-1);
    if (last && last[1] === status - 1) last[1] = status;
    else runs.push([status, status]);
  }
  const [only] = runs;
  if (runs.length === 1 && only?.[0] === 500 && only[1] === 599) return { on: ['5xx'], codes: [], codeRanges: [] };
  return {
    on: [],
    codes: runs.flatMap(([from, to]) => (from === to ? [from] : [])),
    codeRanges: runs.filter(([from, to]) => from !== to),
  };
}
