/** Patterns and formats of strings: what Kubernetes checks with RE2, done here with RegExp, and what to call it. */

const compiled = new Map<string, RegExp | undefined>();

/** Longer texts are not matched, since RegExp, unlike RE2, may need time that grows with the square of the length. */
const lengthLimit = 4096;

/** Whether a text matches an RE2 pattern anywhere; true as well when RegExp cannot express the pattern. */
export function matches(pattern: string, text: string): boolean {
  if (text.length > lengthLimit) return true;
  if (!compiled.has(pattern)) compiled.set(pattern, compile(pattern));
  return compiled.get(pattern)?.test(text) ?? true;
}

function compile(pattern: string): RegExp | undefined {
  const [, flags = '', rest = pattern] = /^\(\?([imsU]+)\)([^]*)$/.exec(pattern) ?? [];
  if (flags.includes('U')) return undefined;
  const source = rest
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '$')
    .replace(/\(\?P</g, '(?<')
    .replace(/\[:(\w+):\]/g, (whole, name: string) => posixClasses[name] ?? whole)
    .replace(/\\x\{([0-9A-Fa-f]+)\}/g, '\\u{$1}');
  for (const unicode of ['u', '']) {
    try {
      return new RegExp(source, flags + unicode);
    } catch {
      // Patterns with harmless escapes, such as `\-` or `\_`, are refused with u and accepted without.
    }
  }
  return undefined;
}

const posixClasses: Readonly<Record<string, string | undefined>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\t\\n\\v\\f\\r ',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** What a pattern asks for, in words that follow "must be"; undefined for patterns that are not in common use. */
export function patternWords(pattern: string): string | undefined {
  return words.get(pattern);
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const words: ReadonlyMap<string, string> = new Map([
  [`^${label}$`, 'a name of lower-case letters, digits and "-"'],
  [`^${subdomain}$`, 'a name of lower-case letters, digits, "-" and "."'],
  [`^$|^${subdomain}$`, 'empty or an API group such as "apps" or "policy.linkerd.io"'],
  ['^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$', 'a kind such as "Service"'],
  [`^(\\*\\.)?${subdomain}$`, 'a lower-case host name, with "*." at its start at most'],
  [`^(\\*|${label})(\\.${label})*$`, 'an identity in lower case, or "*" before its ending'],
  ['^(([^:/?#]+):)(//([^/?#]*))([^?#]*)(\\?([^#]*))?(#(.*))?', 'an absolute URI such as "spiffe://example.org/web"'],
  [`^${subdomain}\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$`, 'a domain and a path such as "example.com/controller"'],
  ['^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$', 'a label value of letters, digits, "-", "_" and "."'],
  ["^[A-Za-z0-9!#$%&'*+\\-.^_\\x60|~]+$", 'an HTTP header name'],
  ['^[-_A-Za-z0-9]+$', 'an HTTP header name of letters, digits, "-" and "_"'],
  ['^[!-~]+([\\t ]?[!-~]+)*$', 'a header value of printable ASCII without spaces at its ends'],
  ['^([0-9]{1,5}(h|m|s|ms)){1,4}$', 'a duration such as "10s" or "1m30s"'],
  ['(^$|^[a-f0-9]{64}$)', 'a SHA-256 checksum of 64 lower-case hexadecimal digits'],
  ["^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$", 'a URL path'],
  [
    '(^\\*$)|(^(http(s)?):\\/\\/(((\\*\\.)?([a-zA-Z0-9\\-]+\\.)*[a-zA-Z0-9-]+|\\*)(:([0-9]{1,5}))?)$)',
    '"*" or an origin such as "https://example.com"',
  ],
  [
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
    'a quantity such as "500m" or "2Gi"',
  ],
]);

/** What the format asks for, in words that follow "must be", when the value does not have it; undefined when it has. */
export function formatMissed(format: string, value: string | number): string | undefined {
  const known = Object.hasOwn(formats, format) ? formats[format] : undefined;
  return known && !known.fits(value) ? known.words : undefined;
}

interface Format {
  readonly words: string;
  fits(value: string | number): boolean;
}

/** A format speaks of strings or of numbers only; other values have it. */
function text(words: string, fits: (value: string) => boolean): Format {
  return { words, fits: (value) => typeof value !== 'string' || fits(value) };
}

function number(words: string, least: number, most: number): Format {
  return { words, fits: (value) => typeof value !== 'number' || (value >= least && value <= most) };
}

const formats: Readonly<Record<string, Format | undefined>> = {
  int32: number('an integer of 32 bits', -(2 ** 31), 2 ** 31 - 1),
  int64: number('an integer of 64 bits', -(2 ** 63), 2 ** 63),
  ipv4: text('an IPv4 address', isIpv4),
  ipv6: text('an IPv6 address', isIpv6),
  cidr: text('an address range such as "10.0.0.0/8"', isCidr),
  'date-time': text('a time such as "2026-01-31T09:00:00Z"', isDateTime),
  date: text('a date such as "2026-01-31"', (it) => /^\d{4}-\d\d-\d\d$/.test(it) && isCalendarDay(it)),
  duration: text('a duration such as "10s" or "1h30m"', isDuration),
  byte: text('base64', isBase64),
  uuid: text('a UUID', (it) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(it)),
};

function isIpv4(value: string): boolean {
  const parts = value.split('.');
  return parts.length === 4 && parts.every((it) => /^(0|[1-9]\d{0,2})$/.test(it) && Number(it) < 256);
}

function isIpv6(value: string): boolean {
  if (!/^[0-9a-fA-F:.]+$/.test(value) || !value.includes(':') || value.split('::').length > 2) return false;
  const parts = value.split('::').flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = parts.at(-1) ?? '';
  const isMapped = tail.includes('.');
  const groups = isMapped ? parts.slice(0, -1) : parts;
  if (isMapped && !isIpv4(tail)) return false;
  const count = groups.length + (isMapped ? 2 : 0);
  return groups.every((it) => /^[0-9a-fA-F]{1,4}$/.test(it)) && (value.includes('::') ? count < 8 : count === 8);
}

function isCidr(value: string): boolean {
  const [address = '', bits = '', ...more] = value.split('/');
  const isShort = isIpv4(address);
  return (
    more.length === 0 && /^\d{1,3}$/.test(bits) && (isShort || isIpv6(address)) && Number(bits) <= (isShort ? 32 : 128)
  );
}

function isDateTime(value: string): boolean {
  const match = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:?\d\d)$/.exec(value);
  return (
    !!match && isCalendarDay(match[1] ?? '') && Number(match[2]) < 24 && Number(match[3]) < 60 && Number(match[4]) < 60
  );
}

function isCalendarDay(value: string): boolean {
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

const durationUnits =
  'ns|us|µs|μs|ms|s|m|h|nanos?|micros?|millis?|secs?|seconds?|mins?|minutes?|hrs?|hours?|d|days?|w|wks?|weeks?';
const duration = new RegExp(`^[-+]?((\\d+(\\.\\d*)?|\\.\\d+) ?(${durationUnits}) ?)+$`);

function isDuration(value: string): boolean {
  return value === '0' || (value.length < 100 && duration.test(value));
}

function isBase64(value: string): boolean {
  return value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}
