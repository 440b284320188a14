/** Kubernetes' own kinds: known for look-ups, labels and annotations; their fields are not checked. */

import { type Kind, lookupKind } from '../../../model/kind.ts';

export const Namespace = lookupKind('', 'Namespace', ['v1'], 'cluster');
export const Service: Kind = { ...lookupKind('', 'Service', ['v1']), subject: ['selector'] };
export const ServiceAccount = lookupKind('', 'ServiceAccount', ['v1']);
export const Secret = lookupKind('', 'Secret', ['v1']);
export const ConfigMap = lookupKind('', 'ConfigMap', ['v1']);
export const Pod = lookupKind('', 'Pod', ['v1']);
export const ReplicationController = lookupKind('', 'ReplicationController', ['v1']);
export const Deployment = lookupKind('apps', 'Deployment', ['v1']);
export const StatefulSet = lookupKind('apps', 'StatefulSet', ['v1']);
export const DaemonSet = lookupKind('apps', 'DaemonSet', ['v1']);
export const ReplicaSet = lookupKind('apps', 'ReplicaSet', ['v1']);
export const Job = lookupKind('batch', 'Job', ['v1']);
export const CronJob = lookupKind('batch', 'CronJob', ['v1']);
export const Kustomization = lookupKind('kustomize.config.k8s.io', 'Kustomization', ['v1beta1']);
export const Rollout = lookupKind('argoproj.io', 'Rollout', ['v1alpha1']);

/** Kinds that make pods, with the way to their pod template. */
export const workloadKinds: readonly { readonly kind: Kind; readonly template: readonly string[] }[] = [
  { kind: Pod, template: [] },
  ...[Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, Rollout].map((kind) => ({
    kind,
    template: ['spec', 'template'],
  })),
  { kind: CronJob, template: ['spec', 'jobTemplate', 'spec', 'template'] },
];
