/**
 * Istio's annotations that set up a proxy, both ways. Sources: istio.io resource annotations; istio/api
 * mesh/v1alpha1/proxy.proto for `proxy.istio.io/config`.
 */

import { Part } from '../../../model/part.ts';
import { isRecord } from '../../../model/value.ts';
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
import { readDuration, writeDuration } from './durations.ts';

const config = 'proxy.istio.io/config';

export const settingReaders: Readonly<Record<string, SettingReader>> = {
  'sidecar.istio.io/proxyCPU': same('cpu-request'),
  'sidecar.istio.io/proxyCPULimit': same('cpu-limit'),
  'sidecar.istio.io/proxyMemory': same('memory-request'),
  'sidecar.istio.io/proxyMemoryLimit': same('memory-limit'),
  'sidecar.istio.io/logLevel': (value) => [['log-level', value.toLowerCase()]],
  'sidecar.istio.io/componentLogLevel': same('log-level-of-parts'),
  'sidecar.istio.io/nativeSidecar': flag('native-sidecar'),
  'sidecar.istio.io/rewriteAppHTTPProbers': flag('rewrite-probes'),
  'traffic.sidecar.istio.io/excludeInboundPorts': list('skip-inbound-ports'),
  'traffic.sidecar.istio.io/excludeOutboundPorts': list('skip-outbound-ports'),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': list('skip-outbound-networks'),
  [config]: readConfig,
};

/** The parts of a ProxyConfig in YAML; those that no other mesh knows come as one rest beside the others. */
function readConfig(text: string): ReturnType<SettingReader> {
  const { value } = new Part(text);
  if (!isRecord(value)) return [];
  const { concurrency, holdApplicationUntilProxyStarts: holds, terminationDrainDuration: drain, ...rest } = value;
  const drainTime = typeof drain === 'string' ? readDuration(drain) : undefined;
  const known: (readonly [Parameters<typeof same>[0], string])[] = [];
  if (typeof concurrency === 'number') known.push(['threads', String(concurrency)]);
  if (typeof holds === 'boolean') known.push(['start-first', String(holds)]);
  if (drainTime !== undefined) known.push(['drain-time', String(drainTime)]);
  const names = Object.keys(rest).map((it) => `"${it}"`);
  if (known.length > 0 && names.length > 0) known.push(['rest', names.join(', ')]);
  return known;
}

/** One more field in the YAML of `proxy.istio.io/config`; undefined when what is there is no block of plain lines. */
function withField(known: string | undefined, field: string, value: string): WrittenSetting {
  const lines = (known ?? '').split('\n').filter((it) => it.trim() !== '' && !it.startsWith(`${field}:`));
  if (lines.some((it) => /^\s*\{/.test(it)))
    return {
      lost: {
        code: 'proxy-only',
        reason: `"${config}" is there already, in one line; add ${field}: ${value} by hand.`,
        risk: 'behaviour',
      },
    };
  return { annotations: { [config]: [...lines, `${field}: ${value}`].map((it) => `${it}\n`).join('') } };
}

export const settingForms: SettingForms = {
  'cpu-request': plain('sidecar.istio.io/proxyCPU'),
  'cpu-limit': plain('sidecar.istio.io/proxyCPULimit'),
  'memory-request': plain('sidecar.istio.io/proxyMemory'),
  'memory-limit': plain('sidecar.istio.io/proxyMemoryLimit'),
  threads: (value, known) => withField(known(config), 'concurrency', value),
  'log-level': plain('sidecar.istio.io/logLevel'),
  'log-level-of-parts': plain('sidecar.istio.io/componentLogLevel'),
  'native-sidecar': plain('sidecar.istio.io/nativeSidecar'),
  'rewrite-probes': plain('sidecar.istio.io/rewriteAppHTTPProbers'),
  'start-first': (value, known) => withField(known(config), 'holdApplicationUntilProxyStarts', value),
  'drain-time': (value, known) => withField(known(config), 'terminationDrainDuration', writeDuration(Number(value))),
  'skip-inbound-ports': (value, known) => withItems('traffic.sidecar.istio.io/excludeInboundPorts', value, known),
  'skip-outbound-ports': (value, known) => withItems('traffic.sidecar.istio.io/excludeOutboundPorts', value, known),
  'skip-outbound-networks': (value, known) =>
    withItems('traffic.sidecar.istio.io/excludeOutboundIPRanges', value, known),
  'skip-networks': (value, known) => ({
    ...withItems('traffic.sidecar.istio.io/excludeOutboundIPRanges', value, known),
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

/** Marks of pods and Namespaces that no other mesh has; the first that fits counts. */
export const peculiarMarks: readonly PeculiarMark[] = [
  {
    keys: /^traffic\.sidecar\.istio\.io\/include/,
    code: 'no-include-list',
    reason:
      'Other meshes lead everything through the proxy but for what is taken out; they have no list of what goes in.',
    risk: 'behaviour',
  },
  {
    keys: /^traffic\.sidecar\.istio\.io\/|^istio\.io\/reroute-virtual-interfaces$|^ambient\.istio\.io\//,
    code: 'proxy-only',
    reason: 'How traffic is led to the proxy from other interfaces is Istio’s own affair.',
    risk: 'behaviour',
  },
  {
    keys: /^proxy\.istio\.io\/config$|^sidecar\.istio\.io\/(?:bootstrapOverride|proxyImage|proxyImageType|interceptionMode|discoveryAddress|agentLogLevel|userVolume|userVolumeMount)$/,
    code: 'proxy-only',
    reason: 'It sets up the proxy of Istio itself; another mesh brings its own.',
    risk: 'behaviour',
  },
  {
    keys: /^sidecar\.istio\.io\/(?:stats|extraStatTags)|^prometheus\.istio\.io\/|^service\.istio\.io\//,
    code: 'metrics-only',
    reason: 'It only shapes the metrics of Istio’s proxies, which are others elsewhere.',
    risk: 'none',
  },
  {
    keys: /^inject\.istio\.io\/templates$/,
    code: 'template-only',
    reason: 'Templates of the proxy’s container are part of the installation of Istio.',
    risk: 'behaviour',
  },
  {
    keys: /^(?:readiness\.)?status\.sidecar\.istio\.io\//,
    code: 'proxy-only',
    reason: 'It shapes how Istio’s proxy tells that it is ready; others tell it in their own way.',
    risk: 'none',
  },
  {
    keys: /^topology\.istio\.io\//,
    code: 'multicluster-name',
    reason: 'It says to which network or cluster pods belong, which other meshes learn in another way.',
    risk: 'none',
  },
  {
    keys: /^(?:security\.istio\.io\/tlsMode|sidecar\.istio\.io\/status|istio\.io\/tag|gateway\.istio\.io\/.*|operator\.istio\.io\/.*)$/,
    code: 'unused-in-source',
    reason: 'Istio writes it itself; nobody has to ask for it.',
    risk: 'none',
  },
];
