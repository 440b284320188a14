/** How a VirtualService asks again, and how it fails on purpose. */

import type { Fault, Retries } from '../../../model/ir.ts';
import { readDuration } from './durations.ts';
import { originsOf, type Place } from './place.ts';

/** What `retryOn` stands for when it is not written. */
export const defaultRetryOn = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled'];

/** Envoy's conditions that speak of gRPC codes. */
export const grpcConditions: ReadonlySet<string> = new Set([
  'cancelled',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
  'unavailable',
]);

export function readRetries(retries: Place): Retries {
  const [attempts, perTry, retryOn, backoff] = ['attempts', 'perTryTimeout', 'retryOn', 'backoff'].map((it) =>
    retries.at(it),
  );
  const words =
    retryOn?.text === undefined
      ? defaultRetryOn
      : retryOn.text
          .split(',')
          .map((it) => it.trim())
          .filter((it) => it !== '');
  const perTryTimeout = readDuration(perTry?.text);
  const base = readDuration(backoff?.text);
  const origins = (place: Place | undefined) => (place?.exists ? originsOf(place) : undefined);
  const [byAttempts, byPerTry, byConditions, byBackoff] = [attempts, perTry, retryOn, backoff].map(origins);
  return {
    attempts: attempts?.number ?? 0,
    ...(perTryTimeout === undefined || perTryTimeout === 0 ? {} : { perTryTimeout }),
    on: words.filter((it) => !/^\d+$/.test(it)).map((it) => (grpcConditions.has(it) ? `grpc:${it}` : it)),
    codes: words.filter((it) => /^\d+$/.test(it)).map(Number),
    codeRanges: [],
    ...(base === undefined ? {} : { backoff: { base } }),
    origins: {
      ...(byAttempts ? { attempts: byAttempts } : {}),
      ...(byPerTry ? { perTryTimeout: byPerTry } : {}),
      ...(byConditions ? { conditions: byConditions } : {}),
      ...(byBackoff ? { backoff: byBackoff } : {}),
    },
  };
}

export function readFault(fault: Place): Fault | undefined {
  const [delay, abort] = [fault.at('delay'), fault.at('abort')];
  const fixed = readDuration(delay.at('fixedDelay').text);
  const status = abort.at('httpStatus').number ?? abort.at('grpcStatus').text ?? abort.at('http2Error').text;
  if (!fault.exists) return undefined;
  return {
    ...(fixed === undefined
      ? {}
      : { delay: { fixed, percent: delay.at('percentage', 'value').number ?? delay.at('percent').number ?? 0 } }),
    ...(status === undefined ? {} : { abort: { status, percent: abort.at('percentage', 'value').number ?? 0 } }),
  };
}
