/** Durations as Consul writes them: Go's `1m30s`, `250ms`; in the representation they are integer milliseconds. */

const milliseconds: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1e3, m: 6e4, h: 36e5 };

/** A Go duration in milliseconds, -1 for every negative one (Consul's "switched off"); undefined for other text. */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-])?((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (!match) return text === '0' ? 0 : undefined;
  if (match[1] === '-') return -1;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    sum += Number(amount) * (milliseconds[unit ?? ''] ?? 0);
  return sum > 0 ? Math.max(1, Math.round(sum)) : 0;
}

/** Milliseconds as the shortest Go duration of one unit: `30s`, `1500ms`; negative ones as `-1s`. */
export function durationText(value: number): string {
  if (value < 0) return '-1s';
  return value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`;
}
