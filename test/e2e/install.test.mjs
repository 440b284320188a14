// The package that npm run package makes installs into a VS Code that has never seen the extension.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { makePackage } from '../../scripts/package.mjs';
import { installPackage } from '../embedded/embedded.mjs';

test('the package installs in VS Code', async () => {
  const work = await mkdtemp(path.join(tmpdir(), 'meshwright-package-'));
  try {
    const file = await makePackage({ out: path.join(work, 'meshwright.vsix') });
    const installed = await installPackage(file);
    assert.deepEqual(installed, ['meshwright.meshwright']);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});
