/** Consul's rules, in the order in which findings are reported. */

import type { Rule } from '../../../model/rule.ts';
import { intentionsAction } from './intentions-action.ts';
import { intentionsSameDestination } from './intentions-same-destination.ts';
import { l7EntryNeedsHttp } from './l7-entry-needs-http.ts';
import { serviceSplitterSum } from './service-splitter-sum.ts';
import { splitterSubsetNotFound } from './splitter-subset-not-found.ts';

export const rules: readonly Rule[] = [
  l7EntryNeedsHttp,
  splitterSubsetNotFound,
  serviceSplitterSum,
  intentionsAction,
  intentionsSameDestination,
];
