/**
 * Policies as AuthorizationPolicies. One ALLOW policy closes all ports of the workloads it selects, for everybody it does
 * not name, so what other meshes leave open has to be opened again. A rule is never written without one of its conditions:
 * an ALLOW rule that cannot be said in full falls away, a DENY rule then denies more.
 */

import { askedOfAccess, originsOf } from '../../../model/access-origins.ts';
import type { Access, AccessRule, Asked, Authorizer, Labels } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { AuthorizationPolicy } from '../kinds.ts';
import { providerFor } from './authorizers.ts';
import type { Drafts } from './drafts.ts';
import { allowedBySource, everyOperation } from './source-precedence.ts';
import { RuleWriter } from './write-access-rules.ts';

export function writeAccess(drafts: Drafts): void {
  for (const it of drafts.ir.access) {
    if (it.combine === 'source-precedence') writePolicy(bySource(it, drafts), drafts);
    else if (letsInEverybody(it, drafts))
      for (const asked of askedOfAccess(it))
        drafts.ledger.exact(asked, '', 'Istio lets everybody in where no policy says otherwise.');
    else writePolicy(it.combine === 'any' ? onItsPort(it, drafts) : it, drafts);
  }
}

function loseAll(access: Access, code: string, reason: string, ledger: Ledger): void {
  for (const it of askedOfAccess(access)) ledger.lost(it, code, reason, 'security');
}

// ---- Other ways to add policies up ---------------------------------------------------------------------------------

/** Entries of which the most exact counts, as one list of what is allowed. */
function bySource(access: Access, drafts: Drafts): Access {
  const { ledger, options } = drafts;
  const { rules, needsDefault } = allowedBySource(access, options.consulDefaultPolicy === 'allow', ledger);
  if (needsDefault && options.consulDefaultPolicy === 'unknown')
    ledger.note(
      'assumed',
      'Clients and requests that no intention names are refused, as Consul does when its ACLs deny by default.',
    );
  return { ...access, rules };
}

/** Whether a policy closes nothing: it and all others of its workload let in everybody, so that none is needed. */
function letsInEverybody(access: Access, { ir }: Drafts): boolean {
  const isOpen = ({ combine, effect, otherPorts, rules }: Access) =>
    combine === 'any' &&
    effect.value === 'allow' &&
    otherPorts === undefined &&
    rules.some(
      ({ clients, networks, operations }) =>
        networks.length + operations.length === 0 && clients.some((it) => it.value.type === 'anyone'),
    );
  return ir.access.filter((it) => sameWorkload(it, access)).every(isOpen);
}

/** A policy on one port, as rules about this port, and one that leaves the workload's other ports open. */
function onItsPort(access: Access, drafts: Drafts): Access {
  const { port, rules } = access;
  if (port === undefined) return access;
  if (typeof port.value === 'string') return access;
  const number: Asked<number> = { value: port.value, from: port.from };
  const onPort = rules.map((rule) => ({
    ...rule,
    operations: (rule.operations.length === 0 ? [everyOperation] : rule.operations).map((it) => ({
      ...it,
      ports: [number],
    })),
  }));
  if (access.otherPorts === 'authenticated') warnOfPlaintext(access, port.value, drafts);
  // The first policy of a workload opens the ports that no policy is about.
  const siblings = drafts.ir.access.filter((it) => it.combine === 'any' && sameWorkload(it, access));
  if (siblings[0] !== access) return { ...access, rules: onPort };
  const closed = siblings.flatMap((it) =>
    typeof it.port?.value === 'number' ? [{ value: it.port.value, from: [] }] : [],
  );
  // Istio closes them by itself then.
  if (siblings.some((it) => it.otherPorts === 'nobody')) return { ...access, rules: onPort };
  const isSure = siblings.some((it) => it.otherPorts === 'authenticated');
  const place = `${access.namespace}/${access.name}`;
  drafts.ledger.note(
    'generated',
    `AuthorizationPolicy "${place}" has a rule for the ports that no policy is about: in Istio an ALLOW policy would close them too.${isSure ? '' : ' Take it out where the pods are closed by default.'}`,
  );
  const open: AccessRule = {
    clients: isSure ? [{ value: { type: 'authenticated' }, from: [] }] : [],
    notClients: [],
    networks: [],
    notNetworks: [],
    operations: [{ ...everyOperation, notPorts: closed }],
    conditions: [],
  };
  return { ...access, rules: [...onPort, open] };
}

