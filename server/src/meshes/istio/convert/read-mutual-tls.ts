/** PeerAuthentications: whether workloads take plaintext. */

import type { Environment } from '../../../model/environment.ts';
import type { MutualTls } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { originsOf, Place } from './place.ts';

export type TlsMode = MutualTls['mode']['value'];

/** Namespace of policies that hold for the whole mesh, unless an installation says otherwise. */
export const rootNamespace = 'istio-system';

export function readPeerAuthentication(resource: Resource, environment: Environment): MutualTls {
  const namespace = environment.namespaceOf(resource);
  const spec = Place.of(resource).at('spec');
  const [selector, mtls, ports] = [spec.at('selector'), spec.at('mtls'), spec.at('portLevelMtls')];
  const labels = selector.at('matchLabels').textRecord;
  const isWorkload = Object.keys(labels).length > 0;
  // A policy that says nothing is one empty leaf.
  const whole = spec.entries.length === 0 ? originsOf(spec) : [];
  return {
    name: resource.name,
    scope: isWorkload
      ? { type: 'workload', namespace, labels }
      : namespace === rootNamespace
        ? { type: 'mesh' }
        : { type: 'namespace', namespace },
    mode: { value: modeOf(mtls), from: [...originsOf(mtls, selector), ...whole] },
    ports: ports.entries.flatMap(([port, it]) =>
      /^\d+$/.test(port) ? [it.asked({ port: Number(port), mode: modeOf(it) })] : [],
    ),
  };
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
