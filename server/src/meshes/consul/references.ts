/** Which fields of Consul's config entries name services and subsets. */

import type { Kind } from '../../model/kind.ts';
import type { Reference, Site } from '../../model/reference.ts';
import { isKnown, textAt } from '../../model/value.ts';
import { serviceSpace, subsetSpace } from './declarations.ts';
import { ServiceIntentions, ServiceResolver, ServiceRouter, ServiceSplitter } from './kinds.ts';

/** Subsets named beside a service, or of the entry's own service when none is named. */
export const subsets: readonly Reference[] = [
  subsetAt(ServiceSplitter, 'spec.splits[*].serviceSubset'),
  subsetAt(ServiceRouter, 'spec.routes[*].destination.serviceSubset'),
  subsetAt(ServiceResolver, 'spec.redirect.serviceSubset'),
  subsetAt(ServiceResolver, 'spec.failover.*.serviceSubset'),
  subsetAt(ServiceResolver, 'spec.failover.*.targets[*].serviceSubset'),
  subsetAt(ServiceResolver, 'spec.defaultSubset'),
];

export const services: readonly Reference[] = [
  serviceAt(ServiceSplitter, 'metadata.name'),
  serviceAt(ServiceSplitter, 'spec.splits[*].service'),
  serviceAt(ServiceRouter, 'metadata.name'),
  serviceAt(ServiceRouter, 'spec.routes[*].destination.service'),
  serviceAt(ServiceResolver, 'metadata.name'),
  serviceAt(ServiceResolver, 'spec.redirect.service'),
  serviceAt(ServiceResolver, 'spec.failover.*.service'),
  serviceAt(ServiceResolver, 'spec.failover.*.targets[*].service'),
  serviceAt(ServiceIntentions, 'spec.destination.name'),
  serviceAt(ServiceIntentions, 'spec.sources[*].name'),
];

export const references: readonly Reference[] = [...services, ...subsets];

function serviceAt(from: Kind, path: string): Reference {
  return {
    from,
    path,
    noun: 'service',
    spaces: () => [serviceSpace],
    keys: (text) => (text === '*' ? [] : [text]),
    write: (key) => key,
  };
}

function subsetAt(from: Kind, path: string): Reference {
  /** Undefined where a template names the service. */
  const serviceOf = ({ resource, path }: Site) => {
    const place = [...path.slice(0, -1), 'service'];
    if (!isKnown(resource.value, place, resource.part.masked.hiddenLines)) return undefined;
    return textAt(resource.value, place) ?? resource.name;
  };
  return {
    from,
    path,
    noun: 'subset',
    spaces: () => [subsetSpace],
    keys(text, site) {
      const service = serviceOf(site);
      return service === undefined ? [] : [`${service}|${text}`];
    },
    write(key, site) {
      const [service, name] = key.split('|');
      return service === serviceOf(site) ? name : undefined;
    },
  };
}
