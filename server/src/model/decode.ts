/** YAML nodes → the value that Kubernetes decodes. Never throws; what is wrong comes back as problems. */

import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import { type Range, shortened } from './text.ts';
import { resolvePlain } from './scalar.ts';

/** A mistake in the text of one part; offsets count from the start of the part. */
export interface TextProblem {
  readonly code: 'common/yaml-syntax' | 'common/duplicate-map-key';
  readonly range: Range;
  readonly message: string;
  /** Whether tabs stand where spaces should. */
  readonly isTab?: boolean;
}

/** How many values the aliases of one document may unfold to; Kubernetes itself refuses bombs at a similar size. */
const valueLimit = 200_000;

interface Decoder {
  readonly anchors: Map<string, Node>;
  readonly problems: TextProblem[];
  readonly open: Set<Node>;
  left: number;
}

/** The value of a document as `JSON.parse` would give it: keys are strings, a later duplicate is a problem. */
export function decode(document: Document): { readonly value: unknown; readonly problems: readonly TextProblem[] } {
  const decoder: Decoder = { anchors: new Map(), problems: [], open: new Set(), left: valueLimit };
  const value = decodeNode(document.contents as Node | null, decoder);
  return { value: decoder.left > 0 ? value : null, problems: decoder.problems };
}

function decodeNode(node: Node | null | undefined, decoder: Decoder): unknown {
  if (!node) return null;
  if (decoder.left-- <= 0) return undefined;
  if (isAlias(node)) return decodeAlias(node, decoder);
  const anchor = 'anchor' in node ? node.anchor : undefined;
  if (anchor) decoder.anchors.set(anchor, node);
  if (isScalar(node)) return scalarValue(node);
  if (decoder.open.has(node)) return null;
  decoder.open.add(node);
  const value = isMap(node)
    ? decodeMap(node.items as Pair<Node, Node | null>[], decoder)
    : isSeq(node)
      ? node.items.map((item) =>
          isPair(item) ? decodeMap([item as Pair<Node, Node | null>], decoder) : decodeNode(item as Node, decoder),
        )
      : null;
  decoder.open.delete(node);
  return value;
}

function decodeAlias(alias: Alias, decoder: Decoder): unknown {
  const target = decoder.anchors.get(alias.source);
  if (!target) {
    const message = `No anchor "&${shortened(alias.source)}" stands above this alias.`;
    decoder.problems.push({ code: 'common/yaml-syntax', range: rangeOf(alias), message });
    return null;
  }
  if (decoder.left <= 0) return undefined;
  const value = decodeNode(target, decoder);
  if (decoder.left <= 0 && !decoder.problems.some((it) => it.message.startsWith('Aliases'))) {
    decoder.problems.push({
      code: 'common/yaml-syntax',
      range: rangeOf(alias),
      message: `Aliases unfold to more than ${valueLimit.toLocaleString('en')} values; Kubernetes refuses such a document.`,
    });
  }
  return value;
}

function decodeMap(pairs: readonly Pair<Node, Node | null>[], decoder: Decoder): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  const seen = new Set<string>();
  const merged: Record<string, unknown>[] = [];
  for (const { key, value } of pairs) {
    const name = keyText(key);
    if (name === undefined) continue;
    if (name === '<<' && isScalar(key) && key.type === 'PLAIN') {
      const sources = isSeq(value) ? value.items : [value];
      for (const source of sources) {
        const inherited = decodeNode(source as Node, decoder);
        if (inherited !== null && typeof inherited === 'object' && !Array.isArray(inherited))
          merged.push(inherited as Record<string, unknown>);
      }
      continue;
    }
    if (seen.has(name)) {
      decoder.problems.push({
        code: 'common/duplicate-map-key',
        range: rangeOf(key),
        message: `Key "${shortened(name)}" stands twice in this map; Kubernetes refuses it or keeps only the last one.`,
      });
    }
    seen.add(name);
    define(map, name, decodeNode(value, decoder));
  }
  for (const inherited of merged) {
    for (const [name, value] of Object.entries(inherited)) if (!Object.hasOwn(map, name)) define(map, name, value);
  }
  return map;
}

/** `__proto__` is a key like any other. */
function define(map: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(map, name, { value, enumerable: true, configurable: true, writable: true });
  else map[name] = value;
}

/** The text of a key as Kubernetes sees it: keys are strings, so `on:` is "true" and `0x10:` is "16". */
export function keyText(key: unknown): string | undefined {
  if (isScalar(key)) {
    const value = scalarValue(key);
    return key.source === '<<' ? '<<' : String(value ?? (key.source || 'null'));
  }
  return undefined;
}

function scalarValue(node: {
  readonly type?: string;
  readonly source?: string;
  readonly value: unknown;
  readonly tag?: string;
}): unknown {
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  if (node.tag === 'tag:yaml.org,2002:str' || node.tag === '!') return text;
  if (node.type === 'PLAIN' || node.type === undefined) return node.value === null ? null : resolvePlain(text);
  return text;
}

export function rangeOf(node: unknown): Range {
  const range = (node as { range?: [number, number, number] | null } | null)?.range;
  return range ? { start: range[0], end: range[1] } : { start: 0, end: 0 };
}
