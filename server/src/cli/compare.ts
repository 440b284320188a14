/** `meshwright compare`: the comparison, one feature of it, or what one does with a kind. */

import { distance } from 'fastest-levenshtein';
import type { Feature } from '../meshes/features/feature.ts';
import { features } from '../meshes/features.ts';
import { type Comparison, type ComparisonGroup, compare } from '../queries/compare.ts';
import { kindNameOf } from '../queries/feature-facts.ts';
import { findFeatures } from '../queries/search-features.ts';
import { comparisonMarkdown, featureMarkdown } from '../render/compare-markdown.ts';
import { comparisonText, featureText } from '../render/compare-text.ts';

export const compareFormats = ['text', 'json', 'markdown'] as const;

export interface CompareOptions {
  /** The id or title of a feature, a category, or a kind; all features without it. */
  readonly feature?: string;
  readonly format: (typeof compareFormats)[number];
  /** Width of the terminal. */
  readonly columns: number;
  readonly color: boolean;
}

export interface CompareResult {
  readonly exitCode: 0 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `--format json` prints: the features asked for, in table order. */
export interface CompareJson {
  /** The day whose state the features describe, `2026-08-22`. */
  readonly asOf: string;
  readonly features: readonly Feature[];
}

/** Gives what to print. A name that nothing bears is misuse: exit code 2 and a message that names the nearest. */
export function compareCommand({ feature: name, format, columns, color }: CompareOptions): CompareResult {
  const comparison = compare([]);
  const groups = name === undefined ? comparison.groups : selected(comparison, name);
  if (groups.length === 0 && name !== undefined) return { exitCode: 2, stdout: '', stderr: unknownFeature(name) };

  const found = groups.flatMap((it) => it.rows.map((row) => row.feature));
  return { exitCode: 0, stdout: printed(), stderr: '' };

  function printed(): string {
    if (format === 'json') {
      const json: CompareJson = { asOf: comparison.asOf, features: found };
      return `${JSON.stringify(json, undefined, 2)}\n`;
    }
    const [only] = found.length === 1 ? found : [];
    if (format === 'markdown') return only ? featureMarkdown(only) : comparisonMarkdown(groups);
    return only ? featureText(only, { columns, color }) : comparisonText(groups, { columns, color });
  }
}

/** Groups cut down to the feature, the category or the kind that bears the name. */
function selected(comparison: Comparison, name: string): readonly ComparisonGroup[] {
  const wanted = plain(name);
  const bearers: readonly ((feature: Feature) => boolean)[] = [
    (it) => plain(it.id) === wanted || plain(it.title) === wanted,
    (it) => plain(it.category) === wanted,
    (it) => kindsOf(it).some((kind) => plain(kind) === wanted || plain(kindNameOf(kind)) === wanted),
  ];
  for (const bears of bearers) {
    const groups = comparison.groups
      .map(({ category, rows }) => ({ category, rows: rows.filter((it) => bears(it.feature)) }))
      .filter((it) => it.rows.length > 0);
    if (groups.length > 0) return groups;
  }
  return [];
}

function unknownFeature(name: string): string {
  const nearest = nearestFeatures(name).map((it) => `"${it.id}"`);
  const [last] = nearest.slice(-1);
  const list = nearest.length > 1 ? `${nearest.slice(0, -1).join(', ')} or ${last}` : last;
  const advice = list ? `Did you mean ${list}?` : '"meshwright compare" without a name lists all.';
  return `There is no feature, category or kind "${name}". ${advice}\n`;
}

/** Features that hold all the words, else those whose id or title looks most alike. */
function nearestFeatures(name: string): readonly Feature[] {
  const found = findFeatures(features, name);
  if (found.length > 0) return found.slice(0, 3);
  const wanted = plain(name);
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return features
    .map((feature) => ({
      feature,
      apart: Math.min(...[feature.id, feature.title].map((it) => distance(plain(it), wanted))),
    }))
    .filter((it) => it.apart <= limit)
    .sort((a, b) => a.apart - b.apart)
    .slice(0, 3)
    .map((it) => it.feature);
}

function kindsOf(feature: Feature): readonly string[] {
  return Object.values(feature.cells).flatMap((it) => it.kinds);
}

/** A name without case, spaces and signs: `Circuit breaking` and `circuit-breaking` are the same. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
