/**
 * How clients talk to a service, in Linkerd's words: circuit breaking is an annotation of the Service that they call,
 * versions are Services of their own, and the rest is the proxy's to decide.
 */

import type { Asked, Destination, Limits, Outlier, ServiceName } from '../../../model/ir.ts';
import { forOnePort, loseWhole } from '../../../model/one-port.ts';
import { placeText } from '../../../model/report.ts';
import { pathText } from '../../../model/text.ts';
import { type DestinationWriters, writeParts } from '../../mesh.ts';
import {
  accrual,
  connectTimeout,
  maxFailures,
  maxPenalty,
  minPenalty,
  timeoutRequest,
  annotationDuration,
} from './annotations.ts';
import type { Draft } from './draft.ts';
import { writeLoadBalancer, writeLocality } from './load-balancing.ts';
import { linkerdProtocol, sayProtocol, podAnnotations, subsetService } from './services.ts';

/** Writes all destinations: their subsets first, since routes point to them. */
export function writeDestinations(draft: Draft): void {
  const isOnlyPort = (service: ServiceName, port: number) => {
    const ports = draft.service(service)?.ports ?? [];
    return ports.length === 1 && ports[0]?.port === port;
  };
  for (const destination of forOnePort(draft.ir.destinations, isOnlyPort, draft.ledger)) {
    const { name, namespace } = destination.service.value;
    draft.ledger.exact(destination.service, placeText('Service', namespace, name, ''));
    if (destination.client)
      draft.ledger.changed(
        destination.client,
        placeText('Service', namespace, name, ''),
        'scope-widened',
        'Linkerd keeps such settings with the Service that is called, so they hold for all of its clients.',
      );
    if (destination.visibility)
      draft.ledger.changed(
        destination.visibility,
        placeText('Service', namespace, name, ''),
        'scope-widened',
        'Linkerd keeps such settings with the Service that is called, so they hold for the clients of all namespaces.',
      );
    for (const subset of destination.subsets) writeSubset(destination, subset, draft);
    if (destination.subset === undefined) writeParts(destination.parts, writers(draft), destination, draft.ledger);
    else refuseSubsetPolicy(destination, draft);
  }
}

function placeOf({ namespace, name }: ServiceName): string {
  return placeText('Service', namespace, name, '');
}

function writeSubset(destination: Destination, subset: Destination['subsets'][number], draft: Draft): void {
  const service = destination.service.value;
  const made = subsetService(draft, service, subset.value.name);
  if ('name' in made) draft.ledger.exact(subset, placeText('Service', service.namespace, made.name, 'spec.selector'));
  else if ('missing' in made) loseForMissing(draft, subset, made.missing);
  else draft.ledger.lost(subset, made.code, made.reason, 'availability');
}

/** Records that something is not written since a fact is missing, and how to give it. */
export function loseForMissing(draft: Draft, asked: Asked<unknown> | Asked<unknown>['from'], missing: string): void {
  draft.ledger.lost(asked, 'host-not-service', `Not written: the workspace does not hold ${missing}.`, 'availability');
  draft.ledger.note('missing', `Add the manifest of ${missing} to the workspace, then convert again.`, 'availability');
}

function refuseSubsetPolicy({ parts }: Destination, draft: Draft): void {
  const reason = 'Linkerd reads such settings from the Service that clients call, not from the one of a version.';
  for (const asked of Object.values<Asked<unknown>>({ ...parts }))
    loseWhole(asked, { code: 'subset-policy', reason, risk: 'behaviour' }, draft.ledger);
}

