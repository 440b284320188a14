/** Structure and prose of all kinds, made by `schemas/fold.mjs` while bundling. */
declare module 'meshwright:schemas' {
  /** `istio/virtualservice` → JSON for `loadSchemas`. */
  export const schemas: Readonly<Record<string, string>>;
  /** JSON of labels and annotations: mesh → name → what it does. */
  export const annotationDocs: string;
}
