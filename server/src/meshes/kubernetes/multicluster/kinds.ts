/** Kinds of the Multi-Cluster Services API. Source: kubernetes-sigs/mcs-api, pkg/apis. */

import { type Kind, lookupKind } from '../../../model/kind.ts';

export const ServiceExport: Kind = {
  group: 'multicluster.x-k8s.io',
  name: 'ServiceExport',
  versions: ['v1beta1', 'v1alpha1'],
  schema: 'kubernetes/serviceexport',
  subject: [],
};
export const ServiceImport: Kind = {
  group: 'multicluster.x-k8s.io',
  name: 'ServiceImport',
  versions: ['v1beta1', 'v1alpha1'],
  schema: 'kubernetes/serviceimport',
};

/** Other projects of the same interest group share the API group; no mesh reads their kinds. */
export const ClusterProfile = lookupKind('multicluster.x-k8s.io', 'ClusterProfile', ['v1alpha1']);
export const PlacementDecision = lookupKind('multicluster.x-k8s.io', 'PlacementDecision', ['v1alpha1']);
export const Work = lookupKind('multicluster.x-k8s.io', 'Work', ['v1alpha1']);
export const AppliedWork = lookupKind('multicluster.x-k8s.io', 'AppliedWork', ['v1alpha1'], 'cluster');
