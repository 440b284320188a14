/** Matches of a VirtualService's rules. */

import type { Asked, Origin, PathMatch, Risk, RouteMatch, TextMatch } from '../../../model/ir.ts';
import { originsOf, type Place } from './place.ts';
import { readStringMatch } from './texts.ts';

/** Reports leaves that nothing else can say. */
export type Lose = (from: readonly Origin[], code: string, reason: string, risk?: Risk) => void;

export const standardMethods: readonly string[] = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
];

/** A match of an HTTP rule; none, with its loss reported, when other meshes cannot say it in full. */
export function readHttpMatch(match: Place, namespace: string, lose: Lose): RouteMatch[] {
  const claims = match.at('headers').entries.find(([key]) => key.startsWith('@request.auth.'));
  if (claims) {
    lose([match.origin], 'jwt-route', 'The match asks for a claim of a token, which only Istio routes by.');
    return [];
  }
  const methods = methodsOf(match.at('method'));
  if (methods?.value.length === 0) {
    lose([match.origin], 'method-regex', 'The match asks for methods that are none of the standard ones.');
    return [];
  }
  const path = pathOf(match);
  const authority = match.at('authority');
  const scheme = match.at('scheme');
  const port = match.at('port');
  for (const [key, it] of [...match.at('headers').entries, ...match.at('withoutHeaders').entries])
    if (key === 'authority' || key === ':authority')
      lose([it.origin], 'no-equivalent', 'Istio ignores a header match on the authority.', 'none');
  return [
    {
      from: askedBy(match),
      ...(path ? { path } : {}),
      ...(methods ? { methods } : {}),
      headers: [
        ...textMatches(match.at('headers')),
        ...textMatches(match.at('withoutHeaders')).map(({ value: { name, match }, from }) => ({
          value: { name, match: { ...match, negate: true } },
          from,
        })),
      ],
      query: textMatches(match.at('queryParams')),
      ...(authority.exists ? { authority: authority.asked(readStringMatch(authority)) } : {}),
      ...(scheme.exists ? { scheme: scheme.asked(readStringMatch(scheme)) } : {}),
      ...(port.number === undefined ? {} : { port: port.asked(port.number) }),
      ...clientsOf(match, namespace),
    },
  ];
}

function pathOf(match: Place): Asked<PathMatch> | undefined {
  const uri = match.at('uri');
  if (!uri.exists) return undefined;
  const ignore = match.at('ignoreUriCase');
  const read = readStringMatch(uri);
  if (read.type === 'present') return undefined;
  const isRegex = read.type === 'regex';
  const value: PathMatch = {
    type: read.type === 'exact' ? 'exact' : isRegex ? 'regex' : 'prefix',
    value: read.value,
    ...(ignore.boolean && !isRegex ? { ignoreCase: true } : {}),
  };
  return { value, from: originsOf(uri, ignore) };
}

/** The methods that a match takes; an empty list when it takes no standard one. */
function methodsOf(method: Place): Asked<readonly string[]> | undefined {
  if (!method.exists) return undefined;
  const match = readStringMatch(method);
  if (match.type === 'exact') return method.asked([match.value]);
  if (match.type === 'present') return undefined;
  if (match.type === 'regex') {
    const literals = match.value.replace(/^\((?:\?:)?([^()]*)\)$/, '$1').split('|');
    if (literals.every((it) => /^[A-Z]+$/.test(it))) return method.asked(literals);
  }
  return method.asked(standardMethods.filter((it) => takes(match, it)));
}

/** The clients, or gateways, that a match of any protocol is for. */
export function clientsOf(match: Place, namespace: string): Pick<RouteMatch, 'clients'> {
  const [labels, home, gateways] = [match.at('sourceLabels'), match.at('sourceNamespace'), match.at('gateways')];
  const from = originsOf(labels, home, gateways);
  if (from.length === 0) return {};
  return {
    clients: {
      value: {
        ...(labels.exists ? { labels: labels.textRecord } : {}),
        ...(home.text === undefined ? {} : { namespace: home.text }),
        ...(gateways.exists ? { gateways: gateways.texts.map((it) => qualified(it, namespace)) } : {}),
      },
      from,
    },
  };
}

