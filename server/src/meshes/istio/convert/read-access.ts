/**
 * AuthorizationPolicies. In a rule, entries of `from` are alternatives, so are those of `to`, and all of `when` must hold;
 * within one source the kinds of fields must all hold. What would widen a policy by being left out makes it stricter
 * instead: a condition that cannot be kept takes its ALLOW rule with it, and goes alone from a DENY rule.
 * Source: istio.io AuthorizationPolicy reference; istio/istio pilot/pkg/security/authz.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Access, Ir, Origin, Peculiar } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { leavesOf } from '../../../model/report.ts';
import { isWithin } from '../../../model/text.ts';
import { valueAt } from '../../../model/value.ts';
import { readAuthorizer } from './authorizers.ts';
import { originsOf, Place } from './place.ts';
import { RuleReader } from './read-access-rules.ts';
import { scopesOf } from './read-scopes.ts';

export type ReadAccess = Pick<Ir, 'access' | 'peculiar'> & { readonly notes: NonNullable<Ir['notes']> };

/** What an AuthorizationPolicy asks for; for one of the root namespace, in each namespace that has workloads. */
export function readAuthorizationPolicy(resource: Resource, environment: Environment): ReadAccess {
  const top = Place.of(resource);
  const spec = top.at('spec');
  const namespace = environment.namespaceOf(resource);
  const dryRun = top.at('metadata', 'annotations', 'istio.io/dry-run');
  if (dryRun.text === 'true') {
    const reason = 'The policy is a dry run: Istio only logs what it would do, so there is nothing to enforce.';
    return lost([...originsOf(spec), dryRun.origin], 'dry-run', reason, 'none');
  }
  const scopes = scopesOf(spec, namespace, environment);
  if (typeof scopes === 'string') return lost(originsOf(spec), 'target-ref', scopes, 'security');

  const action = spec.at('action');
  const effect = effects[action.text ?? 'ALLOW'] ?? 'allow';
  const reader = new RuleReader(namespace, effect);
  const rules = spec.at('rules').items.flatMap((it) => reader.rules(it));
  const access: Omit<Access, 'target'> = {
    name: resource.name,
    namespace,
    effect: {
      value: effect,
      from: [...originsOf(action), ...emptyLeaves(resource), ...reader.silent],
    },
    ...(effect === 'custom' ? { authorizer: readAuthorizer(spec.at('provider'), environment) } : {}),
    combine: 'deny-over-allow',
    otherwise: effect === 'allow' ? 'deny' : 'allow',
    rules,
  };
  const from = originsOf(spec.at('selector'), spec.at('targetRef'), spec.at('targetRefs'));
  const notes: NonNullable<Ir['notes']>[number][] = [];
  if (scopes.isMeshWide) {
    const known = scopes.list.map((it) => it.namespace).join(', ');
    const text = `AuthorizationPolicy "${resource.name}" holds for the whole mesh; it is written for the namespaces whose workloads are known (${known}).`;
    notes.push({ kind: 'assumed', text, risk: effect === 'allow' || effect === 'deny' ? 'security' : 'behaviour' });
  }
  return {
    access: scopes.list.map((value) => ({ ...access, namespace: value.namespace, target: { value, from } })),
    peculiar: reader.peculiar,
    notes,
  };
}

const effects: Readonly<Record<string, Access['effect']['value']>> = {
  ALLOW: 'allow',
  DENY: 'deny',
  AUDIT: 'audit',
  CUSTOM: 'custom',
};

function lost(from: readonly Origin[], code: string, reason: string, risk: Peculiar['risk']): ReadAccess {
  return { access: [], peculiar: [{ from, code, reason, risk }], notes: [] };
}

/** Empty maps and lists of a policy mean something: nobody, or everybody. They go where the action goes. */
function emptyLeaves(resource: Resource): readonly Origin[] {
  return leavesOf(resource)
    .filter((path) => {
      const value = valueAt(resource.value, path);
      return (
        isWithin(path, ['spec']) && (value === null || (typeof value === 'object' && Object.keys(value).length === 0))
      );
    })
    .map((path) => ({ resource, path }));
}
