/**
 * What Kubernetes makes of a plain (unquoted) scalar: sigs.k8s.io/yaml reads YAML 1.1 booleans, C octals and
 * underscores in numbers, but neither dates nor sexagesimals.
 * Source: sigs.k8s.io/yaml goyaml.v2, resolve.go.
 */

const named = new Map<string, null | boolean | number>([
  ['', null],
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((it) => [it, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((it) => [it, false] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((it) => [it, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((it) => [it, -Infinity] as const),
  ...['.nan', '.NaN', '.NAN'].map((it) => [it, Number.NaN] as const),
]);

const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/;
const octal = /^([-+]?)0[oO]?([0-7]+)$/;
const hexadecimal = /^([-+]?)0[xX]([0-9a-fA-F]+)$/;
const binary = /^([-+]?)0[bB]([01]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value that the API server sees for a plain scalar, `true` for `yes`; the text itself when it is a string. */
export function resolvePlain(text: string): null | boolean | number | string {
  const name = named.get(text);
  if (name !== undefined) return name;
  if (!/^[-+.0-9]/.test(text)) return text;
  const digits = text.replaceAll('_', '');
  if (decimal.test(digits)) return Number(digits);
  for (const [pattern, base] of [
    [octal, 8],
    [hexadecimal, 16],
    [binary, 2],
  ] as const) {
    const match = pattern.exec(digits);
    if (match) return (match[1] === '-' ? -1 : 1) * Number.parseInt(match[2] ?? '0', base);
  }
  // A number that starts with a point is read by another function, which wants digits on both sides of an underscore.
  if (text.startsWith('.') && /(?<![0-9])_|_(?![0-9])/.test(text)) return text;
  const value = float.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(value) ? value : text;
}

/**
 * What Kubernetes makes of a scalar, to go after "reads on as": `the boolean true`, `the number 1.1`. Undefined where it
 * reads what is written.
 */
export function misreading(written: string, value: unknown): string | undefined {
  if (String(value) === written) return undefined;
  if (typeof value === 'boolean') return `the boolean ${value}`;
  return typeof value === 'number' ? `the number ${value}` : undefined;
}

/** Signs that go-yaml refuses as they are, or reads as line breaks. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/**
 * Writes a string as a YAML scalar that Kubernetes reads back as this string: plain where that is safe, else quoted.
 * `inFlow` also keeps the marks of flow collections out of plain scalars, and what go-yaml takes for one.
 */
export function quoteIfNeeded(text: string, inFlow = false): string {
  const plain =
    text !== '' &&
    text !== '<<' &&
    typeof resolvePlain(text) === 'string' &&
    /^[^\s\-?:,[\]{}#&*!|>'"%@`]|^[-?:][^\s,[\]{}]/.test(text) &&
    !/: |:$| #|\s$/.test(text) &&
    !unprintable.test(text) &&
    !(inFlow && /[,[\]{}?]|^:/.test(text));
  return plain ? text : quoted(text);
}

/** A string in double quotes, with escapes that YAML and JSON share. */
export function quoted(text: string): string {
  return escapeControls(JSON.stringify(text));
}

/** Signs that go-yaml refuses or misreads, apart from line breaks and tabs. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/** Whether a text has signs that only an escape in double quotes can say. */
export function needsEscapes(text: string): boolean {
  return controls.test(text);
}

/** A YAML text in which such signs are escapes; they have to stand in double quotes. */
export function escapeControls(yaml: string): string {
  return yaml.replace(new RegExp(controls, 'g'), (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
