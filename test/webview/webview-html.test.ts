/** The page of a webview lets in its own script and style, and no text can break out of its place. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNonce, webviewHtml } from '../../client/src/webview-html.ts';

const page = {
  title: 'Compare',
  script: 'a.js',
  style: 'a.css',
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'n0nce',
};

test('The policy forbids all but the style sheets of the extension and the script that bears the nonce', () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(webviewHtml(page))?.[1];
  assert.equal(
    policy,
    "default-src 'none'; style-src https://*.vscode-cdn.net; script-src 'nonce-n0nce'; base-uri 'none'; form-action 'none'",
  );
});

test('Signs of HTML in a part stay text', () => {
  const html = webviewHtml({ ...page, title: '</title><script>1</script>', script: 'a.js?x="&y' });
  assert.ok(html.includes('<title>&lt;/title&gt;&lt;script&gt;1&lt;/script&gt;</title>'));
  assert.ok(html.includes('src="a.js?x=&quot;&amp;y"'));
});

test('No nonce comes twice', () => {
  const nonces = new Set(Array.from({ length: 100 }, createNonce));
  assert.equal(nonces.size, 100);
  for (const nonce of nonces) assert.match(nonce, /^[0-9a-f]{32}$/);
});
