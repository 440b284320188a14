/** Requests that are to fail, since what the source does with them cannot be said: they go to a Service without pods. */

import type { Origin } from '../../../model/ir.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import type { Draft } from './draft.ts';
import type { RuleDraft, RuleRefusal } from './write-rules.ts';

const name = 'not-converted';

/** Makes requests of a rule fail instead of doing what the rule asks for, which is lost. Only rules on a Service can. */
export function failInstead(rule: RuleDraft, { code, reason }: RuleRefusal, draft: Draft): void {
  const { service, port } = rule.where;
  const backend = port ?? (service && draft.service(service)?.ports[0]?.port);
  if (!service || backend === undefined) return;
  const from: readonly Origin[] = Object.values(rule.source.parts).flatMap((it) => it.from);
  rule.refusal = undefined;
  rule.missing = undefined;
  rule.timeout = undefined;
  rule.annotations = {};
  rule.filters.splice(0);
  rule.backends.splice(0, Infinity, { name, namespace: service.namespace, port: backend });
  rule.settle.splice(0, Infinity, () => draft.ledger.lost(from, code, `${reason} Its requests fail instead.`));
  if (draft.hasNamed(Service, service.namespace, name)) return;
  draft.create(Service, service.namespace, draft.nameFor(Service, service.namespace, name, {}), {
    spec: { ports: [{ port: backend }] },
    from,
  });
  draft.ledger.note(
    'generated',
    `Service "${name}" in namespace "${service.namespace}" has no pods: requests that go there fail, so that nobody takes them for done.`,
  );
}
