/** Which fields of Kubernetes' own kinds name other resources, and the forms of reference that all meshes share. */

import { type Kind, kindId } from '../../../model/kind.ts';
import type { Reference, Site, Space } from '../../../model/reference.ts';
import type { Path } from '../../../model/text.ts';
import { textAt } from '../../../model/value.ts';
import { Namespace, ServiceAccount, workloadKinds } from './kinds.ts';

/** The space in which resources of a kind are known, by `namespace/name`. */
export function spaceOf(kind: Kind): Space {
  return kindId(kind);
}

/** The text of a field beside the one at a site: `sibling(site, 'kind')`. */
export function sibling(site: Site, name: string): string | undefined {
  return textAt(site.resource.value, [...site.path.slice(0, -1), name]);
}

/** The text of a field of the resource, wherever the site stands. */
export function fieldOf(site: Site, path: Path): string | undefined {
  return textAt(site.resource.value, path);
}

interface NamedField {
  readonly from: Kind;
  readonly path: string;
  readonly noun: string;
  /** Kinds that the name may be of; a function where a sibling field says which. */
  readonly to: readonly Kind[] | ((site: Site) => readonly Kind[]);
  /** The namespace it is looked for in; the resource's own unless a sibling says otherwise. */
  readonly namespace?: (site: Site) => string;
}

/** A reference by plain name, with the namespace said beside it or understood: the form of most fields. */
export function byName({ from, path, noun, to, namespace = (site) => site.namespace }: NamedField): Reference {
  const kindsAt = (site: Site) => (typeof to === 'function' ? to(site) : to);
  const homeOf = (kind: Kind | undefined, site: Site) => (kind?.scope === 'cluster' ? '' : namespace(site));
  return {
    from,
    path,
    noun,
    spaces: (site) => kindsAt(site).map(spaceOf),
    keys: (text, site) => [...new Set(kindsAt(site).map((kind) => `${homeOf(kind, site)}/${text}`))],
    write(key, site) {
      const slash = key.indexOf('/');
      return kindsAt(site).some((kind) => key.slice(0, slash) === homeOf(kind, site))
        ? key.slice(slash + 1)
        : undefined;
    },
  };
}

/** The namespace said by a `namespace:` beside the name, else the resource's own. */
export function siblingNamespace(site: Site): string {
  return sibling(site, 'namespace') ?? site.namespace;
}

/** Those of some kinds that `kind:` and `group:` beside a name say, `core` being the core group; `otherwise` where they say none. */
export function kindSaid(site: Site, kinds: readonly Kind[], otherwise?: Kind): readonly Kind[] {
  const name = sibling(site, 'kind') ?? otherwise?.name;
  const group = sibling(site, 'group') ?? otherwise?.group ?? '';
  return kinds.filter((it) => it.name === name && (it.group === group || (it.group === '' && group === 'core')));
}

/** A namespace by its name. Offers suggest what to write, since most namespaces have no manifest. */
export function namespaceAt(from: Kind, path: string): Reference {
  return { ...byName({ from, path, noun: 'namespace', to: [Namespace] }), write: () => undefined };
}

export const references: readonly Reference[] = workloadKinds.map(({ kind, template }) =>
  byName({
    from: kind,
    path: [...template, 'spec', 'serviceAccountName'].join('.'),
    noun: 'ServiceAccount',
    to: [ServiceAccount],
  }),
);
