/** What the workspace has for fields that name nothing, of all meshes. */

import { kindId } from '../model/kind.ts';
import type { Offer } from '../model/offer.ts';
import { offers as consul } from './consul/offers.ts';
import { offers as istio } from './istio/offers.ts';
import { offers as kubernetes } from './kubernetes/offers.ts';
import { offers as linkerd } from './linkerd/offers.ts';

const byKind = new Map<string, Offer[]>();
for (const offer of [...istio, ...linkerd, ...consul, ...kubernetes]) {
  const id = kindId(offer.from);
  byKind.set(id, [...(byKind.get(id) ?? []), offer]);
}

/** The offers for fields of a kind, by its id. */
export function offersFor(id: string): readonly Offer[] {
  return byKind.get(id) ?? [];
}
