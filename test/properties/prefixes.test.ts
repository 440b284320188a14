/** A file that is cut anywhere, as it is while someone types it from the top: everything answers, and at once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from '../harness/fast-check.ts';
import { applyChange } from '../../server/src/model/workspace.ts';
import { fixes } from '../../server/src/queries/actions.ts';
import { callItems, incomingCalls, outgoingCalls } from '../../server/src/queries/call-hierarchy.ts';
import { complete } from '../../server/src/queries/complete.ts';
import { definition } from '../../server/src/queries/definition.ts';
import { diagnose } from '../../server/src/queries/diagnose.ts';
import { folding } from '../../server/src/queries/folding.ts';
import { highlights } from '../../server/src/queries/highlights.ts';
import { hover } from '../../server/src/queries/hover.ts';
import { links } from '../../server/src/queries/links.ts';
import { references } from '../../server/src/queries/references.ts';
import { selectionRanges } from '../../server/src/queries/selection-ranges.ts';
import { symbols } from '../../server/src/queries/symbols.ts';
import { workspaceSymbols } from '../../server/src/queries/workspace-symbols.ts';
import { laidOut, layouts, samples, sampleWorkspace } from './documents.ts';

const runs = Number(process.env['RUNS'] ?? 150);

/** Milliseconds; a query takes a few, the rest is for machines that do other things as well. */
const limit = 1_000;

test('every query answers a file that is cut off', () => {
  let workspace = sampleWorkspace();
  const cuts = fc.record({
    sample: fc.constantFrom(...samples),
    layout: layouts,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    cutsEnd: fc.boolean(),
    rest: fc.constantFrom(
      '',
      '',
      '"',
      "'",
      '{',
      '[',
      '- ',
      ': ',
      '&a ',
      '*a',
      '!!',
      '|',
      '>-',
      '? ',
      '\t',
      '\u0000',
      '\ud800',
      '{{',
      '{{ if .a }}',
      '%',
    ),
  });
  fc.assert(
    fc.property(cuts, ({ sample, layout, share, cutsEnd, rest }) => {
      const whole = laidOut(sample.text, layout);
      const cut = Math.floor(share * whole.length);
      const text = cutsEnd ? whole.slice(0, cut) + rest : rest + whole.slice(cut);
      const { uri } = sample;
      workspace = timed('applyChange', () => applyChange(workspace, { files: new Map([[uri, text]]) }));
      timed('diagnose', () => diagnose(workspace, uri));
      timed('symbols', () => symbols(workspace, uri));
      timed('workspace symbols', () => workspaceSymbols(workspace, 'rev'));
      timed('folding', () => folding(workspace, uri));
      timed('links', () => links(workspace, uri));
      for (const offset of new Set([0, Math.floor(text.length / 2), cutsEnd ? cut : 0, text.length])) {
        const all = timed('complete', () => complete(workspace, uri, offset));
        for (const it of all.slice(0, 5)) timed('documentation', () => it.documentation());
        timed('hover', () => hover(workspace, uri, offset));
        timed('definition', () => definition(workspace, uri, offset));
        timed('references', () => references(workspace, uri, offset, true));
        timed('highlights', () => highlights(workspace, uri, offset));
        timed('selection', () => selectionRanges(workspace, uri, offset));
        for (const ask of [callItems, incomingCalls, outgoingCalls]) timed('calls', () => ask(workspace, uri, offset));
      }
      const offered = timed('fixes', () => fixes(workspace, uri, { start: 0, end: text.length }));
      for (const it of offered.slice(0, 20)) timed('edits', () => it.edits());
      workspace = applyChange(workspace, { files: new Map([[uri, sample.text]]) });
    }),
    { numRuns: runs },
  );
});

function timed<T>(name: string, query: () => T): T {
  const start = performance.now();
  const answer = query();
  const took = performance.now() - start;
  assert.ok(took < limit, `${name} took ${took.toFixed(0)} ms`);
  return answer;
}
