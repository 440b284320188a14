/** Which texts the server starts for and looks into. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { looksLikeManifest } from '../../server/src/model/looks-like-manifest.ts';

test('resources in every style', () => {
  for (const text of [
    'apiVersion: v1\n',
    'kind: Service\n',
    '# first\n\n"kind": Service\n',
    '{ kind: Service, apiVersion: v1 }\n',
    '{"apiVersion":"v1"}\n',
    '- kind: Service\n',
    'items:\n  - apiVersion: v1\n',
    '\ufeffapiVersion: v1\n',
    '{{ if .x }}\r\nkind : Service\r\n',
  ])
    assert.equal(looksLikeManifest(text), true, text);
});

test('other YAML', () => {
  for (const text of [
    '',
    'services: { web: { image: nginx } }\n',
    'mankind: 1\n',
    'kinds: [a]\n',
    'a: kind\n\n\n: b\n',
  ])
    assert.equal(looksLikeManifest(text), false, text);
});

test('takes time that grows with the length', () => {
  for (const piece of ['\n', ' \n', 'kind', 'kind ', '- ', '"']) {
    const text = piece.repeat(1_000_000 / piece.length);
    const started = process.cpuUsage();
    looksLikeManifest(text);
    const { user, system } = process.cpuUsage(started);
    assert.ok((user + system) / 1_000 < 300, `${JSON.stringify(piece)}: ${Math.round((user + system) / 1_000)} ms`);
  }
});
