/** What Flagger makes of a Canary. Source: fluxcd/flagger, pkg/apis/flagger/v1beta1, Canary.GetServiceNames. */

import type { Site } from '../../../model/reference.ts';
import { fieldOf } from '../common/references.ts';

/** Fields that name the Service, the VirtualService, the HTTPRoute or the TrafficSplit of a Canary. */
export const apexFields: readonly string[] = ['spec.service.name', 'spec.targetRef.name'];

/** The name that these get, out of one of the fields at a site; undefined where the other field says it. */
export function apexOf(text: string, site: Site): string | undefined {
  const said = fieldOf(site, ['spec', 'service', 'name']);
  return said === undefined || said === text ? text : undefined;
}

/** The Services that Flagger keeps for a Canary: the one that callers name, and those of the two versions. */
export function servicesOf(text: string, site: Site): readonly string[] {
  const apex = apexOf(text, site);
  return apex === undefined ? [] : [apex, `${apex}-primary`, `${apex}-canary`];
}
