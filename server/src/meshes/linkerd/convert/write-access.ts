/** Who may call, as Servers with routes and policies: one Server for each port of the pods that are protected. */

import type { Access, AccessRule, Labels } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { PolicyWriter } from './access-policies.ts';
import { type Fate, type Port, usableRules } from './access-rules.ts';
import { isAbout, noteOtherPolicies, portsOf, probesOf, serverFor } from './access-servers.ts';
import { accessTable, networksOf, type Table, type TableRule } from './access-table.ts';
import { loseForWant, originsOfAccess, type Unit, unitsOf } from './access-units.ts';
import { type Grant, knownAccounts } from './clients.ts';
import type { Draft } from './draft.ts';
import { modeOn } from './mutual-tls.ts';
import { pathOf, rootCell } from './path-cells.ts';

/** Writes all access policies that allow or deny; the others are reported as lost. */
export function writeAccess(draft: Draft): void {
  const usable = draft.ir.access.filter((it) => {
    if (it.effect.value === 'allow' || it.effect.value === 'deny') return true;
    refuse(it, draft);
    return false;
  });
  for (const unit of unitsOf(usable, draft)) writeUnit(unit, draft);
}

function refuse(access: Access, draft: Draft): void {
  const from = originsOfAccess(access);
  if (access.effect.value === 'audit')
    draft.ledger.lost(from, 'audit', 'Linkerd can audit a whole port, not log what some rules match.', 'none');
  else draft.ledger.lost(from, 'ext-authz', 'Linkerd asks nobody else whether a request may pass.', 'security');
}

function writeUnit(unit: Unit, draft: Draft): void {
  const ports = portsOf(unit, draft);
  if (ports.length === 0) {
    for (const it of unit.accesses)
      loseForWant(
        it,
        draft,
        `a workload with labels ${labelText(unit.labels)} and container ports in namespace "${unit.namespace}"`,
      );
    return;
  }
  if (unit.workloads.length === 0)
    draft.ledger.note(
      'assumed',
      `The pods with labels ${labelText(unit.labels)} in ${unit.namespace} have no HTTP probes: the workspace does not hold them.`,
      'availability',
    );
  for (const port of ports) writeServer(unit, port, ports.length === 1, draft);
}

function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

function writeServer(unit: Unit, port: Port, isOnlyPort: boolean, draft: Draft): void {
  const accesses = unit.accesses.filter((it) => isAbout(it, port, unit));
  if (accesses.length === 0) return;
  const usable = usableRules(accesses, port, draft);
  if (usable.isReduced && usable.rules.length === 0) {
    return loseAll(
      accesses,
      'Nothing that it allows can be said, so it is left out rather than refusing everyone.',
      draft,
    );
  }
  const table = tableFor(unit, port, accesses, usable.rules, draft);
  if (table.rows.some((it) => pathOf(it.cell, table.cells).value.length > longestPath))
    return loseAll(
      accesses,
      'Its paths are too many to be told apart by patterns of the length that a route allows.',
      draft,
    );
  const isPlain = table.rows.every((it) => it.cell === rootCell && it.method === undefined && it.headers.length === 0);
  const grants = isPlain ? (table.rows[0]?.grants ?? []) : [];
  const open = openPolicy(grants);
  const from = accesses.flatMap(originsOfAccess);
  const server = serverFor(unit, port, accesses, open ?? 'deny', draft);
  const writer = new PolicyWriter(draft, unit.namespace, server, baseName(accesses, server, port, isOnlyPort), from);
  if (!isPlain) writer.onRoutes(table);
  else if (!open) writer.onServer(grants);
  noteOtherPolicies(server, unit.namespace, draft);

  const place = placeText('Server', unit.namespace, server, 'spec');
  for (const access of accesses) {
    draft.ledger.exact(access.target, `${place}.podSelector`);
    draft.ledger.exact(access.effect, `${place}.accessPolicy`);
    if (access.port) draft.ledger.exact(access.port, `${place}.port`);
    if (access.protocol) draft.ledger.exact(access.protocol, `${place}.proxyProtocol`);
  }
  const places = {
    port: `${place}.port`,
    clients: writer.firstPolicy
      ? placeText('AuthorizationPolicy', unit.namespace, writer.firstPolicy, 'spec.requiredAuthenticationRefs')
      : `${place}.accessPolicy`,
    request: writer.firstRoute
      ? placeText('HTTPRoute', unit.namespace, writer.firstRoute, 'spec.rules')
      : `${place}.accessPolicy`,
  };
  settle(usable.fates, places, table.isGuess, draft);
}

