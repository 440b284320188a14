/**
 * Rules that hand over to another VirtualService, put together as Istio does: a request has to match both, and what the
 * rules of the other do not say, they have from the rule that hands over. Rules that match more than it are ignored.
 * Source: istio/istio pilot/pkg/model/virtualservice.go, mergeHTTPRoutes.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Origin, RouteMatch, RouteParts, RouteRule } from '../../../model/ir.ts';
import { VirtualService } from '../kinds.ts';
import { Place } from './place.ts';
import { foldSegments, readHttpMatch } from './read-matches.ts';
import { readParts, type RuleContext } from './read-rules.ts';

/** The rules that a handing rule stands for; or the VirtualService that the workspace does not hold. */
export function readDelegated(
  root: Place,
  context: RuleContext,
  environment: Environment,
): { readonly rules: readonly RouteRule[] } | { readonly missing: string } {
  const name = root.at('delegate', 'name').text ?? '';
  const namespace = root.at('delegate', 'namespace').text ?? context.namespace;
  const delegate = environment.index.find(VirtualService, namespace, name);
  if (!delegate) return { missing: `VirtualService "${name}" in namespace "${namespace}"` };
  const there = { ...context, namespace };
  return {
    rules: Place.of(delegate)
      .at('spec', 'http')
      .items.flatMap((it) => mergedRule(root, it, context, there)),
  };
}

function mergedRule(root: Place, leaf: Place, context: RuleContext, there: RuleContext): readonly RouteRule[] {
  if (leaf.at('delegate').exists) {
    context.lose([leaf.origin], 'unused-in-source', 'Istio hands over once only.', 'none');
    return [];
  }
  const pairs = pairsOf(root, leaf);
  if (!pairs) {
    context.lose(
      [leaf.origin],
      'unused-in-source',
      'Istio ignores the rule: it matches requests that the one which hands over does not.',
      'none',
    );
    return [];
  }
  const matches = foldSegments(
    pairs.flatMap(([outer, inner]) => {
      const [first] = outer ? readHttpMatch(outer, context.namespace, context.lose) : [undefined];
      const [second] = inner ? readHttpMatch(inner, there.namespace, there.lose) : [undefined];
      if ((outer && !first) || (inner && !second)) return [];
      return first && second ? [bothOf(first, second)] : (first ?? second ?? []);
    }),
  );
  if (pairs.length > 0 && matches.length === 0) {
    context.lose([leaf.origin], 'no-equivalent', 'None of its matches can be said elsewhere, so the rule is left out.');
    return [];
  }
  const names = [root.at('name'), leaf.at('name')].filter((it) => it.text !== undefined);
  const parts = handedDown(root, leaf, readParts(leaf, matches, there), readParts(root, matches, context));
  return [
    {
      ...(names.length > 0
        ? { name: { value: names.map((it) => it.text).join('-'), from: names.map((it) => it.origin) } }
        : {}),
      matches,
      parts: withOrigins(parts, [root.at('delegate').origin]),
    },
  ];
}

type Pair = readonly [Place | undefined, Place | undefined];

/** The matches to put together; undefined when a match of the leaf lies outside of all of the root's. */
function pairsOf(root: Place, leaf: Place): readonly Pair[] | undefined {
  const [outer, inner] = [root.at('match').items, leaf.at('match').items];
  if (outer.length === 0) return inner.map((it): Pair => [undefined, it]);
  if (inner.length === 0) return outer.map((it): Pair => [it, undefined]);
  const pairs = inner.map((one) => outer.filter((it) => !conflict(it, one)).map((it): Pair => [it, one]));
  return pairs.some((it) => it.length === 0) ? undefined : pairs.flat();
}

/** Whether a match of the leaf takes requests that one of the root's does not. */
function conflict(root: Place, leaf: Place): boolean {
  const single = ['uri', 'scheme', 'method', 'authority'];
  if (single.some((it) => textConflict(root.at(it), leaf.at(it)))) return true;
  for (const map of ['headers', 'withoutHeaders', 'queryParams'])
    if (leaf.at(map).entries.some(([key, it]) => textConflict(root.at(map, key), it))) return true;
  if (Boolean(root.at('ignoreUriCase').boolean) !== Boolean(leaf.at('ignoreUriCase').boolean)) return true;
  const [ports, homes] = [
    [root, leaf].map((it) => it.at('port').number),
    [root, leaf].map((it) => it.at('sourceNamespace').text),
  ];
  if (ports.every((it) => it !== undefined) && ports[0] !== ports[1]) return true;
  if (homes[0] !== undefined && homes[0] !== homes[1]) return true;
  const labels = root.at('sourceLabels').textRecord;
  const differs = ([key, it]: readonly [string, string]) => labels[key] !== undefined && labels[key] !== it;
  if (Object.entries(leaf.at('sourceLabels').textRecord).some(differs)) return true;
  const [outer, inner] = [root.at('gateways').texts, leaf.at('gateways').texts];
  return outer.length > 0 && inner.some((it) => !outer.includes(it));
}

