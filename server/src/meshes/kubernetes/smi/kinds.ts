/** Kinds of the Service Mesh Interface, archived since 2023 and read as legacy input. */

import type { Kind } from '../../../model/kind.ts';

export const TrafficSplit: Kind = {
  group: 'split.smi-spec.io',
  name: 'TrafficSplit',
  versions: ['v1alpha4', 'v1alpha3', 'v1alpha2', 'v1alpha1'],
  schema: 'smi/trafficsplit',
  removed:
    'SMI was archived in 2023 and Linkerd serves TrafficSplit only through its linkerd-smi extension; HTTPRoute takes its place.',
};
