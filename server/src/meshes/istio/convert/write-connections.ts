/** Routes of connections as the `tls` and `tcp` of a VirtualService. */

import type { Route } from '../../../model/ir.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import type { HttpTarget } from './write-actions.ts';
import { writeBackends } from './write-backends.ts';
import { type MatchContext, writeClients } from './write-matches.ts';

/** Writes the rules of a route into a list; `port` is the one that the route is about, if it is about one. */
export function writeLayer4(
  route: Route,
  into: Fields[],
  draft: Draft,
  port: number | undefined,
  drafts: Drafts,
): void {
  const { ledger } = drafts;
  const list = route.protocol;
  for (const it of route.rules) {
    const place = (...path: (string | number)[]) => draft.place('spec', list, into.length, ...path);
    const context: MatchContext = { ledger, namespace: draft.namespace, place: (position) => place('match', position) };
    for (const [name, asked] of Object.entries(it.parts))
      if (asked && name !== 'backends') ledger.lost(asked, 'no-equivalent', 'Istio does this for HTTP only.');
    const matches = it.matches.map((match, at) => {
      ledger.exact(match.from, place('match', at));
      if (match.port) ledger.exact(match.port, place('match', at, 'port'));
      if (match.sni) ledger.exact(match.sni, place('match', at, 'sniHosts'));
      return withoutUndefined({
        port: match.port?.value ?? port,
        sniHosts: match.sni ? [...match.sni.value] : list === 'tls' ? namesOf(route, drafts) : undefined,
        ...writeClients(match, context, context.place(at)),
      });
    });
    if (matches.length === 0 && list === 'tls')
      matches.push(withoutUndefined({ port, sniHosts: namesOf(route, drafts) }));
    else if (matches.length === 0 && port !== undefined) matches.push({ port });
    const rule: Fields = matches.length > 0 ? { match: matches } : {};
    const target: HttpTarget = { rule, draft, drafts, matches: it.matches, parts: it.parts, place };
    if (it.parts.backends) writeBackends(it.parts.backends, target);
    if ('route' in rule) into.push(rule);
    else if (it.parts.backends)
      ledger.lost(
        it.parts.backends,
        'no-equivalent',
        'Nobody gets the connections, which Istio can say for HTTP only.',
      );
  }
}

/** The names by which clients may call what a TLS route is about. */
function namesOf({ targets }: Route, { clusterDomain }: Drafts): readonly string[] {
  return targets.map(({ value }) =>
    value.type === 'host' ? value.host : `${value.service.name}.${value.service.namespace}.svc.${clusterDomain}`,
  );
}
