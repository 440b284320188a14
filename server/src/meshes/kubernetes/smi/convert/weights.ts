/** Weights as quantities of Kubernetes, which SMI's first version and ServiceProfiles have. */

/**
 * A weight in thousandths, so that whole numbers and quantities count alike: `800m` is 800, `1` is 1000. Undefined for
 * what is neither, or has a unit that no weight needs.
 */
export function thousandths(value: unknown): number | undefined {
  if (typeof value === 'number') return value * 1000;
  const [, digits, unit] = typeof value === 'string' ? (/^(\d+(?:\.\d+)?)(m?)$/.exec(value) ?? []) : [];
  if (digits === undefined) return undefined;
  return unit === 'm' ? Number(digits) : Number(digits) * 1000;
}
