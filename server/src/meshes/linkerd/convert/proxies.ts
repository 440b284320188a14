/** Which pods get a proxy of Linkerd, and how it is set up: annotations of Namespaces and workloads. */

import type { Asked, Injection, ProxySetting } from '../../../model/ir.ts';
import { type Bearer, markOf, pathOfMark } from '../../kubernetes/common/convert/bearers.ts';
import { type InjectionMarks, writeInjections } from '../../kubernetes/common/convert/injection.ts';
import type { Marker } from '../../kubernetes/common/convert/marker.ts';
import { writeProxySettings } from '../../kubernetes/common/convert/proxy-settings.ts';
import type { Draft } from './draft.ts';
import { settingForms } from './proxy-settings.ts';
import { inject } from './read-injection.ts';

const mark = { part: 'annotations', key: inject, on: 'enabled', off: 'disabled' } as const;
const marks: InjectionMarks = { namespaces: mark, pods: mark };

/** Writes which pods get a proxy: a Namespace speaks for its pods, a workload for its own. */
export function writeInjection(items: readonly Asked<Injection>[], draft: Draft): void {
  writeInjections(items, marks, markerOf(draft));
}

/** Writes settings of proxies; Linkerd reads them from pods and from Namespaces. */
export function writeSettings(items: readonly Asked<ProxySetting>[], draft: Draft): void {
  writeProxySettings(items, settingForms, markerOf(draft));
}

/** Marks of Linkerd in a draft. */
export function markerOf(draft: Draft): Marker {
  const known = (bearer: Bearer, part: 'labels' | 'annotations', key: string) => {
    const resource = bearer.type === 'workload' ? bearer.workload.resource : bearer.resource;
    const set = resource && draft.changeOf(resource, pathOfMark(bearer, part, key));
    return typeof set === 'string' ? set : markOf(bearer, part, key);
  };
  return {
    mesh: 'linkerd',
    environment: draft.environment,
    ledger: draft.ledger,
    byNamespace: true,
    known,
    set: (bearer, part, key, value, from) => {
      if (bearer.type === 'namespace') draft.annotateNamespace(bearer.namespace, key, value, from);
      else draft.change(bearer.workload.resource, pathOfMark(bearer, part, key), value);
    },
  };
}
