/** What HTTPRouteGroups say that goes nowhere: names of conditions, any method, and conditions that nobody asks for. */

import type { Environment } from '../../../../model/environment.ts';
import type { Origin, Peculiar } from '../../../../model/ir.ts';
import { isOfKind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import type { Path } from '../../../../model/text.ts';
import { listAt, textAt, valueAt } from '../../../../model/value.ts';
import { HTTPRouteGroup, TrafficSplit, TrafficTarget } from '../kinds.ts';

/** The leaves of groups that no rule of another mesh needs; the others are read with what names the group. */
export function* readGroups(resources: readonly Resource[], environment: Environment): Generator<Peculiar> {
  for (const group of resources) {
    if (!isOfKind(group, HTTPRouteGroup)) continue;
    const place: Path = valueAt(group.value, ['spec']) === undefined ? ['matches'] : ['spec', 'matches'];
    const isUsed = usersOf(group, environment);
    for (const [at, match] of listAt(group.value, place).entries()) {
      const from = (...steps: (string | number)[]): Origin[] => [{ resource: group, path: [...place, at, ...steps] }];
      const name = textAt(match, ['name']) ?? '';
      if (!isUsed(name)) {
        const reason = 'No TrafficSplit or TrafficTarget here asks for this condition.';
        yield { from: from(), code: 'unused-in-source', reason, risk: 'none' };
        continue;
      }
      const reason =
        'It is the name by which others ask for the condition; routes and policies hold theirs themselves.';
      yield { from: from('name'), code: 'no-equivalent', reason, risk: 'none' };
      const any = 'Any method is what a condition without methods takes.';
      if (listAt(match, ['methods']).includes('*'))
        yield { from: from('methods'), code: 'unused-in-source', reason: any, risk: 'none' };
    }
  }
}

/** Whether something asks for the condition of a name in a group. */
function usersOf(group: Resource, environment: Environment): (name: string) => boolean {
  const namespace = environment.namespaceOf(group);
  const isMeant = (it: unknown) => textAt(it, ['kind']) === HTTPRouteGroup.name && textAt(it, ['name']) === group.name;
  const beside = (kind: typeof TrafficSplit) =>
    environment.index.all(kind).filter((it) => environment.namespaceOf(it) === namespace);
  const isSplit = beside(TrafficSplit).some((it) => listAt(it.value, ['spec', 'matches']).some(isMeant));
  const rules = beside(TrafficTarget)
    .flatMap((it) => [...listAt(it.value, ['spec', 'rules']), ...listAt(it.value, ['specs'])])
    .filter(isMeant);
  return (name) =>
    isSplit ||
    rules.some((it) => {
      const names = listAt(it, ['matches']);
      return names.length === 0 || names.includes(name);
    });
}
