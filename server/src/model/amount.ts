/** Amounts with a spread, and how they are written. */

/** What figures are counted in. `cost` is money in whatever currency the prices are in. */
export type Unit = 'MB' | 'GB' | 'vCPU' | 'ms' | 's' | '%' | 'requests/s' | 'cost';

/** From the lowest to the highest that is known; both are the same where only one is. */
export interface Spread {
  readonly low: number;
  readonly high: number;
  readonly unit: Unit;
}

/** `50–156.2 MB`, or `60 MB` where both ends read alike; money bears no sign, since nobody said which currency it is. */
export function spreadText({ low, high, unit }: Spread): string {
  const [from, to] = [numberText(low, unit), numberText(high, unit)];
  const number = from === to ? from : `${from}–${to}`;
  return unit === 'cost' ? number : `${number} ${unit}`;
}

/** A number with as many digits as its unit deserves and commas between thousands: `1,500`, `26.3`, `0.20`. */
export function numberText(value: number, unit: Unit): string {
  const digits = digitsOf(Math.abs(value), unit);
  return value.toLocaleString('en-US', {
    minimumFractionDigits: unit === 'vCPU' || (unit === 'cost' && digits > 0) ? digits : 0,
    maximumFractionDigits: digits,
  });
}

function digitsOf(size: number, unit: Unit): number {
  if (unit === 'vCPU') return size < 10 ? 2 : 1;
  if (unit === 'cost') return size < 10 ? 2 : 0;
  return size < 10 ? 2 : 1;
}
