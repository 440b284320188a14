/** Runs the conversion pages below test/meshes; `UPDATE=1` writes what conversions give today into them. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { DialectId } from '../../server/src/meshes/mesh.ts';
import {
  type ConversionTest,
  convertTest,
  type Expected,
  readConversionPage,
  targetsOf,
  updatedPage,
} from '../harness/conversion.ts';

const root = path.resolve('test/meshes');
const pages = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((it) => path.basename(path.dirname(it)) === 'convert')
  .map((it) => path.join(root, it))
  .filter((it) => it.endsWith('.md'))
  .filter((it) => it.includes(process.env['PAGE'] ?? ''))
  .sort();

for (const file of pages) {
  const name = path.relative(root, file).split(path.sep).join('/');
  const text = readFileSync(file, 'utf8');
  const tests = readConversionPage(text);
  if (process.env['UPDATE']) test(`${name} is brought up to date`, () => update(file, text, tests));
  else for (const it of tests) test(`${name}: ${it.heading}`, () => check(it));
}

function check(it: ConversionTest): void {
  assert.ok(it.expected.size > 0, 'The page does not say what to expect; UPDATE=1 writes it.');
  for (const [to, expected] of it.expected) {
    const found = convertTest(it, to);
    assert.equal(found.manifests, expected.manifests, `yaml to ${to}`);
    assert.equal(found.changes, expected.changes, `yaml changes for ${to}`);
    assert.equal(found.report, expected.report, `report to ${to}`);
  }
}

function update(file: string, text: string, tests: readonly ConversionTest[]): void {
  const results = tests.map((it) => {
    const byMesh = new Map<DialectId, Expected>(targetsOf(it).map((to) => [to, convertTest(it, to)]));
    return [it, byMesh] as const;
  });
  const updated = updatedPage(text, results);
  if (updated !== text) writeFileSync(file, updated);
}
