/**
 * Ideas: what fields of several meshes say, one name each. They are finer than the representation of `model/ir.ts`
 * wherever a mesh keeps one half of a value and not the other. Each mesh has two tables over them: `fields`, which of
 * its own fields say which idea, and `answers`, what it makes of an idea that comes from elsewhere. The report's
 * defaults and the hover ("the same elsewhere") read them.
 */

import type { Risk } from '../model/ir.ts';
import type { Kind } from '../model/kind.ts';
import type { Path } from '../model/text.ts';

/** Idea → what it is, as a heading for people. */
export const ideas = {
  'route.host': 'The service that a route is about',
  'route.gateway': 'The gateways that a route is bound to',
  'route.visibility': 'Which clients see a route',
  'route.name': 'The name of a rule',
  'match.path': 'Matching the path',
  'match.path.ignore-case': 'Matching the path in any case',
  'match.method': 'Matching the method',
  'match.header': 'Matching a header',
  'match.header.absent': 'Matching requests without a header',
  'match.query': 'Matching a query parameter',
  'match.authority': 'Matching the authority',
  'match.scheme': 'Matching the scheme',
  'match.port': 'Matching the port',
  'match.sni': 'Matching the server name of TLS',
  'match.client': 'Restricting a rule to some clients',
  'backend.service': 'The service that gets the requests',
  'backend.subset': 'The version that gets the requests',
  'backend.port': 'The port that gets the requests',
  'backend.weight': 'The share of the requests',
  'backend.headers': 'Changing headers for one backend',
  redirect: 'Redirects',
  'direct-response': 'Answers without a backend',
  'rewrite.path': 'Rewriting the path',
  'rewrite.host': 'Rewriting the host',
  'headers.request': 'Changing request headers',
  'headers.response': 'Changing response headers',
  mirror: 'Mirroring',
  timeout: 'The timeout of a request',
  'timeout.backend': 'The timeout of a backend',
  'timeout.response': 'The timeout until response headers',
  'timeout.idle': 'The idle timeout of a stream',
  'retries.attempts': 'The number of retries',
  'retries.conditions': 'When to retry',
  'retries.per-try': 'The timeout of one attempt',
  'retries.backoff': 'The pause between retries',
  fault: 'Fault injection',
  cors: 'CORS',
  'destination.host': 'The service that a policy is about',
  'destination.visibility': 'Which clients follow a policy',
  'destination.client': 'The one client that a policy is for',
  'subset.name': 'The name of a version',
  'subset.labels': 'The pods of a version',
  'subset.default': 'The version for requests that name none',
  'subset.policy': 'A policy for one version',
  protocol: 'The protocol of a service',
  'load-balancer': 'Load balancing',
  'load-balancer.hash': 'Session affinity',
  'load-balancer.locality': 'Staying in the zone',
  'outlier.5xx': 'Ejecting after consecutive 5xx',
  'outlier.gateway': 'Ejecting after consecutive gateway errors',
  'outlier.local': 'Ejecting after consecutive local errors',
  'outlier.interval': 'How often ejections are looked at',
  'outlier.base-ejection': 'How long an ejection lasts',
  'outlier.max-ejection': 'How long an ejection lasts at most',
  'outlier.max-percent': 'How many endpoints may be ejected',
  'outlier.min-health': 'When ejecting is switched off',
  'outlier.enforce': 'How often an ejection is carried out',
  'limit.connections': 'The number of connections',
  'limit.pending': 'The number of waiting requests',
  'limit.requests': 'The number of concurrent requests',
  'limit.requests-per-connection': 'The number of requests per connection',
  'limit.retries': 'The number of concurrent retries',
  'timeout.connect': 'The connect timeout',
  'timeout.request-default': 'The request timeout of a service',
  'client-tls': 'TLS from the client',
  failover: 'Failover to another service',
  'mtls.mode': 'The mode of mutual TLS',
  'mtls.workload': 'The workloads of an mTLS mode',
  'mtls.port': 'The mode of mutual TLS on one port',
  'access.workload': 'The workloads that a policy protects',
  'access.port': 'The port that a policy protects',
  'access.action': 'Allow or deny',
  'access.identity': 'Clients by identity',
  'access.identity.not': 'All clients but some',
  'access.namespace': 'Clients by namespace',
  'access.network': 'Clients by address',
  'access.path': 'Access to paths',
  'access.method': 'Access by method',
  'access.host': 'Access by host',
  'access.header': 'Access by header',
  'access.jwt': 'Access by token',
  'access.condition': 'Other conditions of access',
  'gateway.carrier': 'What carries a gateway',
  'gateway.port': 'The port of a listener',
  'gateway.protocol': 'The protocol of a listener',
  'gateway.host': 'The hosts of a listener',
  'gateway.tls': 'TLS at a gateway',
  'gateway.https-redirect': 'Redirecting to HTTPS',
} as const;

export type Idea = keyof typeof ideas;

/** What becomes of an idea in a mesh, unless a value says otherwise. */
export type Answer =
  | { readonly fate: 'exact'; readonly reason?: string }
  | { readonly fate: 'changed' | 'lost'; readonly code: string; readonly reason: string; readonly risk?: Risk };

/** What nobody else has, with the reason that the report gives. */
export interface PeculiarField {
  readonly code: string;
  readonly reason: string;
  readonly risk: Risk;
}

/**
 * A field of a kind, and the idea it says. Patterns are those of `expand` (`spec.http[*].timeout`, `.*` for the values
 * of a map), and a `.**` at the end takes everything below. The first row that fits a leaf counts.
 */
export type FieldRow = { readonly kind: Kind; readonly path: string } & (
  | { readonly idea: Idea; readonly peculiar?: never }
  | { readonly idea?: never; readonly peculiar: PeculiarField }
);

/** What a mesh makes of each idea; a new idea does not compile until each mesh has an answer. */
export type Answers = Readonly<Record<Idea, Answer>>;

/** The row for a leaf of a resource; undefined when the table does not know it. */
export function fieldRowFor(
  fields: readonly FieldRow[],
  resource: { readonly group: string; readonly kind: string },
  path: Path,
): FieldRow | undefined {
  return fields.find(
    (it) => it.kind.name === resource.kind && it.kind.group === resource.group && fits(path, stepsOf(it.path)),
  );
}

const steps = new Map<string, readonly string[]>();

function stepsOf(pattern: string): readonly string[] {
  let found = steps.get(pattern);
  if (!found) {
    found = [...pattern.matchAll(/\[\*\]|\["([^"]*)"\]|[^.[\]]+/g)].map((it) => it[1] ?? it[0]);
    steps.set(pattern, found);
  }
  return found;
}

function fits(path: Path, pattern: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**';
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((step, at) => {
    const key = path[at];
    return step === '[*]' ? typeof key === 'number' : step === '*' ? typeof key === 'string' : step === key;
  });
}
