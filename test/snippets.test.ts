/** Each snippet expands to manifests without findings, beside the workloads of the samples. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { diagnose } from '../server/src/queries/diagnose.ts';
import { resourcesOf } from '../server/src/model/manifest.ts';
import { uriOf, workspaceOf } from './harness/check.ts';

interface SnippetFile {
  readonly [name: string]: { readonly prefix: string; readonly description: string; readonly body: readonly string[] };
}

/** A snippet as VS Code first shows it: each tab stop with its default, `$1` as what the first stop holds. */
export function expand(snippet: string): string {
  const values = new Map<string, string>();
  return expandPart(snippet, 0, '').text;

  function expandPart(text: string, from: number, end: string): { readonly text: string; readonly at: number } {
    let result = '';
    let at = from;
    while (at < text.length && text[at] !== end) {
      if (text[at] === '\\') {
        result += text[at + 1] ?? '';
        at += 2;
        continue;
      }
      const stop = /^\$(?:(\d+)|\{(\d+)(?:\|((?:[^\\|]|\\.)*)\|\}|(:|\})))/.exec(text.slice(at));
      if (!stop) {
        result += text[at];
        at += 1;
        continue;
      }
      const [whole, plain, braced = '', choices, sign] = stop;
      const number = plain ?? braced;
      at += whole.length;
      if (choices !== undefined) values.set(number, choices.split(',')[0] ?? '');
      if (sign === ':') {
        const inner = expandPart(text, at, '}');
        values.set(number, inner.text);
        at = inner.at + 1;
      }
      result += values.get(number) ?? '';
    }
    return { text: result, at };
  }
}

/** Namespaces and workloads that snippets are written for, by mesh. */
function surroundings(mesh: string): Map<string, string> {
  const folder = `samples/${mesh}`;
  const files = [
    `${folder}/namespaces.yaml`,
    ...readdirSync(`${folder}/workloads`).map((it) => `${folder}/workloads/${it}`),
  ];
  return new Map(files.map((it) => [it, readFileSync(it, 'utf8')]));
}

describe('the grammar of snippets', () => {
  test('defaults, mirrors, nested defaults and choices', () => {
    assert.equal(expand('${1:a} $1 ${2:$1-v1} ${3|x,y|} ${4} $0\\$1'), 'a a a-v1 x  $1');
  });
});

for (const file of readdirSync('snippets').filter((it) => it.endsWith('.json'))) {
  const mesh = file.replace('.json', '');
  const snippets = JSON.parse(readFileSync(`snippets/${file}`, 'utf8')) as SnippetFile;
  describe(`snippets of ${mesh}`, () => {
    const around = surroundings(mesh === 'kubernetes' ? 'linkerd' : mesh);
    for (const [name, { body, prefix, description }] of Object.entries(snippets)) {
      test(`${name} (${prefix})`, () => {
        const workspace = workspaceOf(new Map([...around, ['snippet.yaml', expand(body.join('\n'))]]));
        const manifest = workspace.manifests.get(uriOf('snippet.yaml'));
        assert.ok(
          manifest?.parts.some((it) => resourcesOf(manifest.uri, it).length > 0),
          'It holds no resource.',
        );
        assert.match(description, /\.$/);
        const found = diagnose(workspace, uriOf('snippet.yaml')).map(
          (it) => `${it.severity} ${it.code}: ${it.message}`,
        );
        // Linkerd reads TLSRoutes of v1alpha2, although Gateway API has a newer version.
        assert.deepEqual(
          found.filter((it) => !it.startsWith('hint common/deprecated-api-version: TLSRoute')),
          [],
        );
      });
    }
  });
}
