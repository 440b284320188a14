/**
 * Tokens of requests: JWTProviders, which say how a token is checked, and what intentions ask of them. A provider that no
 * intention names checks nothing. Source: consul agent/xds/jwt_authn.go and rbac.go.
 */

import type {
  Asked,
  Ir,
  JwtRequirement,
  Origin,
  Peculiar,
  TokenCondition,
  TokenKeys,
  TokenLocation,
  TokenMatch,
  WorkloadScope,
} from '../../../model/ir.ts';
import { decodeBase64 } from '../../../model/base64.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, numberAt, textAt, valueAt } from '../../../model/value.ts';
import { GatewayPolicy, JWTProvider, RouteAuthFilter, ServiceIntentions } from '../kinds.ts';
import type { Entries } from './read-routes.ts';

export type ReadTokens = Pick<Ir, 'jwt' | 'peculiar'>;

/**
 * The providers that are converted, and those that the converted intentions name. `scopesOf` gives the workloads that an
 * intention protects.
 */
export function readProviders(
  entries: Entries,
  scopesOf: (intentions: Resource) => readonly WorkloadScope[],
): ReadTokens {
  const { index } = entries.environment;
  const chosen = entries.selected(JWTProvider);
  const named = new Set(entries.selected(ServiceIntentions).flatMap(providersIn));
  const others = index.all(JWTProvider).filter((it) => named.has(it.name) && !chosen.includes(it));
  const peculiar: Peculiar[] = [];
  const jwt = [...chosen, ...others].map((provider) => {
    const targets = index
      .all(ServiceIntentions)
      .filter((it) => providersIn(it).includes(provider.name))
      .flatMap((it) => scopesOf(it).map((value) => ({ value, from: [] })));
    return {
      value: readProvider(provider, targets, entries),
      from: [{ resource: provider, path: ['spec'] }],
    };
  });
  for (const provider of chosen) {
    const byGateway = [GatewayPolicy, RouteAuthFilter]
      .flatMap((it) => index.all(it))
      .filter((it) => names(it, provider));
    if (byGateway.length === 0) continue;
    const reason = `It checks tokens at a gateway, too (${byGateway.map((it) => `${it.kind} "${it.name}"`).join(', ')}); that is not carried over.`;
    peculiar.push({
      from: [{ resource: provider, path: ['spec', 'issuer'] }],
      code: 'no-jwt',
      reason,
      risk: 'security',
    });
  }
  return { jwt, peculiar };
}

/** Names of all providers that an intention asks for. */
function providersIn(intentions: Resource): readonly string[] {
  const permissions = listAt(intentions.value, ['spec', 'sources']).flatMap((it) => listAt(it, ['permissions']));
  const blocks = [valueAt(intentions.value, ['spec', 'jwt']), ...permissions.map((it) => valueAt(it, ['jwt']))];
  return blocks.flatMap((it) => listAt(it, ['providers'])).flatMap((it) => textAt(it, ['name']) ?? []);
}

function names(policy: Resource, provider: Resource): boolean {
  const blocks: readonly Path[] = isOfKind(policy, GatewayPolicy)
    ? [
        ['spec', 'override', 'jwt'],
        ['spec', 'default', 'jwt'],
      ]
    : [['spec', 'jwt']];
  return blocks.some((it) =>
    listAt(policy.value, [...it, 'providers']).some((one) => textAt(one, ['name']) === provider.name),
  );
}

