/**
 * Which mode of mutual TLS wins: of the workload's policies, the namespace's and the mesh's the narrowest that sets one.
 * Source: istio.io, PeerAuthentication reference; istio/istio pilot/pkg/security/authn/policy_applier.go.
 */

import type { Environment } from '../../model/environment.ts';
import { isAbsent } from '../../model/hint.ts';
import type { Resource } from '../../model/manifest.ts';
import { textAt, textRecordAt, valueAt } from '../../model/value.ts';
import { selects } from '../kubernetes/common/workloads.ts';
import { rootNamespace } from './convert/read-mutual-tls.ts';
import { PeerAuthentication } from './kinds.ts';

export type PolicyLevel = 'workload' | 'namespace' | 'mesh';

export interface Winner {
  readonly mode: string;
  /** The policy that sets it, and for what; undefined for Istio's own default. */
  readonly policy: { readonly resource: Resource; readonly level: PolicyLevel } | undefined;
}

/** What Istio does where no policy sets a mode. */
const byDefault: Winner = { mode: 'PERMISSIVE', policy: undefined };

/** The mode for pods with some labels; undefined where a template or the age of two policies decides. */
export function modeOfPods(
  environment: Environment,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): Winner | undefined {
  const own = policiesOf(environment, namespace).filter((it) => it.level === 'workload' && selects(it.labels, labels));
  return winnerOf([own, ...levelsAbove(environment, namespace, 'workload')]);
}

/** The mode that a policy of some level leaves to the wider ones. */
export function inheritedMode(environment: Environment, namespace: string, level: PolicyLevel): Winner | undefined {
  return winnerOf(levelsAbove(environment, namespace, level));
}

/**
 * The policies of its namespace that a policy shares its pods with, of those that set a mode: first those of the same
 * level (for workloads, with the same selector), then the narrower ones.
 */
export function otherPolicies(
  environment: Environment,
  policy: Resource,
  level: PolicyLevel,
): readonly [rivals: readonly Resource[], narrower: readonly Resource[]] {
  const labels = JSON.stringify(Object.entries(textRecordAt(policy.value, selectorPath)).sort());
  const others = policiesOf(environment, environment.namespaceOf(policy)).filter(
    (it) => it.resource.name !== policy.name && it.mode !== 'UNSET',
  );
  const rivals = others.filter(
    (it) => it.level === level && JSON.stringify(Object.entries(it.labels).sort()) === labels,
  );
  const narrower = level === 'namespace' ? others.filter((it) => it.level === 'workload') : [];
  return [rivals.map((it) => it.resource), narrower.map((it) => it.resource)];
}

/** For what a policy speaks; `nowhere` with a selector in the root namespace, undefined where a template may give it one. */
export function levelOf(environment: Environment, resource: Resource): PolicyLevel | 'nowhere' | undefined {
  const isRoot = environment.namespaceOf(resource) === rootNamespace;
  if (Object.keys(textRecordAt(resource.value, selectorPath)).length > 0) return isRoot ? 'nowhere' : 'workload';
  const selector = valueAt(resource.value, selectorPath);
  if (selector === undefined && !isAbsent(environment, resource, selectorPath)) return undefined;
  return isRoot ? 'mesh' : 'namespace';
}

/** The mode that a policy sets: `UNSET` when it leaves it open, undefined when a template or a patch may set it. */
export function modeOfPolicy(environment: Environment, resource: Resource): string | undefined {
  return textAt(resource.value, modePath) ?? (isAbsent(environment, resource, modePath) ? 'UNSET' : undefined);
}

const selectorPath = ['spec', 'selector', 'matchLabels'];
const modePath = ['spec', 'mtls', 'mode'];

interface Policy {
  readonly resource: Resource;
  readonly level: PolicyLevel | 'nowhere' | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly mode: string | undefined;
}

function levelsAbove(environment: Environment, namespace: string, level: PolicyLevel): readonly (readonly Policy[])[] {
  const at = (home: string, wanted: PolicyLevel) =>
    policiesOf(environment, home).filter((it) => it.level === wanted || it.level === undefined);
  const mesh = level === 'mesh' ? [] : [at(rootNamespace, 'mesh')];
  return level === 'workload' && namespace !== rootNamespace ? [at(namespace, 'namespace'), ...mesh] : mesh;
}

function winnerOf(levels: readonly (readonly Policy[])[]): Winner | undefined {
  for (const policies of levels) {
    const [first] = policies;
    if (!first) continue;
    // Of two policies of one level the older counts, which no manifest tells.
    const { mode, level, resource } = first;
    if (!mode || !level || level === 'nowhere' || policies.some((it) => it.mode !== mode || !it.level))
      return undefined;
    if (mode !== 'UNSET') return { mode, policy: { resource, level } };
  }
  return byDefault;
}

/** By namespace; the index gives the same list until a policy changes. */
const byNamespace = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Policy[]>>();

function policiesOf(environment: Environment, namespace: string): readonly Policy[] {
  const all = environment.index.all(PeerAuthentication);
  let known = byNamespace.get(all);
  if (!known) {
    const groups = new Map<string, Policy[]>();
    for (const resource of all) {
      const home = environment.namespaceOf(resource);
      const policy: Policy = {
        resource,
        level: levelOf(environment, resource),
        labels: textRecordAt(resource.value, selectorPath),
        mode: modeOfPolicy(environment, resource),
      };
      groups.set(home, [...(groups.get(home) ?? []), policy]);
    }
    known = groups;
    byNamespace.set(all, known);
  }
  return known.get(namespace) ?? [];
}
