/** Routes of connections as the `tls` and `tcp` of a VirtualService. */

import type { Asked, Route } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import { listAt, numberAt } from '../../../model/value.ts';
import { covers } from '../hosts.ts';
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
  const own = namesOf(route, drafts);
  const taken = new Set(into.flatMap(takenBy));
  for (const it of route.rules) {
    const place = (...path: (string | number)[]) => draft.place('spec', list, into.length, ...path);
    const context: MatchContext = { ledger, namespace: draft.namespace, place: (position) => place('match', position) };
    for (const [name, asked] of Object.entries(it.parts))
      if (asked && name !== 'backends') ledger.lost(asked, 'no-equivalent', 'Istio does this for HTTP only.');
    const matches: Fields[] = [];
    for (const match of it.matches) {
      const at = matches.length;
      const sniHosts = list === 'tls' ? sniHostsOf(match.sni, own, match.port?.value ?? port, taken) : match.sni?.value;
      if (sniHosts?.length === 0) {
        ledger.lost([...match.from, ...(match.sni?.from ?? [])], 'sni-route', otherNames);
        continue;
      }
      if (match.port) ledger.exact(match.port, place('match', at, 'port'));
      if (match.sni) settleNames(match.sni, sniHosts ?? [], place('match', at, 'sniHosts'), ledger);
      matches.push(
        withoutUndefined({
          port: match.port?.value ?? port,
          sniHosts: sniHosts && [...sniHosts],
          ...writeClients(match, context, context.place(at)),
        }),
      );
      ledger.exact(match.from, place('match', at));
    }
    const rest = it.matches.length === 0 && list === 'tls' ? sniHostsOf(undefined, own, port, taken) : undefined;
    if (rest?.length === 0 || (it.matches.length > 0 && matches.length === 0)) {
      for (const backend of it.parts.backends?.value ?? []) ledger.lost(backend.from, 'sni-route', otherNames);
      continue;
    }
    if (rest) matches.push(withoutUndefined({ port, sniHosts: [...rest] }));
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

const otherNames =
  'Istio compares the names of TLS with the hosts of the VirtualService, and sends what asks for others to the service itself.';

/** The names of a match that are among the hosts, and that no earlier match has taken: Istio refuses any other. */
function sniHostsOf(
  sni: Asked<readonly string[]> | undefined,
  own: readonly string[],
  port: number | undefined,
  taken: Set<string>,
): readonly string[] {
  const names = sni?.value.flatMap((name) =>
    own.some((it) => covers(it, name)) ? [name] : own.filter((it) => covers(name, it)),
  );
  const fresh = [...new Set(names ?? own)].filter((it) => !taken.has(`${port} ${it}`));
  for (const it of fresh) taken.add(`${port} ${it}`);
  return fresh;
}

/** The names that a written rule takes, each with its port. */
function takenBy(rule: Fields): readonly string[] {
  return listAt(rule, ['match']).flatMap((match) =>
    listAt(match, ['sniHosts']).map((name) => `${numberAt(match, ['port'])} ${String(name)}`),
  );
}

function settleNames(sni: Asked<readonly string[]>, written: readonly string[], place: string, ledger: Ledger): void {
  if (sni.value.every((it) => written.includes(it))) ledger.exact(sni, place);
  else ledger.changed(sni, place, 'sni-route', otherNames);
}

/** The names by which clients may call what a TLS route is about. */
function namesOf({ targets }: Route, { clusterDomain }: Drafts): readonly string[] {
  return targets.map(({ value }) =>
    value.type === 'host' ? value.host : `${value.service.name}.${value.service.namespace}.svc.${clusterDomain}`,
  );
}