function textConflict(root: Place, leaf: Place): boolean {
  if (!root.exists || !leaf.exists) return false;
  const said = (it: Place) => (['regex', 'prefix', 'exact'] as const).find((key) => it.at(key).text);
  const [outer, inner] = [said(root), said(leaf)];
  const [whole, part] = [outer ? (root.at(outer).text ?? '') : '', inner ? (leaf.at(inner).text ?? '') : ''];
  if (outer === 'regex') return inner !== undefined;
  if (inner === 'regex') return outer !== undefined;
  if (outer === 'exact') return inner !== 'exact' || whole !== part;
  return outer !== 'prefix' || inner === undefined || !part.startsWith(whole);
}

/** A match of what two match, of which the second lies within the first. */
function bothOf(root: RouteMatch, leaf: RouteMatch): RouteMatch {
  const both = <T>(a: Asked<T> | undefined, b: Asked<T> | undefined): Asked<T> | undefined =>
    a && b ? { value: b.value, from: [...a.from, ...b.from] } : (b ?? a);
  const texts = (a: RouteMatch['headers'], b: RouteMatch['headers']) => {
    const isSame = (one: (typeof a)[number], other: (typeof a)[number]) =>
      one.value.name === other.value.name && one.value.match.negate === other.value.match.negate;
    const merged = b.map(
      (it) =>
        both(
          a.find((one) => isSame(one, it)),
          it,
        ) ?? it,
    );
    return [...a.filter((it) => !b.some((other) => isSame(it, other))), ...merged];
  };
  const [path, methods, authority, scheme, port] = [
    both(root.path, leaf.path),
    both(root.methods, leaf.methods),
    both(root.authority, leaf.authority),
    both(root.scheme, leaf.scheme),
    both(root.port, leaf.port),
  ];
  const clients = clientsOfBoth(root, leaf);
  return {
    from: [...root.from, ...leaf.from],
    ...(path ? { path } : {}),
    ...(methods ? { methods } : {}),
    headers: texts(root.headers, leaf.headers),
    query: texts(root.query, leaf.query),
    ...(authority ? { authority } : {}),
    ...(scheme ? { scheme } : {}),
    ...(port ? { port } : {}),
    ...(clients ? { clients } : {}),
  };
}

function clientsOfBoth({ clients: root }: RouteMatch, { clients: leaf }: RouteMatch): RouteMatch['clients'] {
  if (!root || !leaf) return root ?? leaf;
  const labels = { ...root.value.labels, ...leaf.value.labels };
  return {
    value: { ...root.value, ...leaf.value, ...(Object.keys(labels).length > 0 ? { labels } : {}) },
    from: [...root.from, ...leaf.from],
  };
}

/** What a rule has from the one that hands over to it: each part that it does not have itself. */
function handedDown(root: Place, leaf: Place, own: RouteParts, general: RouteParts): RouteParts {
  const { backends: _backends, redirect: _redirect, requestHeaders, responseHeaders, ...rest } = general;
  const headers = { ...(requestHeaders ? { requestHeaders } : {}), ...(responseHeaders ? { responseHeaders } : {}) };
  return { ...rest, ...(leaf.at('headers').exists || !root.at('headers').exists ? {} : headers), ...own };
}

/** The parts, where the one who answers also speaks for other leaves. */
function withOrigins(parts: RouteParts, origins: readonly Origin[]): RouteParts {
  const [first, ...others] = parts.backends?.value ?? [];
  if (first) {
    const value = [{ ...first, from: [...first.from, ...origins] }, ...others];
    return { ...parts, backends: { value, from: value.flatMap((it) => it.from) } };
  }
  const { redirect, directResponse } = parts;
  if (redirect) return { ...parts, redirect: { ...redirect, from: [...redirect.from, ...origins] } };
  if (directResponse)
    return { ...parts, directResponse: { ...directResponse, from: [...directResponse.from, ...origins] } };
  return parts;
}
