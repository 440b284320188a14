/** common/multiple-mesh-injection: pods are to get the proxies of two meshes. */

import { mayExclude } from '../../../../model/manifest.ts';
import { meshNames } from '../../../../model/mesh-id.ts';
import type { Rule } from '../../../../model/rule.ts';
import type { Path } from '../../../../model/text.ts';
import { textRecordAt } from '../../../../model/value.ts';
import { injectionKeys } from '../injection.ts';
import { Namespace, workloadKinds } from '../kinds.ts';

export const multipleMeshInjection: Rule = {
  id: 'common/multiple-mesh-injection',
  severity: 'warning',
  summary: 'Pods are to get the proxies of two meshes, which then redirect the same connections.',
  kinds: [Namespace, ...workloadKinds.map((it) => it.kind)],
  peers: [],

  *check(resource) {
    const workload = workloadKinds.find((it) => it.kind.name === resource.kind && it.kind.group === resource.group);
    const home: Path = [...(workload?.template ?? []), 'metadata'];
    const found = injectionKeys.filter(({ map, name, values }) => {
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
      message: `Pods are to get a proxy of ${meshNames[first.mesh]} by "${first.name}" and one of ${meshNames[other.mesh]} by "${other.name}"; both would redirect the same connections.`,
      related: [{ resource, path: one, message: `Asks for the proxy of ${meshNames[first.mesh]}.` }],
      fixes: [other, first].map(({ map, name }) => ({
        title: `Remove "${name}"`,
        edits: () => [{ type: 'delete', resource, path: [...home, map, name] }],
      })),
    };
  },
};
