/**
 * Modes of mutual TLS. Linkerd always offers it between meshed pods; whether a port insists on it is the default inbound
 * policy of the pod, or the Server of the port.
 */

import type { Labels, MutualTls } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { type Path, pathText } from '../../../model/text.ts';
import { textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { restartText } from '../../kubernetes/common/convert/bearers.ts';
import { Namespace } from '../../kubernetes/common/kinds.ts';
import { injectedNamespaces } from '../../kubernetes/common/injection.ts';
import { selects, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { shortName } from '../../kubernetes/common/convert/short-name.ts';
import { Server } from '../kinds.ts';
import { inboundPolicy } from './annotations.ts';
import { isClosed } from './closed-namespaces.ts';
import type { Draft } from './draft.ts';

type Mode = MutualTls['mode']['value'];

/** The mode that counts for a port of some pods: that of the port, the workload, the namespace, the mesh. */
export function modeOn(draft: Draft, namespace: string, labels: Labels, port: number): Mode {
  const all = draft.ir.mutualTls;
  const own = all.filter(
    ({ scope }) =>
      scope.type === 'workload' &&
      scope.namespace === namespace &&
      Object.keys(scope.labels).length > 0 &&
      selects(scope.labels, labels),
  );
  const inPort = own.flatMap((it) => it.ports).find((it) => it.value.port === port)?.value.mode;
  const inWorkload = own.map((it) => it.mode.value).find((it) => it !== 'unset');
  const inNamespace = all.find((it) => namespaceOf(it) === namespace && it.mode.value !== 'unset')?.mode.value;
  const inMesh = all.find((it) => it.scope.type === 'mesh')?.mode.value;
  const said = [inPort, inWorkload, inNamespace, inMesh].find((it) => it !== undefined && it !== 'unset');
  return said ?? modeInWorkspace(draft, namespace, labels);
}

/** What pods and namespaces of the workspace carry already: the result of an earlier conversion, perhaps. */
function modeInWorkspace(draft: Draft, namespace: string, labels: Labels): Mode {
  const workload = workloadsIn(draft.environment, namespace).find((it) => selects(labels, it.labels));
  const home = draft.environment.index.find(Namespace, '', namespace);
  const policy =
    workload?.annotations[inboundPolicy] ?? textAt(home?.value, ['metadata', 'annotations', inboundPolicy]);
  return policy === 'all-authenticated' || policy === 'cluster-authenticated' ? 'strict' : 'unset';
}

/** The namespace that a mode is for as a whole; undefined for narrower and wider ones. */
function namespaceOf({ scope }: MutualTls): string | undefined {
  if (scope.type === 'namespace') return scope.namespace;
  return scope.type === 'workload' && !scope.service && Object.keys(scope.labels).length === 0
    ? scope.namespace
    : undefined;
}

/** Writes all modes. */
export function writeMutualTls(draft: Draft): void {
  for (const it of draft.ir.mutualTls) {
    const namespace = namespaceOf(it);
    if (it.scope.type === 'mesh') writeMesh(it, draft);
    else if (namespace !== undefined) writeNamespace(it, namespace, draft);
    else writeWorkload(it, draft);
  }
}

const policies = {
  strict: 'all-authenticated',
  permissive: 'all-unauthenticated',
  disable: 'all-unauthenticated',
} as const;

const inherits = 'What is not set is inherited here too.';
const disabled = 'Linkerd encrypts between meshed pods whenever it can; plain text is let in as well.';

/** Mesh-wide it is a setting of the installation; namespaces whose pods have proxies are told each for itself. */
function writeMesh({ mode }: MutualTls, draft: Draft): void {
  const { ledger, environment } = draft;
  const place = `Linkerd's proxy.defaultInboundPolicy`;
  if (mode.value === 'unset') return ledger.exact(mode, place, inherits);
  if (mode.value !== 'strict')
    return ledger.exact(mode, place, 'Linkerd lets plain text in unless it was installed otherwise.');
  ledger.note(
    'manual',
    'Install Linkerd with proxy.defaultInboundPolicy=all-authenticated, then restart the workloads.',
    'security',
  );
  const settled = new Set(draft.ir.mutualTls.filter((it) => it.mode.value !== 'unset').map(namespaceOf));
  const policyIn = (namespace: string) =>
    textAt(environment.index.find(Namespace, '', namespace)?.value, ['metadata', 'annotations', inboundPolicy]);
  const open = injectedNamespaces(environment).filter((it) => !settled.has(it) && policyIn(it) === undefined);
  if (open.length === 0)
    return ledger.lost(
      mode,
      'install-setting',
      'For the whole mesh it is a setting of the installation: proxy.defaultInboundPolicy: all-authenticated.',
      'security',
    );
  for (const namespace of open)
    draft.annotateNamespace(namespace, inboundPolicy, isClosed(namespace, draft) ? 'deny' : policies.strict, mode.from);
  ledger.changed(
    mode,
    open.map((it) => placeText('Namespace', '', it, pathText(['metadata', 'annotations', inboundPolicy]))).join(', '),
    'mesh-wide',
    'Namespace by namespace: those of the workspace whose pods have proxies. For all others it is a setting of the installation.',
    'none',
  );
}

function writeNamespace({ mode }: MutualTls, namespace: string, draft: Draft): void {
  const path = ['metadata', 'annotations', inboundPolicy];
  const place = placeText('Namespace', '', namespace, pathText(path));
  if (mode.value === 'unset') return draft.ledger.exact(mode, place, inherits);
  const policy = isClosed(namespace, draft) ? 'deny' : policies[mode.value];
  draft.annotateNamespace(namespace, inboundPolicy, policy, mode.from);
  settle(mode, place, draft);
  draft.ledger.note('manual', restartText(namespace), mode.value === 'strict' ? 'security' : 'none');
}

function settle(mode: MutualTls['mode'], place: string, draft: Draft): void {
  if (mode.value === 'disable') draft.ledger.changed(mode, place, 'mtls-disable', disabled, 'none');
  else draft.ledger.exact(mode, place);
}

function writeWorkload(it: MutualTls, draft: Draft): void {
  if (it.scope.type !== 'workload') return;
  const { namespace, service } = it.scope;
  const facts = service && draft.service(service);
  const labels = Object.keys(it.scope.labels).length > 0 ? it.scope.labels : facts?.selector;
  const workloads = labels
    ? workloadsIn(draft.environment, namespace).filter((one) => selects(labels, one.labels))
    : [];
  const { mode } = it;
  const above = placeText('Namespace', '', namespace, pathText(['metadata', 'annotations', inboundPolicy]));
  if (mode.value === 'unset') draft.ledger.exact(mode, above, inherits);
  else if (workloads.length === 0) {
    const what = `the workloads of "${it.name}" in namespace "${namespace}"`;
    const risk = mode.value === 'strict' ? 'security' : 'behaviour';
    draft.ledger.lost(mode, 'mtls-disable', `Not written: the workspace does not hold ${what}.`, risk);
    draft.ledger.note(
      'missing',
      `Add ${what} to the workspace, then convert again: their pods carry the policy.`,
      risk,
    );
  } else {
    for (const { resource, template } of workloads) {
      const path: Path = [...template, 'metadata', 'annotations', inboundPolicy];
      draft.change(resource, path, policies[mode.value]);
      settle(mode, placeText(resource.kind, namespace, resource.name, pathText(path)), draft);
    }
  }
  for (const port of it.ports) writePort(it, port, labels, namespace, draft);
}

/** A port of its own mode has a Server. Where policies make one, it counts alone, and they know the mode. */
function writePort(
  it: MutualTls,
  port: MutualTls['ports'][number],
  labels: Labels | undefined,
  namespace: string,
  draft: Draft,
): void {
  const { value } = port;
  if (value.mode === 'unset') return draft.ledger.exact(port, placeText('Namespace', '', namespace, ''), inherits);
  if (!labels) {
    draft.ledger.lost(port, 'mtls-disable', 'Not written: nothing says which pods it is for.', 'security');
    return;
  }
  const existing = draft.environment.index
    .all(Server)
    .find(
      (one) =>
        draft.environment.namespaceOf(one) === namespace &&
        valueAt(one.value, ['spec', 'port']) === value.port &&
        JSON.stringify(textRecordAt(one.value, ['spec', 'podSelector', 'matchLabels'])) === JSON.stringify(labels),
    );
  const isProtected = draft.ir.access.some(({ target, port: own }) => {
    const scope = target.value;
    if (scope.namespace !== namespace || (own && own.value !== value.port)) return false;
    return selects(scope.labels, labels) && (!scope.service || Object.keys(scope.labels).length > 0);
  });
  if (isProtected) {
    draft.ledger.exact(
      port,
      placeText('Server', namespace, `${it.name}-${value.port}`, 'spec.accessPolicy'),
      'The policies of the port let in nobody else.',
    );
    return;
  }
  const pods = { podSelector: { matchLabels: labels }, port: value.port };
  const name = existing?.name ?? draft.nameFor(Server, namespace, shortName(`${it.name}-${value.port}`), pods);
  const accessPolicy = policies[value.mode];
  if (existing) draft.changeAccessPolicy(existing, accessPolicy);
  else
    draft.create(Server, namespace, name, {
      spec: { ...pods, accessPolicy },
      from: port.from,
    });
  const place = placeText('Server', namespace, name, 'spec.accessPolicy');
  if (value.mode !== 'strict')
    draft.ledger.note(
      'assumed',
      `Nothing else says who may call port ${value.port} of ${it.name}: Server "${name}" opens it to everyone. ` +
        'Convert the access policies of these pods together with it.',
      'security',
    );
  if (value.beyond) draft.ledger.changed(port, place, value.beyond.code, value.beyond.reason, value.beyond.risk);
  else if (value.mode === 'disable') draft.ledger.changed(port, place, 'mtls-disable', disabled, 'none');
  else draft.ledger.exact(port, place);
}
