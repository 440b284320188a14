/**
 * Conditions of HTTPRouteGroups: any of them, each with a path, methods and headers that all must fit. Expressions hold
 * for the whole text. Source: smi-spec apis/traffic-specs.
 */

import type { Asked, Origin, PathMatch, RouteMatch } from '../../../../model/ir.ts';
import type { Resource } from '../../../../model/manifest.ts';
import type { Path } from '../../../../model/text.ts';
import { isRecord, listAt, textAt, valueAt } from '../../../../model/value.ts';

/** The matches of a group, of all its conditions or of those with some names. Older versions have them beside `spec`. */
export function readMatches(group: Resource, names: ReadonlySet<string> | undefined): readonly RouteMatch[] {
  const place: Path = valueAt(group.value, ['spec', 'matches']) === undefined ? ['matches'] : ['spec', 'matches'];
  return listAt(group.value, place).flatMap((it, at): RouteMatch[] => {
    if (names && !names.has(textAt(it, ['name']) ?? '')) return [];
    const from = (...steps: (string | number)[]): Origin => ({ resource: group, path: [...place, at, ...steps] });
    const pathRegex = textAt(it, ['pathRegex']);
    const methods = listAt(it, ['methods']).filter((one) => typeof one === 'string');
    const isAnyMethod = methods.length === 0 || methods.includes('*');
    return [
      {
        from: [from()],
        ...(pathRegex === undefined ? {} : { path: { value: readPath(pathRegex), from: [from('pathRegex')] } }),
        ...(isAnyMethod ? {} : { methods: { value: methods, from: [from('methods')] } }),
        headers: headersOf(valueAt(it, ['headers'])).map(({ name, value, steps }) => ({
          value: { name, match: { type: 'regex', value, dialect: 're2' } },
          from: [from('headers', ...steps)],
        })),
        query: [],
      },
    ];
  });
}

/** The same match, asked for by who names its group as well. */
export function matchAskedBy({ path, methods, headers, ...match }: RouteMatch, by: Origin): RouteMatch {
  return {
    ...match,
    from: [by, ...match.from],
    ...(path ? { path: askedBy(path, by) } : {}),
    ...(methods ? { methods: askedBy(methods, by) } : {}),
    headers: headers.map((it) => askedBy(it, by)),
  };
}

function askedBy<T>({ value, from }: Asked<T>, by: Origin): Asked<T> {
  return { value, from: [by, ...from] };
}

interface Header {
  readonly name: string;
  readonly value: string;
  readonly steps: readonly (string | number)[];
}

/** Headers are a map in all versions but the last, which has a list of maps. */
function headersOf(value: unknown): readonly Header[] {
  if (Array.isArray(value))
    return value.flatMap((it, at) => headersOf(it).map((one) => ({ ...one, steps: [at, ...one.steps] })));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, text]) =>
    typeof text === 'string' ? [{ name, value: text, steps: [name] }] : [],
  );
}

/**
 * An expression as the path it means: a text without signs of an expression is that path, `/api/.*` all that begins so,
 * `.*` every path.
 */
export function readPath(expression: string): PathMatch {
  const bare = expression.replace(/^\^/, '').replace(/\$$/, '');
  if (/^\/?\.\*$/.test(bare)) return { type: 'prefix', value: '/' };
  const literal = unescaped(bare);
  if (literal?.startsWith('/')) return { type: 'exact', value: literal };
  const start = bare.endsWith('/.*') ? unescaped(bare.slice(0, -2)) : undefined;
  if (start?.startsWith('/')) return { type: 'prefix', value: start };
  return { type: 'regex', value: bare };
}

const metacharacter = /[\\^$|?*+()[\]{}\u0001]/;

/** `/a\.B` as `/a.B`; undefined when anything in it is no plain sign. */
function unescaped(text: string): string | undefined {
  const plain = text
    .replace(/\./g, (dot, at: number) => (text[at - 1] === '\\' ? dot : '\u0001'))
    .replace(/\\([./_-])/g, '$1');
  return metacharacter.test(plain) ? undefined : plain;
}
