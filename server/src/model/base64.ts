/** Texts in base64, by their UTF-8. */

/** The text; undefined when it is no base64. */
export function decodeBase64(encoded: string): string | undefined {
  const bare = encoded.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(bare) || bare.length % 4 !== 0) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(bare), (it) => it.charCodeAt(0)));
}

export function encodeBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
