/** What each kind has at the least, of all meshes. */

import type { Essentials } from '../model/essentials.ts';
import { kindId } from '../model/kind.ts';
import { essentials as consul } from './consul/essentials.ts';
import { essentials as istio } from './istio/essentials.ts';
import { essentials as kubernetes } from './kubernetes/essentials.ts';
import { essentials as linkerd } from './linkerd/essentials.ts';

const byKind = new Map<string, Essentials[]>();
for (const it of [...istio, ...linkerd, ...consul, ...kubernetes]) {
  const id = kindId(it.kind);
  byKind.set(id, [...(byKind.get(id) ?? []), it]);
}

/** The essentials of a kind, by its id, the most usual first; empty where the example of its prose has to serve. */
export function essentialsOf(id: string): readonly Essentials[] {
  return byKind.get(id) ?? [];
}
