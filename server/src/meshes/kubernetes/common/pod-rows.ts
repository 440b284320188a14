/** Rows of the tables of ideas for what stands on the pods of any workload. */

import type { FieldRow, Idea, PeculiarField, PlaceRow } from '../../ideas.ts';
import { Namespace, Pod, workloadKinds } from './kinds.ts';

/** A label or annotation of pods, in the template of each kind of workload; Pod itself comes first. */
export function onPods(part: 'labels' | 'annotations', key: string, idea: Idea): readonly PlaceRow[] {
  return workloadKinds.map(({ kind, template }) => ({
    kind,
    path: [...template, `metadata.${part}["${key}"]`].join('.'),
    idea,
  }));
}

/** A label or annotation of pods that conversions read, in the template of each kind of workload. */
export function readOnPods(part: 'labels' | 'annotations', key: string, idea: Idea): readonly FieldRow[] {
  return workloadKinds.map(({ kind, template }) => ({
    kind,
    path: [...template, `metadata.${part}["${key}"]`].join('.'),
    idea,
  }));
}

/** All other labels and annotations of pods and Namespaces, which go behind the rows that know them. */
export function otherMarks(reason: string): readonly FieldRow[] {
  const peculiar: PeculiarField = { code: 'proxy-only', reason, risk: 'behaviour' };
  const bearers = [...workloadKinds, { kind: Namespace, template: [] }];
  return bearers.flatMap(({ kind, template }) => marksBelow(template).map((path) => ({ kind, path, peculiar })));
}

/** Labels and annotations of what makes pods, which no mesh reads: those of the template count. */
export function marksBesidePods(): readonly FieldRow[] {
  const peculiar: PeculiarField = {
    code: 'unused-in-source',
    reason:
      'It stands beside the template, where it says nothing of the pods; what counts is the metadata of the template.',
    risk: 'none',
  };
  const makers = workloadKinds.filter((it) => it.kind !== Pod);
  return makers.flatMap(({ kind }) => marksBelow([]).map((path) => ({ kind, path, peculiar })));
}

function marksBelow(template: readonly string[]): readonly string[] {
  return ['labels', 'annotations'].map((part) => [...template, 'metadata', part, '*'].join('.'));
}
