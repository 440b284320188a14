/**
 * What is wrong with one part of a manifest: its text, its fields, and what rules say. Text and fields are judged once
 * a text; a rule's answer is kept until a table of the index that it asked has changed.
 */

import type { Environment, EnvironmentIndex } from '../model/environment.ts';
import { kindId } from '../model/kind.ts';
import { rangeInPart, type Resource, resourcesOf } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import type { Finding, Fix, Related, Rule, Severity } from '../model/rule.ts';
import type { Range, Uri } from '../model/text.ts';
import { rulesFor } from '../meshes/knowledge.ts';
import { checkFields } from './check-fields.ts';
import { suppressionsOf } from './suppressions.ts';

/** A finding with its range in the part. */
export interface Located {
  readonly range: Range;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly peers: readonly string[];
  readonly tags: readonly ('deprecated' | 'unnecessary')[];
  readonly related: readonly Related[];
  readonly fixes: readonly Fix[];
}

interface Kept {
  readonly environment: Environment;
  readonly uri: Uri;
  readonly own: readonly Located[];
  readonly byRule: Map<string, { readonly answer: readonly Located[]; isFresh(): boolean }>;
}

const kept = new WeakMap<Part, Kept>();

/**
 * How far to look. `own`: only what the part shows by itself, while the workspace is not read yet. `quick`: the answers of
 * rules to an unchanged text are taken as they are, though something elsewhere may have changed, which is the price of
 * being quick after a keystroke. `full`: everything as it is now.
 */
export type Depth = 'own' | 'quick' | 'full';

/** The findings of a part, in order of their place. */
export function findingsOf(environment: Environment, uri: Uri, part: Part, depth: Depth = 'full'): readonly Located[] {
  if (!part.isManifest) return [];
  let known = kept.get(part);
  if (known?.environment !== environment || known.uri !== uri) {
    known = { environment, uri, own: ownFindings(environment, uri, part), byRule: new Map() };
    kept.set(part, known);
  }
  const found = [...known.own];
  if (depth !== 'own' && part.isWellFormed) {
    for (const [position, resource] of resourcesOf(uri, part).entries()) {
      for (const rule of rulesFor(kindId({ group: resource.group, name: resource.kind })))
        found.push(...ruleFindings(known, rule, resource, position, depth === 'quick'));
    }
  }
  const isSuppressed = suppressionsOf(uri, part);
  const severities = environment.settings.rules;
  return withoutEchoes(found)
    .filter((it) => severities[it.code] !== 'off' && !isSuppressed(it))
    .map((it) => withSeverity(it, severities[it.code]))
    .sort((a, b) => a.range.start - b.range.start || a.range.end - b.range.end);
}

/** That a field is deprecated need not be said again where a rule of its own says it better. */
function withoutEchoes(found: readonly Located[]): readonly Located[] {
  const isEcho = (it: Located) => it.code.endsWith('/deprecated-field');
  const told = new Set(found.filter((it) => it.tags.includes('deprecated') && !isEcho(it)).map((it) => it.range.start));
  return told.size === 0 ? found : found.filter((it) => !isEcho(it) || !told.has(it.range.start));
}

function withSeverity(found: Located, severity: Severity | 'off' | undefined): Located {
  return severity === undefined || severity === 'off' ? found : { ...found, severity };
}

function ownFindings(environment: Environment, uri: Uri, part: Part): readonly Located[] {
  const text = part.problems.map(
    (it): Located => ({
      range: it.range,
      severity: 'error',
      code: it.code,
      message: it.message,
      peers: [],
      tags: [],
      related: [],
      fixes: [],
    }),
  );
  return [...text, ...resourcesOf(uri, part).flatMap((it) => checkFields(environment, it))];
}

function ruleFindings(
  { environment, byRule }: Kept,
  rule: Rule,
  resource: Resource,
  position: number,
  mayBeOld: boolean,
): readonly Located[] {
  const id = `${position} ${rule.id}`;
  const known = byRule.get(id);
  if (known && (mayBeOld || known.isFresh())) return known.answer;
  const index = environment.index as EnvironmentIndex;
  const asked = index.track(() =>
    [...rule.check(resource, environment)].map((it) => locate(it, rule, resource, environment)),
  );
  byRule.set(id, asked);
  return asked.answer;
}

function locate(finding: Finding, rule: Rule, resource: Resource, environment: Environment): Located {
  const isGuess = finding.absentFrom !== undefined && !environment.isClosed(finding.absentFrom);
  return {
    range: rangeInPart(resource.part, [...resource.root, ...finding.path], finding.side),
    severity: isGuess ? 'hint' : (finding.severity ?? rule.severity),
    code: rule.id,
    message: finding.message,
    peers: rule.peers,
    tags: finding.tags ?? [],
    related: finding.related ?? [],
    fixes: finding.fixes ?? [],
  };
}
