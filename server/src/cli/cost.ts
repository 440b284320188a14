/** `meshwright cost`: what each mesh costs in a cluster, from figures with their sources. */

import type { CostInputs } from '../model/cost-inputs.ts';
import type { Spread } from '../model/amount.ts';
import {
  type Amount,
  type Basis,
  type CostEstimate,
  countWorkloads,
  estimateCost,
  inputsOfCount,
  type WorkloadCount,
} from '../queries/cost.ts';
import { costMarkdown } from '../render/cost-markdown.ts';
import { costText } from '../render/cost-text.ts';
import { figuresOfVariant, formulaLines, measures, remarksOf, type Measure } from '../render/cost-words.ts';
import type { Loaded } from './check.ts';

export const costFormats = ['text', 'json', 'markdown'] as const;

export interface CostCommand {
  /** What the command line says; it goes before what was counted. */
  readonly inputs: Partial<CostInputs>;
  /** Manifests whose workloads are counted. */
  readonly loaded?: Pick<Loaded, 'workspace' | 'asked'>;
  readonly format: (typeof costFormats)[number];
  readonly columns: number;
  readonly color: boolean;
}

export interface CostResult {
  readonly exitCode: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `--format json` prints. */
export interface CostJson {
  readonly inputs: CostInputs;
  readonly counted?: WorkloadCount;
  readonly variants: readonly {
    readonly id: string;
    readonly mesh: string;
    readonly name: string;
    /** Null where nobody measured. */
    readonly numbers: Readonly<Record<Measure, AmountJson | null>>;
    readonly moneyHasCpu: boolean;
    readonly formulas: Readonly<Record<Measure, readonly string[]>>;
    readonly sources: readonly string[];
    readonly remarks: readonly string[];
  }[];
  readonly example: CostEstimate['example'];
  readonly article: CostEstimate['article'];
  readonly requests: CostEstimate['requests'];
  readonly sources: CostEstimate['sources'];
  readonly prices: CostEstimate['prices'];
}

interface AmountJson extends Spread {
  readonly basis: Basis;
}

/** Gives what to print. Manifests without anything to count are misuse: exit code 2 and a message. */
export function costCommand({ inputs, loaded, format, columns, color }: CostCommand): CostResult {
  const counted = loaded && countWorkloads(loaded.workspace, loaded.asked);
  if (counted?.workloads === 0)
    return {
      exitCode: 2,
      stdout: '',
      stderr: 'There are no Deployments, StatefulSets or Rollouts in these files, so there is nothing to count.\n',
    };
  const estimate = estimateCost({ ...(counted ? inputsOfCount(counted) : {}), ...inputs }, counted);
  const stdout = {
    text: () => costText(estimate, { columns, color }),
    json: () => `${JSON.stringify(costJson(estimate), undefined, 2)}\n`,
    markdown: () => costMarkdown(estimate),
  }[format]();
  return { exitCode: 0, stdout, stderr: '' };
}

function costJson(estimate: CostEstimate): CostJson {
  const { inputs, counted, variants, example, article, requests, sources, prices } = estimate;
  return {
    inputs,
    ...(counted ? { counted } : {}),
    variants: variants.map((it) => ({
      id: it.id,
      mesh: it.mesh,
      name: it.name,
      numbers: forEachMeasure((measure) => amountJson(it[measure])),
      moneyHasCpu: it.moneyHasCpu,
      formulas: forEachMeasure((measure) => formulaLines(it, measure, estimate)),
      sources: [...new Set(figuresOfVariant(it).map((figure) => figure.source))],
      remarks: remarksOf(it),
    })),
    example,
    article,
    requests,
    sources,
    prices,
  };
}

function forEachMeasure<Value>(valueOf: (measure: Measure) => Value): Readonly<Record<Measure, Value>> {
  const [memory, cpu, latency, money] = measures;
  return { memory: valueOf(memory), cpu: valueOf(cpu), latency: valueOf(latency), money: valueOf(money) };
}

function amountJson(amount: Amount | undefined): AmountJson | null {
  if (!amount) return null;
  const { low, high, unit, basis } = amount;
  return { low, high, unit, basis };
}
