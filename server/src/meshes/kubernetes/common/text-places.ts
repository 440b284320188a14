/**
 * Where Kubernetes demands text of kinds whose fields we do not check otherwise. A number or a boolean there makes the
 * API server refuse the object: "cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string".
 */

import type { Resource } from '../../../model/manifest.ts';
import { workloadKinds } from './kinds.ts';

const ofMetadata = ['metadata.labels.*', 'metadata.annotations.*', 'metadata.name', 'metadata.namespace'];

const ofPods = ['containers', 'initContainers'].flatMap((list) => [
  ...['env[*].value', 'env[*].name', 'args[*]', 'command[*]', 'image', 'name'].map((it) => `${list}[*].${it}`),
]);

/** Patterns below the resource, by kind and group. */
const byKind = new Map<string, readonly string[]>([
  ['Service.', ['spec.selector.*']],
  ['ReplicationController.', ['spec.selector.*']],
  ['ConfigMap.', ['data.*', 'binaryData.*']],
  ['Secret.', ['data.*', 'stringData.*']],
  ...['Kustomization', 'Component'].map(
    (it) =>
      [
        `${it}.kustomize.config.k8s.io`,
        ['commonLabels.*', 'commonAnnotations.*', 'labels[*].pairs.*', 'namespace', 'namePrefix', 'nameSuffix'],
      ] as const,
  ),
  ['NetworkPolicy.networking.k8s.io', ['spec.podSelector.matchLabels.*']],
  ['PodDisruptionBudget.policy', ['spec.selector.matchLabels.*']],
  ...[
    'Deployment.apps',
    'StatefulSet.apps',
    'DaemonSet.apps',
    'ReplicaSet.apps',
    'Job.batch',
    'Rollout.argoproj.io',
  ].map((it) => [it, ['spec.selector.matchLabels.*']] as const),
]);

/** Patterns of the places of a resource that hold text and nothing else; those of its metadata for kinds of others. */
export function textPlaces({ kind, group }: Pick<Resource, 'kind' | 'group'>): readonly string[] {
  const id = `${kind}.${group}`;
  let places = known.get(id);
  if (!places) {
    const template = workloadKinds.find((it) => it.kind.name === kind && it.kind.group === group)?.template;
    const home = template === undefined || template.length === 0 ? '' : `${template.join('.')}.`;
    places = [
      ...ofMetadata,
      ...(byKind.get(id) ?? []),
      ...(template === undefined
        ? []
        : [
            ...(home === '' ? [] : ['metadata.labels.*', 'metadata.annotations.*'].map((it) => home + it)),
            ...['nodeSelector.*', ...ofPods].map((it) => `${home}spec.${it}`),
          ]),
    ];
    // Kinds are few, but nobody vouches for what people write there.
    if (known.size < 1_000) known.set(id, places);
  }
  return places;
}

const known = new Map<string, readonly string[]>();
