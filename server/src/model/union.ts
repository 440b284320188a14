/**
 * Unions: maps in which one field says which other one is set. The Gateway API writes them so: `type: RequestRedirect`
 * beside `requestRedirect`; a field has the name of its value in another case.
 */

import type { SchemaNode } from './schema.ts';

export interface Union {
  /** The field that says which: `type`. */
  readonly discriminator: string;
  /** Field by value: `requestRedirect` of `RequestRedirect`. Values without a field of their own are not in it. */
  readonly fields: ReadonlyMap<string, string>;
}

/** One match may be chance; with two, or below `type`, names and values belong together. */
const fewestFields = 2;

/** The union that a map is; undefined when it is none. */
export function unionOf(node: SchemaNode): Union | undefined {
  for (const [discriminator, { enum: values }] of node.properties) {
    if (!values) continue;
    const names = new Map([...node.properties.keys()].map((it) => [it.toLowerCase(), it]));
    const fields = new Map<string, string>();
    for (const value of values) {
      const field = typeof value === 'string' ? names.get(value.toLowerCase()) : undefined;
      if (typeof value === 'string' && field !== undefined && field !== discriminator) fields.set(value, field);
    }
    if (fields.size >= fewestFields || (fields.size > 0 && discriminator === 'type')) return { discriminator, fields };
  }
  return undefined;
}
