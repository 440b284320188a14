/** fast-check with one seed for every run, so that a test fails today only if it failed yesterday; `SEED=… RUNS=…` explores. */

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 20_260_822) });

/** How often a test of conversion runs: the usual number of times unless RUNS says another. */
export function runs(usual: number): number {
  return Number(process.env['RUNS'] ?? usual);
}

export default fc;
