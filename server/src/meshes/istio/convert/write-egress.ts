/** Whether clients may call what nothing names: a Sidecar for a namespace, for some of its pods, or for the mesh. */

import type { Asked, EgressPolicy } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { placeText } from '../../../model/report.ts';
import { recordAt, textAt } from '../../../model/value.ts';
import { IstioOperator, Sidecar } from '../kinds.ts';
import type { Drafts, Fields } from './drafts.ts';

/** Writes a Sidecar for each policy that differs from what Istio does unasked. */
export function writeEgress(items: readonly Asked<EgressPolicy>[], drafts: Drafts): void {
  const scopes = new Map<string, EgressPolicy[]>();
  for (const { value } of items) {
    const key = JSON.stringify([value.namespace, value.labels?.value ?? null]);
    scopes.set(key, [...(scopes.get(key) ?? []), value]);
  }
  for (const policies of scopes.values()) writeScope(policies, drafts);
}

const policyPath = ['spec', 'outboundTrafficPolicy', 'mode'] as const;

/** What a Sidecar says so that its pods may call what the mesh knows and nothing else, or everything. */
function outboundPolicy(otherwise: 'allow' | 'deny'): Fields {
  return { mode: otherwise === 'deny' ? 'REGISTRY_ONLY' : 'ALLOW_ANY' };
}

/**
 * What a Sidecar of some pods has to repeat, since it takes the place of that of their namespace or of the mesh; nothing
 * where no policy of these closes what is outside.
 */
export function repeatedPolicy(namespace: string, { ir }: Drafts): Fields {
  const wider = ir.egress.map((it) => it.value).filter((it) => !it.labels);
  const own = wider.filter((it) => it.namespace === namespace);
  const counting = own.length > 0 ? own : wider.filter((it) => it.namespace === '');
  if (!counting.some((it) => it.otherwise.value === 'deny')) return {};
  return { outboundTrafficPolicy: outboundPolicy('deny'), egress: [{ hosts: ['*/*'] }] };
}

/** All policies about the same clients; one that denies everything outside counts before one that allows a part. */
function writeScope(policies: readonly EgressPolicy[], drafts: Drafts): void {
  const { ledger, options } = drafts;
  const denies = policies.filter((it) => it.otherwise.value === 'deny');
  const allows = policies.filter((it) => it.otherwise.value === 'allow');
  const [first] = denies.length > 0 ? denies : policies;
  if (!first) return;
  const home = first.namespace === '' ? options.istioNamespace : first.namespace;
  const isDenied = denies.length > 0;
  const place = isDenied || isClosed(drafts) ? writeSidecar(first, home, drafts) : '';
  for (const it of denies) {
    ledger.exact(it.otherwise, place);
    if (it.labels) ledger.exact(it.labels, place.replace(policyPath.join('.'), 'spec.workloadSelector.labels'));
    for (const network of it.networks)
      ledger.changed(
        network,
        place,
        'security-stricter',
        'Istio closes all that is outside of the mesh, not some of its networks.',
        'availability',
      );
  }
  for (const it of allows) {
    const asked = [it.otherwise, ...(it.labels ? [it.labels] : []), ...it.networks];
    for (const each of asked)
      if (isDenied)
        ledger.changed(
          each,
          place,
          'security-stricter',
          'Another policy of the same clients closes what is outside, and Istio opens hosts and ports, not networks: add a ServiceEntry for what they need.',
          'availability',
        );
      else
        ledger.exact(
          each,
          place,
          place === '' ? 'Istio lets everything out unless its installation says otherwise.' : '',
        );
  }
}

/** Whether the installation, as far as the workspace holds it, closes what is outside. */
function isClosed({ environment }: Drafts): boolean {
  const mode = ['spec', 'meshConfig', 'outboundTrafficPolicy', 'mode'];
  return environment.index.all(IstioOperator).some((it) => textAt(it.value, mode) === 'REGISTRY_ONLY');
}

function writeSidecar(policy: EgressPolicy, home: string, drafts: Drafts): string {
  const { labels, otherwise } = policy;
  const existing = existingFor(policy, home, drafts);
  const mode = outboundPolicy(otherwise.value);
  if (existing) {
    drafts.change(existing, policyPath, mode['mode']);
    return placeText(Sidecar.name, home, existing.name, policyPath.join('.'));
  }
  const draft = drafts.draft(Sidecar, home, labels ? policy.name : 'default');
  if (labels) draft.spec['workloadSelector'] = { labels: labels.value };
  draft.spec['outboundTrafficPolicy'] = mode;
  draft.spec['egress'] = [{ hosts: ['*/*'] }];
  drafts.add(draft, otherwise.from);
  return draft.place(...policyPath);
}

/** The Sidecar that is about the same pods already. */
function existingFor({ labels }: EgressPolicy, home: string, { environment }: Drafts): Resource | undefined {
  const wanted = JSON.stringify(labels?.value ?? {});
  return environment.index
    .all(Sidecar)
    .filter((it) => environment.namespaceOf(it) === home)
    .find((it) => JSON.stringify(recordAt(it.value, ['spec', 'workloadSelector', 'labels'])) === wanted);
}
