/** Which resources of the Gateway API are Linkerd's: routes that say so, and routes on Services where Linkerd is at work. */

import type { Environment } from '../../model/environment.ts';
import { kindsIn } from '../../model/kind.ts';
import type { Resource } from '../../model/manifest.ts';
import { recordAt } from '../../model/value.ts';
import { Namespace, Service, workloadKinds } from '../kubernetes/common/kinds.ts';
import { readParents } from '../kubernetes/gateway/convert/routes.ts';
import { GRPCRoute, HTTPRoute, TCPRoute, TLSRoute } from '../kubernetes/gateway/kinds.ts';
import * as kinds from './kinds.ts';

const ownKinds = kindsIn(kinds);

/** Whether Linkerd alone serves a route; it has no gateways, so what stands on one is not its own. */
export function serves(resource: Resource, environment?: Environment): boolean {
  if (!['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'].includes(resource.kind)) return false;
  if (isMarked(resource)) return true;
  const parents = readParents(resource, '');
  if (parents.some((it) => it.group === kinds.Server.group)) return true;
  const isOnService = parents.some((it) => it.kind === Service.name && it.group === '');
  return isOnService && environment !== undefined && isAtWork(environment);
}

/** Whether something in an environment is for Linkerd. */
function isAtWork({ index }: Environment): boolean {
  if (ownKinds.some((it) => index.all(it).length > 0)) return true;
  const marked = [Namespace, Service, HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, ...workloadKinds.map((it) => it.kind)];
  return marked.some((it) => hasMarked(index.all(it)));
}

const known = new WeakMap<readonly Resource[], boolean>();

/** By the list of a kind, which the index keeps until a resource of the kind changes. */
function hasMarked(all: readonly Resource[]): boolean {
  let found = known.get(all);
  if (found === undefined) {
    found = all.some(isMarked);
    known.set(all, found);
  }
  return found;
}

function isMarked({ value }: Resource): boolean {
  const maps = [
    ['metadata', 'annotations'],
    ['metadata', 'labels'],
    ['spec', 'template', 'metadata', 'annotations'],
  ];
  return maps.some((path) => Object.keys(recordAt(value, path)).some((key) => /(?:^|[.])linkerd\.io\//.test(key)));
}
