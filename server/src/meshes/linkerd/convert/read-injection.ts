/** Which pods get a proxy of Linkerd. Source: linkerd.io, automatic proxy injection. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Injection } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { readMarks } from '../../kubernetes/common/convert/read-marks.ts';

export const inject = 'linkerd.io/inject';

const ingress = {
  code: 'no-equivalent',
  reason: 'Only Linkerd lets an ingress name the service of a request in a header; the pods get an ordinary proxy.',
};

/** What a Namespace or a workload asks for; a value that Linkerd does not know asks for nothing. */
export function readInjection(resource: Resource, environment: Environment): readonly Asked<Injection>[] {
  const read = readMarks(resource, environment);
  const mark = read?.marks.find((it) => it.key === inject && it.part === 'annotations');
  if (!read || !mark || !/^(?:enabled|disabled|ingress)$/.test(mark.value)) return [];
  const isSpecial = mark.value === 'ingress';
  const value: Injection = {
    scope: read.scope,
    isOn: { value: mark.value !== 'disabled', from: isSpecial ? [] : mark.from },
    special: isSpecial ? [{ value: ingress, from: mark.from }] : [],
  };
  return [{ value, from: mark.from }];
}