function writers(draft: Draft): DestinationWriters<Destination> {
  const { ledger } = draft;
  return {
    protocol: (asked, destination) => writeProtocol(asked, destination, draft),
    loadBalancer: (asked, { service }) => writeLoadBalancer(asked, service.value, draft),
    locality: (asked, { service }) => writeLocality(asked, service.value, draft),
    retryBudget: {
      code: 'retry-budget',
      lost: 'Linkerd counts the retries of a request; a share of the traffic it limits in ServiceProfiles alone, which would overrule every HTTPRoute.',
      risk: 'availability',
    },
    outlier: (asked, destination) => writeOutlier(asked, destination, draft),
    limits: (asked) => refuseLimits(asked.value, draft),
    connectTimeout: (asked, destination) => writeConnectTimeout(asked, destination, draft),
    requestTimeout: (asked, destination) => writeRequestTimeout(asked, destination, draft),
    clientTls: (asked, { service }) => {
      if (asked.value.mode === 'mesh')
        ledger.exact(asked, placeOf(service.value), 'Linkerd always does this between meshed pods.');
      else if (asked.value.mode === 'disable')
        ledger.lost(asked, 'mtls-disable', 'Linkerd encrypts between meshed pods whatever the client wants.', 'none');
      else
        ledger.lost(
          asked,
          'tls-origination',
          'Linkerd opens no TLS for the application: it has to do so itself.',
          'security',
        );
    },
    defaultSubset: (asked, { service: { value: service } }) => {
      const made = subsetService(draft, service, asked.value);
      if ('name' in made)
        ledger.exact(
          asked,
          placeText('HTTPRoute', service.namespace, service.name, 'spec.rules'),
          'Routes name the version.',
        );
      else if ('missing' in made) loseForMissing(draft, asked, made.missing);
      else ledger.lost(asked, made.code, made.reason, 'availability');
    },
    failover: {
      code: 'no-service-failover',
      lost: 'Linkerd does not fall back to another Service by itself; its failover extension would have to.',
      risk: 'availability',
    },
  };
}

/** Pods have one connect timeout for all that they call; that of one service is kept where it is the same. */
function writeConnectTimeout(asked: Asked<number>, { client }: Destination, draft: Draft): void {
  const isSame = draft.ir.clientDefaults.some(
    ({ value: it }) =>
      client !== undefined &&
      it.client.value.name === client.value.name &&
      it.client.value.namespace === client.value.namespace &&
      it.connectTimeout?.value === asked.value,
  );
  if (isSame && client) {
    const places = podAnnotations(draft, client.value, connectTimeout).map((it) => it.place);
    draft.ledger.exact(asked, places.join(', '), 'The proxy of each client pod waits so long for any connection.');
  } else
    draft.ledger.lost(
      asked,
      'proxy-wide',
      `Linkerd has one connect timeout for all that a client calls, the annotation config.linkerd.io/proxy-outbound-connect-timeout of its pods (${annotationDuration(asked.value)}).`,
    );
}

function writeProtocol(asked: Asked<string>, { service: { value: service } }: Destination, draft: Draft): void {
  const facts = draft.service(service);
  const wanted = linkerdProtocol(asked.value);
  const place = placeText('Service', service.namespace, service.name, 'spec.ports');
  if (wanted !== 'linkerd.io/opaque') {
    const isSaid = facts !== undefined && sayProtocol(draft, facts, wanted);
    const reason = isSaid
      ? 'Linkerd takes an appProtocol that it does not know for opaque, so it is put in its words.'
      : 'Linkerd finds out by itself that a connection carries HTTP.';
    draft.ledger.exact(asked, place, reason);
    return;
  }
  if (!facts) return loseForMissing(draft, asked, `Service "${service.name}" in namespace "${service.namespace}"`);
  for (const at of facts.ports.keys()) draft.change(facts.resource, ['spec', 'ports', at, 'appProtocol'], wanted);
  draft.ledger.exact(asked, place, 'Opaque is what Linkerd calls plain TCP.');
}

/** A timeout of the service itself is an annotation of it, which routes without one inherit. */
function writeRequestTimeout(asked: Asked<number>, { service: { value: service } }: Destination, draft: Draft): void {
  if (asked.value <= 0) return draft.ledger.exact(asked, placeOf(service), 'Linkerd has no timeout unless told.');
  const facts = draft.service(service);
  if (!facts) return loseForMissing(draft, asked, `Service "${service.name}" in namespace "${service.namespace}"`);
  const path = ['metadata', 'annotations', timeoutRequest];
  draft.change(facts.resource, path, annotationDuration(asked.value));
  draft.ledger.exact(asked, placeText('Service', service.namespace, service.name, pathText(path)));
}

// ---- Circuit breaking ----------------------------------------------------------------------------------------------

/** Envoy ejects for at most this long, whatever the base. */
const longestEjection = 300_000;

/** And for this long at first, unless it is told otherwise. */
const usualBase = 30_000;

