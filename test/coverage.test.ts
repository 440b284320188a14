/** docs/coverage.md leads from each section of the guide to something that is there: rows, views, playbooks, snippets, files. */

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { compareCommand } from '../server/src/cli/compare.ts';
import { featureInLink } from '../server/src/lsp/protocol-look-up.ts';
import { isSheet } from '../server/src/lsp/protocol-playbooks.ts';
import { featureById } from '../server/src/meshes/features.ts';
import { topicTitles } from '../server/src/meshes/playbooks/playbook.ts';
import { practiceGroups } from '../server/src/meshes/playbooks/practices.ts';
import { snippets } from '../server/src/meshes/snippets.ts';
import { isMeshId, meshIds, meshNames } from '../server/src/model/mesh-id.ts';
import { readPackage } from './package-words.ts';

interface Contributes {
  readonly views: { readonly meshwright: readonly { readonly name: string }[] };
  readonly commands: readonly { readonly title: string }[];
}

describe('docs/coverage.md', () => {
  const page = readFileSync('docs/coverage.md', 'utf8');
  const rows = page.split('\n').filter((it) => it.startsWith('| ') && !/^\| (Section|---)/.test(it));
  const { contributes } = readPackage() as {
    readonly contributes: Contributes;
  };
  const found = (pattern: RegExp) => rows.flatMap((row) => [...row.matchAll(pattern)].map((it) => it[1] ?? ''));

  test('has three columns in each row, and no section twice', () => {
    for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, 4, row);
    const sections = found(/^\| ([^|]+) \|/g);
    assert.equal(new Set(sections).size, rows.length);
    assert.equal(sections.length, rows.length);
  });

  test('leads to rows of the comparison and to files that are there', () => {
    const targets = found(/\]\(([^)]+)\)/g);
    assert.ok(targets.length > 30);
    for (const target of targets) {
      if (!target.startsWith('vscode:')) {
        assert.ok(existsSync(path.join('docs', target)), target);
        continue;
      }
      const { host, pathname } = new URL(target);
      assert.equal(host, 'meshwright.meshwright');
      const id = featureInLink(pathname);
      assert.ok(id !== undefined && featureById(id), target);
      assert.equal(compareCommand({ feature: id, format: 'text', columns: 80, color: false }).exitCode, 0);
    }
  });

  test('names views and commands as the editor does', () => {
    const views = contributes.views.meshwright.map((it) => it.name);
    assert.deepEqual([...new Set(found(/\*\*([^*]+)\*\*/g))].sort(), [...views].sort());
    const titles = contributes.commands.map((it) => it.title);
    for (const title of found(/(?<!\*)\*([^*]+)\*(?!\*)/g)) assert.ok(titles.includes(title), title);
  });

  test('names playbooks by mesh and title', () => {
    const meshes = meshIds.map((it) => meshNames[it]);
    const pages = [...Object.values(topicTitles), 'Architecture', 'Best practices', ...practiceGroups];
    for (const steps of found(/\*\*Playbooks\*\* ▸ ([^|;,:]+?)(?= \||[;,:]|, and)/g)) {
      for (const step of steps.split(' ▸ ')) assert.ok([...meshes, ...pages].includes(step), steps);
    }
  });

  test('names commands of the terminal and snippets that there are', () => {
    const prefixes = snippets.map((it) => it.prefix);
    const commands = readFileSync('server/src/cli/cli.ts', 'utf8');
    for (const code of found(/`([^`]+)`/g)) {
      const [program, command = '', mesh, sheet] = code.split(' ');
      if (program !== 'meshwright') {
        assert.ok(prefixes.includes(code), code);
        continue;
      }
      assert.match(commands, new RegExp(`\\b${command}\\b`), code);
      if (command === 'playbook') assert.ok(isMeshId(mesh) && isSheet(sheet), code);
    }
  });

  const guide = path.resolve('../shared/reference/seed.txt');
  test('calls sections as the guide does', { skip: existsSync(guide) ? false : `${guide} is not here.` }, () => {
    const lines = new Set(
      readFileSync(guide, 'utf8')
        .split('\n')
        .map((it) => it.trim()),
    );
    for (const section of found(/^\| ([^|]+) \|/g)) assert.ok(lines.has(section.split(' › ').at(-1) ?? ''), section);
  });
});
