/** Traffic policies: what a DestinationRule says of balancing, limits, ejection and TLS. */

import type { Asked, Destination, DestinationParts, Limits, RetryBudget } from '../../../model/ir.ts';
import { type DestinationWriters, writeParts } from '../../mesh.ts';
import { type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writeDuration } from './durations.ts';
import { writeLoadBalancer } from './write-load-balancer.ts';
import { writeOutlier } from './write-outlier.ts';
import { writeProtocol } from './write-protocol.ts';
import { defaultSubsetPlace, isRouted } from './write-routes.ts';

const policyOrder = ['loadBalancer', 'connectionPool', 'outlierDetection', 'retryBudget', 'tls', 'portLevelSettings'];

/** A policy with its fields in the order in which people write them. */
export function inOrder(policy: Fields): Fields {
  return Object.fromEntries(policyOrder.filter((it) => it in policy).map((it) => [it, policy[it]]));
}

type PlaceOf = (...path: (string | number)[]) => string;

interface PolicyTarget {
  readonly policy: Fields;
  readonly destination: Destination;
  readonly place: PlaceOf;
}

/** Writes the parts of a destination into a policy; `place` names where the policy stands. */
export function writePolicy(destination: Destination, policy: Fields, place: PlaceOf, drafts: Drafts): void {
  writeParts<DestinationParts, PolicyTarget>(
    destination.parts,
    writers(drafts),
    { policy, destination, place },
    drafts.ledger,
  );
}

function writers(drafts: Drafts): DestinationWriters<PolicyTarget> {
  const { ledger } = drafts;
  return {
    protocol: (asked, { destination }) => writeProtocol(asked, destination, drafts),
    loadBalancer: (asked, { policy, place }) => {
      const { localityLbSetting } = (policy['loadBalancer'] ?? {}) as Fields;
      policy['loadBalancer'] = withoutUndefined({ ...writeLoadBalancer(asked, place, drafts), localityLbSetting });
    },
    locality: (asked, { policy, place, destination }) => {
      const isNear = asked.value !== 'any';
      policy['loadBalancer'] = { ...(policy['loadBalancer'] as Fields), localityLbSetting: { enabled: isNear } };
      ledger.exact(asked, place('loadBalancer', 'localityLbSetting', 'enabled'));
      if (!isNear || destination.parts.outlier) return;
      policy['outlierDetection'] = envoysOwn;
      ledger.note(
        'generated',
        `${place('outlierDetection')} says what Envoy does for Consul unasked: without it Istio prefers no place.`,
      );
    },
    outlier: (asked, { policy, place }) => {
      policy['outlierDetection'] = writeOutlier(asked, place, drafts);
    },
    limits: (asked, { policy, place }) => {
      const { maxConnections, maxPending, maxRequests, maxRequestsPerConnection, maxRetries } = asked.value;
      addToPool(policy, 'tcp', { maxConnections: limitOf(maxConnections) });
      addToPool(policy, 'http', {
        http1MaxPendingRequests: limitOf(maxPending),
        http2MaxRequests: limitOf(maxRequests),
        maxRequestsPerConnection: maxRequestsPerConnection?.value,
        maxRetries: maxRetries?.value,
      });
      for (const [name, field] of Object.entries(limitFields)) {
        const limit = asked.value[name as keyof Limits];
        if (limit?.value === 0)
          ledger.changed(
            limit,
            place('connectionPool', ...field),
            'no-equivalent',
            'To Istio 0 is no limit; one is least.',
          );
        else if (limit) ledger.exact(limit, place('connectionPool', ...field));
      }
    },
    retryBudget: (asked, { policy, place }) => {
      policy['retryBudget'] = writeRetryBudget(asked, place, drafts);
    },
    connectTimeout: (asked, { policy, place }) => {
      addToPool(policy, 'tcp', { connectTimeout: writeDuration(asked.value) });
      ledger.exact(asked, place('connectionPool', 'tcp', 'connectTimeout'));
    },
    requestTimeout: (asked, { destination }) => {
      const isWritten = !destination.client && !isRouted(drafts.ir.routes, destination.service.value);
      if (!isWritten)
        ledger.lost(
          asked,
          'unused-in-source',
          'The routes of the service say how long a request may take; this comes into play without them only.',
          'none',
        );
    },
    clientTls: (asked, { policy, place }) => {
      const { mode, sni } = asked.value;
      policy['tls'] = { mode: clientModes[mode], ...(sni === undefined ? {} : { sni }) };
      ledger.exact(asked, place('tls'));
    },
    defaultSubset: (asked, { destination }) =>
      ledger.exact(asked, defaultSubsetPlace(destination, drafts), 'Routes name the version.'),
    failover: {
      code: 'no-service-failover',
      lost: 'Istio does not fall back to another service, only to other places of the same one.',
      risk: 'availability',
    },
  };
}

/** A limit as Istio takes it, to which zero is none. */
function limitOf(asked: Asked<number> | undefined): number | undefined {
  return asked && Math.max(1, asked.value);
}

const clientModes = { disable: 'DISABLE', simple: 'SIMPLE', mutual: 'MUTUAL', mesh: 'ISTIO_MUTUAL' } as const;

const limitFields: { readonly [Name in keyof Limits]-?: readonly [string, string] } = {
  maxConnections: ['tcp', 'maxConnections'],
  maxPending: ['http', 'http1MaxPendingRequests'],
  maxRequests: ['http', 'http2MaxRequests'],
  maxRequestsPerConnection: ['http', 'maxRequestsPerConnection'],
  maxRetries: ['http', 'maxRetries'],
};

/** What Envoy does in Consul where nobody says anything. */
const envoysOwn = {
  consecutive5xxErrors: 5,
  interval: '10s',
  baseEjectionTime: '30s',
  maxEjectionPercent: 10,
} as const;

function writeRetryBudget(asked: Asked<RetryBudget>, place: PlaceOf, { ledger }: Drafts): Fields {
  const { percent, minConcurrency, minPerSecond, window } = asked.value;
  const at = (field: string) => place('retryBudget', field);
  ledger.exact(asked, place('retryBudget'));
  if (percent) ledger.exact(percent, at('percent'));
  if (window) ledger.exact(window, at('budgetInterval'));
  if (minConcurrency) ledger.exact(minConcurrency, at('minRetryConcurrency'));
  if (minPerSecond)
    ledger.changed(
      minPerSecond,
      at('minRetryConcurrency'),
      'retry-budget',
      'Istio always allows so many retries at a time, not so many in a second.',
    );
  return withoutUndefined({
    percent: percent?.value,
    minRetryConcurrency: (minConcurrency ?? minPerSecond)?.value,
    budgetInterval: window && writeDuration(window.value),
  });
}

function addToPool(policy: Fields, part: 'tcp' | 'http', fields: Fields): void {
  const written = withoutUndefined(fields);
  if (Object.keys(written).length === 0) return;
  const pool = (policy['connectionPool'] ?? {}) as { readonly tcp?: Fields; readonly http?: Fields };
  const tcp = part === 'tcp' ? { ...pool.tcp, ...written } : pool.tcp;
  const http = part === 'http' ? { ...pool.http, ...written } : pool.http;
  policy['connectionPool'] = { ...(tcp ? { tcp } : {}), ...(http ? { http } : {}) };
}
