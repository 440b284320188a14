/** Every page of a rule or a query is its manual and its tests; conversion pages have a suite of their own. */

import { existsSync } from 'node:fs';
import { pagesIn, testPage } from './harness/suite.ts';

for (const folder of ['test/meshes', 'test/model', 'test/queries']) {
  if (existsSync(folder)) for (const file of pagesIn(folder)) if (!file.includes('/convert/')) testPage(file);
}
