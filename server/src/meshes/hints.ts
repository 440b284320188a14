/** What holds without being written, of all meshes. */

import type { HintRule } from '../model/hint.ts';
import { kindId } from '../model/kind.ts';
import { hints as consul } from './consul/hints.ts';
import { hints as istio } from './istio/hints.ts';
import { hints as kubernetes } from './kubernetes/hints.ts';
import { hints as linkerd } from './linkerd/hints.ts';

const byKind = new Map<string, HintRule[]>();
for (const rule of [...istio, ...linkerd, ...consul, ...kubernetes])
  for (const id of rule.of.map(kindId)) byKind.set(id, [...(byKind.get(id) ?? []), rule]);

/** The hint rules about resources of a kind, by its id. */
export function hintRulesFor(id: string): readonly HintRule[] {
  return byKind.get(id) ?? [];
}
