/** Where schemas come from, on the wires. Types and names only, so that the extension can import it. */

/** Request to the server; `SchemasParams` → `readonly ServedKind[]`: the kinds of a file that have a schema, in order. */
export const schemasRequest = 'meshwright/schemas';

export interface SchemasParams {
  readonly uri: string;
}

export interface ServedKind {
  /** `VirtualService v1`. */
  readonly kind: string;
  /** `built in, Istio 1.31`, or the file of the workspace whose definition counts, relative to its folder. */
  readonly source: string;
  /** That file. */
  readonly uri?: string;
  /** What the kind belongs to, and the release that it is read for: `Istio` and `Istio 1.31`. */
  readonly speaks?: { readonly name: string; readonly release: string };
}
