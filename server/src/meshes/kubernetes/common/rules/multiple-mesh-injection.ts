/** common/multiple-mesh-injection: pods are to get the proxies of two meshes. */

import { mayExclude } from '../../../../model/manifest.ts';
import type { Rule } from '../../../../model/rule.ts';
import type { Path } from '../../../../model/text.ts';
import { textRecordAt } from '../../../../model/value.ts';
import { Namespace, workloadKinds } from '../kinds.ts';

/** Which label or annotation asks which mesh for a proxy, with the values that do. */
const requests: readonly {
  readonly mesh: string;
  readonly map: 'labels' | 'annotations';
  readonly name: string;
  readonly values: RegExp;
}[] = [
  { mesh: 'Istio', map: 'labels', name: 'istio-injection', values: /^enabled$/ },
  { mesh: 'Istio', map: 'labels', name: 'istio.io/rev', values: /./ },
  { mesh: 'Istio', map: 'labels', name: 'istio.io/dataplane-mode', values: /^ambient$/ },
  { mesh: 'Istio', map: 'labels', name: 'sidecar.istio.io/inject', values: /^true$/ },
  { mesh: 'Linkerd', map: 'annotations', name: 'linkerd.io/inject', values: /^(?:enabled|ingress)$/ },
  { mesh: 'Consul', map: 'annotations', name: 'consul.hashicorp.com/connect-inject', values: /^(?:1|t|true)$/i },
];

export const multipleMeshInjection: Rule = {
  id: 'common/multiple-mesh-injection',
  severity: 'warning',
  summary: 'Pods are to get the proxies of two meshes, which then redirect the same connections.',
  kinds: [Namespace, ...workloadKinds.map((it) => it.kind)],
  peers: [],

  *check(resource) {
    const workload = workloadKinds.find((it) => it.kind.name === resource.kind && it.kind.group === resource.group);
    const home: Path = [...(workload?.template ?? []), 'metadata'];
    const found = requests.filter(({ map, name, values }) => {
      const value = textRecordAt(resource.value, [...home, map])[name];
      return value !== undefined && values.test(value);
    });
    const [first] = found;
    const other = found.find((it) => it.mesh !== first?.mesh);
    if (!first || !other) return;
    const [one, two]: readonly [Path, Path] = [
      [...home, first.map, first.name],
      [...home, other.map, other.name],
    ];
    if (mayExclude(resource, one, two)) return;
    yield {
      path: two,
      side: 'key',
      message: `Pods are to get a proxy of ${first.mesh} by "${first.name}" and one of ${other.mesh} by "${other.name}"; both would redirect the same connections.`,
      related: [{ resource, path: one, message: `Asks for the proxy of ${first.mesh}.` }],
      fixes: [other, first].map(({ map, name }) => ({
        title: `Remove "${name}"`,
        edits: () => [{ type: 'delete', resource, path: [...home, map, name] }],
      })),
    };
  },
};
