/** PeerAuthentications: whether workloads take plaintext. */

import type { Environment } from '../../../model/environment.ts';
import type { MutualTls, Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { originsOf, Place } from './place.ts';

export type TlsMode = MutualTls['mode']['value'];

/** Namespace of policies that hold for the whole mesh, unless an installation says otherwise. */
export const rootNamespace = 'istio-system';

interface ReadMutualTls {
  readonly mutualTls: readonly MutualTls[];
  readonly peculiar: readonly Peculiar[];
}

/** What a PeerAuthentication asks for, and which of its parts Istio itself passes over. */
export function readPeerAuthentication(resource: Resource, environment: Environment): ReadMutualTls {
  const namespace = environment.namespaceOf(resource);
  const spec = Place.of(resource).at('spec');
  const [selector, mtls, ports] = [spec.at('selector'), spec.at('mtls'), spec.at('portLevelMtls')];
  const labels = selector.at('matchLabels').textRecord;
  const isWorkload = Object.keys(labels).length > 0;
  if (isWorkload && namespace === rootNamespace)
    return {
      mutualTls: [],
      peculiar: unused(spec, 'Istio passes over a policy of the root namespace that has a selector.'),
    };
  // A policy that says nothing is one empty leaf.
  const whole = spec.entries.length === 0 ? originsOf(spec) : [];
  const policy: MutualTls = {
    name: resource.name,
    scope: isWorkload
      ? { type: 'workload', namespace, labels }
      : namespace === rootNamespace
        ? { type: 'mesh' }
        : { type: 'namespace', namespace },
    mode: { value: modeOf(mtls), from: [...originsOf(mtls, selector), ...whole] },
    ports: ports.entries.flatMap(([port, it]) =>
      isWorkload && /^\d+$/.test(port) ? [it.asked({ port: Number(port), mode: modeOf(it) })] : [],
    ),
  };
  const withoutPods =
    'Istio takes modes of ports only together with the labels of some workloads, and passes these over.';
  return { mutualTls: [policy], peculiar: isWorkload || !ports.exists ? [] : unused(ports, withoutPods) };
}

function unused(place: Place, reason: string): Peculiar[] {
  return [{ from: [place.origin], code: 'unused-in-source', reason, risk: 'none' }];
}

function modeOf(block: Place): TlsMode {
  switch (block.at('mode').text) {
    case 'STRICT':
      return 'strict';
    case 'PERMISSIVE':
      return 'permissive';
    case 'DISABLE':
      return 'disable';
    default:
      return 'unset';
  }
}
