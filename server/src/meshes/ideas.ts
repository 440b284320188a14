/**
 * Ideas: what fields of several meshes say, one name each. They are finer than the representation of `model/ir.ts`
 * wherever a mesh keeps one half of a value and not the other. Each mesh has two tables over them: `fields`, which of
 * its own fields say which idea, and `answers`, what it makes of an idea that comes from elsewhere. The report's
 * defaults and the hover ("the same elsewhere") read them.
 */

import type { Risk } from '../model/ir.ts';
import type { Kind } from '../model/kind.ts';
import type { MeshId } from '../model/mesh-id.ts';
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
  'route.connections': 'Routing connections that are not HTTP',
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
  'timeout.response': 'The timeout until response headers',
  'timeout.idle': 'The idle timeout of a stream',
  'retries.attempts': 'The number of retries',
  'retries.conditions': 'When to retry',
  'retries.connect': 'Retrying when a connection fails',
  'retries.per-try': 'The timeout of one attempt',
  'retries.backoff': 'The pause between retries',
  'retries.budget': 'A share of requests that may be retries',
  fault: 'Fault injection',
  cors: 'CORS',
  'destination.host': 'The service that a policy is about',
  'destination.visibility': 'Which clients follow a policy',
  'destination.client': 'The one client that a policy is for',
  'destination.port': 'A policy for one port',
  'destination.every': 'A policy for every service that a client calls',
  'subset.name': 'The name of a version',
  'subset.labels': 'The pods of a version',
  'subset.default': 'The version for requests that name none',
  'subset.policy': 'A policy for one version',
  protocol: 'The protocol of a service',
  'load-balancer': 'Load balancing',
  'load-balancer.hash': 'Session affinity',
  'load-balancer.ring': 'The size of a hash ring',
  'load-balancer.table': 'The size of the table of Maglev',
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
  'limit.inbound': 'The number of connections that a service takes',
  'limit.rate': 'Requests a second',
  'limit.rate.burst': 'Requests at once',
  'timeout.connect': 'The connect timeout',
  'timeout.connect.client': 'The connect timeout of a client, for all services',
  'timeout.request-default': 'The request timeout of a service',
  'client-tls': 'TLS from the client',
  failover: 'Failover to another service',
  'mtls.mode': 'The mode of mutual TLS',
  'mtls.workload': 'The workloads of an mTLS mode',
  'mtls.port': 'The mode of mutual TLS on one port',
  'mtls.exposed': 'Paths that anybody may call in plaintext',
  'access.workload': 'The workloads that a policy protects',
  'access.port': 'The port that a policy protects',
  'access.action': 'Allow or deny',
  'access.identity': 'Clients by identity',
  'access.identity.not': 'All clients but some',
  'access.namespace': 'Clients by namespace',
  'access.namespace.not': 'Clients of all namespaces but some',
  'access.network': 'Clients by address',
  'access.path': 'Access to paths',
  'access.method': 'Access by method',
  'access.host': 'Access by host',
  'access.header': 'Access by header',
  'access.jwt': 'Access by token',
  'access.condition': 'Other conditions of access',
  'access.outside': 'A service of its own that decides',
  'jwt.workload': 'The workloads that check tokens',
  'jwt.issuer': 'Who signs tokens',
  'jwt.audiences': 'Whom tokens are meant for',
  'jwt.keys': 'Keys for tokens, from an address',
  'jwt.keys.inline': 'Keys for tokens, in the manifest',
  'jwt.keys.timeout': 'How long fetching keys may take',
  'jwt.location': 'Where a request has its token',
  'jwt.forward': 'Passing a token on',
  'jwt.payload': 'Passing the claims of a token on',
  'gateway.carrier': 'What carries a gateway',
  'gateway.port': 'The port of a listener',
  'gateway.protocol': 'The protocol of a listener',
  'gateway.host': 'The hosts of a listener',
  'gateway.tls': 'TLS at a gateway',
  'gateway.tls-version': 'Versions of TLS at a gateway',
  'gateway.tls-ciphers': 'Ciphers at a gateway',
  'gateway.tls-clients': 'Certificates of clients at a gateway',
  'gateway.tls-files': 'A certificate that is no Secret',
  'gateway.retries': 'Retries at a gateway',
  'gateway.idle-timeout': 'The idle timeout of a stream at a gateway',
  'gateway.https-redirect': 'Redirecting to HTTPS',
  'egress.host': 'A host outside of the mesh',
  'egress.port': 'The port of a host outside',
  'egress.address': 'Addresses outside of the mesh',
  'egress.clients': 'Which clients know a host outside',
  'egress.lookup': 'Who looks up a host outside',
  'egress.policy': 'Whether unknown hosts can be reached',
  'egress.tls': 'Certificates for TLS to a host outside',
  'egress.tls.name': 'The server name of TLS to a host outside',
  'workload.address': 'The address of a workload outside of Kubernetes',
  'workload.port': 'The ports of a workload outside of Kubernetes',
  'workload.labels': 'The labels of a workload outside of Kubernetes',
  'workload.service': 'The service of a workload outside of Kubernetes',
  'workload.identity': 'The identity of a workload outside of Kubernetes',
  'workload.weight': 'The weight of a workload outside of Kubernetes',
  'workload.locality': 'The place of a workload outside of Kubernetes',
  'workload.health': 'The health check of a workload outside of Kubernetes',
  'clusters.export': 'Services for other clusters',
  'clusters.consumers': 'Which clusters get a service',
  'inject.namespace': 'Proxies for a namespace',
  'inject.pod': 'A proxy for a pod',
  'inject.ambient': 'Proxies of nodes in place of those of pods',
  'proxy.namespace': 'Settings of all proxies of a namespace',
  'proxy.cpu-request': 'CPU of the proxy',
  'proxy.cpu-limit': 'CPU of the proxy at most',
  'proxy.memory-request': 'Memory of the proxy',
  'proxy.memory-limit': 'Memory of the proxy at most',
  'proxy.threads': 'The number of threads of the proxy',
  'proxy.log-level': 'What the proxy logs',
  'proxy.log-level.parts': 'What parts of the proxy log',
  'proxy.native': 'The proxy as a native sidecar',
  'proxy.probes': 'Probes of the kubelet by way of the proxy',
  'proxy.start-first': 'The proxy before the application',
  'proxy.drain': 'How long the proxy ends',
  'proxy.skip-inbound': 'Incoming ports around the proxy',
  'proxy.skip-outbound': 'Outgoing ports around the proxy',
  'proxy.skip-addresses': 'Calls to some addresses around the proxy',
  'proxy.skip-networks': 'Traffic of some addresses around the proxy',
  'telemetry.access-log': 'Logs of access',
  'telemetry.workload': 'The pods that log',
  extension: 'Code of your own in the proxy',
} as const;

