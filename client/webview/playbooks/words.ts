/** What the page says of itself. */

import type { Sheet } from '../../../server/src/lsp/protocol-playbooks.ts';
import { topicTitles } from '../../../server/src/lsp/protocol-playbooks.ts';

export const sheetTitles: Readonly<Record<Sheet, string>> = {
  ...topicTitles,
  architecture: 'Architecture',
  practices: 'Best practices',
};

export const words = {
  title: 'Playbooks',
  mesh: 'Mesh',
  sheet: 'Playbook',
  fields: 'Fill in',
  optional: 'optional',
  copy: 'Copy',
  put: 'Put in Terminal',
  putHint: 'Put in Terminal, without running it',
  open: 'Open as New File',
  copyAll: 'Copy as Markdown',
  readOn: 'Read on',
  check: 'Check',
  back: 'Take it back',
  ways: 'Ways to install',
  holds: 'Holds',
  worksToo: 'As in guides of 2023, and it still works.',
  guides: 'Guides of 2023:',
  asOf: (date: string) => `Commands as of ${date}. None was run for you: read each before you press Enter.`,
  unverified: 'Not everything here could be confirmed.',
  watched: 'Watched by diagnostics',
  notWatched: 'Not to be seen in manifests',
  watchedCount: (count: number, all: number) =>
    `Of these ${all}, diagnostics watch ${count} in your manifests, as far as those show them: they bear a check mark.`,
  inWords: 'In words',
  history: 'As guides of 2023 draw it',
  noLonger: 'No longer so:',
  example: (text: string) => `e.g. ${text}`,
  missing: (title: string) => `Fill in “${title}” first.`,
  copied: 'Copied.',
  put_: 'In the terminal. Press Enter there to run it.',
  opened: 'Opened as a new file.',
  waiting: 'Waiting for the language server…',
  retry: 'Try Again',
} as const;
