/** All that the rooms know, put together in the tables that the workspace, the queries and the index read. */

import type { AnnotationFamily } from '../model/annotations.ts';
import type { Tables } from '../model/environment.ts';
import { kindId, kindsIn } from '../model/kind.ts';
import type { Rule } from '../model/rule.ts';
import type { Successor, Upgrade } from '../model/upgrade.ts';
import { annotationFamilies as consulAnnotations } from './consul/annotations.ts';
import { declarations as consulDeclarations } from './consul/declarations.ts';
import { references as consulDeliveryReferences } from './consul/delivery.ts';
import * as consulGatewayCopies from './consul/gateway-copies.ts';
import * as consulKinds from './consul/kinds.ts';
import { references as consulReferences } from './consul/references.ts';
import { rules as consulRules } from './consul/rules/rules.ts';
import { annotationFamilies as istioAnnotations } from './istio/annotations.ts';
import { declarations as istioDeclarations } from './istio/declarations.ts';
import { declarations as istioDeliveryDeclarations, references as istioDeliveryReferences } from './istio/delivery.ts';
import * as istioKinds from './istio/kinds.ts';
import { references as istioReferences } from './istio/references.ts';
import { rules as istioRules } from './istio/rules/rules.ts';
import { successors } from './istio/upgrades.ts';
import * as commonKinds from './kubernetes/common/kinds.ts';
import { references as commonReferences } from './kubernetes/common/references.ts';
import { rules as commonRules } from './kubernetes/common/rules/rules.ts';
import { declarations as deliveryDeclarations } from './kubernetes/delivery/declarations.ts';
import * as deliveryKinds from './kubernetes/delivery/kinds.ts';
import { references as deliveryReferences } from './kubernetes/delivery/references.ts';
import { declarations as gatewayDeclarations } from './kubernetes/gateway/declarations.ts';
import * as gatewayKinds from './kubernetes/gateway/kinds.ts';
import { references as gatewayReferences } from './kubernetes/gateway/references.ts';
import { rules as gatewayRules } from './kubernetes/gateway/rules/rules.ts';
import { upgrades as gatewayUpgrades } from './kubernetes/gateway/upgrades.ts';
import * as multiclusterKinds from './kubernetes/multicluster/kinds.ts';
import { references as multiclusterReferences } from './kubernetes/multicluster/references.ts';
import { declarations as smiDeclarations } from './kubernetes/smi/declarations.ts';
import * as smiKinds from './kubernetes/smi/kinds.ts';
import { references as smiReferences } from './kubernetes/smi/references.ts';
import { upgrades as smiUpgrades } from './kubernetes/smi/upgrades.ts';
import { annotationFamilies as linkerdAnnotations } from './linkerd/annotations.ts';
import * as linkerdKinds from './linkerd/kinds.ts';
import { references as linkerdReferences } from './linkerd/references.ts';
import { rules as linkerdRules } from './linkerd/rules/rules.ts';
import { upgrades as linkerdUpgrades } from './linkerd/upgrades.ts';

export const tables: Tables = {
  kinds: [
    istioKinds,
    linkerdKinds,
    consulKinds,
    gatewayKinds,
    multiclusterKinds,
    smiKinds,
    commonKinds,
    deliveryKinds,
    consulGatewayCopies,
  ].flatMap(kindsIn),
  declarations: [
    ...istioDeclarations,
    ...consulDeclarations,
    ...gatewayDeclarations,
    ...smiDeclarations,
    ...deliveryDeclarations,
    ...istioDeliveryDeclarations,
  ],
  references: [
    ...istioReferences,
    ...linkerdReferences,
    ...consulReferences,
    ...gatewayReferences,
    ...multiclusterReferences,
    ...smiReferences,
    ...commonReferences,
    ...deliveryReferences,
    ...istioDeliveryReferences,
    ...consulDeliveryReferences,
  ],
};

/** All rules, in the order in which findings are reported. */
export const rules: readonly Rule[] = [...istioRules, ...gatewayRules, ...linkerdRules, ...consulRules, ...commonRules];

/** How mistakes in labels and annotations of the meshes are judged. */
export const annotationFamilies: readonly AnnotationFamily[] = [
  ...istioAnnotations,
  ...linkerdAnnotations,
  ...consulAnnotations,
];

/** Annotations that list codes of findings nobody wants to see: istioctl's and Kiali's. */
export const suppressionAnnotations: readonly string[] = [
  'galley.istio.io/analyze-suppress',
  'kiali.io/ignore-validations',
];

const byKind = new Map<string, Rule[]>(tables.kinds.map((it) => [kindId(it), []]));
for (const rule of rules)
  for (const id of rule.kinds === 'every' ? byKind.keys() : rule.kinds.map(kindId)) byKind.get(id)?.push(rule);

/** The rules about one kind, by its id. */
export function rulesFor(id: string): readonly Rule[] {
  return byKind.get(id) ?? [];
}

/** What older versions of kinds write otherwise than later ones. */
export const upgrades: readonly Upgrade[] = [...gatewayUpgrades, ...linkerdUpgrades, ...smiUpgrades];

/** The fields of one kind, by its id, that others have taken the place of. */
export function successorsOf(id: string): readonly Successor[] {
  return successors.filter((it) => kindId(it.kind) === id);
}

/** The upgrades of one kind, by its id; none where an older version writes nothing that a later one does not take. */
export function upgradesOf(id: string): readonly Upgrade[] {
  return upgrades.filter((it) => kindId(it.kind) === id);
}
