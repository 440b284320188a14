/** Resources that are not converted at all, because nobody can say what they mean. */

import type { Environment } from '../model/environment.ts';
import type { Resource } from '../model/manifest.ts';
import { hasVariable } from '../model/mask.ts';
import { checkFields } from './check-fields.ts';
import { knownKindOf } from './schema-of.ts';

/** Why a resource is not converted; undefined when it can be. */
export function refusal(environment: Environment, resource: Resource): string | undefined {
  if (resource.part.masked.templated)
    return 'It is a template; convert what Helm makes of it, the output of "helm template".';
  // A variable in a workload is most often one of its shell.
  if (hasVariable(resource.part.text) && knownKindOf(environment, resource)?.schema)
    return 'It has variables such as ${NAME}; convert it with their values filled in.';
  if (!resource.part.isWellFormed) return 'Its YAML has mistakes; mend them first.';
  const errors = checkFields(environment, resource).filter((it) => it.severity === 'error');
  const [first, ...rest] = errors;
  if (!first) return undefined;
  const more = rest.length === 0 ? '' : ` There are ${rest.length} more such mistakes.`;
  return `Its fields do not fit its kind: ${first.message}${more}`;
}
