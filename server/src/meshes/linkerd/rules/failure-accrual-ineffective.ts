/** linkerd/failure-accrual-ineffective: parameters of a circuit breaker that is off, or of another mode. */

import type { Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { isKnown, recordAt, textAt } from '../../../model/value.ts';
import { Service } from '../../kubernetes/common/kinds.ts';
import { EgressNetwork } from '../kinds.ts';

const home: Path = ['metadata', 'annotations'];
const mode = 'balancer.linkerd.io/failure-accrual';

/** Parameters by the beginning of their names, with the modes that read them, the usual one first. */
const parameters: readonly { readonly prefix: string; readonly modes: readonly string[] }[] = [
  { prefix: 'balancer.linkerd.io/failure-accrual-consecutive-', modes: ['consecutive', 'unified'] },
  { prefix: 'balancer.alpha.linkerd.io/failure-accrual-success-rate-', modes: ['unified'] },
];

export const failureAccrualIneffective: Rule = {
  id: 'linkerd/failure-accrual-ineffective',
  severity: 'warning',
  summary: 'A Service sets parameters of a circuit breaker that is off, or that its mode does not read.',
  kinds: [Service, EgressNetwork],
  peers: [],

  *check(resource) {
    if (!isKnown(resource.value, [...home, mode], resource.part.masked.hiddenLines)) return;
    const written = textAt(resource.value, [...home, mode]);
    for (const name of Object.keys(recordAt(resource.value, home))) {
      const parameter = parameters.find((it) => name.startsWith(it.prefix));
      if (!parameter || (written !== undefined && parameter.modes.includes(written))) continue;
      const [usual = ''] = parameter.modes;
      yield {
        path: [...home, name],
        side: 'key',
        message:
          written === undefined
            ? `"${name}" does nothing, since "${mode}" does not turn the circuit breaker on.`
            : `"${name}" does nothing in mode "${written}"; ${readers(parameter.modes)} it.`,
        fixes: [
          written === undefined
            ? {
                title: `Add "${mode}: ${usual}"`,
                edits: () => [{ type: 'insert', resource, path: [...home, mode], value: usual }],
              }
            : {
                title: `Set "${mode}" to "${usual}"`,
                edits: () => [{ type: 'replace-value', resource, path: [...home, mode], value: usual }],
              },
        ],
      };
    }
  },
};

function readers(modes: readonly string[]): string {
  const names = modes.map((it) => `"${it}"`).join(' and ');
  return `${names} ${modes.length === 1 ? 'reads' : 'read'}`;
}
