/** fast-check with one seed for every run, so that a test fails today only if it failed yesterday; `SEED=…` explores. */

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['SEED'] ?? 20_260_822) });

export default fc;