/** What a match asks for: all but the names that it only bears in statistics. */
function askedBy(match: Place): readonly Origin[] {
  const asked = match.entries.filter(([key]) => key !== 'name' && key !== 'statPrefix');
  return asked.length === 0 ? [match.origin] : asked.map(([, it]) => it.origin);
}

/** `namespace/name` of a gateway; `mesh` stays as it is. */
export function qualified(gateway: string, namespace: string): string {
  if (gateway.startsWith('./')) return `${namespace}${gateway.slice(1)}`;
  return gateway === 'mesh' || gateway.includes('/') ? gateway : `${namespace}/${gateway}`;
}

function textMatches(map: Place): Asked<{ readonly name: string; readonly match: TextMatch }>[] {
  return map.entries
    .filter(([name]) => name !== 'authority' && name !== ':authority')
    .map(([name, it]) => it.asked({ name, match: readStringMatch(it) }));
}

/** Whether a text satisfies a match; false for a regular expression that JavaScript cannot read. */
function takes(match: TextMatch, text: string): boolean {
  switch (match.type) {
    case 'exact':
      return text === match.value;
    case 'prefix':
      return text.startsWith(match.value);
    case 'suffix':
      return text.endsWith(match.value);
    case 'contains':
      return text.includes(match.value);
    case 'present':
      return true;
    case 'regex':
      try {
        return new RegExp(`^(?:${match.value})$`).test(text);
      } catch {
        return false; // RE2 knows constructs that JavaScript does not; none of them is needed to name a method.
      }
  }
}

/**
 * Two matches `exact: /a` and `prefix: /a/` that agree in everything else are one match of whole path segments, which is
 * how Istio writes what the Gateway API calls PathPrefix.
 */
export function foldSegments(matches: readonly RouteMatch[]): readonly RouteMatch[] {
  const folded: RouteMatch[] = [];
  const used = new Set<RouteMatch>();
  for (const match of matches) {
    if (used.has(match)) continue;
    const other = matches.find((it) => it !== match && !used.has(it) && areSegments(match, it));
    if (!other || !match.path || !other.path) {
      folded.push(match);
      continue;
    }
    used.add(other);
    const exact = match.path.value.type === 'exact' ? match.path.value : other.path.value;
    const both = (pick: (it: RouteMatch) => readonly Origin[] | undefined) => [
      ...(pick(match) ?? []),
      ...(pick(other) ?? []),
    ];
    folded.push({
      ...match,
      from: both((it) => it.from),
      path: { value: { ...exact, type: 'segments' }, from: both((it) => it.path?.from) },
      headers: match.headers.map((it, at) => ({ ...it, from: [...it.from, ...(other.headers[at]?.from ?? [])] })),
      query: match.query.map((it, at) => ({ ...it, from: [...it.from, ...(other.query[at]?.from ?? [])] })),
      ...(match.methods ? { methods: { ...match.methods, from: both((it) => it.methods?.from) } } : {}),
      ...(match.authority ? { authority: { ...match.authority, from: both((it) => it.authority?.from) } } : {}),
      ...(match.scheme ? { scheme: { ...match.scheme, from: both((it) => it.scheme?.from) } } : {}),
      ...(match.port ? { port: { ...match.port, from: both((it) => it.port?.from) } } : {}),
      ...(match.clients ? { clients: { ...match.clients, from: both((it) => it.clients?.from) } } : {}),
    });
  }
  return folded;
}

function areSegments(a: RouteMatch, b: RouteMatch): boolean {
  const [left, right] = [a.path?.value, b.path?.value];
  if (!left || !right || left.ignoreCase !== right.ignoreCase) return false;
  const isPair =
    (left.type === 'exact' && right.type === 'prefix' && right.value === `${left.value}/`) ||
    (left.type === 'prefix' && right.type === 'exact' && left.value === `${right.value}/`);
  return isPair && sameRest(a) === sameRest(b);
}

/** All of a match but its path and origins, as text to compare. */
function sameRest({ methods, headers, query, authority, scheme, port, clients }: RouteMatch): string {
  return JSON.stringify([
    methods?.value,
    headers.map((it) => it.value),
    query.map((it) => it.value),
    authority?.value,
    scheme?.value,
    port?.value,
    clients?.value,
  ]);
}
