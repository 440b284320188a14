/**
 * Limits of requests: EnvoyFilters that put Envoy's local rate limit in front of what comes in, as Istio's documentation has
 * them. Everything in such a filter has to be known, since half of an EnvoyFilter may undo what the other half does.
 * Source: istio.io, Enabling rate limits; envoyproxy.io, local rate limit.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Ir, Origin, Peculiar, RateLimit } from '../../../model/ir.ts';
import { isOfKind } from '../../../model/kind.ts';
import type { Resource } from '../../../model/manifest.ts';
import { EnvoyFilter } from '../kinds.ts';
import { readDuration } from './durations.ts';
import { originsOf, Place } from './place.ts';
import { scopesByLabels } from './read-scopes.ts';

export type ReadLimits = Pick<Ir, 'rateLimits' | 'peculiar'>;

/** How a filter is called when it is made out of a limit of another mesh. */
export const limitSuffix = '-local-ratelimit';

/** The limits of those resources that are such filters. */
export function readLimits(resources: readonly Resource[], environment: Environment): ReadLimits {
  const read = resources
    .filter((it) => isOfKind(it, EnvoyFilter))
    .map((it) => readFilter(it, environment))
    .filter((it) => it !== undefined);
  return { rateLimits: read.flatMap((it) => it.rateLimits), peculiar: read.flatMap((it) => it.peculiar) };
}

/** The limits of an EnvoyFilter; undefined when it is any other. */
function readFilter(resource: Resource, environment: Environment): ReadLimits | undefined {
  const spec = Place.of(resource).at('spec');
  const patches = spec.at('configPatches').items.map(readPatch);
  if (patches.length === 0 || spec.at('targetRefs').exists) return undefined;
  const known = patches.filter((it) => it !== undefined);
  if (known.length < patches.length) return undefined;
  const selector = spec.at('workloadSelector');
  const namespace = environment.namespaceOf(resource);
  const scopes = scopesByLabels(selector.at('labels').textRecord, namespace, environment);
  const name = resource.name.endsWith(limitSuffix) ? resource.name.slice(0, -limitSuffix.length) : resource.name;
  const peculiar: Peculiar[] = known.flatMap((it) => it.peculiar);
  if (known.every((it) => !it.rate) && selector.exists)
    peculiar.push({ from: originsOf(selector), code: 'unused-in-source', reason: limitsNothing, risk: 'none' });
  const frame = originsOf(spec.at('priority'));
  if (frame.length > 0)
    peculiar.push({ from: frame, code: 'envoyfilter', reason: 'Elsewhere limits have no order.', risk: 'none' });
  if (scopes.list.length === 0) return undefined;
  const rateLimits = known.flatMap(({ rate, port, from }, at) =>
    (rate ? scopes.list : []).map((scope): Asked<RateLimit> => {
      const target = { value: scope, from: [...originsOf(selector), ...from] };
      const value: RateLimit = {
        name: patches.length === 1 ? name : `${name}-${at}`,
        namespace: scope.namespace,
        target,
        ...(port ? { port } : {}),
        ...(rate ? { total: rate } : {}),
        overrides: [],
        routes: [],
      };
      return { value, from: [...target.from, ...originsOfRate(value)] };
    }),
  );
  return { rateLimits, peculiar };
}

function originsOfRate({ port, total }: RateLimit): readonly Origin[] {
  return [port, total?.perSecond, total?.burst].flatMap((it) => it?.from ?? []);
}

interface Patch {
  readonly rate: RateLimit['total'];
  readonly port: RateLimit['port'];
  /** What makes it the filter that it is. */
  readonly from: readonly Origin[];
  readonly peculiar: readonly Peculiar[];
}

const limitsNothing = 'Without filter_enabled and filter_enforced above zero the filter limits nothing.';

const filterType = 'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit';

