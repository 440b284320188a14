/** Limits of requests: HTTPLocalRateLimitPolicies, each on a Server, which says for which port of which pods. */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Ir, Origin, Peculiar, RateLimit } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { listAt, numberAt, textAt } from '../../../model/value.ts';
import { HTTPLocalRateLimitPolicy, Server } from '../kinds.ts';
import { labelsOf, portOf } from './read-servers.ts';

/** The limits among some resources; one whose Server is not known limits nothing. */
export function readLimits(
  resources: readonly Resource[],
  environment: Environment,
): Pick<Ir, 'rateLimits' | 'peculiar'> {
  const rateLimits: Asked<RateLimit>[] = [];
  const peculiar: Peculiar[] = [];
  for (const policy of resources) {
    if (!isOfKind(policy, HTTPLocalRateLimitPolicy)) continue;
    const whole: Origin = { resource: policy, path: ['spec'] };
    const read = readPolicy(policy, environment);
    if (typeof read === 'string')
      peculiar.push({ from: [whole], code: 'host-not-service', reason: read, risk: 'availability' });
    else rateLimits.push({ value: read, from: [whole] });
  }
  return { rateLimits, peculiar };
}

function readPolicy(policy: Resource, environment: Environment): RateLimit | string {
  const namespace = environment.namespaceOf(policy);
  const { value } = policy;
  const at = (...path: Path): readonly Origin[] => [{ resource: policy, path: ['spec', ...path] }];
  const name = textAt(value, ['spec', 'targetRef', 'name']) ?? '';
  const isServer = textAt(value, ['spec', 'targetRef', 'kind']) === Server.name;
  const server = isServer ? environment.index.find(Server, namespace, name) : undefined;
  if (!server) return `Server "${name}" is not in the workspace, so nobody knows which pods have the limit.`;
  const labels = labelsOf(server);
  if (!labels) return `The pods of Server "${name}" are chosen by more than equal labels, which no other mesh can say.`;
  const scope = { type: 'workload', namespace, labels } as const;
  const port = portOf(server, scope, environment);
  const total = numberAt(value, ['spec', 'total', 'requestsPerSecond']);
  const perClient = numberAt(value, ['spec', 'identity', 'requestsPerSecond']);
  return {
    name: policy.name,
    namespace,
    target: { value: scope, from: at('targetRef') },
    ...(port === undefined ? {} : { port: { value: port, from: at('targetRef') } }),
    ...(total === undefined ? {} : { total: { perSecond: { value: total, from: at('total', 'requestsPerSecond') } } }),
    ...(perClient === undefined ? {} : { perClient: { value: perClient, from: at('identity', 'requestsPerSecond') } }),
    overrides: listAt(value, ['spec', 'overrides']).map((it, position) => ({
      value: {
        perSecond: numberAt(it, ['requestsPerSecond']) ?? 0,
        clients: listAt(it, ['clientRefs']).map((client) => ({
          namespace: textAt(client, ['namespace']) ?? namespace,
          name: textAt(client, ['name']) ?? '',
        })),
      },
      from: at('overrides', position),
    })),
    routes: [],
  };
}
