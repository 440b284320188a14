/** Rows of the tables of ideas for what stands on the pods of any workload. */

import type { ByHand, Idea, PlaceRow } from '../../ideas.ts';
import { workloadKinds } from './kinds.ts';

/** A label or annotation of pods, in the template of each kind of workload; Pod itself comes first. */
export function onPods(part: 'labels' | 'annotations', key: string, idea: Idea | ByHand): readonly PlaceRow[] {
  return workloadKinds.map(({ kind, template }) => ({
    kind,
    path: [...template, `metadata.${part}["${key}"]`].join('.'),
    idea,
  }));
}
