/** What a rule of a VirtualService does with a request: redirects, answers, rewrites, changes of headers, CORS. */

import type { Cors, HeaderChange, Redirect, Rewrite, RouteMatch, TextMatch } from '../../../model/ir.ts';
import { readDuration } from './durations.ts';
import type { Place } from './place.ts';
import { readStringMatch, unanchored } from './texts.ts';

export function readHeaders(change: Place): HeaderChange {
  return {
    set: change.at('set').textRecord,
    add: change.at('add').textRecord,
    remove: change.at('remove').texts,
  };
}

export function readRedirect(redirect: Place): Redirect {
  const [authority = '', ownPort] = (redirect.at('authority').text ?? '').split(/:(?=\d+$)/);
  const scheme = redirect.at('scheme').text;
  const byScheme = scheme === undefined ? undefined : scheme === 'https' ? 443 : 80;
  const derived = redirect.at('derivePort').text === 'FROM_PROTOCOL_DEFAULT' ? byScheme : undefined;
  const port = redirect.at('port').number ?? (ownPort === undefined ? derived : Number(ownPort));
  const [uri, prefix] = [redirect.at('uri').text, redirect.at('prefixRewrite').text];
  return {
    status: redirect.at('redirectCode').number ?? 301,
    ...(scheme === undefined ? {} : { scheme }),
    ...(authority === '' ? {} : { host: authority }),
    ...(port === undefined ? {} : { port }),
    ...(prefix !== undefined
      ? { path: { type: 'prefix', value: prefix } }
      : uri !== undefined
        ? { path: { type: 'full', value: uri } }
        : {}),
  };
}

export function readDirectResponse(direct: Place): { readonly status: number; readonly body?: string } {
  const body = direct.at('body', 'string').text ?? textOfBytes(direct.at('body', 'bytes').text);
  return { status: direct.at('status').number ?? 200, ...(body === undefined ? {} : { body }) };
}

/** The text of a base64 value; undefined when it is none. */
function textOfBytes(bytes: string | undefined): string | undefined {
  if (bytes === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(bytes) || bytes.length % 4 !== 0) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(bytes), (it) => it.charCodeAt(0)));
}

export function readRewrite(rewrite: Place, matches: readonly RouteMatch[]): Rewrite {
  const [host, uri] = [rewrite.at('authority').text, rewrite.at('uri').text];
  const regex = rewrite.at('uriRegexRewrite');
  const path = regex.exists
    ? regexRewrite(regex.at('match').text ?? '', regex.at('rewrite').text ?? '', matches)
    : uri === undefined
      ? undefined
      : // Of an exact path, or of one that a regular expression took, all is replaced.
        { type: isWhole(matches) ? ('full' as const) : ('prefix' as const), value: uri };
  return { ...(host === undefined ? {} : { host }), ...(path === undefined ? {} : { path }) };
}

function isWhole(matches: readonly RouteMatch[]): boolean {
  const types = matches.map((it) => it.path?.value.type);
  return types.length > 0 && types.every((it) => it === 'exact' || it === 'regex');
}

/**
 * `^/a(.*)$` → `/b\1` replaces the prefix `/a`: on a match of its segments it is what Istio makes of the Gateway API's
 * prefix rewrite, on one of the mere text it does what a plain rewrite does.
 */
function regexRewrite(pattern: string, value: string, matches: readonly RouteMatch[]): NonNullable<Rewrite['path']> {
  const plain = { type: 'regex', value, pattern } as const;
  const bare = unanchored(pattern);
  const found = /^(.*?)(\/\?)?\(\.\*\)$/.exec(bare);
  const replaced = /^(.*)\\1$/.exec(value)?.[1];
  if (!found || replaced === undefined) return plain;
  const prefix = found[1] ?? '';
  const isForAll = (type: 'segments' | 'prefix') =>
    matches.length > 0 &&
    matches.every(({ path }) => path?.value.type === type && path.value.value === prefix && !path.value.ignoreCase);
  const isMereText = isForAll('prefix') && found[2] === undefined;
  if (!isMereText && !isForAll('segments')) return plain;
  if (found[2] !== undefined) return replaced === '/' ? { type: 'prefix', value: '/' } : plain;
  return { type: 'prefix', value: replaced };
}

export function readCors(cors: Place): Cors {
  const maxAge = readDuration(cors.at('maxAge').text);
  const credentials = cors.at('allowCredentials').boolean;
  return {
    origins: [
      ...cors.at('allowOrigins').items.map(readStringMatch),
      ...cors
        .at('allowOrigin')
        .texts.map((value): TextMatch => (value === '*' ? { type: 'present' } : { type: 'exact', value })),
    ],
    methods: cors.at('allowMethods').texts,
    headers: cors.at('allowHeaders').texts,
    expose: cors.at('exposeHeaders').texts,
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}
