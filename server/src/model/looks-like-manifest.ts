/** Which texts are looked into at all. The client asks the same, so that it starts the server for nothing else. */

/**
 * Whether a text claims to hold a Kubernetes resource: `apiVersion` or `kind` as a key, in block or flow style. Takes any
 * text in time that grows with its length.
 */
export function looksLikeManifest(text: string): boolean {
  return /(?:^|[\s{,"'-])(?:apiVersion|kind)["']?[ \t]*:/.test(text);
}
