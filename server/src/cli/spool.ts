/** Texts put aside until they are wanted: the first ones in memory, the rest in a file that nobody else sees. */

import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Gives a text that was put aside. */
export type Kept = () => string;

/** How many signs stay in memory; most conversions need no file. */
const roomInMemory = 16_000_000;

export class Spool {
  readonly #room: number;
  #inMemory = 0;
  #file: { readonly folder: string; readonly descriptor: number; length: number } | undefined;

  /** `room` is how many signs stay in memory before texts go to a file. */
  constructor(room: number = roomInMemory) {
    this.#room = room;
  }

  keep(text: string): Kept {
    this.#inMemory += text.length;
    if (this.#inMemory <= this.#room) return () => text;
    const bytes = Buffer.from(text, 'utf8');
    this.#file ??= openFile();
    const { descriptor, length: start } = this.#file;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, start + at);
    this.#file.length += bytes.length;
    const { length } = bytes;
    return () => {
      const read = Buffer.alloc(length);
      for (let at = 0; at < length; ) {
        const count = readSync(descriptor, read, at, length - at, start + at);
        if (count === 0) throw new Error('A file of the conversion in the folder for temporary files was cut.');
        at += count;
      }
      return read.toString('utf8');
    };
  }

  /** Forgets what is in the file; texts cannot be read any more. */
  close(): void {
    if (!this.#file) return;
    closeSync(this.#file.descriptor);
    rmSync(this.#file.folder, { recursive: true, force: true });
    this.#file = undefined;
  }
}

function openFile() {
  const folder = mkdtempSync(path.join(tmpdir(), 'meshwright-'));
  return { folder, descriptor: openSync(path.join(folder, 'texts'), 'w+', 0o600), length: 0 };
}