export type Idea = keyof typeof ideas;

/** Ideas by what they are about, in the order of a reader. Each stands in one topic. */
export const topics: readonly { readonly title: string; readonly ideas: readonly Idea[] }[] = [
  { title: 'Routes', ideas: startingWith('route.', 'match.') },
  {
    title: 'Backends and changes',
    ideas: [
      ...startingWith('backend.', 'subset.', 'headers.', 'rewrite.'),
      'redirect',
      'direct-response',
      'mirror',
      'fault',
      'cors',
    ],
  },
  {
    title: 'Resilience',
    ideas: [
      ...startingWith('timeout', 'retries.', 'outlier.', 'limit.'),
      'failover',
      ...startingWith('load-balancer', 'destination.'),
      'protocol',
    ],
  },
  { title: 'Mutual TLS', ideas: [...startingWith('mtls.'), 'client-tls'] },
  { title: 'Access', ideas: startingWith('access.', 'jwt.') },
  { title: 'Gateways', ideas: startingWith('gateway.') },
  { title: 'Outside of the mesh', ideas: startingWith('egress.', 'workload.', 'clusters.') },
  { title: 'Proxies', ideas: [...startingWith('inject.', 'proxy.', 'telemetry.'), 'extension'] },
];

function startingWith(...starts: readonly string[]): readonly Idea[] {
  const all = Object.keys(ideas) as Idea[];
  return starts.flatMap((start) => all.filter((it) => it.startsWith(start)));
}

