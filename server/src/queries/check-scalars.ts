/**
 * Findings about scalars that Kubernetes reads as something else than they look like. It reads YAML 1.1 where most tools
 * read 1.2: `yes` is a boolean there, `0443` is 291, and keys are text whatever stands there.
 */

import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar } from 'yaml';
import { annotationDoc, type AnnotationTable } from '../model/annotations.ts';
import { valueProblem } from '../model/annotation-value.ts';
import { keyText, rangeOf } from '../model/decode.ts';
import type { Environment } from '../model/environment.ts';
import { nodesAt, rangeInPart, type Resource } from '../model/manifest.ts';
import { isUnknown, type Part } from '../model/part.ts';
import type { Fix, FixEdit, Severity } from '../model/rule.ts';
import { misreading, quoteIfNeeded, resolvePlain } from '../model/scalar.ts';
import { type SchemaNode, schemaAt } from '../model/schema.ts';
import { type Path, type Range, shortened } from '../model/text.ts';
import { expand } from '../model/value.ts';
import { textPlaces } from '../meshes/kubernetes/common/text-places.ts';
import { isChartData } from '../meshes/kubernetes/delivery/chart-data.ts';
import type { Located } from './findings.ts';
import { limited } from './limited.ts';
import { knownKindOf } from './schema-of.ts';

/** The findings about scalars of a resource of any kind, unsorted; what its schema says of them, `checkFields` tells. */
export function checkScalars(environment: Environment, resource: Resource): readonly Located[] {
  const root = knownKindOf(environment, resource)?.schema?.root;
  const noText = root ? [] : limited(textWanted(environment, resource));
  const odd = mayMislead(resource.part) ? limited(misread(resource, root)) : [];
  const told = new Set(noText.map((it) => it.range.start));
  return [...noText, ...odd.filter((it) => !told.has(it.range.start))];
}

// ---- Text that is none ---------------------------------------------------------------------------------------------

/** Numbers and booleans where Kubernetes demands text, in kinds without a schema. */
function* textWanted({ annotations }: Environment, resource: Resource): Generator<Located> {
  const { part, root } = resource;
  for (const pattern of textPlaces(resource)) {
    for (const { path, value } of expand(resource.value, pattern)) {
      if (typeof value !== 'number' && typeof value !== 'boolean') continue;
      const range = rangeInPart(part, [...root, ...path]);
      const written = part.text.slice(range.start, range.end);
      const name = path.findLast((it) => typeof it === 'string');
      const subject =
        typeof path.at(-1) === 'number' ? `An entry of "${name}"` : isUnknown(name) ? 'The value' : `"${name}"`;
      const reading = misreading(written, value);
      const plain = typeof value === 'boolean' ? String(value) : `the number ${value}`;
      const found = reading === undefined ? `not ${plain}` : `but Kubernetes reads ${written} as ${reading}`;
      const message = `${subject} must be a string, ${found}.`;
      const asText = spelling(resource, path, JSON.stringify(written), 'Put it in quotes');
      const meant = meantValue(annotations, path, written);
      const fixes =
        meant === undefined ? [asText] : [spelling(resource, path, quoteIfNeeded(meant), `Use "${meant}"`), asText];
      yield finding(range, 'error', 'common/wrong-type', message, fixes);
    }
  }
}

/** What a label or annotation should have said, where the text of what is written would be none of its values. */
function meantValue(annotations: AnnotationTable, path: Path, written: string): string | undefined {
  const map = path.at(-2);
  if (map !== 'labels' && map !== 'annotations') return undefined;
  const syntax = annotationDoc(annotations, String(path.at(-1)))?.syntax;
  return syntax && valueProblem(syntax, written)?.nearest;
}

// ---- Scalars that look like something else -------------------------------------------------------------------------

/** Numbers of more digits than anybody means are left alone. */
const wordOrNumber =
  /(?:^|[\s:,[{-])(?:[yn]|yes|no|on|off|[-+]?\.(?:inf|nan)|[-+]?0[oxb]?[0-9a-f_]{1,40}|[-+]?\d[\d_]{0,40}_[\d_.]{0,40}|[-+]?(?:\d[\d_]{0,40}\.?\d{0,40}|\.\d{1,40})e[-+]?\d{1,4})(?=[\s,\]}:]|$)/im;

const misleading = new WeakMap<Part, boolean>();

/** Whether a text has anything that could be misread; most have not, and need not be walked through. */
function mayMislead(part: Part): boolean {
  let answer = misleading.get(part);
  if (answer === undefined) {
    answer = wordOrNumber.test(part.text);
    misleading.set(part, answer);
  }
  return answer;
}

