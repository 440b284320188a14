/** Parts of rules that not every mesh reads: CORS, and the timeout of one attempt. */

import type { Asked, Cors, RouteParts, TextMatch } from '../../../../model/ir.ts';
import type { Resource } from '../../../../model/manifest.ts';
import type { Path } from '../../../../model/text.ts';
import { listAt, numberAt, textAt, valueAt } from '../../../../model/value.ts';
import { readDuration } from '../convert/routes.ts';

/** The parts of a rule with those that stand in its filters and timeouts beside them. */
export function routePartsOf(resource: Resource, rule: number, parts: RouteParts): RouteParts {
  const path: Path = ['spec', 'rules', rule];
  const filters = listAt(resource.value, [...path, 'filters']);
  const at = filters.findIndex((it) => textAt(it, ['type']) === 'CORS');
  const timeout: Path = [...path, 'timeouts', 'backendRequest'];
  const millis = readDuration(valueAt(resource.value, timeout));
  return {
    ...parts,
    ...(at === -1 || parts.cors ? {} : { cors: readCors(resource, [...path, 'filters', at]) }),
    ...(millis === undefined || millis === 0
      ? {}
      : { backendTimeout: { value: millis, from: [{ resource, path: timeout }] } }),
  };
}

function readCors(resource: Resource, path: Path): Asked<Cors> {
  const cors = valueAt(resource.value, [...path, 'cors']);
  const texts = (name: string) => listAt(cors, [name]).filter((it) => typeof it === 'string');
  const maxAge = numberAt(cors, ['maxAge']);
  const credentials = valueAt(cors, ['allowCredentials']);
  return {
    value: {
      origins: texts('allowOrigins').map(readOrigin),
      methods: texts('allowMethods'),
      headers: texts('allowHeaders'),
      expose: texts('exposeHeaders'),
      ...(maxAge === undefined ? {} : { maxAge: maxAge * 1000 }),
      ...(typeof credentials === 'boolean' ? { credentials } : {}),
    },
    from: [{ resource, path }],
  };
}

/** `*` is any origin; a star in front of a name stands for one or more labels. */
function readOrigin(origin: string): TextMatch {
  if (origin === '*') return { type: 'present' };
  if (!origin.includes('*')) return { type: 'exact', value: origin };
  const quoted = origin.replace(/[.+?()|[\]{}^$\\]/g, '\\$&').replace('*', '.+');
  return { type: 'regex', value: quoted, dialect: 're2' };
}
