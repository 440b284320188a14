/** What Istio's resources and marks ask of proxies: who gets one, how it is set up, what it logs, which code it runs. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Ir, Origin, Peculiar, ProxyScope, ProxySetting } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { readSettings } from '../../kubernetes/common/convert/read-marks.ts';
import { ProxyConfig, Telemetry } from '../kinds.ts';
import { originsOf, Place } from './place.ts';
import { peculiarMarks, settingReaders } from './proxy-settings.ts';
import { readExtension } from './read-extensions.ts';
import { readInjection } from './read-injection.ts';
import { rootNamespace } from './read-mutual-tls.ts';

type ReadProxies = Pick<Ir, 'injections' | 'proxySettings' | 'telemetry' | 'extensions' | 'peculiar'>;

/** Reads Namespaces, workloads, ProxyConfigs, Telemetries and extensions; other resources ask nothing of proxies. */
export function readProxies(resources: readonly Resource[], environment: Environment): ReadProxies {
  const injections: Ir['injections'][number][] = [];
  const settings: Asked<ProxySetting>[] = [];
  const peculiar: Peculiar[] = [];
  for (const resource of resources) {
    const injection = readInjection(resource, environment);
    const marks = readSettings(resource, environment, settingReaders, peculiarMarks);
    injections.push(...injection.injections);
    settings.push(
      ...marks.settings,
      ...(isOfKind(resource, ProxyConfig) ? readProxyConfig(resource, environment) : []),
    );
    peculiar.push(...injection.peculiar, ...marks.peculiar);
  }
  const extensions = resources.map((it) => readExtension(it, environment));
  return {
    injections,
    proxySettings: settings.sort((a, b) => breadth[a.value.scope.type] - breadth[b.value.scope.type]),
    telemetry: resources.filter((it) => isOfKind(it, Telemetry)).flatMap((it) => readTelemetry(it, environment)),
    extensions: extensions.flatMap((it) => it.extensions),
    peculiar: [...peculiar, ...extensions.flatMap((it) => it.peculiar)],
  };
}

/** What holds for more comes first, whatever stands first in a file; what holds for less has the last word. */
const breadth: Readonly<Record<ProxyScope['type'], number>> = { mesh: 0, namespace: 1, pods: 2, workload: 3 };

/** For which pods a resource holds: those of its selector, its namespace, or all when it stands in the root namespace. */
export function scopeOf(resource: Resource, environment: Environment): { scope: ProxyScope; from: readonly Origin[] } {
  const namespace = environment.namespaceOf(resource);
  const selector = Place.of(resource).at('spec', 'selector');
  const labels = selector.at('matchLabels').textRecord;
  const from = originsOf(selector);
  if (Object.keys(labels).length > 0) return { scope: { type: 'pods', namespace, labels }, from };
  return { scope: namespace === rootNamespace ? { type: 'mesh' } : { type: 'namespace', namespace }, from };
}

/** Of a ProxyConfig only the number of threads means something to other proxies. */
function readProxyConfig(resource: Resource, environment: Environment): readonly Asked<ProxySetting>[] {
  const concurrency = Place.of(resource).at('spec', 'concurrency');
  if (concurrency.number === undefined) return [];
  const { scope, from } = scopeOf(resource, environment);
  const value: ProxySetting = { scope, setting: 'threads', value: String(concurrency.number) };
  return [{ value, from: [concurrency.origin, ...from] }];
}

/** Whether requests are logged; a log for the clients of a gateway or waypoint is another matter. */
function readTelemetry(resource: Resource, environment: Environment): Ir['telemetry'] {
  const spec = Place.of(resource).at('spec');
  const logs = spec.at('accessLogging').items;
  if (logs.length === 0 || spec.at('targetRef').exists || spec.at('targetRefs').exists) return [];
  const { scope, from: scopeFrom } = scopeOf(resource, environment);
  const isOn = logs.some((it) => it.at('disabled').boolean !== true);
  const from = logs.flatMap((it) =>
    it.entries.length === 0 ? [it.origin] : originsOf(it.at('providers'), it.at('disabled')),
  );
  const value = { name: resource.name, scope, scopeFrom, isOn: { value: isOn, from } };
  return [{ value, from: [...from, ...scopeFrom] }];
}
