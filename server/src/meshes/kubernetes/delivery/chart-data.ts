/**
 * Where resources of Argo CD and Flux carry values of a chart: data of somebody else's, of which nobody knows here what
 * becomes of it. Sources: argoproj/argo-cd, pkg/apis/application/v1alpha1; fluxcd/helm-controller, api/v2.
 */

import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { matchesPattern } from '../../../model/value.ts';

const ofApplication = ['source.helm.valuesObject', 'sources[*].helm.valuesObject'];

/** Patterns by kind and group. */
const byKind = new Map<string, readonly string[]>([
  ['Application.argoproj.io', ofApplication.map((it) => `spec.${it}`)],
  ['ApplicationSet.argoproj.io', ofApplication.map((it) => `spec.template.spec.${it}`)],
  ['HelmRelease.helm.toolkit.fluxcd.io', ['spec.values']],
]);

/** Whether a field of a resource holds values of a chart. */
export function isChartData({ kind, group }: Pick<Resource, 'kind' | 'group'>, path: Path): boolean {
  return byKind.get(`${kind}.${group}`)?.some((it) => matchesPattern(path, it)) ?? false;
}
