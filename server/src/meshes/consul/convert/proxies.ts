/** Which pods get a proxy of Consul, and how it is set up: annotations of workloads. */

import type { Asked, Injection, ProxySetting } from '../../../model/ir.ts';
import { markOf } from '../../kubernetes/common/convert/bearers.ts';
import { writeInjections } from '../../kubernetes/common/convert/injection.ts';
import type { Marker } from '../../kubernetes/common/convert/marker.ts';
import { writeProxySettings } from '../../kubernetes/common/convert/proxy-settings.ts';
import type { Drafts } from './drafts.ts';
import { settingForms } from './proxy-settings.ts';
import { inject } from './read-injection.ts';

const pods = { part: 'annotations', key: inject, on: 'true', off: 'false' } as const;

/** Writes which pods get a proxy, workload by workload: Consul asks no Namespace. */
export function writeInjection(items: readonly Asked<Injection>[], drafts: Drafts): void {
  writeInjections(items, { pods }, markerOf(drafts));
}

/** Writes settings of proxies, workload by workload. */
export function writeSettings(items: readonly Asked<ProxySetting>[], drafts: Drafts): void {
  writeProxySettings(items, settingForms, markerOf(drafts));
}

function markerOf(drafts: Drafts): Marker {
  return {
    mesh: 'consul',
    environment: drafts.environment,
    ledger: drafts.ledger,
    byNamespace: false,
    known: (bearer, part, key) =>
      bearer.type === 'workload' ? drafts.annotationOf(bearer.workload, key) : markOf(bearer, part, key),
    set: (bearer, _, key, value) => {
      if (bearer.type === 'workload') drafts.annotate(bearer.workload, key, value);
    },
  };
}
