/** What the page says itself; figures and their words come with the estimate. */

export const words = {
  title: 'What a mesh costs to run',
  numbers: 'Your numbers',
  useWorkspace: 'Use This Workspace',
  useWorkspaceHint: 'Count Deployments, StatefulSets and Rollouts, and their replicas',
  reset: 'Reset',
  resetHint: 'Back to the example of 100 services',
  copy: 'Copy as Markdown',
  copied: 'Copied.',
  waiting: 'Waiting for the language server…',
  tryAgain: 'Try Again',
  charts: 'At a glance',
  keyToCharts: 'Key to the charts',
  keySolid: 'lowest figure',
  keySpread: 'up to the highest',
  keyPrinted: 'nobody measured it, printed in 2023',
  keyUnverified: 'not everything could be confirmed',
  unverifiedSign: '*',
  table: 'In numbers',
  mesh: 'Mesh',
  computed: 'How it is computed',
  figures: 'Figures',
  example: 'The example of 100 services',
  exampleNote: 'Often copied from an article of 2023. Its totals are not what its own figures add up to.',
  controlPlane: 'Control plane',
  eachService: 'Each service',
  printed: 'Total as printed',
  sum: 'As it adds up',
  article: 'Often read, and what measurements say',
  sources: 'Sources',
  setUp: 'Set-up',
  versions: 'Versions',
  showInCompare: 'Show in Compare',
  prices: 'List prices',
} as const;

export function numberHint(isWhole: boolean, most: number): string {
  return `${isWhole ? 'A whole number' : 'A number'} from 0 to ${most.toLocaleString('en-US')}.`;
}
