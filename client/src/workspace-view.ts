/** The view "Workspace": a tree that the server is asked for level by level, as far as somebody opens it. */

import * as vscode from 'vscode';
import { type BaseLanguageClient, type Location, State } from 'vscode-languageclient';
import {
  type NodeFinding,
  nodeFindingsRequest,
  type OutlookAnswer,
  outlookRequest,
  type ProtocolNode,
  type TreeAnswer,
  treeChanged,
  treeRequest,
} from '../../server/src/lsp/protocol-workspace.ts';
import type { Ask } from './start.ts';
import { countText, findingIcon, iconOf, labelOf, tooltipOf } from './workspace-words.ts';

/** Id of the view in package.json. */
export const workspaceViewId = 'meshwright.workspace';

/** Why the tree is empty; `viewsWelcome` of package.json has an answer to each. */
type Emptiness = 'noManifests' | 'noMesh' | 'failed';

export class WorkspaceView implements vscode.TreeDataProvider<ProtocolNode>, vscode.Disposable {
  readonly #ask: Ask;
  readonly #log: (message: string) => void;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<ProtocolNode>;
  readonly #disposables: vscode.Disposable[];
  #hasStopped = false;

  /** `client` tells when the tree may have changed; `log` takes what went wrong, for the output channel. */
  constructor(ask: Ask, client: BaseLanguageClient, log: (message: string) => void) {
    this.#ask = ask;
    this.#log = log;
    this.#view = vscode.window.createTreeView(workspaceViewId, { treeDataProvider: this, showCollapseAll: true });
    this.#disposables = [
      this.#view,
      this.#changed,
      client.onNotification(treeChanged, () => this.#changed.fire(undefined)),
      client.onDidChangeState(({ newState }) => {
        // What a server said of the workspace goes with it; the first start is what the view itself waits for.
        if (newState !== State.Running && newState !== State.Starting) this.#hasStopped = true;
        else if (newState === State.Running && this.#hasStopped) this.#changed.fire(undefined);
      }),
      vscode.commands.registerCommand('meshwright.workspace.convert', (node?: ProtocolNode) => convert(node)),
      vscode.commands.registerCommand('meshwright.workspace.showFindings', (node?: ProtocolNode) =>
        this.#showFindings(node),
      ),
    ];
  }

  dispose(): void {
    for (const it of this.#disposables) it.dispose();
  }

  /** The nodes below one. What goes wrong is logged, and the view says what can be done. */
  async getChildren(node?: ProtocolNode): Promise<ProtocolNode[]> {
    try {
      const { nodes, manifests } = await this.#ask<TreeAnswer>(treeRequest, node ? { node: node.id } : {});
      if (!node) await this.#describe(nodes, nodes.length > 0 ? undefined : manifests > 0 ? 'noMesh' : 'noManifests');
      return [...nodes];
    } catch (error) {
      this.#log(`The tree of the workspace could not be read: ${String(error)}`);
      if (!node) await this.#describe([], 'failed');
      return [];
    }
  }

  getTreeItem(node: ProtocolNode): vscode.TreeItem {
    const item = new vscode.TreeItem(
      labelOf(node),
      !node.hasChildren
        ? vscode.TreeItemCollapsibleState.None
        : node.type === 'mesh' || node.type === 'namespace'
          ? vscode.TreeItemCollapsibleState.Expanded
          : vscode.TreeItemCollapsibleState.Collapsed,
    );
    const findings = countText(node.findings);
    item.id = node.id;
    item.iconPath = iconOf(node);
    item.description = [node.elsewhere && vscode.l10n.t('in {0}', node.elsewhere), findings]
      .filter(Boolean)
      .join(' · ');
    item.contextValue = [node.type, ...(findings ? ['findings'] : [])].join(' ');
    item.accessibilityInformation = { label: [labelOf(node), item.description].filter(Boolean).join(', ') };
    if (node.location) item.command = openCommand(node.location);
    return item;
  }

  /** Adds how a node would convert, once somebody looks at it. */
  async resolveTreeItem(
    item: vscode.TreeItem,
    node: ProtocolNode,
    token: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    const answer =
      node.type === 'destination'
        ? { outlooks: [] }
        : await this.#ask<OutlookAnswer>(outlookRequest, { node: node.id }, { token, progress: () => undefined });
    item.tooltip = tooltipOf(node, answer);
    return item;
  }

  async #describe(nodes: readonly ProtocolNode[], emptiness: Emptiness | undefined): Promise<void> {
    const count = nodes.reduce((sum, { findings }) => sum + findings.errors + findings.warnings, 0);
    this.#view.badge =
      count > 0
        ? { value: count, tooltip: count === 1 ? vscode.l10n.t('1 finding') : vscode.l10n.t('{0} findings', count) }
        : undefined;
    await vscode.commands.executeCommand('setContext', 'meshwright.workspaceIsEmpty', emptiness);
  }

  /** Lists what is wrong below a node, the worst first; whoever picks one gets there. */
  async #showFindings(node: ProtocolNode | undefined): Promise<void> {
    const found = await this.#ask<readonly NodeFinding[]>(nodeFindingsRequest, node ? { node: node.id } : {});
    if (found.length === 0) {
      await vscode.window.showInformationMessage(vscode.l10n.t('There are no findings.'));
      return;
    }
    const order: readonly string[] = ['error', 'warning', 'info'];
    const sorted = [...found].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    const picked = await vscode.window.showQuickPick(
      sorted.map((it) => {
        const uri = vscode.Uri.parse(it.location.uri, true);
        const place = `${vscode.workspace.asRelativePath(uri)}:${it.location.range.start.line + 1}`;
        return {
          label: it.message,
          iconPath: findingIcon(it.severity),
          description: it.resource,
          detail: `${place} · ${it.code}`,
          location: it.location,
        };
      }),
      {
        title: node ? vscode.l10n.t('Findings of {0}', labelOf(node)) : vscode.l10n.t('Findings'),
        placeHolder: vscode.l10n.t('Finding to go to'),
        matchOnDescription: true,
        matchOnDetail: true,
      },
    );
    if (picked) await open(picked.location);
  }
}

/** Converts a resource of the tree; everything else is asked for step by step. */
async function convert(node: ProtocolNode | undefined): Promise<void> {
  const { location, type } = node ?? {};
  if (type === 'resource' && location)
    await vscode.commands.executeCommand('meshwright.convert', location.uri, location.range);
  else await vscode.commands.executeCommand('meshwright.convertWorkspace');
}

function openCommand(location: Location): vscode.Command {
  const { uri, options } = target(location);
  return { title: vscode.l10n.t('Open'), command: 'vscode.open', arguments: [uri, options] };
}

async function open(location: Location): Promise<void> {
  const { uri, options } = target(location);
  await vscode.window.showTextDocument(uri, options);
}

function target({ uri, range: { start, end } }: Location): {
  readonly uri: vscode.Uri;
  readonly options: vscode.TextDocumentShowOptions;
} {
  const selection = new vscode.Range(start.line, start.character, end.line, end.character);
  return { uri: vscode.Uri.parse(uri, true), options: { selection } };
}
