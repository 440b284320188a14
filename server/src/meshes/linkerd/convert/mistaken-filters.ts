/**
 * Filters that Linkerd takes for others. In its own HTTPRoute a backend's change of the answer ends up as a change of the
 * request. Source: linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs, `convert_linkerd_filter`.
 */

import type { Ir } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { listAt, textAt } from '../../../model/value.ts';
import { PolicyHTTPRoute } from '../kinds.ts';

/** A note for each of some resources whose backends change answers: the result does what the route says. */
export function mistakenFilters(resources: readonly Resource[]): NonNullable<Ir['notes']> {
  return resources
    .filter((it) => isOfKind(it, PolicyHTTPRoute) && changesAnswers(it))
    .map(({ name }) => ({
      kind: 'implicit',
      text: `Where backends of HTTPRoute "${name}" change the answer, Linkerd changes the request instead, by mistake and for this kind alone. The result changes the answer.`,
      risk: 'behaviour',
    }));
}

function changesAnswers({ value }: Resource): boolean {
  return listAt(value, ['spec', 'rules'])
    .flatMap((it) => listAt(it, ['backendRefs']))
    .flatMap((it) => listAt(it, ['filters']))
    .some((it) => textAt(it, ['type']) === 'ResponseHeaderModifier');
}
