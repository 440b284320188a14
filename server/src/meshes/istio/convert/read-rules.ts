/** Rules of a VirtualService: their matches, their destinations, and what else they do. */

import type { Asked, Backend, Fault, Origin, RouteMatch, RouteParts, RouteRule } from '../../../model/ir.ts';
import { serviceOfHost } from '../hosts.ts';
import { readDuration } from './durations.ts';
import { originsOf, type Place } from './place.ts';
import { readCors, readDirectResponse, readHeaders, readRedirect, readRewrite } from './read-actions.ts';
import { clientsOf, foldSegments, type Lose, readHttpMatch } from './read-matches.ts';
import { readFault, readRetries } from './read-resilience.ts';

/** What a rule is read with: hosts are named short in the namespace of its VirtualService. */
export interface RuleContext {
  readonly namespace: string;
  readonly clusterDomain: string;
  readonly lose: Lose;
}

/** A rule of `http` that has its own destinations; none, with its loss reported, when nothing else can match as it does. */
export function readHttpRule(rule: Place, context: RuleContext): RouteRule[] {
  const all = rule.at('match').items;
  const matches = foldSegments(all.flatMap((it) => readHttpMatch(it, context.namespace, context.lose)));
  if (all.length > 0 && matches.length === 0) {
    context.lose([rule.origin], 'no-equivalent', 'None of its matches can be said elsewhere, so the rule is left out.');
    return [];
  }
  const name = rule.at('name');
  return [
    {
      ...(name.text === undefined ? {} : { name: name.asked(name.text) }),
      matches,
      parts: readParts(rule, matches, context),
    },
  ];
}

/** What a rule does with the requests that its matches take. */
export function readParts(rule: Place, matches: readonly RouteMatch[], context: RuleContext): RouteParts {
  const parts: { -readonly [Name in keyof RouteParts]: RouteParts[Name] } = {};
  const backends = backendsOf(rule.at('route'), context);
  if (backends.length > 0) parts.backends = { value: backends, from: backends.flatMap((it) => it.from) };
  const redirect = rule.at('redirect');
  if (redirect.exists) parts.redirect = redirect.asked(readRedirect(redirect));
  const direct = rule.at('directResponse');
  if (direct.exists) parts.directResponse = direct.asked(readDirectResponse(direct));
  const rewrite = rule.at('rewrite');
  if (rewrite.exists) parts.rewrite = rewrite.asked(readRewrite(rewrite, matches));
  const request = rule.at('headers', 'request');
  if (request.exists) parts.requestHeaders = request.asked(readHeaders(request));
  const response = rule.at('headers', 'response');
  if (response.exists) parts.responseHeaders = response.asked(readHeaders(response));
  const mirrors = mirrorsOf(rule, context);
  if (mirrors.value.length > 0) parts.mirrors = mirrors;
  const timeout = rule.at('timeout');
  const millis = readDuration(timeout.text);
  if (millis !== undefined) parts.timeout = timeout.asked(millis === 0 ? -1 : millis);
  const retries = rule.at('retries');
  if (retries.exists) parts.retries = retries.asked(readRetries(retries));
  const fault = readFault(rule.at('fault'));
  if (fault && isIdle(fault))
    context.lose([rule.at('fault').origin], 'unused-in-source', 'Without a share no request waits or fails.', 'none');
  else if (fault) parts.fault = rule.at('fault').asked(fault);
  const cors = rule.at('corsPolicy');
  if (cors.exists) parts.cors = cors.asked(readCors(cors));
  return parts;
}

/** Whether a fault meets no request: a share that is not given is none. */
function isIdle({ delay, abort }: Fault): boolean {
  return (delay ?? abort) !== undefined && !delay?.percent && !abort?.percent;
}

function backendsOf(route: Place, context: RuleContext): Backend[] {
  const { items } = route;
  return items.flatMap((it) => {
    const backend = backendOf(it.at('destination'), context);
    if (!backend) return [];
    const [weight, request, response] = [it.at('weight'), it.at('headers', 'request'), it.at('headers', 'response')];
    return [
      {
        ...backend,
        // One destination gets everything; of several, one without a weight gets nothing.
        ...(items.length > 1 ? { weight: weight.number ?? 0 } : {}),
        ...(request.exists ? { requestHeaders: readHeaders(request) } : {}),
        ...(response.exists ? { responseHeaders: readHeaders(response) } : {}),
        from: [...backend.from, ...originsOf(weight, request, response)],
      },
    ];
  });
}

function backendOf(destination: Place, context: RuleContext): Backend | undefined {
  const [host, subset, port] = [destination.at('host'), destination.at('subset'), destination.at('port', 'number')];
  if (host.text === undefined) return undefined;
  const service = serviceOfHost(host.text, context.namespace, context.clusterDomain);
  return {
    service: service ?? { name: host.text, namespace: '' },
    ...(service ? {} : { host: host.text }),
    ...(port.number === undefined ? {} : { port: port.number }),
    ...(subset.text === undefined || subset.text === '' ? {} : { subset: subset.text }),
    from: originsOf(host, subset, port),
  };
}

function mirrorsOf(
  rule: Place,
  context: RuleContext,
): Asked<readonly { readonly backend: Backend; readonly percent: number }[]> {
  const value: { backend: Backend; percent: number }[] = [];
  const from: Origin[] = [];
  const single = backendOf(rule.at('mirror'), context);
  if (single) {
    const percents = [rule.at('mirrorPercentage', 'value'), rule.at('mirrorPercent'), rule.at('mirror_percent')];
    const written = originsOf(...percents);
    const backend = { ...single, from: [...single.from, ...written] };
    value.push({ backend, percent: percents.find((it) => it.number !== undefined)?.number ?? 100 });
    from.push(...backend.from);
  }
  for (const it of rule.at('mirrors').items) {
    const read = backendOf(it.at('destination'), context);
    if (!read) continue;
    const percent = it.at('percentage', 'value');
    const backend = { ...read, from: [...read.from, ...originsOf(percent)] };
    value.push({ backend, percent: percent.number ?? 100 });
    from.push(...backend.from);
  }
  return { value, from };
}

/** A rule of `tls` or `tcp`; none, with its loss reported, when it asks for what nobody else routes by. */
export function readConnectionRule(rule: Place, context: RuleContext): RouteRule[] {
  const backends = backendsOf(rule.at('route'), context);
  const all = rule.at('match').items;
  const matches = all.flatMap((match): RouteMatch[] => {
    const subnets = originsOf(match.at('destinationSubnets'), match.at('sourceSubnet'));
    if (subnets.length > 0) {
      context.lose([match.origin], 'l4-match', 'The match asks for addresses, which no other mesh routes by.');
      return [];
    }
    const [port, sni] = [match.at('port'), match.at('sniHosts')];
    return [
      {
        from: [match.origin],
        headers: [],
        query: [],
        ...(port.number === undefined ? {} : { port: port.asked(port.number) }),
        ...(sni.exists ? { sni: sni.asked(sni.texts) } : {}),
        ...clientsOf(match, context.namespace),
      },
    ];
  });
  if ((all.length > 0 && matches.length === 0) || backends.length === 0) {
    context.lose([rule.origin], 'l4-match', 'None of its matches can be said elsewhere, so the rule is left out.');
    return [];
  }
  return [{ matches, parts: { backends: { value: backends, from: backends.flatMap((it) => it.from) } } }];
}
