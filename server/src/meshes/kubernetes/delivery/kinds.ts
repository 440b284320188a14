/**
 * Kinds of Flagger, which makes Services and routes around a workload and shifts their weights. Argo Rollouts' own kind is
 * a workload and stands with these. Source: fluxcd/flagger, pkg/apis/flagger/v1beta1.
 */

import { lookupKind } from '../../../model/kind.ts';

export const Canary = lookupKind('flagger.app', 'Canary', ['v1beta1']);
export const MetricTemplate = lookupKind('flagger.app', 'MetricTemplate', ['v1beta1']);
export const AlertProvider = lookupKind('flagger.app', 'AlertProvider', ['v1beta1']);
