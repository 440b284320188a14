/** Which fields of SMI's kinds name Services, ServiceAccounts, groups of traffic and the conditions in them. */

import type { Kind } from '../../../model/kind.ts';
import type { Reference, Site } from '../../../model/reference.ts';
import { textAt } from '../../../model/value.ts';
import { Service, ServiceAccount } from '../common/kinds.ts';
import { byName, sibling, siblingNamespace } from '../common/references.ts';
import { matchKey, matchSpace } from './declarations.ts';
import { HTTPRouteGroup, TCPRoute, TrafficSplit, TrafficTarget, UDPRoute } from './kinds.ts';

/** Kinds that a rule of a TrafficTarget may name. */
const groups: readonly Kind[] = [HTTPRouteGroup, TCPRoute, UDPRoute];

/** In v1alpha1 the fields of a TrafficTarget stand beside metadata, and its rules are called specs. */
const identities = ['spec.destination', 'spec.sources[*]', 'destination', 'sources[*]'];
const rules = ['spec.rules[*]', 'specs[*]'];

function identity(path: string): Reference {
  return byName({
    from: TrafficTarget,
    path: `${path}.name`,
    noun: 'ServiceAccount',
    to: (site) => (sibling(site, 'kind') === ServiceAccount.name ? [ServiceAccount] : []),
    namespace: siblingNamespace,
  });
}

function rule(path: string): Reference {
  return byName({
    from: TrafficTarget,
    path: `${path}.name`,
    noun: 'group',
    to: (site) => groups.filter((it) => it.name === sibling(site, 'kind')),
  });
}

/** A condition of the group that the rule names. */
function match(path: string): Reference {
  const keyOf = (text: string, site: Site) => {
    const group = textAt(site.resource.value, [...site.path.slice(0, -2), 'name']);
    return group === undefined ? undefined : matchKey(site.namespace, group, text);
  };
  return {
    from: TrafficTarget,
    path: `${path}.matches[*]`,
    noun: 'condition',
    spaces: () => [matchSpace],
    keys(text, site) {
      const key = keyOf(text, site);
      return key === undefined ? [] : [key];
    },
    write(key, site) {
      const prefix = keyOf('', site);
      return prefix !== undefined && key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
    },
  };
}

export const references: readonly Reference[] = [
  ...['spec.service', 'spec.backends[*].service'].map((path) =>
    byName({ from: TrafficSplit, path, noun: 'Service', to: [Service] }),
  ),
  byName({ from: TrafficSplit, path: 'spec.matches[*].name', noun: 'group', to: [HTTPRouteGroup] }),
  ...identities.map(identity),
  ...rules.map(rule),
  ...rules.map(match),
];
