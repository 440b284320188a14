/** Which pods get a proxy of Istio, by labels of Namespaces and of pods. Source: istio.io, sidecar injection and ambient. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Injection, Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { isInjectedGateway } from '../../kubernetes/common/injection.ts';
import { type Mark, readMarks } from '../../kubernetes/common/convert/read-marks.ts';

export const namespaceLabel = 'istio-injection';
export const podLabel = 'sidecar.istio.io/inject';

interface ReadInjection {
  readonly injections: readonly Asked<Injection>[];
  readonly peculiar: readonly Peculiar[];
}

const ambient = {
  code: 'ambient',
  reason: 'Proxies of nodes are Istio’s ambient mode alone: here the pods get proxies of their own.',
};
const waypoint = {
  code: 'ambient',
  reason: 'A waypoint belongs to Istio’s ambient mode; the proxy of each pod does its part.',
};
const ofGateway = {
  code: 'gateway-deploy',
  reason: 'These pods are a gateway of Istio, which its injector makes whole; another mesh brings gateways of its own.',
  risk: 'behaviour',
} as const;
const revision = {
  code: 'no-equivalent',
  reason: 'The pods get a proxy, and there is one control plane to give it: the revision goes.',
};

/** What a Namespace, a workload or a Service asks for. */
export function readInjection(resource: Resource, environment: Environment): ReadInjection {
  const read = readMarks(resource, environment);
  if (!read) return { injections: [], peculiar: [] };
  const { scope, marks, bearer } = read;
  if (bearer.type === 'workload' && isInjectedGateway(bearer.workload)) {
    const asking = marks.filter((it) => it.key === podLabel || it.key === 'istio.io/rev');
    return { injections: [], peculiar: asking.map(({ from }) => ({ from, ...ofGateway })) };
  }
  const isPod = scope.type === 'workload';
  const of = (key: string, part: Mark['part'] = 'labels') => marks.find((it) => it.key === key && it.part === part);
  // The label counts before the annotation, which is the old form; a switch before a revision.
  const [own, old] = isPod ? [of(podLabel), of(podLabel, 'annotations')] : [of(namespaceLabel), undefined];
  const sidecar = own ?? old;
  const [rev, mode] = [of('istio.io/rev'), of('istio.io/dataplane-mode')];
  const waypoints = marks.filter((it) => /^istio\.io\/(?:ingress-)?use-waypoint/.test(it.key));
  const turnsOn = sidecar ? isOn(sidecar) : undefined;
  const isAmbient = mode?.value === 'ambient';
  if (turnsOn === undefined && !rev && !mode) return { injections: [], peculiar: waypoints.map(unusedWaypoint) };
  const on = turnsOn || (turnsOn === undefined && rev !== undefined) || isAmbient;
  const special = [
    ...(isAmbient ? [{ value: ambient, from: mode.from }] : []),
    ...(rev && on ? [{ value: revision, from: rev.from }] : []),
    ...(on ? waypoints.map((it) => ({ value: waypoint, from: it.from })) : []),
  ];
  const plain = [own, old, isAmbient ? undefined : mode, on ? undefined : rev];
  const from = plain.flatMap((it) => it?.from ?? []);
  const all = [...from, ...special.flatMap((it) => it.from)];
  return {
    injections: [{ value: { scope, isOn: { value: on, from }, special }, from: all }],
    peculiar: on ? [] : waypoints.map(unusedWaypoint),
  };
}

function isOn({ value }: Mark): boolean {
  return value === 'enabled' || value.toLowerCase() === 'true';
}

function unusedWaypoint({ from }: Mark): Peculiar {
  return {
    from,
    code: 'ambient',
    reason: 'Waypoints are a part of Istio’s ambient mode; where pods have proxies of their own, those do their part.',
    risk: 'none',
  };
}
