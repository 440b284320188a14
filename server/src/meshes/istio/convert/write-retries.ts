/** Retries of a rule in Istio's words. */

import type { Asked, Retries } from '../../../model/ir.ts';
import { settleAttempts } from '../../kubernetes/common/convert/retry-count.ts';
import { type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writeDuration } from './durations.ts';

/** The `retries` of a rule, which stand at `place`; `perBackend` limits each attempt where nothing else does. */
export function writeRetries(
  asked: Asked<Retries>,
  perBackend: number | undefined,
  drafts: Drafts,
  place: string,
): Fields {
  const { ledger, ir } = drafts;
  const { attempts, perTryTimeout, on, codes, codeRanges, backoff, origins } = asked.value;
  ledger.exact(asked, place);
  if (attempts === 0) return { attempts: 0 };
  settleAttempts(ledger, asked.value, origins.attempts, `${place}.attempts`);
  const words = on.map((it) => it.replace(/^grpc:/, ''));
  const numbers = [...codes];
  for (const [first, last] of codeRanges) {
    if (first === 500 && last === 599) words.push('5xx');
    else for (let code = first; code <= last; code += 1) numbers.push(code);
  }
  const wider = words.find((it) => it === '5xx' || it === 'gateway-error');
  if (wider !== undefined && (ir.proxy === 'linkerd' || !on.includes(wider))) {
    const reason = `To Istio, ${wider} also means that a connection failed or was reset.`;
    ledger.changed(origins.conditions ?? asked, `${place}.retryOn`, 'retry-conditions', reason);
  }
  if (perTryTimeout !== undefined && ir.proxy === 'linkerd') {
    const reason =
      'Istio limits each attempt as a whole, the last one too; before, only the time until headers was limited.';
    ledger.changed(origins.perTryTimeout ?? asked, `${place}.perTryTimeout`, 'per-try-last', reason);
  }
  const retryOn = [...new Set([...words, ...numbers.map(String)])].join(',');
  const perTry = perTryTimeout ?? (perBackend !== undefined && perBackend > 0 ? perBackend : undefined);
  return withoutUndefined({
    attempts,
    perTryTimeout: perTry === undefined ? undefined : writeDuration(perTry),
    retryOn: retryOn === '' ? undefined : retryOn,
    backoff: backoff && writeDuration(backoff.base),
  });
}