/** What becomes of an idea in a mesh, unless a value says otherwise; `from` is for meshes where it becomes something else. */
export type Answer = PlainAnswer & { readonly from?: { readonly [Source in MeshId]?: PlainAnswer } };

export type PlainAnswer =
  | { readonly fate: 'exact'; readonly reason?: string }
  | { readonly fate: 'changed' | 'lost'; readonly code: string; readonly reason: string; readonly risk?: Risk };

/** The answer to an idea of a certain mesh. */
export function answerFrom(answers: Answers, idea: Idea, source: MeshId): PlainAnswer {
  return answers[idea].from?.[source] ?? answers[idea];
}

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

/** A place where a mesh says an idea, for people; conversions do not read it. */
export interface PlaceRow {
  readonly kind: Kind;
  readonly path: string;
  readonly idea: Idea;
  readonly peculiar?: never;
}

/** What a mesh makes of each idea; a new idea does not compile until each mesh has an answer. */
export type Answers = Readonly<Record<Idea, Answer>>;

/** What a mesh makes of a field of the Gateway API that stands in a manifest. Fields without a row are not spoken of. */
export type GatewayApiRow = { readonly kind: Kind; readonly path: string } & (
  | { readonly fate: 'exact'; readonly reason?: string }
  | { readonly fate: 'changed' | 'lost'; readonly reason: string }
);

interface ResourceKind {
  readonly group: string;
  readonly kind: string;
}

/** The row for a leaf of a resource; undefined when the table does not know it. */
export function fieldRowFor(fields: readonly FieldRow[], resource: ResourceKind, path: Path): FieldRow | undefined {
  return rowFor(fields, resource, path);
}

/**
 * The row for a leaf, or for what has leaves below: then only where all of them say the same, as those of `rewrite.uri`
 * do and those of `retries` do not.
 */
export function fieldRowAt<It extends FieldRow | PlaceRow>(
  fields: readonly It[],
  resource: ResourceKind,
  path: Path,
): It | undefined {
  const own = fields.filter((it) => isAbout(it, resource));
  const fitting = own.find((it) => fits(path, stepsOf(it.path)));
  const below = own.filter(
    (it) => fixedSteps(it).length > path.length && fits(path, fixedSteps(it).slice(0, path.length)),
  );
  const [first] = below;
  if (!first) return fitting;
  const said = new Set([...below, ...(fitting?.idea ? [fitting] : [])].map((it) => it.idea ?? it.peculiar.reason));
  return said.size === 1 ? first : undefined;
}

/** What a mesh makes of a field of the Gateway API; undefined where nothing is known. */
export function gatewayApiRowFor(
  rows: readonly GatewayApiRow[],
  resource: ResourceKind,
  path: Path,
): GatewayApiRow | undefined {
  return rowFor(rows, resource, path);
}

/** A pattern of a row as people write it: `spec.http[].timeout`; of `.**` stays what it is below. */
export function patternText(pattern: string): string {
  return pattern.replaceAll('[*]', '[]').replace(/\.\*\*$/, '');
}

/** The label or annotation that a row is about; undefined for other fields. */
export function metadataKeyOf({
  path,
}: Pick<PlaceRow, 'path'>): { readonly key: string; readonly part: 'label' | 'annotation' } | undefined {
  const match = /\.(annotation|label)s\["([^"]+)"\]$/.exec(path);
  return match?.[2] === undefined ? undefined : { key: match[2], part: match[1] === 'label' ? 'label' : 'annotation' };
}

interface Row {
  readonly kind: Kind;
  readonly path: string;
}

function rowFor<It extends Row>(rows: readonly It[], resource: ResourceKind, path: Path): It | undefined {
  return rows.find((it) => isAbout(it, resource) && fits(path, stepsOf(it.path)));
}

function isAbout({ kind }: Row, resource: ResourceKind): boolean {
  return kind.name === resource.kind && kind.group === resource.group;
}

function fixedSteps({ path }: Row): readonly string[] {
  const steps = stepsOf(path);
  return steps.at(-1) === '**' ? steps.slice(0, -1) : steps;
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
