/**
 * Linkerd's annotations that set up a proxy, both ways; pods and Namespaces carry them. Source: linkerd.io, proxy
 * configuration; linkerd2 pkg/inject.
 */

import { plain, restForm, type SettingForms, without } from '../../kubernetes/common/convert/proxy-settings.ts';
import {
  flag,
  itemsOf,
  list,
  type PeculiarMark,
  same,
  type SettingReader,
} from '../../kubernetes/common/convert/read-marks.ts';
import { readDuration } from '../../kubernetes/gateway/convert/routes.ts';

const config = (key: string) => `config.linkerd.io/${key}`;
const logLevel = config('proxy-log-level');
const cpuLimit = config('proxy-cpu-limit');

/** How many ports a range may stand for before nobody would write them one by one. */
const mostPorts = 100;

export const settingReaders: Readonly<Record<string, SettingReader>> = {
  [config('proxy-cpu-request')]: same('cpu-request'),
  [cpuLimit]: same('cpu-limit'),
  [config('proxy-memory-request')]: same('memory-request'),
  [config('proxy-memory-limit')]: same('memory-limit'),
  [logLevel]: readLogLevel,
  [config('proxy-enable-native-sidecar')]: flag('native-sidecar'),
  'config.beta.linkerd.io/proxy-enable-native-sidecar': flag('native-sidecar'),
  'config.alpha.linkerd.io/proxy-enable-native-sidecar': flag('native-sidecar'),
  [config('proxy-await')]: (value) => [['start-first', String(value === 'enabled')]],
  [config('shutdown-grace-period')]: (value) => {
    const time = readDuration(value);
    return time === undefined ? [] : [['drain-time', String(time)]];
  },
  [config('skip-inbound-ports')]: ports('skip-inbound-ports'),
  [config('skip-outbound-ports')]: ports('skip-outbound-ports'),
  [config('skip-subnets')]: list('skip-networks'),
};

/** Ports one by one, since other meshes have no ranges; none where a range is too long to be written out. */
export function portsIn(text: string): readonly number[] {
  const found = itemsOf(text).flatMap((it) => {
    const [from, to = from] = it.split('-').map(Number);
    if (from === undefined || to === undefined || !Number.isInteger(from) || to < from) return [];
    return to - from >= mostPorts ? [Number.NaN] : Array.from({ length: to - from + 1 }, (_, at) => from + at);
  });
  return found.some(Number.isNaN) ? [] : found;
}

function ports(setting: 'skip-inbound-ports' | 'skip-outbound-ports'): SettingReader {
  return (value) => {
    const found = portsIn(value);
    return found.length === 0 ? [] : [[setting, found.join(',')]];
  };
}

const levels: Readonly<Record<string, string>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
  off: 'off',
};

/** The level of Linkerd's own code, else that of everything. */
function readLogLevel(value: string): ReturnType<SettingReader> {
  const items = itemsOf(value);
  const own = items.map((it) => /^linkerd(?:2_proxy)?=(\w+)$/.exec(it)?.[1]).find((it) => it !== undefined);
  const level = levels[(own ?? items.find((it) => /^\w+$/.test(it)) ?? '').toLowerCase()];
  return level === undefined ? [] : [['log-level', level]];
}

/** Levels of Envoy in the words of Linkerd's proxy; its libraries say little even where it tells all itself. */
const ownLevels: Readonly<Record<string, string>> = {
  trace: 'warn,linkerd=trace',
  debug: 'warn,linkerd=debug',
  info: 'warn,linkerd=info',
  warning: 'warn,linkerd=warn',
  warn: 'warn,linkerd=warn',
  error: 'error,linkerd=error',
  critical: 'error,linkerd=error',
  off: 'off',
};

