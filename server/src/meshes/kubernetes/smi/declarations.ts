/** Which fields of SMI's kinds define names that others use: the conditions of an HTTPRouteGroup. */

import type { Declaration } from '../../../model/reference.ts';
import { HTTPRouteGroup } from './kinds.ts';

/** Conditions of HTTPRouteGroups: `shop/api-routes|orders`. */
export const matchSpace = 'smi/match';

/** Up to v1alpha2 the conditions stand beside metadata. */
export const declarations: readonly Declaration[] = ['spec.matches[*].name', 'matches[*].name'].map((path) => ({
  from: HTTPRouteGroup,
  path,
  space: matchSpace,
  keys: (text, site) => [matchKey(site.namespace, site.resource.name, text)],
}));

/** The key of a condition of a group. */
export function matchKey(namespace: string, group: string, match: string): string {
  return `${namespace}/${group}|${match}`;
}
