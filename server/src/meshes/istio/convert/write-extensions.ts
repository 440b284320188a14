/** Code of the user's own as TrafficExtensions, which have Lua beside WebAssembly. */

import type { Asked, ProxyExtension } from '../../../model/ir.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import { TrafficExtension } from '../kinds.ts';
import { type Drafts, withoutUndefined } from './drafts.ts';

/** Writes all of it; code that is for pods which nobody knows is left out. */
export function writeExtensions(items: readonly Asked<ProxyExtension>[], drafts: Drafts): void {
  for (const asked of items) writeOne(asked, drafts);
}

const modes = { inbound: 'SERVER', outbound: 'CLIENT', both: undefined } as const;

function writeOne({ value, from }: Asked<ProxyExtension>, drafts: Drafts): void {
  const { ledger, environment, options } = drafts;
  const { name, scope, scopeFrom, side, code, guards } = value;
  const service = scope.type === 'pods' && Object.keys(scope.labels).length === 0 ? scope.service : undefined;
  const selected = service ? serviceFacts(environment, service.namespace, service.name)?.selector : undefined;
  const labels = scope.type === 'pods' ? (selected ?? scope.labels) : {};
  if (scope.type === 'pods' && Object.keys(labels).length === 0) {
    const risk = guards ? 'security' : 'availability';
    ledger.lost(
      from,
      'host-not-service',
      `The labels of the pods behind "${service?.name ?? name}" are not known.`,
      risk,
    );
    ledger.note('missing', `Add Service "${service?.name ?? name}" with its selector to the workspace.`, risk);
    return;
  }
  const namespace =
    scope.type === 'mesh'
      ? options.istioNamespace
      : scope.type === 'workload'
        ? environment.namespaceOf(scope.resource)
        : scope.namespace;
  const draft = drafts.draft(TrafficExtension, namespace, name);
  if (Object.keys(labels).length > 0) draft.spec['selector'] = { matchLabels: labels };
  const mode = modes[side.value];
  if (mode) draft.spec['match'] = [{ mode }];
  if (code.value.type === 'lua') draft.spec['lua'] = { inlineCode: code.value.script };
  else
    draft.spec['wasm'] = withoutUndefined({
      url: code.value.url,
      sha256: code.value.sha256,
      pluginConfig: configurationOf(code.value.configuration),
    });
  drafts.add(draft, from);
  ledger.changed(
    code,
    draft.place('spec', code.value.type),
    'escape-hatch',
    'It runs at the end of Istio’s chain of filters, just before the router; what comes before it there is Istio’s own.',
  );
  ledger.exact(side, draft.place('spec', 'match'));
  ledger.exact(scopeFrom, draft.place('spec', 'selector'));
}

/** A configuration as the object that Istio takes; another text goes in whole. */
function configurationOf(text: string | undefined): unknown {
  if (text === undefined || text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
  } catch {
    return { value: text }; // No JSON; the module gets the text in a field.
  }
}
