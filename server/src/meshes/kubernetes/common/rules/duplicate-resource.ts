/** common/duplicate-resource: two manifests of an environment define the same resource. */

import type { Environment } from '../../../../model/environment.ts';
import type { Kind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import type { Rule } from '../../../../model/rule.ts';

export const duplicateResource: Rule = {
  id: 'common/duplicate-resource',
  severity: 'warning',
  summary: 'Two manifests that are deployed together define the same resource; the one that is applied last wins.',
  kinds: 'every',
  peers: [],

  *check(resource, environment) {
    const namespace = environment.namespaceOf(resource);
    if (resource.name === '' || isPatch(resource, environment)) return;
    const kind: Kind = { group: resource.group, name: resource.kind, versions: [] };
    const others = environment.index
      .findAll(kind, namespace, resource.name)
      .slice(0, lookLimit)
      .filter((it) => it !== resource && !isSame(it, resource) && !isPatch(it, environment));
    if (others.length === 0) return;

    const identity = namespace === '' ? resource.name : `${namespace}/${resource.name}`;
    yield {
      path: ['metadata', 'name'],
      message: `${resource.kind} "${identity}" is defined ${others.length === 1 ? 'a second time' : `${others.length} more times`}; the one that is applied last wins.`,
      // Loose files are often variants of each other, although nothing in the workspace says so.
      ...(environment.isDeclared || others.some((it) => it.uri === resource.uri) ? {} : { severity: 'info' as const }),
      related: others
        .slice(0, relatedLimit)
        .map((it) => ({ resource: it, path: ['metadata', 'name'], message: 'It is defined here too.' })),
    };
  },
};

/** How many of the same name are looked at, since each of thousands would look at all others. */
const lookLimit = 100;

/** How many of them an editor is told the places of. */
const relatedLimit = 20;

/** Equal texts define one resource twice, which harms nobody; in a template, conditions may exclude each other. */
function isSame(other: Resource, resource: Resource): boolean {
  const isOnePart = other.part === resource.part && other.root.join() === resource.root.join();
  return (
    isOnePart ||
    (other.part !== resource.part && bareText(other) === bareText(resource)) ||
    other.part.masked.hiddenLines ||
    resource.part.masked.hiddenLines
  );
}

function bareText({ part }: Resource): string {
  return part.text.replace(/^---.*/, '').trim();
}

/** Whether a file is a patch of a kustomization, or is named like one. */
function isPatch({ uri }: Resource, environment: Environment): boolean {
  return environment.isPartial(uri) || /(?:^|[-_.])patch[^/]*$/i.test(uri.slice(uri.lastIndexOf('/') + 1));
}
