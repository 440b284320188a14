/** Where manifests come from: a folder's files, without knowing what a file system is. */

import type { Uri } from '../model/text.ts';

export interface Files {
  /** The YAML files of a folder that are worth reading: nothing ignored, vendored, excluded or linked from outside. */
  list(folder: Uri, exclude: readonly string[]): AsyncIterable<Uri>;
  /** Whether `list` gives a file; for one that is not there, whether it would. */
  includes(folder: Uri, uri: Uri, exclude: readonly string[]): Promise<boolean>;
  /** The text of a file; undefined when it is gone or cannot be read. */
  read(uri: Uri): Promise<string | undefined>;
}
