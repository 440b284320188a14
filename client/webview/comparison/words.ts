/** What the page says of its filters, its columns and what one can do with a row. */

import { type MeshId, meshNames } from '../../../server/src/model/mesh-id.ts';

export const words = {
  toolbar: 'Columns and filters',
  differences: 'Only differences',
  differencesHint: 'Only rows in which the shown meshes differ: in their marks, or in the answer where there are none',
  inWorkspace: 'In workspace',
  inWorkspaceHint: 'Only rows that a file of this workspace uses',
  copyTable: 'Copy table',
  copyTableHint: 'Copy the shown rows and columns as Markdown',
  copyRow: 'Copy as Markdown',
  copied: 'Copied.',
  clearSearch: 'Clear Search',
  clearFilters: 'Clear Filters',
  nothingFits: 'No row fits the filters.',
  nothingInWorkspace: 'No file of this workspace uses a feature of the comparison.',
  measurements: 'Benchmarks and overhead',
  measurementsHint: 'Open the figures with their sources, dates and set-ups in the view "Cost"',
} as const;

export function columnHint(mesh: MeshId, isShown: boolean, isLast: boolean): string {
  if (isLast) return `${meshNames[mesh]} is the only column left`;
  return `${isShown ? 'Hide' : 'Show'} the column of ${meshNames[mesh]}`;
}

export function nothingMatches(query: string): string {
  return `No feature matches “${query}”.`;
}

export function filesWords(count: number): string {
  return `Used in ${count} ${count === 1 ? 'file' : 'files'} of this workspace.`;
}

export function insertWords(kind: string): string {
  return `Insert a snippet with ${kind}`;
}

export function findWords(kind: string, count: number): string {
  return `Show the ${count === 1 ? 'one' : count} ${kind} of this workspace`;
}
