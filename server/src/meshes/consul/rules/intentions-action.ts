/** consul/intentions-action: a source of an intention says no verdict, two of them, or one that does not exist. */

import { mayExclude, type Resource } from '../../../model/manifest.ts';
import { nearest } from '../../../model/nearest.ts';
import type { Finding, Fix, Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { isKnown, listAt, valueAt } from '../../../model/value.ts';
import { ServiceIntentions } from '../kinds.ts';

const actions = ['allow', 'deny'];

export const intentionsAction: Rule = {
  id: 'consul/intentions-action',
  severity: 'error',
  summary:
    'A source of ServiceIntentions has neither action nor permissions, has both, or an action that does not exist.',
  kinds: [ServiceIntentions],
  peers: [],

  *check(resource) {
    for (const position of listAt(resource.value, ['spec', 'sources']).keys()) {
      const source: Path = ['spec', 'sources', position];
      const action: Path = [...source, 'action'];
      const permissions: Path = [...source, 'permissions'];
      const { hiddenLines } = resource.part.masked;
      if (![action, permissions].every((it) => isKnown(resource.value, it, hiddenLines))) continue;

      const verdict = valueAt(resource.value, action);
      const listed = listAt(resource.value, permissions);
      const hasVerdict = verdict !== undefined && verdict !== null && verdict !== '';
      if (listed.length === 0 && !hasVerdict) yield missing(resource, source);
      else if (listed.length === 0) yield* unknown(resource, action);
      else if (hasVerdict && !mayExclude(resource, action, permissions)) yield both(resource, action, permissions);

      for (const at of listed.keys()) {
        const path: Path = [...permissions, at, 'action'];
        if (valueAt(resource.value, path) !== undefined) yield* unknown(resource, path);
      }
    }
  },
};

function missing(resource: Resource, source: Path): Finding {
  const name: Path = [...source, 'name'];
  const hasName = valueAt(resource.value, name) !== undefined;
  return {
    path: hasName ? name : source,
    message: 'This source needs an "action" (allow or deny) or "permissions".',
    fixes: actions.map((value) => ({
      title: `Add action ${value}`,
      edits: () => [{ type: 'insert', resource, path: [...source, 'action'], value }],
    })),
  };
}

function both(resource: Resource, action: Path, permissions: Path): Finding {
  const remove = (path: Path): Fix => ({
    title: `Remove "${String(path.at(-1))}"`,
    edits: () => [{ type: 'delete', resource, path }],
  });
  return {
    path: action,
    side: 'key',
    message: 'A source has an "action" or "permissions", never both; Consul refuses the resource.',
    related: [{ resource, path: permissions, message: 'The permissions of this source.' }],
    fixes: [remove(action), remove(permissions)],
  };
}

function* unknown(resource: Resource, path: Path): Generator<Finding> {
  const value = valueAt(resource.value, path);
  if (typeof value !== 'string' || actions.includes(value)) return;
  const best = nearest(value, actions);
  yield {
    path,
    message: `An action is "allow" or "deny", not "${value}".`,
    fixes: [...actions]
      .sort((a, b) => Number(b === best) - Number(a === best))
      .map((it) => ({
        title: `Use "${it}"`,
        isSafe: it === best,
        edits: () => [{ type: 'replace-value', resource, path, value: it }],
      })),
  };
}
