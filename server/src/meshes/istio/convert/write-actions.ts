/** What a rule of a VirtualService does with its requests, part by part. */

import type { Cors, HeaderChange, Rewrite, RouteMatch, RouteRule } from '../../../model/ir.ts';
import type { Ledger } from '../../../model/report.ts';
import type { RouteWriters } from '../../mesh.ts';
import { type Draft, type Drafts, type Fields, withoutUndefined } from './drafts.ts';
import { writeDuration } from './durations.ts';
import { quoteRegex, writeStringMatch } from './texts.ts';
import { writeBackends, writeDestination } from './write-backends.ts';
import { writeRetries } from './write-retries.ts';

/** A rule under construction, and where it stands. */
export interface HttpTarget {
  readonly rule: Fields;
  readonly draft: Draft;
  readonly drafts: Drafts;
  readonly matches: readonly RouteMatch[];
  readonly parts: RouteRule['parts'];
  place(...path: (string | number)[]): string;
}

/** How each part of a rule is written. */
export function httpWriters(ledger: Ledger): RouteWriters<HttpTarget> {
  return {
    backends: (asked, target) => writeBackends(asked, target),
    redirect: (asked, { rule, place }) => {
      const { status, scheme, host, port, path } = asked.value;
      rule['redirect'] = withoutUndefined({
        scheme,
        authority: host,
        port,
        uri: path?.type === 'full' ? path.value : undefined,
        prefixRewrite: path?.type === 'prefix' ? path.value : undefined,
        redirectCode: status,
      });
      ledger.exact(asked, place('redirect'));
    },
    directResponse: (asked, { rule, place }) => {
      const { status, body } = asked.value;
      rule['directResponse'] = { status, ...(body === undefined ? {} : { body: { string: body } }) };
      ledger.exact(asked, place('directResponse'));
    },
    rewrite: (asked, { rule, place, matches }) => {
      rule['rewrite'] = writeRewrite(asked.value, matches);
      ledger.exact(asked, place('rewrite'));
    },
    requestHeaders: (asked, { rule, place }) => {
      rule['headers'] = { ...(rule['headers'] as Fields | undefined), request: writeHeaders(asked.value) };
      ledger.exact(asked, place('headers', 'request'));
    },
    responseHeaders: (asked, { rule, place }) => {
      rule['headers'] = { ...(rule['headers'] as Fields | undefined), response: writeHeaders(asked.value) };
      ledger.exact(asked, place('headers', 'response'));
    },
    mirrors: (asked, { rule, place, draft, drafts }) => {
      rule['mirrors'] = asked.value.map(({ backend, percent }) => ({
        destination: writeDestination(backend, draft, drafts),
        ...(percent === 100 ? {} : { percentage: { value: percent } }),
      }));
      ledger.exact(asked, place('mirrors'));
    },
    timeout: (asked, { rule, place, parts }) => {
      const attempt = onlyAttempt(parts);
      if (isAnswered(parts)) ledger.exact(asked, place(), answeredAtOnce);
      else if (attempt !== undefined && (asked.value <= 0 || attempt < asked.value))
        ledger.changed(
          asked,
          place('timeout'),
          'timeout-overridden',
          'Without retries there is one attempt, and its own timeout is over first.',
          'none',
        );
      else if (asked.value <= 0) ledger.exact(asked, place(), 'Istio has no timeout unless one is set.');
      else {
        rule['timeout'] = writeDuration(asked.value);
        ledger.exact(asked, place('timeout'));
      }
    },
    backendTimeout: (asked, { rule, parts, place }) => {
      const attempt = onlyAttempt(parts);
      const whole = parts.timeout?.value ?? -1;
      if (asked.value <= 0) ledger.exact(asked, place(), 'Attempts have no limit unless one is set.');
      else if (attempt === undefined && parts.retries && parts.retries.value.perTryTimeout === undefined)
        ledger.exact(asked, place('retries', 'perTryTimeout'), 'Istio limits each attempt by perTryTimeout.');
      else if (attempt === undefined)
        ledger.lost(
          asked,
          'timeout-overridden',
          'Attempts have a limit of their own already, and one is all they have.',
        );
      else {
        if (whole <= 0 || attempt < whole) rule['timeout'] = writeDuration(attempt);
        ledger.exact(asked, place('timeout'), 'Without retries the limit of an attempt is that of the request.');
      }
    },
    idleTimeout: {
      code: 'no-equivalent',
      lost: 'Istio does not end a stream that is silent; the idleTimeout of a DestinationRule is about connections without any request.',
    },
    retries: (asked, { rule, place, parts, drafts }) => {
      if (isAnswered(parts)) ledger.exact(asked, place(), answeredAtOnce);
      else rule['retries'] = writeRetries(asked, parts.backendTimeout?.value, drafts, place('retries'));
    },
    fault: (asked, { rule, place }) => {
      const { delay, abort } = asked.value;
      const status = typeof abort?.status === 'number' ? { httpStatus: abort.status } : { grpcStatus: abort?.status };
      rule['fault'] = {
        ...(delay ? { delay: { percentage: { value: delay.percent }, fixedDelay: writeDuration(delay.fixed) } } : {}),
        ...(abort ? { abort: { percentage: { value: abort.percent }, ...status } } : {}),
      };
      ledger.exact(asked, place('fault'));
    },
    cors: (asked, { rule, place }) => {
      rule['corsPolicy'] = writeCors(asked.value);
      ledger.exact(asked, place('corsPolicy'));
    },
  };
}

