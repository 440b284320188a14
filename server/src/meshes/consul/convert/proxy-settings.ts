/**
 * Consul's annotations that set up a proxy, both ways; pods alone carry them. Source: consul-k8s
 * control-plane/connect-inject/constants.
 */

import type { ProxySettingName } from '../../../model/ir.ts';
import {
  plain,
  restForm,
  type SettingForms,
  type WrittenSetting,
} from '../../kubernetes/common/convert/proxy-settings.ts';
import {
  flag,
  itemsOf,
  list,
  type PeculiarMark,
  same,
  type SettingReader,
} from '../../kubernetes/common/convert/read-marks.ts';

const consul = (key: string) => `consul.hashicorp.com/${key}`;
const envoyArguments = consul('envoy-extra-args');
const lifecycle = consul('enable-sidecar-proxy-lifecycle');
const gracePeriod = consul('sidecar-proxy-lifecycle-shutdown-grace-period-seconds');
const startupPeriod = consul('sidecar-proxy-lifecycle-startup-grace-period-seconds');
const excludedInbound = consul('transparent-proxy-exclude-inbound-ports');
const excludedOutbound = consul('transparent-proxy-exclude-outbound-ports');
const excludedNetworks = consul('transparent-proxy-exclude-outbound-cidrs');

export const settingReaders: Readonly<Record<string, SettingReader>> = {
  [consul('sidecar-proxy-cpu-request')]: same('cpu-request'),
  [consul('sidecar-proxy-cpu-limit')]: same('cpu-limit'),
  [consul('sidecar-proxy-memory-request')]: same('memory-request'),
  [consul('sidecar-proxy-memory-limit')]: same('memory-limit'),
  [consul('consul-envoy-proxy-concurrency')]: (value) => (/^\d+$/.test(value) ? [['threads', value]] : []),
  [envoyArguments]: readArguments,
  [consul('enable-consul-dataplane-as-sidecar')]: flag('native-sidecar'),
  [consul('transparent-proxy-overwrite-probes')]: flag('rewrite-probes'),
  [startupPeriod]: (value) => (/^\d+$/.test(value) ? [['start-first', String(Number(value) > 0)]] : []),
  [gracePeriod]: (value) => (/^\d+$/.test(value) ? [['drain-time', String(Number(value) * 1000)]] : []),
  [excludedInbound]: list('skip-inbound-ports'),
  [excludedOutbound]: list('skip-outbound-ports'),
  [excludedNetworks]: list('skip-outbound-networks'),
};

const argumentsOf: Readonly<Record<string, ProxySettingName>> = {
  '--log-level': 'log-level',
  '-l': 'log-level',
  '--component-log-level': 'log-level-of-parts',
};

/** Levels out of the command line of Envoy; other options are a rest that no other mesh takes. */
function readArguments(text: string): ReturnType<SettingReader> {
  const found: (readonly [ProxySettingName, string])[] = [];
  const rest: string[] = [];
  const words = text.split(/[\s=]+/).filter((it) => it !== '');
  for (let at = 0; at < words.length; at += 1) {
    const [word = '', next] = [words[at], words[at + 1]];
    const setting = argumentsOf[word];
    if (setting && next !== undefined) {
      found.push([setting, next === 'warn' ? 'warning' : next]);
      at += 1;
    } else if (word.startsWith('-')) rest.push(`"${word}"`);
  }
  if (found.length > 0 && rest.length > 0) found.push(['rest', rest.join(', ')]);
  return found;
}

/** One more option on the command line of Envoy, in place of one of the same name. */
function withArgument(known: string | undefined, option: string, value: string): string {
  const others = (known ?? '').replace(new RegExp(`(?:^|\\s)${option}[\\s=]+\\S+`), '').trim();
  return `${others} ${option} ${value}`.trim();
}

const level = (option: string) => (value: string, known: (key: string) => string | undefined) =>
  ({ annotations: { [envoyArguments]: withArgument(known(envoyArguments), option, value) } }) satisfies WrittenSetting;