function writeOutlier(asked: Asked<Outlier>, { service: { value: service } }: Destination, draft: Draft): void {
  const { ledger } = draft;
  const facts = draft.service(service);
  if (!facts) return loseForMissing(draft, asked, `Service "${service.name}" in namespace "${service.namespace}"`);
  const outlier = strictest(service, draft) ?? asked.value;
  const own = asked.value;
  const isOff = own.enforcePercent?.value === 0 || (own.consecutive5xx?.value === 0 && !own.consecutiveGateway?.value);
  if (isOff) return ledger.exact(asked, placeOf(service), 'Linkerd takes no endpoint out unless told.');

  const place = (key: string) =>
    placeText('Service', service.namespace, service.name, pathText(['metadata', 'annotations', key]));
  const set = (key: string, value: string) => draft.change(facts.resource, ['metadata', 'annotations', key], value);
  const base = outlier.baseEjection?.value ?? usualBase;
  set(accrual, 'consecutive');
  set(maxFailures, String(failuresOf(outlier)));
  set(minPenalty, annotationDuration(base));
  set(maxPenalty, annotationDuration(Math.max(base, outlier.maxEjection?.value ?? longestEjection)));

  // What another client asks for may have taken the place of this.
  const isKept = failuresOf(outlier) === failuresOf(own) && base === (own.baseEjection?.value ?? usualBase);
  const counts = isKept
    ? 'Linkerd counts failures of each endpoint in a row, failing gRPC answers included.'
    : `Linkerd has one breaker for all clients: of several settings the strictest is kept, ${failuresOf(outlier)} failures.`;
  const penalty = !isKept
    ? counts
    : 'Linkerd doubles the time after each failed trial, from this up to the longest, instead of adding it up.';
  if (own.consecutive5xx) {
    if (own.consecutive5xx.value === 0)
      ledger.exact(own.consecutive5xx, place(maxFailures), 'Only gateway errors count.');
    else ledger.changed(own.consecutive5xx, place(maxFailures), 'breaker-algorithm', counts);
  }
  if (own.consecutiveGateway) {
    const reason = 'Linkerd does not count 502, 503 and 504 apart from other errors.';
    if (own.consecutive5xx?.value === 0)
      ledger.changed(own.consecutiveGateway, place(maxFailures), 'gateway-errors', reason);
    else ledger.lost(own.consecutiveGateway, 'gateway-errors', reason);
  }
  if (own.baseEjection) ledger.changed(own.baseEjection, place(minPenalty), 'breaker-algorithm', penalty);
  if (own.maxEjection) ledger.changed(own.maxEjection, place(maxPenalty), 'breaker-algorithm', penalty);
  if (own.maxEjectionPercent?.value === 100)
    ledger.exact(own.maxEjectionPercent, placeOf(service), 'Linkerd may take all endpoints out.');
  else if (own.maxEjectionPercent)
    ledger.lost(
      own.maxEjectionPercent,
      'ejects-all',
      'Linkerd may take all endpoints out; there is no upper share.',
      'availability',
    );
  if (own.enforcePercent?.value === 100) ledger.exact(own.enforcePercent, place(accrual));
  else if (own.enforcePercent) ledger.lost(own.enforcePercent, 'no-equivalent', 'Linkerd carries out every ejection.');
  for (const part of [own.interval, own.minHealthPercent, own.consecutiveLocal, own.splitLocal])
    if (part)
      ledger.lost(
        part,
        'no-equivalent',
        'Linkerd has nothing like it: an endpoint is out from the failure that fills the count.',
      );
}

/** One set of annotations holds for all clients: of several settings, the one that takes endpoints out first. */
function strictest(service: Destination['service']['value'], draft: Draft): Outlier | undefined {
  const all = draft.ir.destinations.filter(
    (it) =>
      it.subset === undefined &&
      it.service.value.name === service.name &&
      it.service.value.namespace === service.namespace,
  );
  const outliers = all.flatMap((it) => (it.parts.outlier ? [it.parts.outlier.value] : []));
  return outliers.filter((it) => it.enforcePercent?.value !== 0).sort((a, b) => failuresOf(a) - failuresOf(b))[0];
}

/** How many failures it takes; 5 in Envoy unless told. */
function failuresOf({ consecutive5xx, consecutiveGateway }: Outlier): number {
  if (consecutive5xx?.value === 0) return consecutiveGateway?.value ?? 5;
  return consecutive5xx?.value ?? 5;
}

/** Says of each limit that there is none. */
export function refuseLimits(limits: Limits, draft: Draft): void {
  for (const asked of Object.values(limits)) {
    if (!asked) continue;
    draft.ledger.lost(
      asked,
      'no-equivalent',
      'Linkerd has no limits of its own: it queues up to 100 requests and fails fast after 3 seconds.',
    );
  }
}
