/** Words and pictures of the view "Workspace". */

import * as vscode from 'vscode';
import type {
  FindingCounts,
  NodeType,
  OutlookAnswer,
  ProtocolNode,
  ProtocolOutlook,
  TrafficRole,
} from '../../server/src/lsp/protocol-workspace.ts';

/** What a node is called. */
export function labelOf({ type, name }: ProtocolNode): string {
  return type === 'namespace' && name === '' ? 'Cluster' : name;
}

/** `2 errors, 1 warning`; empty where nothing is wrong. */
export function countText({ errors, warnings, infos }: FindingCounts): string {
  const counts = [
    [errors, errors === 1 ? vscode.l10n.t('1 error') : vscode.l10n.t('{0} errors', errors)],
    [warnings, warnings === 1 ? vscode.l10n.t('1 warning') : vscode.l10n.t('{0} warnings', warnings)],
    [infos, infos === 1 ? vscode.l10n.t('1 info') : vscode.l10n.t('{0} infos', infos)],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([, text]) => text)
    .join(', ');
}

const icons: Readonly<Record<Exclude<NodeType, 'resource'>, string>> = {
  mesh: 'circuit-board',
  namespace: 'symbol-namespace',
  service: 'server',
  gateway: 'sign-in',
  host: 'globe',
  destination: 'arrow-small-right',
};

const roleIcons: Readonly<Record<TrafficRole, string>> = {
  gateway: 'sign-in',
  route: 'repo-forked',
  destination: 'target',
  policy: 'shield',
  other: 'gear',
};

/** The picture of a node, in the colour of the worst finding below it. */
export function iconOf({ type, role, findings }: ProtocolNode): vscode.ThemeIcon {
  const id = type === 'resource' ? roleIcons[role ?? 'other'] : icons[type];
  if (findings.errors > 0) return new vscode.ThemeIcon(id, new vscode.ThemeColor('problemsErrorIcon.foreground'));
  if (findings.warnings > 0) return new vscode.ThemeIcon(id, new vscode.ThemeColor('problemsWarningIcon.foreground'));
  return new vscode.ThemeIcon(id);
}

/** The picture of a finding, as the list of problems has it. */
export function findingIcon(severity: string): vscode.ThemeIcon {
  const name = severity === 'error' || severity === 'warning' ? severity : 'info';
  const colour = `problems${name[0]?.toUpperCase()}${name.slice(1)}Icon.foreground`;
  return new vscode.ThemeIcon(name, new vscode.ThemeColor(colour));
}

const kinds: Readonly<Record<NodeType, string>> = {
  mesh: vscode.l10n.t('Mesh'),
  namespace: vscode.l10n.t('Namespace'),
  service: 'Service',
  gateway: 'Gateway',
  host: vscode.l10n.t('Host that no Service here stands for'),
  resource: vscode.l10n.t('Resource'),
  destination: vscode.l10n.t('Where the route leads'),
};

const roles: Readonly<Record<TrafficRole, string>> = {
  gateway: vscode.l10n.t('Lets traffic in or out'),
  route: vscode.l10n.t('Leads traffic'),
  destination: vscode.l10n.t('Says how a destination is reached'),
  policy: vscode.l10n.t('Says what is allowed and encrypted'),
  other: vscode.l10n.t('Sets up the mesh'),
};

/** What a node is, what is wrong below it, and how it would convert. */
export function tooltipOf(node: ProtocolNode, { outlooks, tooMany }: OutlookAnswer): vscode.MarkdownString {
  const what = node.type === 'resource' && node.role ? roles[node.role] : kinds[node.type];
  const findings = countText(node.findings);
  const text = new vscode.MarkdownString('', true);
  text.appendMarkdown('**').appendText(labelOf(node)).appendMarkdown('**\n\n');
  text.appendText(node.resources > 1 ? `${what}, ${vscode.l10n.t('{0} resources', node.resources)}` : what);
  if (findings) text.appendMarkdown('\n\n').appendText(findings);
  if (tooMany !== undefined)
    text
      .appendMarkdown('\n\n')
      .appendText(vscode.l10n.t('{0} resources are too many to try their conversion here.', tooMany));
  for (const it of outlooks) {
    text.appendMarkdown(`\n\n$(${outlookIcon(it)}) `).appendText(outlookText(it));
    for (const reason of [...it.refusals, ...it.decisions].slice(0, 3)) text.appendMarkdown('\n- ').appendText(reason);
  }
  return text;
}

function outlookIcon({ decisions, refusals }: ProtocolOutlook): string {
  return refusals.length > 0 ? 'circle-slash' : decisions.length > 0 ? 'question' : 'check';
}

function outlookText({ mesh, decisions, refusals }: ProtocolOutlook): string {
  if (refusals.length > 0) return vscode.l10n.t('To {0}: not all of it can be converted', mesh);
  if (decisions.length === 0) return vscode.l10n.t('To {0}: converts without a decision', mesh);
  return decisions.length === 1
    ? vscode.l10n.t('To {0}: 1 thing to decide', mesh)
    : vscode.l10n.t('To {0}: {1} things to decide', mesh, decisions.length);
}