export const settingForms: SettingForms = {
  'cpu-request': plain(consul('sidecar-proxy-cpu-request')),
  'cpu-limit': plain(consul('sidecar-proxy-cpu-limit')),
  'memory-request': plain(consul('sidecar-proxy-memory-request')),
  'memory-limit': plain(consul('sidecar-proxy-memory-limit')),
  threads: plain(consul('consul-envoy-proxy-concurrency')),
  'log-level': (value, known) => ({
    ...level('--log-level')(value, known),
    changed: {
      code: 'log-level',
      reason: 'It is the level of Envoy alone: the agent beside it goes by the installation.',
      risk: 'none',
    },
  }),
  'log-level-of-parts': level('--component-log-level'),
  'native-sidecar': plain(consul('enable-consul-dataplane-as-sidecar')),
  'rewrite-probes': plain(consul('transparent-proxy-overwrite-probes')),
  'start-first': (value) => ({
    annotations: { [lifecycle]: 'true', [startupPeriod]: value === 'true' ? '60' : '0' },
    changed: {
      code: 'proxy-only',
      reason:
        value === 'true'
          ? 'Consul holds the application back for a time at most, here a minute, and then starts it all the same.'
          : 'In Consul the manager of the proxy’s life has to be on for it.',
      risk: 'none',
    },
  }),
  'drain-time': (value) => ({
    annotations: { [lifecycle]: 'true', [gracePeriod]: String(Math.ceil(Number(value) / 1000)) },
    changed: {
      code: 'proxy-only',
      reason: 'In Consul the proxy serves for the whole of this time once the pod is to end; it counts in seconds.',
      risk: 'none',
    },
  }),
  'skip-inbound-ports': (value, known) => withItems(excludedInbound, value, known),
  'skip-outbound-ports': (value, known) => withItems(excludedOutbound, value, known),
  'skip-outbound-networks': (value, known) => withItems(excludedNetworks, value, known),
  'skip-networks': (value, known) => ({
    ...withItems(excludedNetworks, value, known),
    changed: {
      code: 'no-mesh-proxy',
      reason: 'Calls to these addresses go around the proxy; calls from them reach it, and have to keep to its rules.',
      risk: 'availability',
    },
  }),
  rest: restForm,
};

function withItems(key: string, value: string, known: (key: string) => string | undefined) {
  const items = [...new Set([...itemsOf(known(key) ?? ''), ...itemsOf(value)])];
  return { annotations: { [key]: items.join(',') } };
}

/** Marks of pods that no other mesh has; the first that fits counts. */
export const peculiarMarks: readonly PeculiarMark[] = [
  {
    keys: /\/(?:enable-sidecar-proxy-lifecycle|sidecar-proxy-lifecycle-|use-proxy-health-check|sidecar-probe-|sidecar-initial-|sidecar-proxy-(?:startup|liveness)-)/,
    code: 'proxy-only',
    reason: 'How Consul’s proxy is probed and ended is its own affair; others do it in their own way.',
    risk: 'none',
  },
  {
    keys: /\/connect-service-upstreams$/,
    code: 'proxy-only',
    reason:
      'The application calls such a service at a port of localhost. Other meshes have no such port: let it call the name of the service.',
    risk: 'availability',
  },
  {
    keys: /\/(?:connect-service|connect-service-port|connect-service-default-port|kubernetes-service|service-meta-.*|service-tags|consul-namespace)$/,
    code: 'consul-proxy-mode',
    reason:
      'It says under which name, port and tags Consul registers the pods; other meshes know them by Services and labels.',
    risk: 'none',
  },
  {
    keys: /\/proxy-config-map$/,
    code: 'escape-hatch',
    reason: 'It is raw configuration for Envoy as Consul sets it up, and fits no other mesh.',
    risk: 'behaviour',
  },
  {
    keys: /\/transparent-proxy-exclude-uids$/,
    code: 'proxy-only',
    reason: 'No other mesh lets the calls of some users of the system around the proxy.',
    risk: 'behaviour',
  },
  {
    keys: /\/transparent-proxy$/,
    code: 'consul-proxy-mode',
    reason: 'Other meshes always lead the traffic of pods with a proxy through it.',
    risk: 'behaviour',
  },
  {
    keys: /metrics|prometheus-|consul-sidecar-access-log|telemetry/,
    code: 'metrics-only',
    reason: 'It only shapes the metrics and logs of Consul’s proxies, which are others elsewhere.',
    risk: 'none',
  },
  {
    keys: /^consul\.hashicorp\.com\/(?:connect-inject-|connect-k8s-version|consul-k8s-version|original-pod|gateway-|transparent-proxy-status|redirect-traffic-config)/,
    code: 'unused-in-source',
    reason: 'Consul writes it itself, or reads it only with the proxy that it adds.',
    risk: 'none',
  },
];
