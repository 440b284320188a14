/** Writes which pods get a proxy: as a mark of Namespaces where a mesh reads one there, and of pods. */

import type { Asked, Injection, Origin } from '../../../../model/ir.ts';
import { meshNames } from '../../../../model/mesh-id.ts';
import { injectionKeys, isInjectedGateway } from '../injection.ts';
import { servicesOfPods } from '../workloads.ts';
import {
  type Bearer,
  bearersOf,
  type Marks,
  markOf,
  namespaceBearer,
  placeOfMark,
  restartText,
  scopeInWords,
} from './bearers.ts';
import type { Marker } from './marker.ts';

/** A mark that asks for a proxy, or asks for none. */
export interface InjectionMark {
  readonly part: Marks;
  readonly key: string;
  readonly on: string;
  readonly off: string;
}

/** The marks of a mesh: on pods, and on Namespaces where it has one there. */
export interface InjectionMarks {
  readonly pods: InjectionMark;
  readonly namespaces?: InjectionMark;
}

/** Writes all of them; marks of the source stay, and a note says that they have to go once the pods move. */
export function writeInjections(items: readonly Asked<Injection>[], marks: InjectionMarks, marker: Marker): void {
  for (const asked of items) writeOne(asked.value, marks, marker);
}

function writeOne(injection: Injection, marks: InjectionMarks, marker: Marker): void {
  const { ledger, environment } = marker;
  const { scope, isOn, special } = injection;
  const name = meshNames[marker.mesh];
  const byNamespace = marks.namespaces !== undefined;
  const all = [isOn, ...special];
  if (scope.type === 'namespace' && !byNamespace && !isOn.value) {
    for (const it of all)
      ledger.exact(
        it,
        '',
        `Pods get no proxy from ${name} unless they ask for one, or the installation gives one to all.`,
      );
    return;
  }
  const known = bearersOf(scope, environment, byNamespace);
  const bearers = known.filter((it) => scope.type === 'workload' || !refuses(it));
  if (bearers.length === 0) {
    const reason =
      known.length > 0
        ? `${name} asks pods whether they want a proxy, and those of the namespace that are known want none.`
        : `${name} asks pods whether they want a proxy, and no workload of these is known.`;
    for (const it of all) ledger.lost(it, 'per-workload', reason);
    if (known.length === 0)
      ledger.note('missing', `Add ${scopeInWords(scope)} to the workspace, then convert again.`, 'behaviour');
    return;
  }
  const from = all.flatMap((it) => it.from);
  for (const bearer of bearers) writeMark(injection, bearer, marks, from, marker);
}

/** Whether pods say themselves that they want no proxy, whatever their namespace says, or are one themselves. */
function refuses(bearer: Bearer): boolean {
  if (bearer.type !== 'workload') return false;
  return (
    isInjectedGateway(bearer.workload) ||
    injectionKeys.some((it) => {
      const value = bearer.workload[it.map][it.name];
      return value !== undefined && !it.values.test(value);
    })
  );
}

function writeMark(
  { scope, isOn, special }: Injection,
  bearer: Bearer,
  marks: InjectionMarks,
  from: readonly Origin[],
  marker: Marker,
): void {
  const { ledger } = marker;
  const mark = bearer.type === 'namespace' && marks.namespaces ? marks.namespaces : marks.pods;
  const target = placeOfMark(bearer, mark.part, mark.key);
  const value = isOn.value ? mark.on : mark.off;
  const isNew = marker.known(bearer, mark.part, mark.key) !== value;
  if (isNew) marker.set(bearer, mark.part, mark.key, value, from);
  if (scope.type === 'namespace' && bearer.type === 'workload')
    ledger.changed(
      isOn,
      target,
      'per-workload',
      `${meshNames[marker.mesh]} asks pods, not namespaces: each workload of the namespace asks for a proxy, and later ones have to.`,
    );
  else ledger.exact(isOn, target);
  for (const it of special) ledger.changed(it, target, it.value.code, it.value.reason);
  if (!isNew) return;
  if (isOn.value) warnOfTwo(bearer, mark, marker);
  if (bearer.type === 'namespace') ledger.note('manual', restartText(bearer.namespace));
}

/** No pod can have two proxies: what asks for that of another mesh has to go when the pods move. */
function warnOfTwo(bearer: Bearer, mark: InjectionMark, { mesh, ledger, environment }: Marker): void {
  const bearers =
    bearer.type === 'workload' ? [bearer, namespaceBearer(environment, bearer.workload.namespace)] : [bearer];
  for (const it of injectionKeys) {
    const asking = bearers.find((one) => it.values.test(markOf(one, it.map, it.name) ?? ''));
    if (it.mesh === mesh || !asking) continue;
    const owner = placeOfMark(asking, it.map, it.name).split(' ')[0] ?? '';
    ledger.note(
      'manual',
      `${owner} keeps ${it.map === 'labels' ? 'label' : 'annotation'} "${it.name}" beside "${mark.key}": remove it when these pods are to leave ${meshNames[it.mesh]}, since a pod cannot have two proxies.`,
      'availability',
    );
  }
  if (mesh !== 'consul' || bearer.type !== 'workload') return;
  const { workload } = bearer;
  if (servicesOfPods(environment, workload.namespace, workload.labels).length === 0)
    ledger.note(
      'manual',
      `${placeOfMark(bearer, mark.part, mark.key).split(' ')[0] ?? ''} has no Service in the workspace: Consul takes the name of a service from the Service of its pods, and needs one.`,
      'availability',
    );
}
