/** Durations as Istio writes them, `1.5s` or `1m30s`; in the representation they are integer milliseconds. */

const millis: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration, rounded up to a whole one; undefined for other text. */
export function readDuration(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g))
    total += Number(amount) * (millis[unit ?? ''] ?? 0);
  return Math.ceil(Math.round(total * 1e6) / 1e6);
}

/** `30s`, or `1500ms` where seconds do not come out even. Istio takes nothing below a millisecond. */
export function writeDuration(value: number): string {
  const whole = Math.max(1, Math.ceil(value));
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}
