/** One thing that completion offers, and the question that it answers. */

import { apiVersionOf, isOfKind, type Kind } from '../model/kind.ts';
import type { Environment } from '../model/environment.ts';
import type { Resource } from '../model/manifest.ts';
import type { Part } from '../model/part.ts';
import type { KindSchema, SchemaNode } from '../model/schema.ts';
import { schemaAt } from '../model/schema.ts';
import type { Slot } from '../model/slot.ts';
import type { Path, Range, Uri } from '../model/text.ts';
import type { Workspace } from '../model/workspace.ts';
import { type KnownKind, knownKindOf } from './schema-of.ts';

export interface Completion {
  readonly label: string;
  readonly type: 'key' | 'required-key' | 'value' | 'kind' | 'name' | 'annotation' | 'item' | 'snippet';
  /** A few words beside the label. */
  readonly detail?: string;
  readonly range: Range;
  /** A snippet: `$1`, `${2:text}`, `$0` are tab stops. Lines are indented as they shall stand in the file. */
  readonly snippet: string;
  /** What the typed word is compared with. */
  readonly filter: string;
  readonly order: string;
  readonly isDeprecated: boolean;
  /** Whether more can be completed at the place where the cursor lands. */
  readonly continues: boolean;
  /** Whether another word would be compared with something else, so that an editor asks again while one types. */
  readonly dependsOnWord: boolean;
  /** Further edits, such as the apiVersion that belongs to a kind. */
  readonly also: readonly { readonly range: Range; readonly newText: string }[];
  /** Markdown, made when asked for. */
  documentation(): string | undefined;
}

/** What is known of the place at which completion was asked for. */
export interface Question {
  readonly uri: Uri;
  readonly workspace: Workspace;
  readonly environment: Environment;
  readonly part: Part;
  readonly start: number;
  readonly slot: Slot;
  /** The path of the slot within its resource. */
  readonly path: Path;
  /** The resource around the cursor as far as it is typed; undefined while it has no kind. */
  readonly resource: Resource | undefined;
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
  readonly value: unknown;
}

/** What an item says of itself; the rest follows from the question. */
export interface Wanted {
  readonly label: string;
  readonly type: Completion['type'];
  readonly detail?: string;
  /** Plain text; `snippet` where there are tab stops; the label when neither is given. */
  readonly text?: string;
  readonly snippet?: string;
  /** What the typed word is compared with; the label unless given. */
  readonly filter?: string;
  readonly order: string;
  readonly isDeprecated?: boolean;
  readonly continues?: boolean;
  readonly dependsOnWord?: boolean;
  readonly also?: Completion['also'];
  readonly documentation?: () => string | undefined;
}

/** An item at the place of the question, quoted as the word there is. */
export function item({ slot, start, part }: Question, wanted: Wanted): Completion {
  const quote = /^["']/.exec(part.masked.text.slice(slot.range.start, slot.range.end))?.[0] ?? '';
  const plain = wanted.text ?? wanted.label;
  const quoted = quote !== '' && wanted.snippet === undefined ? `${quote}${wanted.label}${quote}` : plain;
  const snippet = wanted.snippet ?? escape(quoted);
  return {
    label: wanted.label,
    type: wanted.type,
    ...(wanted.detail === undefined ? {} : { detail: wanted.detail }),
    range: { start: start + slot.range.start, end: start + slot.range.end },
    snippet: `${slot.needsSpace ? ' ' : ''}${snippet}${slot.needsComma ? ',' : ''}`,
    filter: `${quote}${wanted.filter ?? wanted.label}`,
    order: wanted.order,
    isDeprecated: wanted.isDeprecated ?? false,
    continues: wanted.continues ?? false,
    dependsOnWord: wanted.dependsOnWord ?? false,
    also: wanted.also ?? [],
    documentation: wanted.documentation ?? (() => undefined),
  };
}

/** Text as a snippet without tab stops. */
export function escape(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

/** What is known of the kind of the resource around the cursor; undefined for kinds of others. */
export function knownFor({ environment, resource, apiVersion, kind }: Question): KnownKind | undefined {
  const identity = resource ?? identityOf(environment, apiVersion, kind);
  return identity && knownKindOf(environment, identity);
}

/** The schema of the resource around the cursor; undefined for kinds of others. */
export function schemaFor(question: Question): KindSchema | undefined {
  return knownFor(question)?.schema;
}

/** What the schema says of the place of the question; undefined where it says nothing. */
export function nodeAt(question: Question): SchemaNode | undefined {
  const schema = schemaFor(question);
  return schema && schemaAt(schema.root, question.path, question.value);
}

/** While the apiVersion is missing, a kind whose name is unique is enough. */
function identityOf(
  environment: Environment,
  apiVersion: string | undefined,
  kind: string | undefined,
): Pick<Resource, 'apiVersion' | 'kind' | 'version'> | undefined {
  if (kind === undefined) return undefined;
  const namesakes: readonly Kind[] = environment.tables.kinds.filter(
    (it) =>
      it.name === kind &&
      (apiVersion === undefined ? !it.isCopy && it.removed === undefined : isOfKind({ apiVersion, kind }, it)),
  );
  const [only] = namesakes;
  return only && namesakes.length === 1
    ? { apiVersion: apiVersionOf(only), kind, version: only.versions[0] ?? '' }
    : undefined;
}
