/** Modes of mutual TLS as PeerAuthentications. */

import type { MutualTls } from '../../../model/ir.ts';
import { PeerAuthentication } from '../kinds.ts';
import type { Drafts, Fields } from './drafts.ts';
import type { TlsMode } from './read-mutual-tls.ts';

export function writeMutualTls(drafts: Drafts): void {
  for (const it of drafts.ir.mutualTls) writeOne(it, drafts);
}

const modes: Readonly<Record<TlsMode, string>> = {
  strict: 'STRICT',
  permissive: 'PERMISSIVE',
  disable: 'DISABLE',
  unset: 'UNSET',
};

function writeOne(asked: MutualTls, drafts: Drafts): void {
  const { ledger, options } = drafts;
  const { scope, mode, ports } = asked;
  const namespace = scope.type === 'mesh' ? options.istioNamespace : scope.namespace;
  const labels = scope.type === 'workload' ? labelsOf(scope, drafts) : {};
  if (!labels) {
    const name = scope.type === 'workload' ? scope.service?.name : undefined;
    const risk = [mode.value, ...ports.map((it) => it.value.mode)].includes('strict') ? 'security' : 'availability';
    const reason = `The labels of the pods behind "${name ?? ''}" are not known.`;
    for (const it of [mode, ...ports]) ledger.lost(it, 'host-not-service', reason, risk);
    ledger.note(
      'missing',
      `Add Service "${name ?? ''}" of namespace "${namespace}" with its selector to the workspace.`,
      risk,
    );
    return;
  }
  const hasSelector = Object.keys(labels).length > 0;
  const draft = drafts.draft(PeerAuthentication, namespace, asked.name);
  if (hasSelector) draft.spec['selector'] = { matchLabels: labels };
  draft.spec['mtls'] = { mode: modes[mode.value] };
  const place = draft.place('spec', 'mtls', 'mode');
  if (asked.beyond) ledger.changed(mode, place, asked.beyond.code, asked.beyond.reason, asked.beyond.risk);
  else ledger.exact(mode, place);

  const byPort: Record<string, Fields> = {};
  for (const port of ports) {
    const { value } = port;
    if (!hasSelector) {
      const risk = value.mode === 'strict' ? 'security' : 'availability';
      ledger.lost(
        port,
        'no-equivalent',
        'Istio takes modes of ports only together with the labels of some workloads.',
        risk,
      );
      continue;
    }
    byPort[String(value.port)] = { mode: modes[value.mode] };
    const placeOfPort = draft.place('spec', 'portLevelMtls', String(value.port));
    if (value.beyond) ledger.changed(port, placeOfPort, value.beyond.code, value.beyond.reason, value.beyond.risk);
    else ledger.exact(port, placeOfPort);
  }
  if (Object.keys(byPort).length > 0) {
    draft.spec['portLevelMtls'] = byPort;
    // With ports alone the workloads themselves follow their namespace, as they do without a policy.
    if (mode.value === 'unset') delete draft.spec['mtls'];
  }
  drafts.add(draft, [...mode.from, ...ports.flatMap((it) => it.from)]);
}

/** The labels of the workloads that a mode is for; undefined when only their Service is named and it is not known. */
function labelsOf(scope: MutualTls['scope'] & { readonly type: 'workload' }, drafts: Drafts) {
  if (Object.keys(scope.labels).length > 0 || !scope.service) return scope.labels;
  const selector = drafts.service(scope.service)?.selector ?? {};
  return Object.keys(selector).length > 0 ? selector : undefined;
}