/** The timeout of an attempt where there is one attempt only; undefined where there is none, or more of them. */
function onlyAttempt({ backendTimeout, retries }: RouteRule['parts']): number | undefined {
  const isOne = !retries || retries.value.attempts === 0;
  return isOne && backendTimeout && backendTimeout.value > 0 ? backendTimeout.value : undefined;
}

/** Whether the proxy answers by itself, so that nobody is waited for or asked again. */
function isAnswered({ redirect, directResponse }: RouteRule['parts']): boolean {
  return redirect !== undefined || directResponse !== undefined;
}

const answeredAtOnce = 'The proxy itself answers what the rule takes, and at once.';

/** A change of headers as rules and destinations write it. */
export function writeHeaders({ set, add, remove }: HeaderChange): Fields {
  return {
    ...(Object.keys(set).length > 0 ? { set } : {}),
    ...(Object.keys(add).length > 0 ? { add } : {}),
    ...(remove.length > 0 ? { remove: [...remove] } : {}),
  };
}

/** Istio replaces characters; where whole segments were matched, a regular expression keeps their slash. */
function writeRewrite({ host, path }: Rewrite, matches: readonly RouteMatch[]): Fields {
  const authority = host === undefined ? {} : { authority: host };
  if (!path) return authority;
  if (path.type === 'regex')
    return { ...authority, uriRegexRewrite: { match: path.pattern ?? '.*', rewrite: path.value } };
  const types = new Set(matches.map((it) => it.path?.value.type));
  if (path.type === 'full') {
    const isWhole = types.size > 0 && [...types].every((it) => it === 'exact' || it === 'regex');
    return {
      ...authority,
      ...(isWhole ? { uri: path.value } : { uriRegexRewrite: { match: '/.*', rewrite: path.value } }),
    };
  }
  const prefixes = new Set(matches.map((it) => it.path?.value.value.replace(/\/+$/, '')));
  const [prefix] = prefixes;
  if (!types.has('segments') || types.size > 1 || prefixes.size > 1 || prefix === undefined || prefix === '')
    return { ...authority, uri: path.value };
  const replaced = path.value.replace(/\/+$/, '');
  return {
    ...authority,
    uriRegexRewrite:
      replaced === ''
        ? { match: `^${quoteRegex(prefix)}/?(.*)$`, rewrite: '/\\1' }
        : { match: `^${quoteRegex(prefix)}(.*)$`, rewrite: `${replaced}\\1` },
  };
}

function writeCors({ origins, methods, headers, expose, maxAge, credentials }: Cors): Fields {
  return withoutUndefined({
    // Any origin is said by a regular expression; an empty match says nothing.
    allowOrigins:
      origins.length > 0
        ? origins.map((it) => (it.type === 'present' ? { regex: '.*' } : writeStringMatch(it)))
        : undefined,
    allowMethods: methods.length > 0 ? [...methods] : undefined,
    allowHeaders: headers.length > 0 ? [...headers] : undefined,
    exposeHeaders: expose.length > 0 ? [...expose] : undefined,
    maxAge: maxAge === undefined ? undefined : writeDuration(maxAge),
    allowCredentials: credentials,
  });
}
