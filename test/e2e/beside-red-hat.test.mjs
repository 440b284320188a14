// The extension in a real VS Code with another installed that bears the name and the interface of Red Hat YAML, which no
// package registry has. What Red Hat's real server makes of our contributor, test/client/beside-red-hat.test.ts shows.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { createVSIX } from '@vscode/vsce';
import { root } from '../../scripts/ensure.mjs';

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: checkout\n  name: cart\n';
const mesh = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: checkout
  name: cart
spec:
  hosts: [checkout.example.com]
  http: [{ redirect: { uri: /closed } }]
  htttp: []
`;

test("Red Hat's extension is woken for mesh manifests, told to leave them to us, and its marks are not repeated", async () => {
  const work = await mkdtemp(path.join(tmpdir(), 'meshwright-red-hat-'));
  try {
    const folder = path.join(work, 'manifests');
    await mkdir(folder);
    await writeFile(path.join(folder, 'service.yaml'), service);
    await writeFile(path.join(folder, 'mesh.yaml'), mesh);
    const standIn = path.join(work, 'red-hat.vsix');
    await createVSIX({
      cwd: path.join(root, 'test', 'e2e', 'red-hat'),
      packagePath: standIn,
      dependencies: false,
      skipLicense: true,
    });
    const code = await runInVscode(folder, standIn);
    assert.equal(code, 0, 'what went wrong is printed above');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
});

/** Runs the module `beside-red-hat` of the bundled suite; gives the exit code. */
async function runInVscode(folder, installed) {
  const child = spawn(
    process.execPath,
    [
      path.join(root, 'test', 'embedded', 'launcher.mjs'),
      `--extensionDevelopmentPath=${root}`,
      `--extensionTestsPath=${path.join(root, 'node_modules', '.cache', 'meshwright', 'e2e', 'beside-red-hat.cjs')}`,
      `--installed=${installed}`,
      folder,
    ],
    { stdio: 'inherit' },
  );
  const [code] = await once(child, 'exit');
  return code;
}
