/** Which pods get a proxy of Consul: those that ask for one. Source: consul-k8s control-plane/connect-inject. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Injection } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { readMarks } from '../../kubernetes/common/convert/read-marks.ts';

export const inject = 'consul.hashicorp.com/connect-inject';

/** What a workload asks for; a value that is no boolean of Go asks for nothing. */
export function readInjection(resource: Resource, environment: Environment): readonly Asked<Injection>[] {
  const read = readMarks(resource, environment);
  const mark = read?.marks.find((it) => it.key === inject && it.part === 'annotations');
  if (!read || read.scope.type !== 'workload' || !mark || !/^(?:1|t|true|0|f|false)$/i.test(mark.value)) return [];
  const isOn = { value: /^(?:1|t|true)$/i.test(mark.value), from: mark.from };
  return [{ value: { scope: read.scope, isOn, special: [] }, from: mark.from }];
}
