/** In which namespaces a resource counts, by `exportTo` or, for a Service, by its annotation. */

import type { Environment } from '../../model/environment.ts';
import { isOfKind } from '../../model/kind.ts';
import type { Resource } from '../../model/manifest.ts';
import { listAt, textAt } from '../../model/value.ts';
import { Service } from '../kubernetes/common/kinds.ts';

const annotation = 'networking.istio.io/exportTo';

/** The namespaces that see a resource; `*` stands for all, `~` for none. */
export function exportScopes(resource: Resource, environment: Environment): ReadonlySet<string> {
  const listed = exportTo(resource);
  if (listed.length === 0 || listed.includes('*')) return new Set(['*']);
  return new Set(listed.map((it) => (it === '.' ? environment.namespaceOf(resource) : it)));
}

function exportTo({ apiVersion, kind, value }: Resource): readonly string[] {
  const written = isOfKind({ apiVersion, kind }, Service)
    ? (textAt(value, ['metadata', 'annotations', annotation])
        ?.split(',')
        .map((it) => it.trim()) ?? [])
    : listAt(value, ['spec', 'exportTo']);
  return written.filter((it): it is string => typeof it === 'string' && it !== '');
}
