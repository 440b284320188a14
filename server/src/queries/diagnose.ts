/** What is wrong with a file, as editors and the command line show it. */

import { type Manifest, manifestLengthLimit, partsIn, rangeAt } from '../model/manifest.ts';
import type { Diagnostic } from '../model/rule.ts';
import type { Uri } from '../model/text.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { type Depth, findingsOf, type Located } from './findings.ts';

/** The diagnostics of a file, in order; empty for files that we do not know. `depth` says how far to look. */
export function diagnose(workspace: Workspace, uri: Uri, depth: Depth = 'full'): readonly Diagnostic[] {
  const manifest = workspace.manifests.get(uri);
  if (!manifest) return [];
  const refusal = tooLong(manifest);
  if (refusal) return [refusal];
  const environment = environmentOf(workspace, uri);
  return partsIn(manifest).flatMap(({ part, start }) =>
    findingsOf(environment, uri, part, depth).map((it) => toDiagnostic(workspace, it, start)),
  );
}

function toDiagnostic(workspace: Workspace, found: Located, start: number): Diagnostic {
  const { severity, code, message, peers, tags } = found;
  const related = found.related.flatMap((it) => {
    const manifest = workspace.manifests.get(it.resource.uri);
    return manifest
      ? [{ uri: it.resource.uri, range: rangeAt(manifest, it.resource, it.path, 'key'), message: it.message }]
      : [];
  });
  return {
    range: { start: start + found.range.start, end: start + found.range.end },
    severity,
    code,
    message,
    peers,
    tags,
    related,
  };
}

function tooLong({ text }: Manifest): Diagnostic | undefined {
  if (text.length <= manifestLengthLimit) return undefined;
  const limit = manifestLengthLimit / 1_000_000;
  return {
    range: { start: 0, end: Math.max(text.indexOf('\n'), 0) },
    severity: 'info',
    code: 'common/yaml-syntax',
    message: `This file has more than ${limit} million characters; Meshwright does not check it.`,
    peers: [],
    tags: [],
    related: [],
  };
}
