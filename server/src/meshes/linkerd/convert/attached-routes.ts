/** Which routes stand on a Service, and which of them Linkerd does not look at. */

import type { Environment } from '../../../model/environment.ts';
import type { Peculiar, ServiceName } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { type Parent, readParents } from '../../kubernetes/gateway/convert/routes.ts';
import { GRPCRoute, HTTPRoute } from '../../kubernetes/gateway/kinds.ts';
import { PolicyHTTPRoute } from '../kinds.ts';

/** Kinds that route requests to a Service. */
export const routeKinds = [HTTPRoute, GRPCRoute, PolicyHTTPRoute] as const;

/** A route, and the parent by which it stands on a Service. */
export interface Attached {
  readonly resource: Resource;
  readonly parent: Parent;
}

/** Whether a parent of a route is a Service. */
export function isServiceParent(parent: Parent): boolean {
  return parent.kind === 'Service' && parent.group === '';
}

/** The routes on a Service, in the order in which ties are decided when their ages are not known: by name. */
export function attachedTo(service: ServiceName, environment: Environment): readonly Attached[] {
  const all = allAttachedTo(service, environment);
  return all
    .filter((it) => !hidingOf(it, all))
    .sort((a, b) => (a.resource.name < b.resource.name ? -1 : a.resource.name > b.resource.name ? 1 : 0));
}

/** A GRPCRoute that takes the place of a route on its port. */
function hidingOf({ resource, parent }: Attached, all: readonly Attached[]): Attached | undefined {
  if (isOfKind(resource, GRPCRoute)) return undefined;
  return all.find(
    (it) => isOfKind(it.resource, GRPCRoute) && (it.parent.port === undefined || it.parent.port === parent.port),
  );
}

/** Says of a route that GRPCRoutes hide on all of its Services that it does nothing. */
export function* hiddenRoute(resource: Resource, environment: Environment): Generator<Peculiar> {
  const hiding = readParents(resource, environment.namespaceOf(resource)).map((parent) =>
    isServiceParent(parent)
      ? hidingOf({ resource, parent }, allAttachedTo({ name: parent.name, namespace: parent.namespace }, environment))
      : undefined,
  );
  const [first] = hiding;
  if (!first || hiding.includes(undefined)) return;
  yield {
    from: [{ resource, path: ['spec'] }],
    code: 'unused-in-source',
    reason: `Linkerd does not look at it, since GRPCRoute "${first.resource.name}" is on the same port.`,
    risk: 'none',
  };
}

function allAttachedTo(service: ServiceName, environment: Environment): readonly Attached[] {
  return routeKinds.flatMap((kind) =>
    environment.index.all(kind).flatMap((resource) =>
      readParents(resource, environment.namespaceOf(resource))
        .filter((it) => isServiceParent(it) && it.name === service.name && it.namespace === service.namespace)
        .map((parent) => ({ resource, parent })),
    ),
  );
}