export const settingForms: SettingForms = {
  'cpu-request': plain(config('proxy-cpu-request')),
  'cpu-limit': plain(cpuLimit),
  'memory-request': plain(config('proxy-memory-request')),
  'memory-limit': plain(config('proxy-memory-limit')),
  threads: (value, known) => {
    const limit = known(cpuLimit);
    const reason =
      limit === undefined
        ? 'Linkerd runs as many threads as the CPU limit has cores; with it the kernel keeps to the limit, too.'
        : `Linkerd runs as many threads as the CPU limit has cores, and that is set to ${limit}.`;
    if (value === '0')
      return {
        lost: {
          code: 'proxy-only',
          reason: 'Linkerd has no way to say: as many threads as there are cores.',
          risk: 'behaviour',
        },
      };
    return {
      annotations: { [cpuLimit]: limit ?? value },
      changed: { code: 'proxy-only', reason, risk: 'behaviour' },
    };
  },
  'log-level': (value) => {
    const text = ownLevels[value];
    const reason = 'The proxies have other parts and other messages at each level.';
    return text === undefined
      ? { lost: { code: 'log-level', reason: `"${value}" is no level that Linkerd knows.`, risk: 'none' } }
      : { annotations: { [logLevel]: text }, changed: { code: 'log-level', reason, risk: 'none' } };
  },
  'log-level-of-parts': without('log-level', 'It names parts of Envoy, which Linkerd’s proxy does not have.', 'none'),
  'native-sidecar': plain(config('proxy-enable-native-sidecar')),
  'rewrite-probes': (value) =>
    value === 'true'
      ? { annotations: {}, reason: 'Linkerd lets the probes of the kubelet through without being told.' }
      : {
          lost: {
            code: 'no-equivalent',
            reason: 'Linkerd always lets the probes of the kubelet through.',
            risk: 'none',
          },
        },
  'start-first': (value) => ({ annotations: { [config('proxy-await')]: value === 'true' ? 'enabled' : 'disabled' } }),
  'drain-time': (value) => ({
    annotations: { [config('shutdown-grace-period')]: written(Number(value)) },
    changed: {
      code: 'proxy-only',
      reason: 'Linkerd ends sooner, once no connection is open; this is the most that it waits.',
      risk: 'none',
    },
  }),
  'skip-inbound-ports': (value, known) => withItems(config('skip-inbound-ports'), value, known),
  'skip-outbound-ports': (value, known) => withItems(config('skip-outbound-ports'), value, known),
  'skip-outbound-networks': without(
    'no-mesh-proxy',
    'Linkerd takes networks out of the proxy in both directions: callers from them would get past its rules, so it is not written.',
    'availability',
  ),
  'skip-networks': (value, known) => withItems(config('skip-subnets'), value, known),
  rest: restForm,
};

function withItems(key: string, value: string, known: (key: string) => string | undefined) {
  const items = [...new Set([...itemsOf(known(key) ?? ''), ...itemsOf(value)])];
  return { annotations: { [key]: items.join(',') } };
}

/** Annotations take one integer and one unit. */
function written(time: number): string {
  return time % 1000 === 0 ? `${time / 1000}s` : `${time}ms`;
}

/** Marks of pods and Namespaces that no other mesh has; the first that fits counts. */
export const peculiarMarks: readonly PeculiarMark[] = [
  {
    keys: /^config\.(?:alpha\.|beta\.)?linkerd\.io\/(?:skip-|proxy-log-level|shutdown-grace-period|proxy-await)/,
    code: 'proxy-only',
    reason: 'No other proxy can be told so: the value is one that only Linkerd understands.',
    risk: 'behaviour',
  },
  {
    keys: /^config\.linkerd\.io\/(?:proxy-image|proxy-version|image-pull-policy|debug-image.*|proxy-additional-env|enable-debug-sidecar)$/,
    code: 'proxy-only',
    reason: 'It is about the image of Linkerd’s proxy; another mesh brings its own.',
    risk: 'none',
  },
  {
    keys: /^config\.linkerd\.io\/(?:admin-port|control-port|inbound-port|outbound-port|proxy-uid|proxy-gid|pod-inbound-ports)$/,
    code: 'proxy-only',
    reason: 'It is how the proxy of Linkerd itself runs; another has ports and users of its own.',
    risk: 'none',
  },
  {
    keys: /^config\.linkerd\.io\/(?:proxy-metrics-hostname-labels|proxy-log-format|proxy-log-http-headers|trace-collector)$|trace-collector/,
    code: 'metrics-only',
    reason: 'It only shapes what the proxy of Linkerd tells in logs, metrics and traces.',
    risk: 'none',
  },
];
