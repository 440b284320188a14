/** Answers of the view "Playbooks": a playbook with the user's names in it, how a mesh is built, and what is good practice. */

import { type Connection, ErrorCodes, ResponseError } from 'vscode-languageserver';
import { meshIds } from '../model/mesh-id.ts';
import {
  architecturesOf,
  architectureText,
  filledPlaybook,
  namesForPlaybooks,
  practiceList,
} from '../queries/playbooks.ts';
import { meshToLeave } from '../queries/plan.ts';
import { architecturesMarkdown, playbookMarkdown, practicesMarkdown } from '../render/playbook-markdown.ts';
import type { Desk } from './desk.ts';
import {
  isPlaybooksParams,
  type PlaybooksAnswer,
  type PlaybooksParams,
  playbooksRequest,
} from './protocol-playbooks.ts';

/** Answers `meshwright/playbooks`; what names no sheet is refused. */
export function registerPlaybooks(connection: Connection, desk: Desk): void {
  connection.onRequest(playbooksRequest, async (params: unknown): Promise<PlaybooksAnswer> => {
    if (!isPlaybooksParams(params)) throw new ResponseError(ErrorCodes.InvalidParams, 'There is no such playbook.');
    if (params.mesh === undefined || params.names) await desk.session.scanned;
    return answer(desk, params);
  });
}

function answer(desk: Desk, { mesh: asked, sheet, values, names }: PlaybooksParams): PlaybooksAnswer {
  const { workspace } = desk;
  const mesh = asked ?? meshToLeave(workspace, workspace.manifests.keys())?.id ?? meshIds[0] ?? 'istio';
  const common = { mesh, sheet, ...(names ? { names: namesForPlaybooks(workspace) } : {}) };
  if (sheet === 'architecture') {
    const list = architecturesOf(mesh);
    const drawings = list.map((architecture) => ({ architecture, text: architectureText(architecture) }));
    return { ...common, drawings, markdown: architecturesMarkdown(list) };
  }
  if (sheet === 'practices') {
    const practices = practiceList(mesh);
    return { ...common, practices, markdown: practicesMarkdown(practices, [mesh]) };
  }
  const playbook = filledPlaybook(mesh, sheet, values);
  return { ...common, playbook, markdown: playbookMarkdown(playbook) };
}
