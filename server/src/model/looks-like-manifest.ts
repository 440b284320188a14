/** Which texts are looked into at all. The client asks the same, so that it starts the server for nothing else. */

/**
 * Whether a text claims to hold a Kubernetes resource: `apiVersion` or `kind` as a key, in block or flow style. Takes any
 * text in time that grows with its length.
 */
export function looksLikeManifest(text: string): boolean {
  return /(?:^|[\s{,"'-])(?:apiVersion|kind)["']?[ \t]*:/.test(text);
}

/** Keys of Helm values that some kind has as a field; each of them is the end of a `Kind.values`. */
export const valuesKeys = ['meshConfig'] as const;

const valuesKey = new RegExp(`^[ \\t]*["']?(?:${valuesKeys.join('|')})["']?[ \\t]*:`, 'm');

/** Whether a text that holds no resource may be Helm values with one of these keys. Takes any text, in linear time. */
export function looksLikeValues(text: string): boolean {
  return valuesKey.test(text);
}
