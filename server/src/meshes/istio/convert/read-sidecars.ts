/**
 * Sidecars: whether clients may call what nothing names. Which hosts a proxy is told of changes what it can find, and the
 * meshes that find hosts when they are called have nothing to set. Source: istio.io Sidecar reference.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, EgressPolicy, Peculiar } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { IstioOperator, Sidecar } from '../kinds.ts';
import { originsOf, Place } from './place.ts';
import { rootNamespace } from './read-mutual-tls.ts';

export interface ReadSidecars {
  readonly egress: readonly Asked<EgressPolicy>[];
  readonly peculiar: readonly Peculiar[];
}

/** What the Sidecars among some resources say of traffic that leaves the mesh, and what the installation says of all. */
export function readSidecars(resources: readonly Resource[], environment: Environment): ReadSidecars {
  const egress: Asked<EgressPolicy>[] = [...installed(environment)];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    if (!isOfKind(resource, Sidecar)) continue;
    const spec = Place.of(resource).at('spec');
    const policy = readPolicy(resource, spec, environment);
    if (policy) egress.push(policy);
    peculiar.push(...lostOf(spec, policy?.value.otherwise.value));
  }
  return { egress, peculiar };
}

function readPolicy(resource: Resource, spec: Place, environment: Environment): Asked<EgressPolicy> | undefined {
  const mode = spec.at('outboundTrafficPolicy', 'mode');
  if (mode.text !== 'REGISTRY_ONLY' && mode.text !== 'ALLOW_ANY') return undefined;
  const namespace = environment.namespaceOf(resource);
  const labels = spec.at('workloadSelector', 'labels');
  const isForPods = Object.keys(labels.textRecord).length > 0;
  const value: EgressPolicy = {
    name: resource.name,
    namespace: namespace === rootNamespace && !isForPods ? '' : namespace,
    ...(isForPods ? { labels: labels.asked(labels.textRecord) } : {}),
    otherwise: mode.asked(mode.text === 'REGISTRY_ONLY' ? 'deny' : 'allow'),
    networks: [],
  };
  return { value, from: originsOf(mode, labels) };
}

/** The policy of the whole mesh, as a manifest of the installation says it; a fact, and nothing that is converted. */
function installed(environment: Environment): readonly Asked<EgressPolicy>[] {
  return environment.index.all(IstioOperator).flatMap((it): readonly Asked<EgressPolicy>[] => {
    const mode = Place.of(it).at('spec', 'meshConfig', 'outboundTrafficPolicy', 'mode').text;
    if (mode !== 'REGISTRY_ONLY') return [];
    return [
      { value: { name: it.name, namespace: '', otherwise: { value: 'deny', from: [] }, networks: [] }, from: [] },
    ];
  });
}

function lostOf(spec: Place, otherwise: 'allow' | 'deny' | undefined): readonly Peculiar[] {
  const egress = spec.at('egress').items;
  const hosts = egress.map((it) => it.at('hosts'));
  const isNarrow = otherwise === 'deny' && !hosts.some((it) => it.texts.includes('*/*'));
  const lost: readonly Peculiar[] = [
    {
      from: originsOf(...hosts),
      code: 'scope',
      reason: isNarrow
        ? 'It made other hosts of the mesh unreachable too. Elsewhere proxies find every host of the mesh when it is called; keep callers out by access policies.'
        : 'It spares the proxy what it does not need to know; elsewhere proxies find hosts when they are called.',
      risk: isNarrow ? 'behaviour' : 'none',
    },
    {
      from: originsOf(...egress.flatMap((it) => [it.at('port'), it.at('bind'), it.at('captureMode')])),
      code: 'no-equivalent',
      reason: 'On which port and address a proxy listens for its application, other meshes decide themselves.',
      risk: 'behaviour',
    },
    {
      from: originsOf(spec.at('ingress')),
      code: 'no-equivalent',
      reason: 'How a proxy takes connections in and hands them to its application, other meshes decide themselves.',
      risk: 'behaviour',
    },
    {
      from: originsOf(spec.at('outboundTrafficPolicy', 'egressProxy')),
      code: 'no-equivalent',
      reason: 'Unknown hosts are not sent through a proxy of yours; they are called directly, or refused.',
      risk: otherwise === 'deny' ? 'behaviour' : 'security',
    },
  ];
  return lost.filter((it) => it.from.length > 0);
}
