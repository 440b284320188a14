/** Answers of the view "Cost": what each mesh costs, for numbers of the user's or for what the workspace runs. */

import { type Connection, ErrorCodes, ResponseError } from 'vscode-languageserver';
import { countWorkloads, estimateCost, inputsOfCount } from '../queries/cost.ts';
import { costMarkdown } from '../render/cost-markdown.ts';
import type { Desk } from './desk.ts';
import { type CostAnswer, costRequest, isCostParams } from './protocol-cost.ts';

/** Answers `meshwright/cost`; numbers that make no sense are refused. */
export function registerCosting(connection: Connection, desk: Desk): void {
  connection.onRequest(costRequest, async (params: unknown): Promise<CostAnswer> => {
    if (!isCostParams(params))
      throw new ResponseError(ErrorCodes.InvalidParams, 'These are no numbers to reckon with.');
    const estimate = params.counts ? await counted(desk, params.inputs) : estimateCost(params.inputs);
    return { estimate, markdown: costMarkdown(estimate) };
  });
}

/** A workspace without workloads changes nothing about the numbers; the answer says that there was nothing to count. */
async function counted(
  desk: Desk,
  inputs: Parameters<typeof estimateCost>[0],
): Promise<ReturnType<typeof estimateCost>> {
  await desk.session.scanned;
  const count = countWorkloads(desk.workspace);
  return estimateCost(count.workloads === 0 ? inputs : { ...inputs, ...inputsOfCount(count) }, count);
}
