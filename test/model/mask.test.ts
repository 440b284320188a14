/** Helm templates are hidden without moving anything. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { maskTemplates, placeholder } from '../../server/src/model/mask.ts';

/** The masked text with a readable sign for what is hidden. */
const mask = (text: string) => maskTemplates(text).text.replaceAll(placeholder, '?');

describe('masking', () => {
  test('leaves plain text alone', () => {
    assert.deepEqual(maskTemplates('a: 1'), { text: 'a: 1', templated: false, hiddenLines: false });
  });

  test('an action inside a line becomes placeholders', () => {
    assert.equal(mask('a: {{ .x }}-b'), 'a: ????????-b');
    assert.equal(maskTemplates('a: {{ .x }}').hiddenLines, false);
  });

  test('a line of actions only becomes blank, and keys may hide there', () => {
    assert.equal(
      mask('a:\n  {{- if .x }}\n  b: 1\n  {{- end }}\n'),
      `a:\n${' '.repeat(14)}\n  b: 1\n${' '.repeat(12)}\n`,
    );
    assert.equal(maskTemplates('{{ .x }}\n').hiddenLines, true);
  });

  test('a line of actions with a comment behind becomes blank but for the comment', () => {
    assert.equal(mask('a:\n{{- end }} # of x\n  b: 1\n'), `a:\n${' '.repeat(11)}# of x\n  b: 1\n`);
    assert.equal(maskTemplates('{{- end }} # of x\n').hiddenLines, true);
  });

  test('what is defined for later is not there, unless it is all there is', () => {
    const define = '{{- define "x" }}\n- a\n{{- if .y }}\n- b\n{{- end }}\n{{- end }}\n';
    assert.equal(mask(`${define}a: 1`), `${define.replace(/./g, ' ')}a: 1`);
    assert.match(mask(`# x\n${define}---\n`), /- a\n.*\n- b/);
    assert.match(mask('{{- define "x" }}\n- a\n{{ if .y }}\na: 1'), /- a/);
    assert.equal(maskTemplates(`${define}a: 1`).hiddenLines, false);
  });

  test('a field within its condition on one line is a field of unknown name', () => {
    assert.equal(mask('  {{with .x}}a: "b"{{end}}\nc: 1'), `  ${'?'.repeat(11)}a: "b"       \nc: 1`);
    assert.equal(mask('{{if .x}}a: "b"{{else}}a: "c"{{end}}'), `${'?'.repeat(9)}a: "b"${' '.repeat(21)}`);
    assert.equal(mask('a: b{{if .x}}-c{{end}}\n'), `a: b${'?'.repeat(9)}-c       \n`);
    assert.equal(mask('a: "{{if .x}}c{{end}}"'), `a: "${'?'.repeat(9)}c${'?'.repeat(7)}"`);
    assert.equal(mask('{{if .x}}\na: b {{end}}'), `${' '.repeat(9)}\na: b ${'?'.repeat(7)}`);
  });

  test('a comment hides nothing', () => {
    assert.equal(mask('{{/* a */}}\na: 1'), `${' '.repeat(11)}\na: 1`);
    assert.equal(maskTemplates('{{- /* a */ -}}\na: 1').hiddenLines, false);
  });

  test('an if behind a dash or a key, whose value goes on in the next line, becomes blank', () => {
    assert.equal(mask('- {{ if .x }}\n  a: 1\n{{ end }}'), `- ${' '.repeat(11)}\n  a: 1\n${' '.repeat(9)}`);
    assert.equal(mask('a: {{- with .x }}\n  b: 1\n'), `a: ${' '.repeat(14)}\n  b: 1\n`);
    assert.equal(mask('a: {{ .x }}\n'), 'a: ????????\n');
    assert.equal(maskTemplates('- {{ if .x }}\n  a: 1\n').hiddenLines, true);
  });

  test('an if behind a bracket that closes becomes blank, since more may follow there', () => {
    assert.equal(
      mask('{ a: {}{{ if .x }}, b: {{ .y }}{{ end }} }'),
      `{ a: {}${' '.repeat(11)}, b: ????????????????? }`,
    );
    assert.equal(mask('a: /{b}{{ if .x }}/c{{ end }}-'), 'a: /{b}???????????/c?????????-');
  });

  test('braces in strings of an action are part of it', () => {
    assert.equal(mask('a: {{ "}}" }}b'), 'a: ??????????b');
    assert.equal(mask('a: {{ `}}` }}b'), 'a: ??????????b');
  });

  test('an action over several lines', () => {
    assert.equal(mask('a: {{ x\n  y }}b'), 'a: ????\n??????b');
  });

  test('an action that is never closed is hidden to the end of its line', () => {
    assert.equal(mask('a: {{ .x\nb: 1'), 'a: ?????\nb: 1');
  });

  test('a string alone closes nothing, nor does a quote that is never closed keep an action open', () => {
    assert.equal(mask('a: {{ "}}"\nb: 1'), `a: ${'?'.repeat(7)}\nb: 1`);
    assert.equal(mask('a: {{ " }}b\nc: "d"'), 'a: ???????b\nc: "d"');
    assert.equal(mask('a: {{ "\\" }}b\nc: "d"'), 'a: ?????????b\nc: "d"');
    assert.equal(mask('a: {{ ` }}b'), 'a: ???????b');
  });

  test('after one that is never closed, others still end on their lines', () => {
    assert.equal(mask('a: {{ `\nb: {{ .x }}!\n`'), 'a: ????\nb: ????????!\n`');
  });

  test('takes time that grows with the length, whatever is left open', () => {
    const long = 300_000;
    const texts = {
      strings: `a: {{ ${'"x" '.repeat(long / 4)}`,
      escapes: `a: {{ "${'\\"'.repeat(long / 2)} }}`,
      'open actions': 'a: {{ .x\n'.repeat(long / 9),
      'open actions before a closing in a string': `${'a: {{ .x\n'.repeat(long / 9)}"}}"`,
      'closings in strings': 'a: {{ "}}"\n'.repeat(long / 11),
      backticks: `a: {{ ${'`'.repeat(long)}`,
      braces: '{'.repeat(long),
      'closed actions': 'a: {{ .x }}\n'.repeat(long / 12),
      conditions: `${'{{if}}'.repeat(long / 13)}${'{{end}}'.repeat(long / 13)}`,
      'conditions on one line': '{{if}}x{{end}}'.repeat(long / 14),
    };
    for (const [what, text] of Object.entries(texts)) {
      const started = process.cpuUsage();
      maskTemplates(text);
      const { user, system } = process.cpuUsage(started);
      assert.ok((user + system) / 1_000 < 500, `${what}: ${Math.round((user + system) / 1_000)} ms`);
    }
  });

  test('length and line breaks stay, whatever the text', () => {
    const piece = fc.constantFrom('{{', '}}', '{', '}', '"', '`', '/*', '*/', '\n', '\r\n', ' ', 'a: ', '.x', '-');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const masked = maskTemplates(text).text;
        assert.equal(masked.length, text.length);
        assert.deepEqual(
          [...masked.matchAll(/[\r\n]/g)].map((it) => it.index),
          [...text.matchAll(/[\r\n]/g)].map((it) => it.index),
        );
      }),
    );
  });
});
