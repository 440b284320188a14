/** What the page says; what the server says comes from there. */

import type { Weight } from '../../../server/src/lsp/protocol-choose.ts';

export const words = {
  title: 'Choose a service mesh',
  waiting: 'Waiting for the language server…',
  tryAgain: 'Try Again',
  result: 'Result',
  intro:
    'Give a weight to what matters, and make a must of what a mesh has to be able to do. What is off is not counted.',
  filled: (count: number) =>
    count === 1
      ? 'One need comes from the manifests of this workspace.'
      : `${count} needs come from the manifests of this workspace.`,
  nothingToFill: 'The manifests of this workspace show no need.',
  nothingNew: 'Everything that the manifests of this workspace show is answered already.',
  fill: 'Fill In from Workspace',
  clear: 'Clear All',
  record: 'Export as Decision Record',
  points: (points: number, most: number) => `${points} of ${most}`,
  unranked: 'Possible',
  ruledOut: 'Ruled out by a must',
  hints: 'Reasons you may have read, tested',
  must: 'Must',
  mustFor: (need: string) => `Must: ${need}`,
  weightFor: (need: string) => `Weight: ${need}`,
  compare: (title: string) => `Show “${title}” in Compare`,
  score: (score: number, weight: Weight) => `scores ${score} of 3, weight ${weightLabels[weight].toLowerCase()}`,
  unconfirmed: 'not confirmed',
  moves: 'Points ahead of the mean of the options (+) or behind it (−)',
  answered: (count: number) => (count === 1 ? '1 answer' : `${count} answers`),
  asOf: (date: string) => `State of ${date}.`,
} as const;

/** Labels of the weights. */
export const weightLabels: Readonly<Record<Weight, string>> = { 0: 'Off', 1: 'Low', 2: 'Medium', 3: 'High' };
