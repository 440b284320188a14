// Unpacks the packaged Chromium, its fonts and its libraries into the directory that the first argument names.
// Run by the packaged Node, because @sparticuz/chromium wants a later one than the project does.

import { fileURLToPath } from 'node:url';

process.env.TMPDIR = process.argv[2];
const { default: chromium, inflate } = await import('@sparticuz/chromium');

const archives = new URL('node_modules/@sparticuz/chromium/bin/', import.meta.url);
await inflate(fileURLToPath(new URL('al2023.tar.br', archives)));
await chromium.executablePath();
