/** Who calls whom, as the fields of all meshes say it. */

import type { Caller, CallRow, CallRules, Upstream } from '../model/call.ts';
import type { Environment } from '../model/environment.ts';
import { kindId } from '../model/kind.ts';
import type { Resource } from '../model/manifest.ts';
import { calls as consul } from './consul/calls.ts';
import { calls as istio } from './istio/calls.ts';
import { calls as kubernetes } from './kubernetes/calls.ts';
import { calls as linkerd } from './linkerd/calls.ts';

const all: readonly CallRules[] = [istio, linkerd, consul, kubernetes];

const byKind = new Map<string, CallRow[]>();
for (const row of all.flatMap((it) => it.rows)) {
  const id = kindId(row.from);
  byKind.set(id, [...(byKind.get(id) ?? []), row]);
}

/** The rows about fields of a kind, by its id; empty for kinds that route nothing. */
export function callRowsFor(id: string): readonly CallRow[] {
  return byKind.get(id) ?? [];
}

/** Who may call a Service by the policies of all meshes. */
export function callersOf(service: Resource, environment: Environment): readonly Caller[] {
  return all.flatMap((it) => [...(it.callersOf?.(service, environment) ?? [])]);
}

/** What the pods behind a Service say they call. */
export function upstreamsOf(service: Resource, environment: Environment): readonly Upstream[] {
  return all.flatMap((it) => [...(it.upstreamsOf?.(service, environment) ?? [])]);
}
