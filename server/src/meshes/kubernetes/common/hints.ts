/** Hints that meshes share: weights of backends. */

import type { Environment } from '../../../model/environment.ts';
import { type Hint, type HintRule, isAbsent } from '../../../model/hint.ts';
import type { Kind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { expand, numberAt, textAt } from '../../../model/value.ts';

/** Weights that the backends of a Gateway API route have without saying so. A backend that is alone needs none. */
export function backendWeights(...kinds: readonly Kind[]): HintRule {
  return {
    kind: 'weight',
    of: kinds,
    *hints(resource, environment) {
      for (const { path, value } of expand(resource.value, 'spec.rules[*].backendRefs')) {
        if (!Array.isArray(value) || value.length < 2) continue;
        const weights = weightsOf(environment, resource, path, value);
        if (!weights) continue;
        const total = weights.reduce<number>((sum, it) => sum + (it ?? 1), 0);
        for (const [at, weight] of weights.entries()) {
          if (weight !== undefined || textAt(value[at], ['name']) === undefined) continue;
          yield {
            path: [...path, at, 'name'],
            side: 'value',
            text: `weight 1 (${percent(1 / total)})`,
            reason: `A backend without \`weight\` counts once: 1 of ${total}.`,
          };
        }
      }
    },
  };
}

/** The weights of a list, undefined where none is written; nothing when a template or a patch may set one. */
export function weightsOf(
  environment: Environment,
  resource: Resource,
  list: Path,
  items: readonly unknown[],
): readonly (number | undefined)[] | undefined {
  const weights = items.map((it) => numberAt(it, ['weight']));
  const isSure = weights.every(
    (it, at) => it !== undefined || isAbsent(environment, resource, [...list, at, 'weight']),
  );
  return isSure ? weights : undefined;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

/** The best place for what a resource does not write: behind `spec:`, else behind the name. */
export function behindSpec({ value }: Resource): Pick<Hint, 'path' | 'side'> {
  const hasSpec = typeof value === 'object' && value !== null && Object.hasOwn(value, 'spec');
  return hasSpec ? { path: ['spec'], side: 'key' } : { path: ['metadata', 'name'], side: 'value' };
}
