/** Which pods get a proxy of Istio, and how it is set up: labels and annotations of Namespaces and workloads. */

import type { Asked, Injection, ProxySetting } from '../../../model/ir.ts';
import { type Bearer, markOf, pathOfMark } from '../../kubernetes/common/convert/bearers.ts';
import { type InjectionMarks, writeInjections } from '../../kubernetes/common/convert/injection.ts';
import type { Marker } from '../../kubernetes/common/convert/marker.ts';
import { writeProxySettings } from '../../kubernetes/common/convert/proxy-settings.ts';
import type { Drafts } from './drafts.ts';
import { settingForms } from './proxy-settings.ts';
import { namespaceLabel, podLabel } from './read-injection.ts';

const marks: InjectionMarks = {
  namespaces: { part: 'labels', key: namespaceLabel, on: 'enabled', off: 'disabled' },
  pods: { part: 'labels', key: podLabel, on: 'true', off: 'false' },
};

/** Writes which pods get a proxy: a Namespace speaks for its pods, a workload for its own. */
export function writeInjection(items: readonly Asked<Injection>[], drafts: Drafts): void {
  writeInjections(items, marks, markerOf(drafts, true));
}

/** Writes settings of proxies; Istio reads them from pods alone. */
export function writeSettings(items: readonly Asked<ProxySetting>[], drafts: Drafts): void {
  writeProxySettings(items, settingForms, markerOf(drafts, false));
}

function markerOf(drafts: Drafts, byNamespace: boolean): Marker {
  const written = new Map<string, string>();
  const idOf = (bearer: Bearer, path: readonly (string | number)[]) =>
    [bearer.type === 'workload' ? bearer.workload.resource.uri : '', nameOf(bearer), ...path].join(' ');
  return {
    mesh: 'istio',
    environment: drafts.environment,
    ledger: drafts.ledger,
    byNamespace,
    known: (bearer, part, key) => written.get(idOf(bearer, pathOfMark(bearer, part, key))) ?? markOf(bearer, part, key),
    set: (bearer, part, key, value) => {
      const path = pathOfMark(bearer, part, key);
      const resource = bearer.type === 'workload' ? bearer.workload.resource : bearer.resource;
      if (!resource || markOf(bearer, part, key) === value) return;
      written.set(idOf(bearer, path), value);
      drafts.change(resource, path, value);
    },
  };
}

function nameOf(bearer: Bearer): string {
  return bearer.type === 'workload'
    ? `${bearer.workload.resource.kind} ${bearer.workload.namespace}/${bearer.workload.resource.name}`
    : bearer.namespace;
}
