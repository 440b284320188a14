/** Matches of rules as a router's routes: the forms that one takes, and what the report says of it. */

import type { RouteMatch } from '../../../model/ir.ts';
import { type Chain, type Refused, settlePort } from './chain.ts';
import type { Spec } from './drafts.ts';
import { combinations, differsInRe2, headerForms, isEveryPath, pathForms, queryForm } from './matches.ts';
import { originsOfMatch } from './route-parts.ts';
import { isRegisteredPort } from './services.ts';

/** One form of a match; its tail is that of its path. */
export interface MatchForm {
  readonly http: Spec;
  readonly tail: '' | '/';
}

/** All forms that a match takes in Consul, or why it has none. */
export function formsOf(match: RouteMatch, { group, drafts }: Chain): readonly MatchForm[] | Refused {
  const { environment } = drafts;
  const { clients, sni, port } = match;
  if (clients && (clients.value.labels || clients.value.namespace))
    return { code: 'client-scope', reason: 'Consul routes the requests of all clients alike; the rule is for some.' };
  if (clients?.value.gateways && !clients.value.gateways.includes('mesh'))
    return { code: 'client-scope', reason: 'The rule is for requests from a gateway; config entries are not.' };
  if (sni) return { code: 'sni-route', reason: 'Consul routes no TLS by server name.' };
  if (port && isRegisteredPort(environment, group.service, port.value) === false)
    return {
      code: 'port-not-addressable',
      reason: `Consul knows one port of a service, and it is not ${port.value}.`,
    };
  const query: Spec[] = [];
  for (const { value } of match.query) {
    const form = queryForm(value.name, value.match);
    if (!form) return { code: 'negated-match', reason: 'Consul cannot ask that a query parameter is not there.' };
    query.push(form);
  }
  const paths = match.path && !isEveryPath(match.path.value) ? pathForms(match.path.value) : undefined;
  const demanded = new Set(match.headers.flatMap(({ value }) => (value.match.negate ? [] : [value.name])));
  const headers = [
    ...match.headers.map(({ value }) =>
      // What has to be there as well cannot be absent.
      headerForms(value.name, value.match, 'route').filter(
        (it) => it['present'] !== true || it['invert'] !== true || !demanded.has(value.name),
      ),
    ),
    ...(match.authority ? [headerForms(':authority', match.authority.value, 'route')] : []),
    ...(match.scheme ? [headerForms(':scheme', match.scheme.value, 'route')] : []),
  ];
  return (paths ?? [{ fields: {}, tail: '' as const }]).flatMap(({ fields, tail }) =>
    combinations(headers).map((header) => ({
      http: {
        ...fields,
        ...(match.methods && { methods: [...match.methods.value] }),
        ...(header.length > 0 && { header }),
        ...(query.length > 0 && { queryParam: query }),
      },
      tail,
    })),
  );
}

/** Reports a match that is written, field by field below its place. */
export function reportMatch(match: RouteMatch, place: string, chain: Chain): void {
  const { ledger } = chain.drafts;
  const parts = originsOfMatch(match);
  if (parts.length === 1) ledger.exact(match.from, place);
  const below = (path: string) => (place.endsWith('.match') ? `${place}.http.${path}` : place);
  if (match.path) {
    const { type } = match.path.value;
    const isPair = type === 'segments' && !isEveryPath(match.path.value);
    const field = { exact: 'pathExact', prefix: 'pathPrefix', segments: 'pathPrefix', regex: 'pathRegex' }[type];
    ledger.exact(
      match.path,
      below(field),
      isPair
        ? 'A prefix in Consul ends anywhere, so there is a route for the path itself and one for what is below.'
        : '',
    );
  }
  if (match.methods) ledger.exact(match.methods, below('methods'));
  for (const [at, header] of match.headers.entries()) {
    if (differsInRe2(header.value.match))
      ledger.changed(
        header,
        below(`header[${at}]`),
        'regex-dialect',
        'Consul reads the regex as RE2, whose \\d, \\w and \\s know ASCII only.',
      );
    else
      ledger.exact(
        header,
        below(`header[${at}]`),
        header.value.match.negate && header.value.match.type !== 'present'
          ? 'Two routes: the header is absent, or has another value.'
          : '',
      );
  }
  for (const [at, it] of match.query.entries()) {
    if (differsInRe2(it.value.match))
      ledger.changed(
        it,
        below(`queryParam[${at}]`),
        'regex-dialect',
        'Consul reads the regex as RE2, whose \\d, \\w and \\s know ASCII only.',
      );
    else ledger.exact(it, below(`queryParam[${at}]`));
  }
  if (match.authority)
    ledger.changed(
      match.authority,
      below('header'),
      'authority-match',
      'Matched as the header ":authority" by its text: clients write a service in several ways, with and without port.',
    );
  if (match.scheme)
    ledger.changed(
      match.scheme,
      below('header'),
      'no-equivalent',
      'Matched as the header ":scheme", always http here.',
    );
  if (match.port) settlePort(match.port, place, chain);
  if (match.clients) ledger.exact(match.clients, place, 'Config entries are about clients in the mesh.');
}
