/** What Linkerd's annotations ask of proxies: who gets one, how it is set up, what it logs. */

import type { Environment } from '../../../model/environment.ts';
import type { Ir } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { readMarks, readSettings } from '../../kubernetes/common/convert/read-marks.ts';
import { peculiarMarks, settingReaders } from './proxy-settings.ts';
import { readInjection } from './read-injection.ts';
import { accessLog } from './telemetry.ts';

type ReadProxies = Pick<Ir, 'injections' | 'proxySettings' | 'telemetry' | 'peculiar'>;

/** Reads Namespaces and workloads; other resources ask nothing of proxies. */
export function readProxies(resources: readonly Resource[], environment: Environment): ReadProxies {
  const settings = resources.map((it) => readSettings(it, environment, settingReaders, peculiarMarks));
  return {
    injections: resources.flatMap((it) => readInjection(it, environment)),
    proxySettings: settings.flatMap((it) => it.settings),
    telemetry: resources.flatMap((it) => readTelemetry(it, environment)),
    peculiar: settings.flatMap((it) => it.peculiar),
  };
}

function readTelemetry(resource: Resource, environment: Environment): Ir['telemetry'] {
  const read = readMarks(resource, environment);
  const mark = read?.marks.find((it) => it.key === accessLog && it.part === 'annotations');
  if (!read || !mark) return [];
  const isOn = { value: /^(?:apache|json)$/.test(mark.value), from: mark.from };
  const name = read.scope.type === 'workload' ? resource.name : 'access-log';
  return [{ value: { name, scope: read.scope, scopeFrom: [], isOn }, from: mark.from }];
}
