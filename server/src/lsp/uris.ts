/** Uris in one spelling: editors write the same file as `a@b`, `a%40b` and `a%40B`. */

import { URI } from 'vscode-uri';
import type { Uri } from '../model/text.ts';

/** The spelling by which the server knows a file, VS Code's. Throws for what is no text. */
export function normalUri(uri: string): Uri {
  return URI.parse(uri).toString();
}

/** A relative path as it stands in a uri of that spelling: `my%20shop/a`. */
export function uriPath(path: string): string {
  return URI.file(`/${path}`).toString().slice('file:///'.length);
}