/** Networks name clients without an identity, which a strict mode of the pods refuses before any policy is asked. */
function warnOfPlaintext({ rules }: Access, port: number, { ledger }: Drafts): void {
  for (const { clients, networks } of rules) {
    if (clients.length > 0) continue;
    for (const it of networks)
      ledger.changed(
        it,
        '',
        'needs-mtls',
        `Mutual TLS is strict for these pods, so clients without it are refused all the same: let them in by portLevelMtls of a PeerAuthentication, ${port}: PERMISSIVE. Probes of the kubelet are let in.`,
        'availability',
      );
  }
}

function sameWorkload(a: Access, b: Access): boolean {
  const key = ({ target: { value } }: Access) => JSON.stringify([value.namespace, Object.entries(value.labels).sort()]);
  return key(a) === key(b);
}

// ---- One policy ----------------------------------------------------------------------------------------------------

const actions = { allow: 'ALLOW', deny: 'DENY', audit: 'AUDIT', custom: 'CUSTOM' } as const;

function writePolicy(access: Access, drafts: Drafts): void {
  const { ledger } = drafts;
  const { target, port, protocol, effect, rules } = access;
  const provider = access.authorizer && providerName(access.authorizer.value, drafts);
  if (effect.value === 'custom' && provider === undefined) {
    loseAll(
      access,
      'ext-authz',
      'Which service decides is part of MeshConfig, where no provider asks this one.',
      ledger,
    );
    const { service } = access.authorizer?.value ?? {};
    ledger.note(
      'missing',
      `Add a provider that asks "${service?.name ?? ''}" to extensionProviders of MeshConfig, as an IstioOperator of the workspace, then convert again.`,
      'security',
    );
    return;
  }
  if (typeof port?.value === 'string') {
    loseAll(
      access,
      'host-not-service',
      `Istio knows ports by number, and no workload tells which one "${port.value}" is.`,
      ledger,
    );
    ledger.note(
      'missing',
      `Add the workload whose container port is called "${port.value}" to the workspace.`,
      'security',
    );
    return;
  }
  const labels = labelsOf(access, drafts);
  if (!labels) {
    loseAll(
      access,
      'host-not-service',
      'The labels of its pods are not known, and without them it would hold for all workloads.',
      ledger,
    );
    const name = target.value.service?.name ?? access.name;
    ledger.note(
      'missing',
      `Add Service "${name}" of namespace "${access.namespace}" with its selector to the workspace.`,
      'security',
    );
    return;
  }
  const draft = drafts.draft(AuthorizationPolicy, access.namespace, access.name);
  const isAudit = access.combine === 'any' && effect.value === 'audit';
  if (isAudit) draft.annotations['istio.io/dry-run'] = 'true';
  if (Object.keys(labels).length > 0) draft.spec['selector'] = { matchLabels: labels };
  draft.spec['action'] = isAudit ? 'ALLOW' : actions[effect.value];
  ledger.exact(target, draft.place('spec', 'selector'));
  if (isAudit)
    ledger.changed(
      effect,
      draft.place('metadata', 'annotations', 'istio.io/dry-run'),
      'audit',
      'Istio logs what the policy would refuse, as a dry run.',
      'none',
    );
  else ledger.exact(effect, draft.place('spec', 'action'));
  if (access.authorizer && provider !== undefined) {
    draft.spec['provider'] = { name: provider };
    ledger.exact(access.authorizer, draft.place('spec', 'provider'));
  }
  if (port) ledger.exact(port, draft.place('spec', 'rules'));
  if (protocol) writeProtocol(protocol, ledger);

  const writer = new RuleWriter(access, draft, drafts);
  const written = rules.flatMap((it) => writer.write(it));
  if (written.length > 0) draft.spec['rules'] = written;
  else if (effect.value !== 'allow' && rules.length > 0) {
    // A DENY policy without rules denies nothing: there is nothing left to write.
    loseAll(access, 'authz-lost', 'None of its rules can be said in Istio.', ledger);
    return;
  }
  drafts.add(draft, originsOf(askedOfAccess(access)));
}

/** What MeshConfig calls an authorizer: by its own name, or as one that asks the same service. */
function providerName(authorizer: Authorizer, { environment }: Drafts): string | undefined {
  return authorizer.provider ?? providerFor(authorizer, environment);
}

function writeProtocol(protocol: Asked<string>, ledger: Ledger): void {
  const reason = 'Istio reads the protocol from the port of the Service: its appProtocol, or how its name begins.';
  if (protocol.value === 'tcp') ledger.lost(protocol, 'protocol-sniffing', reason, 'behaviour');
  else ledger.exact(protocol, '', reason);
}

/** The labels of the protected pods; undefined when only a Service is named that is not known. */
function labelsOf({ target: { value } }: Access, drafts: Drafts): Labels | undefined {
  if (Object.keys(value.labels).length > 0 || !value.service) return value.labels;
  const selector = drafts.service(value.service)?.selector ?? {};
  return Object.keys(selector).length > 0 ? selector : undefined;
}
