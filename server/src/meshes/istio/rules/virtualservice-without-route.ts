/** istio/virtualservice-without-route: a VirtualService, or one of its HTTP routes, leads nowhere. */

import { nearest } from '../../../model/nearest.ts';
import type { Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { isKnown, listAt, recordAt, valueAt } from '../../../model/value.ts';
import { VirtualService } from '../kinds.ts';

const protocols = ['http', 'tls', 'tcp'];
const ends = ['route', 'redirect', 'directResponse', 'delegate'];

/** Source: istio/istio pkg/config/validation, ValidateVirtualService and validateHTTPRouteConflict. */
export const virtualserviceWithoutRoute: Rule = {
  id: 'istio/virtualservice-without-route',
  severity: 'error',
  summary:
    'A VirtualService or one of its HTTP routes says what to match and not where to send it, so Istio refuses it.',
  kinds: [VirtualService],
  peers: ['IST0106', 'KIA1107'],

  *check(resource, environment) {
    const spec = valueAt(resource.value, ['spec']);
    if (spec === undefined || spec === null || environment.isPatched(resource)) return;
    const isOpen = (path: Path) => !isKnown(resource.value, path, resource.part.masked.hiddenLines);
    const isEmpty = (value: unknown) =>
      value === undefined || value === null || (Array.isArray(value) && value.length === 0);
    // A misspelt one is told of already, and may be what is looked for.
    const mayBeMisspelt = (path: Path, names: readonly string[]) =>
      Object.keys(recordAt(resource.value, path)).some((it) => !names.includes(it) && nearest(it, names) !== undefined);
    const lacks = (path: Path, names: readonly string[]) =>
      !mayBeMisspelt(path, names) &&
      names.every((it) => !isOpen([...path, it]) && isEmpty(valueAt(resource.value, [...path, it])));

    if (lacks(['spec'], protocols)) {
      yield {
        path: ['spec'],
        side: 'key',
        message: 'This VirtualService routes nothing: it needs "http", "tls" or "tcp".',
      };
    }
    for (const position of listAt(resource.value, ['spec', 'http']).keys()) {
      const path: Path = ['spec', 'http', position];
      if (isOpen(path) || !lacks(path, ends)) continue;
      const name = valueAt(resource.value, [...path, 'name']);
      yield {
        path,
        message: `${typeof name === 'string' ? `Route "${name}"` : 'This route'} leads nowhere: it needs "route", "redirect", "directResponse" or "delegate".`,
      };
    }
  },
};
