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
    [errors, 'error'],
    [warnings, 'warning'],
    [infos, 'info'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => counted(count, word))
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
  mesh: 'Mesh',
  namespace: 'Namespace',
  service: 'Service',
  gateway: 'Gateway',
  host: 'Host that no Service here stands for',
  resource: 'Resource',
  destination: 'Where the route leads',
};

const roles: Readonly<Record<TrafficRole, string>> = {
  gateway: 'Lets traffic in or out',
  route: 'Leads traffic',
  destination: 'Says how a destination is reached',
  policy: 'Says what is allowed and encrypted',
  other: 'Sets up the mesh',
};

/** What a node is, what is wrong below it, and how it would convert. */
export function tooltipOf(node: ProtocolNode, { outlooks, tooMany }: OutlookAnswer): vscode.MarkdownString {
  const what = node.type === 'resource' && node.role ? roles[node.role] : kinds[node.type];
  const findings = countText(node.findings);
  const text = new vscode.MarkdownString('', true);
  text.appendMarkdown('**').appendText(labelOf(node)).appendMarkdown('**\n\n');
  text.appendText(node.resources > 1 ? `${what}, ${counted(node.resources, 'resource')}` : what);
  if (findings) text.appendMarkdown('\n\n').appendText(findings);
  if (tooMany !== undefined)
    text.appendMarkdown('\n\n').appendText(`${tooMany} resources are too many to try their conversion here.`);
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
  if (refusals.length > 0) return `To ${mesh}: not all of it can be converted`;
  if (decisions.length === 0) return `To ${mesh}: converts without a decision`;
  return `To ${mesh}: ${counted(decisions.length, 'thing')} to decide`;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
