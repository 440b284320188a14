/** What VS Code runs: every test file beside this one, with mocha. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/**
 * Runs the suite. Throws when a test failed, which gives VS Code its exit code.
 * Results go to the file that MESHWRIGHT_RESULTS names, as mocha's JSON, or else to the console.
 */
export async function run(): Promise<void> {
  const results = process.env['MESHWRIGHT_RESULTS'];
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 30_000,
    ...(results ? { reporter: 'json', reporterOptions: { output: results } } : { reporter: 'spec' }),
  });
  for (const file of readdirSync(__dirname)) {
    if (file.endsWith('.test.cjs')) mocha.addFile(path.join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} of the tests failed.`);
}
