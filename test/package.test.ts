/** What the extension package holds: what runs, and nothing else. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { listFiles, PackageManager } from '@vscode/vsce';

/** Every one of these has to be there. */
const needed = [
  'package.json',
  'package.nls.json',
  'package.nls.de.json',
  'package.nls.zh-cn.json',
  'l10n/bundle.l10n.json',
  'l10n/bundle.l10n.de.json',
  'l10n/bundle.l10n.zh-cn.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'dist/extension.js',
  'dist/server.js',
  'dist/cli.js',
  'dist/schemas.bin',
  'samples/README.md',
];

/** These may be there beside the needed ones. */
const allowed = [
  /^SECURITY\.md$/,
  /^dist\/webview\/[\w-]+\.(js|css)$/,
  /^schemas\/output\/[\w-]+\.schema\.json$/,
  /^media\/[\w-]+\.(png|svg)$/,
  /^samples\/(README\.md|[\w/-]+\.yaml)$/,
];

test('the package holds only what runs', async () => {
  assert.ok(existsSync('dist/extension.js'), 'build first: npm run build');
  const files = await listFiles({ cwd: process.cwd(), packageManager: PackageManager.None });
  const missing = needed.filter((file) => !files.includes(file));
  const surplus = files.filter((file) => !needed.includes(file) && !allowed.some((pattern) => pattern.test(file)));
  assert.deepEqual({ missing, surplus }, { missing: [], surplus: [] });
});
