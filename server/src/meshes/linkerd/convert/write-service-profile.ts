/**
 * ServiceProfiles in their present form: routes and annotations, as on the way from another mesh, and the ports that
 * nobody looks into as an annotation of the Service.
 */

import type { ConvertOptions } from '../../../model/convert-options.ts';
import type { Environment } from '../../../model/environment.ts';
import type { Origin, PathMatch, Route, RouteMatch } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Ledger, placeText } from '../../../model/report.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { itemsOf } from '../../kubernetes/common/convert/read-marks.ts';
import { serviceFacts } from '../../kubernetes/common/workloads.ts';
import type { Output } from '../../mesh.ts';
import { readLinkerd } from './read.ts';
import { opaquePorts } from './read-opaque-ports.ts';
import { serviceOf } from './read-service-profile.ts';
import { isGrpc } from './services.ts';
import { writeLinkerd } from './write.ts';

/** Writes each profile as routes of today; what its routes cannot say is lost and says why. */
export function writeServiceProfiles(
  profiles: readonly Resource[],
  environment: Environment,
  ledger: Ledger,
  options: ConvertOptions,
): readonly Output[] {
  const ir = readLinkerd(profiles, environment);
  const isOfPorts = ({ path }: Origin) => path[1] === 'opaquePorts';
  for (const { from, code, reason, risk } of ir.peculiar)
    if (!from.some(isOfPorts)) ledger.lost(from, code, reason, risk);
  const destinations = ir.destinations.filter((it) => !it.parts.protocol?.from.some(isOfPorts));
  const routes = ir.routes.map((it) => (carriesCalls(it, environment) ? it : withExpressions(it)));
  const outputs = writeLinkerd({ ...ir, routes, destinations, proxy: 'linkerd' }, environment, ledger, options);
  return [...outputs, ...profiles.flatMap((it) => [...portsOf(it, environment, ledger)])];
}

/** Whether the Service of a route speaks gRPC: a service of calls is a prefix that a route can say. */
function carriesCalls({ targets }: Route, environment: Environment): boolean {
  return targets.every(({ value }) => {
    if (value.type !== 'service') return false;
    const ports = serviceFacts(environment, value.service.namespace, value.service.name)?.ports ?? [];
    return ports.length > 0 && ports.every(isGrpc);
  });
}

/** A prefix of characters stays the expression that it was in the profile: a prefix of a route counts whole segments. */
function withExpressions(route: Route): Route {
  const rules = route.rules.map((rule) => ({ ...rule, matches: rule.matches.map(withExpression) }));
  return { ...route, rules };
}

function withExpression(match: RouteMatch): RouteMatch {
  const { path } = match;
  if (path?.value.type !== 'prefix' || path.value.value === '/') return match;
  const value: PathMatch = { type: 'regex', value: `${path.value.value.replaceAll('.', '\\.')}.*` };
  return { ...match, path: { ...path, value } };
}

function* portsOf(profile: Resource, environment: Environment, ledger: Ledger): Generator<Output> {
  const added = listAt(profile.value, ['spec', 'opaquePorts']).filter((it) => typeof it === 'string');
  if (added.length === 0) return;
  const from: Origin[] = [{ resource: profile, path: ['spec', 'opaquePorts'] }];
  const name = serviceOf(profile.name, environment.settings.clusterDomain);
  const service = name && serviceFacts(environment, name.namespace, name.name);
  if (!service) {
    const reason = 'Not written: the ports are an annotation of the Service, which the workspace does not hold.';
    ledger.lost(from, 'host-not-service', reason, 'availability');
    ledger.note('missing', `Add the Service of ServiceProfile "${profile.name}" to the workspace, then convert again.`);
    return;
  }
  const path = ['metadata', 'annotations', opaquePorts];
  const known = textAt(service.resource.value, path);
  const value = [...new Set([...(known === undefined ? [] : itemsOf(known)), ...added])].join(',');
  const place = placeText('Service', service.namespace, service.name, '');
  ledger.exact(from, `${place} metadata.annotations["${opaquePorts}"]`);
  if (value === known) return;
  ledger.note('merged', `${place} exists already and is changed: metadata.annotations["${opaquePorts}"].`);
  yield { change: service.resource, set: [{ path, value }] };
}
