/** Answers of the view "Workspace", and the word that they may have changed. */

import { type CancellationToken, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { dialects } from '../meshes/meshes.ts';
import { allResources } from '../model/manifest.ts';
import type { Workspace } from '../model/workspace.ts';
import { conversionOutlook } from '../queries/conversion-outlook.ts';
import {
  readFindings,
  readTree,
  treeChildren,
  treeFindings,
  treeMesh,
  treeResources,
} from '../queries/workspace-tree.ts';
import type { Desk } from './desk.ts';
import {
  type NodeFinding,
  type NodeParams,
  nodeFindingsRequest,
  type OutlookAnswer,
  outlookRequest,
  type ProtocolOutlook,
  type TreeAnswer,
  treeChanged,
  treeRequest,
} from './protocol-workspace.ts';
import { describe } from './session.ts';

/** The longest stretch of reading the tree before the editor is listened to again, in ms. */
const turn = 8;

/** More resources take longer to convert than anybody looks at a line. */
const mostToTry = 200;

/** Answers what stands below a node, what is wrong there and how it would convert. Nothing is worked out unasked. */
export function registerWorkspaceTree(connection: Connection, desk: Desk): void {
  /** The workspace of the newest answer; undefined where nobody has asked, or has been told of a newer one. */
  let answered: Workspace | undefined;

  connection.onRequest(
    treeRequest,
    desk.guarded<NodeParams, TreeAnswer>({ nodes: [], manifests: 0 }, async ({ node }) => {
      await desk.session.scanned;
      const { workspace } = desk;
      await inTurns(readTree(workspace));
      await inTurns(readFindings(workspace, node));
      answered = workspace;
      const nodes = treeChildren(workspace, node).map(({ location, ...it }) => {
        const [place] = location ? desk.located(location) : [];
        return { ...it, ...(place ? { location: place } : {}) };
      });
      return { nodes, manifests: countResources(workspace) };
    }),
  );

  connection.onRequest(
    nodeFindingsRequest,
    desk.guarded<NodeParams, readonly NodeFinding[]>([], async ({ node }) => {
      const { workspace } = desk;
      await inTurns(readTree(workspace));
      await inTurns(readFindings(workspace, node));
      return treeFindings(workspace, node).flatMap(({ location, ...it }) =>
        desk.located(location).map((place) => ({ ...it, location: place })),
      );
    }),
  );

  connection.onRequest(
    outlookRequest,
    async ({ node }: NodeParams, token: CancellationToken): Promise<OutlookAnswer> => {
      const { workspace } = desk;
      const resources = treeResources(workspace, node);
      if (resources.length > mostToTry) return { outlooks: [], tooMany: resources.length };
      const from = node === undefined ? undefined : treeMesh(workspace, node);
      const outlooks: ProtocolOutlook[] = [];
      for (const { id, name } of dialects) {
        if (id === from?.id) continue;
        const outlook = conversionOutlook(workspace, resources, id, from?.id);
        if (outlook) {
          const { resources, decisions, refusals } = outlook;
          outlooks.push({ mesh: name, resources, decisions, refusals });
        }
        await nextTurn();
        if (token.isCancellationRequested)
          throw new ResponseError(LSPErrorCodes.RequestCancelled, 'Nobody looks at it any more.');
      }
      return { outlooks };
    },
  );

  desk.session.onSettled(() => {
    if (answered === undefined || answered === desk.workspace || desk.phase !== 'running') return;
    answered = undefined;
    connection.sendNotification(treeChanged).catch((error: unknown) => connection.console.warn(describe(error)));
  });
}

/** Takes the steps of a long answer a turn at a time. */
async function inTurns(steps: Iterable<void>): Promise<void> {
  let started = performance.now();
  for (const _ of steps) {
    if (performance.now() - started < turn) continue;
    await nextTurn();
    started = performance.now();
  }
}

function countResources({ manifests }: Workspace): number {
  let sum = 0;
  for (const manifest of manifests.values()) for (const _ of allResources(manifest)) sum += 1;
  return sum;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
