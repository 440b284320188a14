/** Whether services take plaintext: the modes of ServiceDefaults and ProxyDefaults, and the switch in Mesh. */

import type { MutualTls, Origin, Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, numberAt, textAt, valueAt } from '../../../model/value.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { Mesh, ProxyDefaults, ServiceDefaults } from '../kinds.ts';
import { type Entries, serviceOfEntry } from './read-routes.ts';

/** The modes that the selected entries set, for the mesh and for services. */
export function readMutualTls(entries: Entries): {
  readonly modes: readonly MutualTls[];
  readonly peculiar: readonly Peculiar[];
} {
  const { environment } = entries;
  const modes: MutualTls[] = [];
  const peculiar: Peculiar[] = [];
  const [mesh] = entries.selected(Mesh);
  const switchOrigin: readonly Origin[] =
    mesh && valueAt(mesh.value, permissiveSwitch) !== undefined ? [{ resource: mesh, path: permissiveSwitch }] : [];
  // Without the switch in Mesh, Consul refuses the permissive mode. The source means what it says, and says so there.
  for (const kind of [ProxyDefaults, ServiceDefaults]) {
    for (const resource of entries.selected(kind)) {
      const mode = modeOf(resource);
      const ports = kind === ServiceDefaults ? readExposed(resource) : [];
      if (mode === undefined && ports.length === 0) continue;
      const origin: Origin = { resource, path: ['spec', 'mutualTLSMode'] };
      const from = mode === 'permissive' ? [origin, ...switchOrigin] : [origin];
      const asked = { value: mode ?? 'unset', from: mode === undefined ? [] : from } as const;
      if (kind === ProxyDefaults) {
        modes.push({ name: 'default', scope: { type: 'mesh' }, mode: asked, ports: [] });
        continue;
      }
      const service = serviceOfEntry(environment, resource);
      const labels = serviceFacts(environment, service.namespace, service.name)?.selector ?? {};
      if (Object.keys(labels).length === 0)
        peculiar.push({
          from: [origin, ...ports.flatMap((it) => it.from)],
          code: 'scope',
          reason: `The pods of "${resource.name}" are not known: add its Service with a selector to the workspace.`,
          risk: mode === 'strict' ? 'security' : 'availability',
        });
      else
        modes.push({
          name: resource.name,
          scope: { type: 'workload', namespace: service.namespace, labels, service },
          mode: asked,
          ports,
        });
    }
  }
  if (!modes.some((it) => it.mode.value === 'permissive') && switchOrigin.length > 0)
    peculiar.push({
      from: switchOrigin,
      code: 'no-equivalent',
      reason: 'It only allows the permissive mode, for which other meshes need no permission.',
      risk: 'none',
    });
  return { modes, peculiar };
}

const permissiveSwitch: Path = ['spec', 'allowEnablingPermissiveMutualTLS'];

/**
 * Paths that anybody may call in plaintext, by a port of the proxy. Other meshes can open the port of the application that
 * is behind it, and that as a whole.
 */
function readExposed(resource: Resource): MutualTls['ports'] {
  return listAt(resource.value, ['spec', 'expose', 'paths']).flatMap((it, at) => {
    const [port, listener] = [numberAt(it, ['localPathPort']), numberAt(it, ['listenerPort'])];
    const path = textAt(it, ['path']);
    if (port === undefined || path === undefined) return [];
    const reason = `Port ${port} takes plaintext as a whole, not for "${path}" alone; whoever called port ${listener ?? port} has to call it.`;
    const beyond = { code: 'expose-path', reason, risk: 'security' } as const;
    return [
      { value: { port, mode: 'permissive', beyond }, from: [{ resource, path: ['spec', 'expose', 'paths', at] }] },
    ];
  });
}

/** The mode of a ProxyDefaults or ServiceDefaults; undefined when it names none. */
export function modeOf(resource: Resource): MutualTls['mode']['value'] | undefined {
  const mode = textAt(resource.value, ['spec', 'mutualTLSMode']);
  if (mode === undefined) return undefined;
  return mode === 'strict' || mode === 'permissive' ? mode : 'unset';
}
