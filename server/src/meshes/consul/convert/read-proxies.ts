/** What Consul's annotations and entries ask of proxies: who gets one, how it is set up, what it logs, which code it runs. */

import type { Environment } from '../../../model/environment.ts';
import type { Ir, Peculiar } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { valueAt } from '../../../model/value.ts';
import { readSettings } from '../../kubernetes/common/convert/read-marks.ts';
import { ProxyDefaults } from '../kinds.ts';
import { peculiarMarks, settingReaders } from './proxy-settings.ts';
import { readExtensions } from './read-extensions.ts';
import { readInjection } from './read-injection.ts';

type ReadProxies = Pick<Ir, 'injections' | 'proxySettings' | 'telemetry' | 'extensions' | 'peculiar'>;

/** Reads workloads, ProxyDefaults and ServiceDefaults; other resources ask nothing of proxies. */
export function readProxies(resources: readonly Resource[], environment: Environment): ReadProxies {
  const settings = resources.map((it) => readSettings(it, environment, settingReaders, peculiarMarks));
  const extensions = resources.map((it) => readExtensions(it, environment));
  return {
    injections: resources.flatMap((it) => readInjection(it, environment)),
    proxySettings: settings.flatMap((it) => it.settings),
    telemetry: resources.filter((it) => isOfKind(it, ProxyDefaults)).flatMap(readTelemetry),
    extensions: extensions.flatMap((it) => it.extensions),
    peculiar: [
      ...settings.flatMap((it) => it.peculiar),
      ...extensions.flatMap((it) => it.peculiar),
      ...resources.filter((it) => isOfKind(it, ProxyDefaults)).flatMap(logsInFiles),
    ],
  };
}

/** Whether all proxies log; where to and in which form is told with the installation of other meshes. */
function readTelemetry(resource: Resource): Ir['telemetry'] {
  const enabled = valueAt(resource.value, ['spec', 'accessLogs', 'enabled']);
  if (typeof enabled !== 'boolean') return [];
  const type = valueAt(resource.value, ['spec', 'accessLogs', 'type']);
  const keys = type === undefined || type === 'stdout' || type === 'stderr' ? ['enabled', 'type'] : ['enabled'];
  const from = keys
    .map((key) => ({ resource, path: ['spec', 'accessLogs', key] }))
    .filter(({ path }) => valueAt(resource.value, path) !== undefined);
  const value = {
    name: 'mesh-access-logs',
    scope: { type: 'mesh' },
    scopeFrom: [],
    isOn: { value: enabled, from },
  } as const;
  return [{ value, from }];
}

/** Logs in a file go where the proxies of other meshes write theirs. */
function logsInFiles(resource: Resource): readonly Peculiar[] {
  const path = ['spec', 'accessLogs', 'type'];
  if (valueAt(resource.value, path) !== 'file') return [];
  const reason = 'Other meshes write logs to the output of the proxy, from which the cluster collects them.';
  return [{ from: [{ resource, path }], code: 'access-log', reason, risk: 'none' }];
}