function readProvider(
  provider: Resource,
  targets: readonly Asked<WorkloadScope>[],
  { environment }: Entries,
): JwtRequirement {
  const { value } = provider;
  const at = (...path: Path): readonly Origin[] => [{ resource: provider, path: ['spec', ...path] }];
  const text = (...path: Path) => textAt(value, ['spec', ...path]);
  const skew = numberAt(value, ['spec', 'clockSkewSeconds']);
  const remote: Path = ['jsonWebKeySet', 'remote'];
  const timeout = numberAt(value, ['spec', ...remote, 'requestTimeoutMs']);
  const payload = text('forwarding', 'headerName');
  const locations = listAt(value, ['spec', 'locations']);
  const forwards = locations.flatMap((it, position) => {
    const forward = valueAt(it, ['header', 'forward']);
    return typeof forward === 'boolean'
      ? [{ value: forward, from: at('locations', position, 'header', 'forward') }]
      : [];
  });
  // The last header that says something decides for all of them.
  const forward = forwards.at(-1);
  return {
    name: provider.name,
    namespace: environment.namespaceOf(provider),
    targets,
    issuer: { value: text('issuer') ?? '', from: at('issuer') },
    audiences: listAt(value, ['spec', 'audiences']).flatMap((it, position) =>
      typeof it === 'string' ? [{ value: it, from: at('audiences', position) }] : [],
    ),
    keys: keysOf(provider),
    ...(timeout !== undefined && { keysTimeout: { value: timeout, from: at(...remote, 'requestTimeoutMs') } }),
    locations: locations.flatMap((it, position): Asked<TokenLocation>[] => {
      const prefix = textAt(it, ['header', 'valuePrefix']);
      for (const [key, type] of [
        ['header', 'header'],
        ['queryParam', 'query'],
        ['cookie', 'cookie'],
      ] as const) {
        const name = textAt(it, [key, 'name']);
        if (name === undefined) continue;
        const from = [
          ...at('locations', position, key, 'name'),
          ...(prefix === undefined ? [] : at('locations', position, key, 'valuePrefix')),
        ];
        return [{ value: { type, name, ...(prefix ? { prefix } : {}) }, from }];
      }
      return [];
    }),
    ...(forward && { forward: { value: forward.value, from: forwards.flatMap((it) => it.from) } }),
    ...(payload !== undefined &&
      payload !== '' && { payloadHeader: { value: payload, from: at('forwarding', 'headerName') } }),
    ...(skew !== undefined && { skew: { value: skew, from: at('clockSkewSeconds') } }),
    refusesBad: false,
  };
}

/** The keys: JSON in base64, a file of the proxy, or an address. */
function keysOf(provider: Resource): Asked<TokenKeys> {
  const at = (...path: Path): Origin => ({ resource: provider, path: ['spec', 'jsonWebKeySet', ...path] });
  const text = (...path: Path) => textAt(provider.value, ['spec', 'jsonWebKeySet', ...path]);
  const [encoded, path, uri] = [text('local', 'jwks'), text('local', 'filename'), text('remote', 'uri')];
  if (encoded) {
    const jwks = decodeBase64(encoded);
    const from = [at('local', 'jwks')];
    return jwks === undefined
      ? { value: { type: 'elsewhere', place: 'in text that is no base64' }, from }
      : { value: { type: 'inline', jwks }, from };
  }
  if (path)
    return {
      value: { type: 'elsewhere', place: `in the file ${path} beside the proxy` },
      from: [at('local', 'filename')],
    };
  return uri
    ? { value: { type: 'remote', uri }, from: [at('remote', 'uri'), at('remote', 'fetchAsynchronously')] }
    : { value: { type: 'elsewhere', place: 'nowhere' }, from: [] };
}

// ---- What intentions ask -------------------------------------------------------------------------------------------

/** The token that a `jwt` block asks for: one of any of its providers. Undefined when none of them is known. */
export function readTokenBlock(
  resource: Resource,
  path: Path,
  entries: Entries,
): TokenCondition | 'unknown' | undefined {
  if (!isRecord(valueAt(resource.value, path))) return undefined;
  const providers = listAt(resource.value, [...path, 'providers']);
  if (providers.length === 0) return undefined;
  const anyOf = providers.flatMap((it, at): Asked<TokenMatch>[] => {
    const provider = entries.find(JWTProvider, textAt(it, ['name']) ?? '');
    const issuer = provider && textAt(provider.value, ['spec', 'issuer']);
    if (!issuer) return [];
    const claims = listAt(it, ['verifyClaims']).flatMap((claim) => {
      const value = textAt(claim, ['value']);
      const steps = listAt(claim, ['path']).filter((step) => typeof step === 'string');
      return value === undefined || steps.length === 0
        ? []
        : [{ path: steps, match: { type: 'exact' as const, value } }];
    });
    const from = [{ resource, path: [...path, 'providers', at] }];
    return [{ value: { principal: { type: 'prefix', value: `${issuer}/` }, claims }, from }];
  });
  return anyOf.length < providers.length ? 'unknown' : { anyOf, negate: false };
}