/** Walks through what is written; what an alias brings along is told where it is written. */
function* misread(resource: Resource, root: SchemaNode | undefined): Generator<Located> {
  const document = resource.part.document();
  const start = document && (resource.root.length === 0 ? document.contents : nodesAt(document, resource.root)?.value);
  yield* visit(start, [], 0);

  function* visit(node: unknown, path: Path, depth: number): Generator<Located> {
    if (depth > 60 || isAlias(node)) return;
    if (isMap(node)) {
      for (const { key, value } of node.items as Pair[]) {
        const name = keyText(key);
        if (name === undefined || name === '<<') continue;
        const here = [...path, name];
        if (isChartData(resource, here)) continue;
        if (isScalar(key)) yield* keyFinding(resource, here, key);
        yield* visit(value, here, depth + 1);
      }
    } else if (isSeq(node)) {
      for (const [position, item] of node.items.entries()) yield* visit(item, [...path, position], depth + 1);
    } else if (isScalar(node)) yield* valueFinding(resource, path, node, root);
  }
}

/** The text of a scalar without quotes and without a tag that says what it is. */
function plainSource({ type, source, tag }: Scalar): string | undefined {
  return type === 'PLAIN' && tag === undefined ? source : undefined;
}

function* keyFinding(resource: Resource, path: Path, key: Scalar): Generator<Located> {
  const source = plainSource(key);
  const name = String(path.at(-1));
  if (source === undefined || source === name || typeof resolvePlain(source) === 'string') return;
  const message = `Kubernetes reads the key ${source} as "${shortened(name)}".`;
  yield finding(rangeOf(key), 'warning', 'common/misread-key', message, [
    fix('Put it in quotes', [{ type: 'rename-key', resource, path, key: source }]),
  ]);
}

function* valueFinding(
  resource: Resource,
  path: Path,
  scalar: Scalar,
  root: SchemaNode | undefined,
): Generator<Located> {
  const source = plainSource(scalar);
  const oddity = source === undefined ? undefined : oddityOf(source);
  if (source === undefined || !oddity) return;
  const types = (root && schemaAt(root, path, resource.value)?.types) ?? [];
  const range = rangeOf(scalar);
  const asText = spelling(resource, path, JSON.stringify(source), 'Put it in quotes');
  if (oddity.sort === 'refused') {
    const message = `Kubernetes refuses ${source}, since JSON has no such number.`;
    yield finding(range, 'error', 'common/misread-value', message, [asText]);
    return;
  }
  // A wrong type is told by the schema, with what Kubernetes reads.
  const isTyped = types.length > 0;
  if (isTyped && !types.some((it) => it === 'boolean' || it === 'integer' || it === 'number')) return;
  if (isTyped && (typeof oddity.value === 'boolean') !== types.includes('boolean')) return;
  if (oddity.sort === 'exponent' && types.includes('number')) return;
  if (oddity.sort === 'octal' && !isTyped && /mode$/i.test(String(path.at(-1)))) return;
  const severity = oddity.sort === 'octal' && isTyped ? 'warning' : 'hint';
  const reading = typeof oddity.value === 'boolean' ? `the boolean ${oddity.value}` : `the number ${oddity.value}`;
  const message =
    oddity.sort === 'octal'
      ? `Kubernetes reads ${source} as octal, which is the number ${oddity.value}.`
      : `Kubernetes reads ${source} as ${reading}.`;
  const clear = spelling(resource, path, String(oddity.value), `Write ${oddity.value}`);
  yield finding(range, severity, 'common/misread-value', message, [
    clear,
    ...(oddity.sort === 'octal' ? decimal(resource, path, source) : []),
    ...(isTyped ? [] : [asText]),
  ]);
}

/** The number that a person sees in an octal one; it is another than Kubernetes reads, so nobody takes it unasked. */
function decimal(resource: Resource, path: Path, source: string): readonly Fix[] {
  const digits = source.replace(/[oO_]/g, '').replace(/^([-+]?)0+(?=\d)/, '$1');
  return [{ ...spelling(resource, path, digits, `Write ${digits}`), isSafe: false }];
}

interface Oddity {
  readonly sort: 'word' | 'octal' | 'exponent' | 'spelling' | 'refused';
  readonly value: boolean | number;
}

/** How a plain scalar misleads; undefined where it means to every reader what it looks like. */
function oddityOf(source: string): Oddity | undefined {
  if (source.length > 60) return undefined;
  const value = resolvePlain(source);
  if (typeof value === 'boolean') return /^(?:true|false)$/i.test(source) ? undefined : { sort: 'word', value };
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return { sort: 'refused', value };
  if (/^[-+]?0[oO]?[0-7_]+$/.test(source)) return value === Number(source) ? undefined : { sort: 'octal', value };
  if (/^[-+]?0[xXbB]/.test(source) || source.includes('_')) return { sort: 'spelling', value };
  return /[eE]/.test(source) ? { sort: 'exponent', value } : undefined;
}

// ---- Making findings and fixes -------------------------------------------------------------------------------------

function finding(range: Range, severity: Severity, code: string, message: string, fixes: readonly Fix[]): Located {
  return { range, severity, code, message, peers: [], tags: [], related: [], fixes };
}

function fix(title: string, edits: readonly FixEdit[]): Fix {
  return { title, isSafe: true, edits: () => edits };
}

/** The same scalar, spelt so that nobody can misread it. */
function spelling(resource: Resource, path: Path, text: string, title: string): Fix {
  return fix(title, [{ type: 'spell-value', resource, path, text }]);
}
