/**
 * Shares as percents that Consul accepts. consul-k8s adds the weights as float32 in the order of the list and wants
 * exactly 100. Source: consul-k8s control-plane/api/v1alpha1/servicesplitter_types.go.
 */

export interface Percents {
  /** Percent of each share, at the share's position. */
  readonly values: readonly number[];
  /** Positions in the order in which they have to be written so that the sum is exact. */
  readonly order: readonly number[];
  /** Whether a share differs from what it was by less than a hundredth of a percent. */
  readonly isRounded: boolean;
}

/** Relative shares as percents of at most two decimals that sum to 100; undefined when all are 0. */
export function percentsOf(shares: readonly number[]): Percents | undefined {
  const sum = shares.reduce((total, it) => total + it, 0);
  if (!(sum > 0)) return undefined;
  const hundredths = distribute(shares, 10_000);
  const isRounded = shares.some((it, at) => Math.abs((10_000 * it) / sum - (hundredths[at] ?? 0)) > 1e-6);
  const values = hundredths.map((it) => it / 100);
  const order = exactOrder(values);
  if (order) return { values, order, isRounded };
  for (const moved of shifted(hundredths)) {
    const near = moved.map((it) => it / 100);
    const found = exactOrder(near);
    if (found) return { values: near, order: found, isRounded: true };
  }
  // No order of hundredths sums up, but whole percents always do.
  return { values: distribute(shares, 100), order: shares.map((_, at) => at), isRounded: true };
}

/** Whole numbers in the proportion of the shares that sum to a total; the largest remainders are rounded up. */
function distribute(shares: readonly number[], total: number): number[] {
  const sum = shares.reduce((all, it) => all + it, 0);
  const exact = shares.map((it) => (total * it) / sum);
  const whole = exact.map((it) => Math.floor(it + 1e-9));
  const missing = total - whole.reduce((all, it) => all + it, 0);
  const byRest = whole
    .map((it, at) => ({ at, rest: (exact[at] ?? 0) - it }))
    .sort((a, b) => b.rest - a.rest || a.at - b.at);
  for (const { at } of byRest.slice(0, missing)) whole[at] = (whole[at] ?? 0) + 1;
  return whole;
}

/** The same total with one unit moved from one share to another; a share that had something keeps something. */
function* shifted(units: readonly number[]): Generator<readonly number[]> {
  for (const [from, has] of units.entries())
    for (const [to, gets] of units.entries())
      if (from !== to && has > 1 && gets > 0)
        yield units.map((it, at) => it + (at === to ? 1 : 0) - (at === from ? 1 : 0));
}

function exactOrder(values: readonly number[]): readonly number[] | undefined {
  const asIs = values.map((_, at) => at);
  const ascending = [...asIs].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  for (const order of [asIs, ascending, ...permutations(ascending)]) if (sumsUp(order, values)) return order;
  return undefined;
}

function sumsUp(order: readonly number[], values: readonly number[]): boolean {
  let sum = 0;
  for (const at of order) sum = Math.fround(sum + Math.fround(values[at] ?? 0));
  return sum === 100;
}

/** All orders of a short list; of a longer one its rotations, which are enough to try. */
function* permutations(list: readonly number[]): Generator<readonly number[]> {
  if (list.length > 6) {
    for (let start = 1; start < list.length; start += 1) yield [...list.slice(start), ...list.slice(0, start)];
    return;
  }
  if (list.length <= 1) {
    yield list;
    return;
  }
  for (const [at, head] of list.entries())
    for (const rest of permutations([...list.slice(0, at), ...list.slice(at + 1)])) yield [head, ...rest];
}
