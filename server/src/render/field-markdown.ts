/** Kinds, fields and annotations as Markdown, for hovers and completion. */

import { syntaxWords } from '../model/annotation-value.ts';
import { type AnnotationDoc, plainKind } from '../model/annotations.ts';
import type { Kind } from '../model/kind.ts';
import { apiVersionOf } from '../model/kind.ts';
import type { FieldDoc, SchemaNode, SchemaSet } from '../model/schema.ts';
import { isRecord } from '../model/value.ts';

/** A kind: what it is for, a link, an example; `between` stands before the example, which is long. */
export function kindMarkdown(kind: Kind, schemas: SchemaSet, between?: string): string {
  const docs = kind.schema === undefined ? undefined : schemas.docs(kind.schema);
  const title = `**${kind.name}** · \`${apiVersionOf(kind)}\``;
  const removed = kind.removed === undefined ? undefined : `⚠️ ${kind.removed}`;
  return paragraphs([
    title,
    removed,
    docs?.summary,
    docs?.text,
    link(docs?.link),
    between,
    between && '---',
    example(docs?.example),
  ]);
}

/** A field: our prose, then its facts. */
export function fieldMarkdown(node: SchemaNode): string {
  const { doc } = node;
  return paragraphs([
    deprecation(doc?.deprecated),
    doc?.text,
    facts(node),
    valueList(doc?.values),
    example(fieldExample(node)),
    link(doc?.link),
  ]);
}

/** One allowed value of a field, with what it means. */
export function valueMarkdown(node: SchemaNode, value: string): string | undefined {
  const meaning = node.doc?.values?.[value];
  return meaning === undefined ? undefined : `\`${value}\` – ${meaning}`;
}

/** A label or annotation. */
export function annotationMarkdown(doc: AnnotationDoc): string {
  const where = `${doc.isLabel === true ? 'Label' : doc.isLabel === false ? 'Annotation' : 'Key'} on ${[...new Set(doc.on.map(plainKind))].join(', ')}`;
  const lines = [
    where,
    // What each word means, the list below says.
    doc.syntax && !isPlainChoice(doc) ? `Value: ${syntaxWords(doc.syntax)}` : undefined,
    doc.default && `Default: ${doc.default}`,
    doc.constraint,
    doc.since && `Since ${doc.since}`,
    doc.isAlpha ? 'Alpha: it may change or go in any release' : undefined,
  ];
  const values = isRecord(doc.values)
    ? valueList(doc.values as Record<string, string>)
    : doc.values && `Value: ${doc.values}`;
  return paragraphs([
    `**${doc.name}**`,
    deprecation(doc.deprecated),
    doc.internal && `**Not set by hand.** ${doc.internal}`,
    doc.text,
    doc.asAnnotation?.deprecated && `**As an annotation deprecated.** ${doc.asAnnotation.deprecated}`,
    bullets(lines),
    values,
    example(doc.example),
    link(doc.link),
  ]);
}

/** Whether the values are words that the documentation lists, or such that say nothing of their shape. */
function isPlainChoice({ syntax, values }: AnnotationDoc): boolean {
  if (syntax?.type === 'name' || syntax?.type === 'list') return true;
  return isRecord(values) && (syntax?.type === 'boolean' || syntax?.type === 'enum');
}

/** The example as it stands in a manifest: the prose holds the value alone. */
function fieldExample({ path, doc }: SchemaNode): string | undefined {
  const value = doc?.example?.trimEnd();
  const key = /[^.[\]*]+$/.exec(path)?.[0];
  if (value === undefined || key === undefined) return value;
  return value.includes('\n') ? `${key}:\n${value.replace(/^(?=.)/gm, '  ')}` : `${key}: ${value}`;
}

function facts(node: SchemaNode): string | undefined {
  const { doc, attributes } = node;
  const allowed =
    node.enum && !doc?.values ? `Allowed: ${node.enum.map((it) => `\`${String(it)}\``).join(', ')}` : undefined;
  return bullets([
    `Type: ${typeText(node)}`,
    allowed,
    defaultText(node, doc),
    doc?.constraint ?? boundsText(attributes),
    doc?.since && `Since ${doc.since}`,
  ]);
}

function typeText(node: SchemaNode): string {
  if (node.items) return `list of ${node.items.types.join(' or ') || 'values'}`;
  if (node.values) return `map of ${node.values.types.join(' or ') || 'values'}`;
  return node.types.join(' or ') || 'any';
}

function defaultText(node: SchemaNode, doc: FieldDoc | undefined): string | undefined {
  if (doc?.default !== undefined) return `Default: ${doc.default}`;
  const isPlain = node.default !== undefined && typeof node.default !== 'object';
  return isPlain ? `Default: \`${String(node.default)}\`` : undefined;
}

function boundsText(attributes: SchemaNode['attributes']): string | undefined {
  const { minimum, maximum, minItems, maxItems, minLength, maxLength } = attributes;
  const between = (low: number | undefined, high: number | undefined, unit: string) => {
    if (low === undefined && high === undefined) return undefined;
    if (low === undefined) return `At most ${high}${unit}`;
    return high === undefined ? `At least ${low}${unit}` : `${low} to ${high}${unit}`;
  };
  return (
    between(minimum, maximum, '') ??
    between(minItems, maxItems, ' entries') ??
    between(minLength, maxLength, ' characters')
  );
}

function valueList(values: Readonly<Record<string, string>> | undefined): string | undefined {
  return (
    values &&
    Object.entries(values)
      .map(([value, prose]) => `- \`${value}\` – ${prose}`)
      .join('\n')
  );
}

function deprecation(text: string | undefined): string | undefined {
  return text && `**Deprecated.** ${text}`;
}

/** That something is newer than the release of a folder: `needs Istio 1.25; this folder is for 1.24`. */
export function newnessMarkdown(words: string | undefined): string | undefined {
  return words && `**Newer.** It ${words}.`;
}

function example(text: string | undefined): string | undefined {
  return text && `\`\`\`yaml\n${text.trimEnd()}\n\`\`\``;
}

function link(url: string | undefined): string | undefined {
  return url && `[Documentation](${url})`;
}

function bullets(lines: readonly (string | undefined)[]): string | undefined {
  const kept = lines.filter((it) => it !== undefined && it !== '');
  return kept.length === 0 ? undefined : kept.join(' · ');
}

/** Ends a line within a paragraph. */
export const lineBreak = '  \n';

/** Text of a user's file as code; nothing in it counts as Markdown. */
export function codeSpan(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, ' ')}\``;
}

/** Joins what is there with empty lines between. */
export function paragraphs(parts: readonly (string | undefined)[]): string {
  return parts.filter((it) => it !== undefined && it !== '').join('\n\n');
}
