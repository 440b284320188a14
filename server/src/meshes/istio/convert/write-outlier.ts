/** When instances are taken out, in a DestinationRule's words. */

import type { Asked, Outlier } from '../../../model/ir.ts';
import { type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writeDuration } from './durations.ts';

/** The `outlierDetection` of a traffic policy; accounts for all leaves that asked for it. */
export function writeOutlier(
  asked: Asked<Outlier>,
  place: (...path: (string | number)[]) => string,
  { ledger, ir }: Drafts,
): Fields {
  const outlier = asked.value;
  const at = (field: string) => place('outlierDetection', field);
  const isOff = outlier.enforcePercent?.value === 0;
  const exact = (part: Asked<unknown> | undefined, field: string) => {
    if (part) ledger.exact(part, at(field));
  };
  if (ir.proxy === 'linkerd') {
    const counts =
      'Istio counts answers with 5xx and failed connections in a row; failing gRPC answers no longer count.';
    const penalty =
      'Istio ejects for this time, times the number of ejections so far, and then trusts the endpoint at once.';
    if (outlier.consecutive5xx)
      ledger.changed(outlier.consecutive5xx, at('consecutive5xxErrors'), 'breaker-algorithm', counts);
    if (outlier.baseEjection)
      ledger.changed(outlier.baseEjection, at('baseEjectionTime'), 'breaker-algorithm', penalty);
  }
  exact(outlier.consecutive5xx, 'consecutive5xxErrors');
  exact(outlier.consecutiveGateway, 'consecutiveGatewayErrors');
  exact(outlier.interval, 'interval');
  exact(outlier.baseEjection, 'baseEjectionTime');
  exact(outlier.maxEjectionPercent, 'maxEjectionPercent');
  exact(outlier.minHealthPercent, 'minHealthPercent');
  exact(outlier.consecutiveLocal, 'consecutiveLocalOriginFailures');
  exact(outlier.splitLocal, 'splitExternalLocalOriginErrors');
  if (outlier.maxEjection)
    ledger.lost(
      outlier.maxEjection,
      'breaker-algorithm',
      'Istio ejects for a multiple of the base time, five minutes at most.',
    );
  if (outlier.enforcePercent) {
    const { value } = outlier.enforcePercent;
    if (value === 0)
      ledger.exact(outlier.enforcePercent, at('consecutive5xxErrors'), 'A count of 0 switches ejection off.');
    else if (value === 100)
      ledger.exact(outlier.enforcePercent, at('consecutive5xxErrors'), 'Istio carries out every ejection.');
    else ledger.lost(outlier.enforcePercent, 'no-equivalent', 'Istio carries out every ejection.');
  }
  ledger.exact(asked, place('outlierDetection'));
  return withoutUndefined({
    consecutive5xxErrors: isOff ? 0 : outlier.consecutive5xx?.value,
    consecutiveGatewayErrors: outlier.consecutiveGateway?.value,
    interval: outlier.interval && writeDuration(outlier.interval.value),
    baseEjectionTime: outlier.baseEjection && writeDuration(outlier.baseEjection.value),
    maxEjectionPercent: outlier.maxEjectionPercent?.value,
    minHealthPercent: outlier.minHealthPercent?.value,
    splitExternalLocalOriginErrors: outlier.splitLocal?.value,
    consecutiveLocalOriginFailures: outlier.consecutiveLocal?.value,
  });
}
