/** What costs are called in words: how well a number is known, how it came about, and what it was measured with. */

import type { Figure } from '../meshes/costs.ts';
import { numberText, type Spread, spreadText } from '../model/amount.ts';
import type { Amount, Basis, CostEstimate, PartCost, ReadingSum, VariantCost } from '../queries/cost.ts';

/** The four things that are told of each mesh, in their order. */
export const measures = ['memory', 'cpu', 'latency', 'money'] as const;

export type Measure = (typeof measures)[number];

export const measureTitles: Readonly<Record<Measure, string>> = {
  memory: 'Memory',
  cpu: 'CPU of proxies',
  latency: 'Latency added',
  money: 'Money per month',
};

/** What a measure leaves out, or means. */
export const measureNotes: Readonly<Record<Measure, string>> = {
  memory: 'in use, proxies and control plane together',
  cpu: 'for all requests, without the control plane',
  latency: 'to a request from one service to another',
  money: 'for what is in use, in the currency of the prices',
};

/** Instead of a number that there is none of. */
export const nobodyMeasured = 'nobody measured this';

/** Empty for what was measured, since that is what one expects. */
export function basisWords(basis: Basis): string {
  switch (basis) {
    case 'measured':
      return '';
    case 'partly':
      return 'partly unverified';
    case 'unverified':
      return 'unverified';
    case 'printed':
      return 'not measured, printed in 2023';
  }
}

export function amountOf(variant: VariantCost, measure: Measure): Amount | undefined {
  return variant[measure];
}

/** `7.1–16.2 GB`, or that nobody measured it. */
export function amountWords(variant: VariantCost, measure: Measure): string {
  const amount = amountOf(variant, measure);
  return amount ? spreadText(amount) : nobodyMeasured;
}

/** What to know of a number beside it: how well it is known, and what is not in it. */
export function amountRemarks(variant: VariantCost, measure: Measure): readonly string[] {
  const amount = amountOf(variant, measure);
  const basis = amount ? basisWords(amount.basis) : '';
  const isPartial = measure === 'money' && !variant.moneyHasCpu;
  return [...(basis === '' ? [] : [basis]), ...(isPartial ? ['memory alone'] : [])];
}

/** How a number comes about, a line each: `100 × 50–156.2 MB (sidecar, one a pod) = 5–15.6 GB`. */
export function formulaLines(variant: VariantCost, measure: Measure, estimate: CostEstimate): readonly string[] {
  const { inputs } = estimate;
  switch (measure) {
    case 'memory':
      return variant.parts.filter((it) => it.count > 0).map(partFormula);
    case 'cpu':
      return variant.cpu ? variant.cpu.readings.map((it) => readingFormula(it, inputs.rps)) : [nobodyMeasured];
    case 'latency':
      return variant.latency ? variant.latency.readings.map((it) => readingFormula(it, inputs.rps)) : [nobodyMeasured];
    case 'money': {
      const memory = `${spreadText(variant.memory)} × ${priceText(inputs.priceGb)}`;
      const cpu = variant.cpu && `${spreadText(variant.cpu)} × ${priceText(inputs.priceVcpu)}`;
      return [`${memory}${cpu ? ` + ${cpu}` : ''} = ${spreadText(variant.money)}`];
    }
  }
}

function priceText(price: number): string {
  return price.toLocaleString('en-US', { maximumFractionDigits: 4 });
}

const counted: Readonly<Record<PartCost['countedBy'], string>> = {
  pods: 'one a pod',
  nodes: 'one a node',
  waypoints: 'one a waypoint',
  once: 'once',
};

function partFormula(part: PartCost): string {
  const { name, count, countedBy, each } = part;
  const sum = spreadText({ low: part.low / 1000, high: part.high / 1000, unit: 'GB' });
  const times = countedBy === 'once' ? '' : `${count.toLocaleString('en-US')} × `;
  return `${times}${spreadText(each)} (${name}, ${counted[countedBy]}) = ${sum}`;
}

