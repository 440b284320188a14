/**
 * Every page of a rule or a query is its manual and its tests; conversion pages have a suite of their own. `PAGES=hover`
 * runs only those whose path contains the word.
 */

import { existsSync } from 'node:fs';
import { pagesIn, testPage } from './harness/suite.ts';

const wanted = process.env['PAGES'] ?? '';

for (const folder of ['test/meshes', 'test/model', 'test/queries']) {
  if (!existsSync(folder)) continue;
  for (const file of pagesIn(folder)) if (!file.includes('/convert/') && file.includes(wanted)) testPage(file);
}
