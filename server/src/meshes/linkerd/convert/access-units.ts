/** Which policies protect which pods: units of pods for which the same policies hold. */

import { askedOfAccess, originsOf } from '../../../model/access-origins.ts';
import { addTo, groupBy } from '../../../model/group.ts';
import type { Access, Labels, Origin, WorkloadScope } from '../../../model/ir.ts';
import { textRecordAt } from '../../../model/value.ts';
import { selects, serviceFacts, type Workload, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { closesNamespace } from './closed-namespaces.ts';
import type { Draft } from './draft.ts';

/** Pods that the same policies protect. */
export interface Unit {
  readonly namespace: string;
  readonly labels: Labels;
  readonly accesses: readonly Access[];
  readonly workloads: readonly Workload[];
}

/**
 * Pods grouped by the policies that hold for them: on one port only one Server counts, so all policies for a pod must
 * meet in it.
 */
export function unitsOf(accesses: readonly Access[], draft: Draft): readonly Unit[] {
  const scopes = accesses.flatMap((access) => {
    const scope = scopeOf(access.target.value, draft);
    if (scope) return [{ access, scope }];
    loseForWant(
      access,
      draft,
      `Service "${access.target.value.service?.name ?? ''}" in namespace "${access.target.value.namespace}"`,
    );
    return [];
  });
  // Policies and pods meet within a namespace alone: nothing is compared across them.
  const scopesIn = groupBy(scopes, (it) => it.scope.namespace);
  const units: Unit[] = [];
  const unitsIn = new Map<string, number[]>();
  const ofNamespace = (namespace: string) => (unitsIn.get(namespace) ?? []).flatMap((at) => units[at] ?? []);
  const add = (unit: Unit) => addTo(unitsIn, unit.namespace, units.push(unit) - 1);
  const done = new Set<Workload['resource']>();
  for (const { scope } of scopes) {
    const beside = scopesIn.get(scope.namespace) ?? [];
    const workloads = workloadsFor(scope, draft);
    const isSelective = Object.keys(scope.labels).length > 0;
    if (workloads.length === 0 && isSelective && !ofNamespace(scope.namespace).some((it) => sameScope(it, scope))) {
      // Wider policies hold for these pods, too.
      const own = beside.filter((it) => contains(it.scope, scope)).map((it) => it.access);
      add({ ...scope, accesses: own, workloads: [] });
    }
    for (const workload of workloads) {
      if (done.has(workload.resource)) continue;
      done.add(workload.resource);
      const holding = beside.filter((it) => covers(it.scope, workload));
      const narrow = holding.filter((it) => Object.keys(it.scope.labels).length > 0);
      const [first] = narrow;
      const isOne = first && holding.every((it) => sameScope(it.scope, first.scope));
      const labels = isOne ? first.scope.labels : selectorOf(workload);
      const known = (unitsIn.get(workload.namespace) ?? []).find((at) => sameLabels(units[at]?.labels ?? {}, labels));
      const unit = known === undefined ? undefined : units[known];
      if (known !== undefined && unit) units[known] = { ...unit, workloads: [...unit.workloads, workload] };
      else
        add({
          namespace: workload.namespace,
          labels,
          accesses: holding.map((it) => it.access),
          workloads: [workload],
        });
    }
  }
  for (const { access, scope } of scopes) {
    const own = ofNamespace(scope.namespace);
    if (!own.some((it) => (it.workloads.length > 0 ? it.accesses.includes(access) : sameScope(it, scope))))
      loseForWant(
        access,
        draft,
        `a workload with container ports in namespace "${scope.namespace}"`,
        own.some((it) => it.accesses.includes(access)) ? 'Written only for pods that another policy names' : undefined,
      );
  }
  return units;
}

type Scope = Pick<WorkloadScope, 'namespace' | 'labels'>;

function scopeOf(scope: WorkloadScope, draft: Draft): Scope | undefined {
  if (!scope.service || Object.keys(scope.labels).length > 0) return scope;
  const facts = serviceFacts(draft.environment, scope.service.namespace, scope.service.name);
  if (!facts || Object.keys(facts.selector).length === 0) return undefined;
  return { namespace: facts.namespace, labels: facts.selector };
}

function workloadsFor(scope: Scope, draft: Draft): readonly Workload[] {
  return workloadsIn(draft.environment, scope.namespace).filter((it) => covers(scope, it));
}

function covers(scope: Scope, workload: Workload): boolean {
  return scope.namespace === workload.namespace && selects(scope.labels, workload.labels);
}

/** Whether all pods of the second scope are in the first. */
function contains(a: Scope, b: Scope): boolean {
  return a.namespace === b.namespace && selects(a.labels, b.labels);
}

function sameScope(a: Scope, b: Scope): boolean {
  return a.namespace === b.namespace && sameLabels(a.labels, b.labels);
}

/** Whether two selectors ask for the same labels. */
export function sameLabels(a: Labels, b: Labels): boolean {
  return Object.keys(a).length === Object.keys(b).length && selects(a, b);
}

function selectorOf({ resource, labels }: Workload): Labels {
  const own = textRecordAt(resource.value, ['spec', 'selector', 'matchLabels']);
  return Object.keys(own).length > 0 ? own : labels;
}

/** Records a whole policy as lost for want of a fact; what it closed stays open, unless its whole namespace is closed. */
export function loseForWant(access: Access, draft: Draft, missing: string, written = 'Not written'): void {
  if (closesNamespace(access)) return;
  draft.ledger.lost(
    originsOfAccess(access),
    'authz-lost',
    `${written}: the workspace does not hold ${missing}.`,
    'security',
  );
  draft.ledger.note('missing', `Add the manifest of ${missing} to the workspace, then convert again.`, 'security');
}

/** Everything that asked for a policy. */
export function originsOfAccess(access: Access): readonly Origin[] {
  return originsOf(askedOfAccess(access));
}