/** The settings of the filter, bare or wrapped in a TypedStruct. */
function settingsOf(config: Place): { readonly settings: Place; readonly frame: readonly Origin[] } | undefined {
  const [type, wrapped] = [config.at('@type'), config.at('type_url')];
  if (type.text?.endsWith(filterType)) return { settings: config, frame: originsOf(type) };
  if (!type.text?.endsWith('.TypedStruct') || !wrapped.text?.endsWith(filterType)) return undefined;
  return { settings: config.at('value'), frame: originsOf(type, wrapped) };
}

const knownSettings = [
  '@type',
  'stat_prefix',
  'token_bucket',
  'filter_enabled',
  'filter_enforced',
  'response_headers_to_add',
  'status',
];

function readPatch(patch: Place): Patch | undefined {
  const [match, value] = [patch.at('match'), patch.at('patch', 'value')];
  const isInserted = /^INSERT_(?:BEFORE|FIRST)$/.test(patch.at('patch', 'operation').text ?? '');
  const isInbound = match.at('context').text === 'SIDECAR_INBOUND' && !match.at('proxy').exists;
  if (patch.at('applyTo').text !== 'HTTP_FILTER' || !isInserted || !isInbound) return undefined;
  const found = settingsOf(value.at('typed_config'));
  if (!found) return undefined;
  const { settings, frame } = found;
  if (settings.entries.some(([key]) => !knownSettings.includes(key))) return undefined;
  const listener = match.at('listener');
  const port = listener.at('portNumber');
  const shares = ['filter_enabled', 'filter_enforced'].map((it) => settings.at(it));
  const share = Math.min(...shares.map(percentOf));
  const rate = rateOf(settings.at('token_bucket'));
  if (!rate) return undefined;
  const lost = (from: readonly Origin[], code: string, reason: string, risk: Peculiar['risk']): Peculiar[] =>
    from.length > 0 ? [{ from, code, reason, risk }] : [];
  const peculiar = [
    ...(share > 0
      ? lost(
          share < 100 ? originsOf(...shares) : [],
          'no-equivalent',
          `Elsewhere the limit holds for all requests, not for ${share} % of them.`,
          'availability',
        )
      : lost(originsOf(patch), 'unused-in-source', limitsNothing, 'none')),
    ...lost(
      originsOf(settings.at('response_headers_to_add')),
      'no-equivalent',
      'Elsewhere what is refused gets no headers of its own.',
      'behaviour',
    ),
    ...(settings.at('status', 'code').number === 429
      ? []
      : lost(originsOf(settings.at('status')), 'no-equivalent', 'Elsewhere what is refused gets 429.', 'behaviour')),
  ];
  const filterChain = listener.at('filterChain');
  const kept = [
    settings.at('stat_prefix'),
    ...(settings.at('status', 'code').number === 429 ? [settings.at('status')] : []),
  ];
  return {
    rate: share > 0 ? rate : undefined,
    port: port.number === undefined ? undefined : port.asked(port.number),
    from: [
      ...originsOf(patch.at('applyTo'), match.at('context'), patch.at('patch', 'operation'), value.at('name')),
      ...originsOf(filterChain, ...kept, ...(share === 100 ? shares : [])),
      ...frame,
    ],
    peculiar,
  };
}

const denominators: Readonly<Record<string, number>> = { HUNDRED: 1, TEN_THOUSAND: 100, MILLION: 10_000 };

/** The share of requests in percent; none is said to be none. */
function percentOf(share: Place): number {
  const value = share.at('default_value');
  return (value.at('numerator').number ?? 0) / (denominators[value.at('denominator').text ?? 'HUNDRED'] ?? 1);
}

function rateOf(bucket: Place): RateLimit['total'] | undefined {
  const [most, fill, interval] = [bucket.at('max_tokens'), bucket.at('tokens_per_fill'), bucket.at('fill_interval')];
  const millis = readDuration(interval.text);
  if (most.number === undefined || millis === undefined || millis === 0) return undefined;
  const perSecond = ((fill.number ?? 1) * 1000) / millis;
  return {
    perSecond: { value: perSecond, from: originsOf(fill, interval) },
    burst: most.asked(most.number),
  };
}