function readingFormula(sum: ReadingSum, requests: number): string {
  const terms = sum.terms.map(({ figure, times, rps }, at) => {
    const sign = times < 0 ? ' − ' : at === 0 ? '' : ' + ';
    const often = Math.abs(times) === 1 ? '' : `${Math.abs(times)} × `;
    const load =
      rps === undefined
        ? ''
        : ` × ${requests.toLocaleString('en-US')} / ${rps.toLocaleString('en-US')} requests per second`;
    return `${sign}${often}${spreadText(figure)}${load} (${figureName(figure)})`;
  });
  const [only] = sum.terms.length === 1 ? sum.terms : [];
  const isPlain = only?.times === 1 && only.rps === undefined;
  return `${terms.join('')}${isPlain ? '' : ` = ${spreadText(sum)}`}`;
}

/** What a figure is of, and what is to know of it. */
export function figureName({ of, source, unverified }: Figure): string {
  if (source === 'article-2023') return `${of}, printed in 2023`;
  return unverified ? `${of}, unverified` : of;
}

/** What to keep in mind for a mesh, and where the cluster is larger than anything that was measured. */
export function remarksOf(variant: VariantCost): readonly string[] {
  const beyond = variant.parts.flatMap(({ name, beyond }) =>
    beyond
      ? [
          `${name} was measured with up to ${beyond.services.toLocaleString('en-US')} services and ${beyond.pods.toLocaleString('en-US')} proxies; a larger mesh takes more.`,
        ]
      : [],
  );
  return [...variant.remarks, ...beyond];
}

/** The figures that the numbers of a mesh rest on, each once. */
export function figuresOfVariant({ parts, cpu, latency }: VariantCost): readonly Figure[] {
  const readings = [...(cpu?.readings ?? []), ...(latency?.readings ?? [])];
  return [
    ...new Set([
      ...parts.filter((it) => it.count > 0).flatMap((it) => it.figures),
      ...readings.flatMap(({ terms }) => terms.map((it) => it.figure)),
    ]),
  ];
}

/** `at most 26.3 MB`, `0.81 vCPU, unverified`. */
export function figureWords(figure: Figure): string {
  const { isMost, unverified } = figure;
  return `${isMost ? 'at most ' : ''}${spreadText(figure)}${unverified ? ', unverified' : ''}`;
}

/** Memory in GB, whatever it was given in. */
export function gigabytes({ low, high, unit }: Spread): string {
  const per = unit === 'MB' ? 1000 : 1;
  return spreadText({ low: low / per, high: high / per, unit: 'GB' });
}

/** What was counted in manifests, in a sentence. */
export function countWords({ counted }: CostEstimate): string | undefined {
  if (!counted) return undefined;
  const { workloads, pods, assumed } = counted;
  if (workloads === 0) return 'There are no Deployments, StatefulSets or Rollouts here to count.';
  const found = `${plural(workloads, 'Deployment, StatefulSet or Rollout', 'Deployments, StatefulSets and Rollouts')} with ${plural(pods, 'pod', 'pods')}`;
  if (assumed === 0) return `Counted: ${found}.`;
  return `Counted: ${found}; ${assumed === 1 ? 'one of them names' : `${assumed} of them name`} no replicas, and ${assumed === 1 ? 'counts' : 'count'} as one pod.`;
}

function plural(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** What the numbers leave out, a sentence each. */
export const limits: readonly string[] = [
  'Memory is what is in use; what pods reserve may be more, see what they ask for by default.',
  'CPU grows with the requests; idle proxies and control planes take some too, which is not in it.',
  'Your own load test is the better source: sizes of requests, connections and configuration change all of this.',
];

/** Where the prices come from, unless somebody gave others. */
export function priceWords({ prices }: CostEstimate): string {
  const { name, date, vcpuHour, gbHour, hours } = prices;
  return `List prices of ${name}, ${date}: ${vcpuHour} for a vCPU and ${gbHour} for a GB of memory each hour, times ${numberText(hours, 's')} hours.`;
}
