/** Names of resources that are made up, within what Kubernetes allows. */

/** A name of at most 63 characters: a longer one is cut and ends in a hash of the whole. */
export function shortName(name: string): string {
  if (name.length <= 63) return name;
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  return `${name.slice(0, 54)}-${hash.toString(16).padStart(8, '0')}`;
}
