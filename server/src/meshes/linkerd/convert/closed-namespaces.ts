/**
 * Namespaces that let nobody in unless a policy does: a policy without rules for the whole namespace elsewhere, the default
 * inbound policy `deny` in Linkerd. It counts on ports without a Server, also on those that no manifest names.
 */

import type { Access } from '../../../model/ir.ts';
import { placeText } from '../../../model/report.ts';
import { pathText } from '../../../model/text.ts';
import { restartText } from '../../kubernetes/common/convert/bearers.ts';
import { inboundPolicy } from './annotations.ts';
import type { Draft } from './draft.ts';

/** Whether a policy closes a whole namespace, so that other policies have to open what is to be open. */
export function closesNamespace({ combine, effect, port, rules, target }: Access): boolean {
  const { labels, service } = target.value;
  return (
    combine !== 'source-precedence' &&
    effect.value === 'allow' &&
    port === undefined &&
    rules.length === 0 &&
    service === undefined &&
    Object.keys(labels).length === 0
  );
}

/** Whether a policy of the conversion closes a namespace. */
export function isClosed(namespace: string, draft: Draft): boolean {
  return draft.ir.access.some((it) => it.target.value.namespace === namespace && closesNamespace(it));
}

/** Annotates the namespaces that policies close, and says how that comes into force. */
export function writeClosedNamespaces(draft: Draft): void {
  const path = ['metadata', 'annotations', inboundPolicy];
  for (const access of draft.ir.access) {
    if (!closesNamespace(access)) continue;
    const { namespace } = access.target.value;
    draft.annotateNamespace(namespace, inboundPolicy, 'deny', access.effect.from);
    const place = placeText('Namespace', '', namespace, pathText(path));
    draft.ledger.exact(access.effect, place);
    draft.ledger.exact(access.target, place);
    draft.ledger.note('manual', restartText(namespace), 'security');
  }
}
