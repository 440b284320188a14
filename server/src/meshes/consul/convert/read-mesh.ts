/** What Mesh and ProxyDefaults say beside modes, logs and extensions: what of it another mesh misses, and what not. */

import type { Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { expand, recordAt } from '../../../model/value.ts';
import { Mesh, ProxyDefaults } from '../kinds.ts';
import type { Entries } from './read-routes.ts';

type Reason = Pick<Peculiar, 'code' | 'reason' | 'risk'>;

/** Leaves of the selected entries whose values say how much is lost with them. */
export function readLeftovers(entries: Entries): readonly Peculiar[] {
  const ofMesh = entries
    .selected(Mesh)
    .flatMap((resource) =>
      meshRows.flatMap(([pattern, reasonOf]) =>
        [...expand(resource.value, pattern)].map(({ path, value }) => peculiar(resource, path, reasonOf(value))),
      ),
    );
  return [...ofMesh, ...entries.selected(ProxyDefaults).flatMap(readConfig)];
}

function peculiar(resource: Resource, path: Path, reason: Reason): Peculiar {
  return { from: [{ resource, path }], ...reason };
}

const oldEnough: Reason = {
  code: 'install-setting',
  reason: 'Proxies of other meshes take TLS 1.2 at the least by themselves.',
  risk: 'none',
};
const tooOld: Reason = {
  code: 'install-setting',
  reason:
    'That TLS 1.3 is asked for is a setting of the installation of other meshes, where it is not what they do anyway.',
  risk: 'security',
};
const cleaned: Reason = {
  code: 'install-setting',
  reason: 'How headers and paths are cleaned before policies see them is a setting of the installation elsewhere.',
  risk: 'security',
};
const asByDefault: Reason = {
  code: 'install-setting',
  reason: 'It is what Consul does by itself, and a setting of the installation elsewhere.',
  risk: 'none',
};

const meshRows: readonly (readonly [string, (value: unknown) => Reason])[] = [
  ['spec.tls.*.tlsMinVersion', (value) => (value === 'TLSv1_3' ? tooOld : oldEnough)],
  [
    'spec.tls.*.tlsMaxVersion',
    () => ({ code: 'install-setting', reason: 'Newer versions of TLS are taken as well.', risk: 'none' }),
  ],
  [
    'spec.validateClusters',
    () => ({ code: 'consul-proxy-mode', reason: 'Envoy checks there what the control plane sends it.', risk: 'none' }),
  ],
  ['spec.http.sanitizeXForwardedClientCert', (value) => (value === false ? asByDefault : cleaned)],
  ['spec.http.incoming.requestNormalization.*', (value) => (isDefault(value) ? asByDefault : cleaned)],
];

function isDefault(value: unknown): boolean {
  return value === false || value === 'IMPLEMENTATION_SPECIFIC_DEFAULT' || value === 'ALLOW' || value === '';
}

/** Keys of `config`, in the words of what they set up. */
const configRows: readonly (readonly [RegExp, Reason])[] = [
  [
    /^(?:envoy_prometheus_|envoy_stats_|envoy_statsd_|envoy_dogstatsd_|envoy_telemetry_)/,
    { code: 'metrics-only', reason: 'Other meshes have metrics of their own, with other names.', risk: 'none' },
  ],
  [
    /^envoy_tracing_json$/,
    {
      code: 'install-setting',
      reason: 'Where traces go and how many are taken is part of the installation of other meshes.',
      risk: 'none',
    },
  ],
  [
    /^(?:local_connect_timeout_ms|local_request_timeout_ms|local_idle_timeout_ms|connect_timeout_ms|max_inbound_connections|balance_)/,
    {
      code: 'no-equivalent',
      reason: 'Other meshes have no such time or limit for all services: set it with the ones that need it.',
      risk: 'availability',
    },
  ],
];

function readConfig(resource: Resource): readonly Peculiar[] {
  const path = ['spec', 'config'];
  return Object.keys(recordAt(resource.value, path)).flatMap((key) => {
    const row = configRows.find(([keys]) => keys.test(key));
    return row ? [peculiar(resource, [...path, key], row[1])] : [];
  });
}