/** How long the pattern of a path may be, by the CRD. */
const longestPath = 1024;

function loseAll(accesses: readonly Access[], reason: string, draft: Draft): void {
  for (const it of accesses) draft.ledger.lost(originsOfAccess(it), 'authz-lost', reason, 'security');
}

function tableFor(
  unit: Unit,
  port: Port,
  accesses: readonly Access[],
  rules: readonly TableRule[],
  draft: Draft,
): Table {
  const labels = unit.workloads[0]?.labels ?? unit.labels;
  return accessTable({
    model: accesses.some((it) => it.combine === 'source-precedence') ? 'first' : 'any',
    rules,
    isOpen: isOpenOtherwise(accesses, draft),
    isStrict: modeOn(draft, unit.namespace, labels, port.number) === 'strict',
    // Without routes a Server lets probes in by itself.
    probes: port.isHttp && rules.some((it) => it.operations.length > 0) ? probesOf(unit, port.number) : [],
    accounts: knownAccounts(draft.environment),
  });
}

/** Whether what no rule allows is let in: with deny policies alone, or where the source says so. */
function isOpenOtherwise(accesses: readonly Access[], draft: Draft): boolean {
  if (accesses.every((it) => it.combine !== 'source-precedence'))
    return accesses.every((it) => it.effect.value === 'deny' && it.otherwise !== 'deny');
  const otherwise = accesses.map((it) =>
    it.otherwise === 'unknown' ? draft.options.consulDefaultPolicy : it.otherwise,
  );
  const isSaid = accesses.every((it) => it.combine === 'source-precedence' && it.rules.some(isForEveryone));
  if (otherwise.includes('unknown') && !isSaid)
    draft.ledger.note(
      'assumed',
      'Clients that no rule names are refused: nothing says what happens to them.',
      'availability',
    );
  return otherwise.every((it) => it === 'allow');
}

/** Whether a rule decides about all clients that none before it names, and all of their requests. */
function isForEveryone({ clients, operations, conditions }: AccessRule): boolean {
  return clients.some((it) => it.value.type === 'authenticated') && operations.length + conditions.length === 0;
}

/** An access policy that says it all; undefined when it takes policies of its own. */
function openPolicy(grants: readonly Grant[]): 'all-authenticated' | 'all-unauthenticated' | undefined {
  const [only, ...more] = grants;
  if (!only || more.length > 0 || networksOf(only)) return undefined;
  if (only.who.type === 'anyone') return 'all-unauthenticated';
  return only.who.type === 'authenticated' ? 'all-authenticated' : undefined;
}

/** What routes and policies are called after: the one policy they come from, else the Server. */
function baseName(accesses: readonly Access[], server: string, { number }: Port, isOnlyPort: boolean): string {
  const [only, ...more] = accesses;
  if (!only || more.length > 0) return server;
  return isOnlyPort ? only.name : `${only.name}-${number}`;
}

function settle(
  fates: readonly Fate[],
  places: Readonly<Record<Fate['kind'], string>>,
  isGuess: boolean,
  draft: Draft,
): void {
  const guess =
    'Linkerd names who may call, so all other accounts that the workspace knows are named; others are refused.';
  for (const it of fates) {
    const place = places[it.kind];
    if (it.code !== undefined) draft.ledger.changed(it.from, place, it.code, it.reason ?? '', it.risk);
    else if (it.kind === 'clients' && isGuess)
      draft.ledger.changed(it.from, place, 'complement-enumerated', guess, 'availability');
    else draft.ledger.exact(it.from, place, it.reason);
  }
}
