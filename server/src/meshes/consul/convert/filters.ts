/** Subset filters: equalities of service meta as labels, and back. Source: hashicorp/go-bexpr's grammar. */

import type { Labels } from '../../../model/ir.ts';

const equality =
  /^Service\.Meta(?:\.([A-Za-z][A-Za-z0-9_]*)|\["([^"\]]+)"\])\s*==\s*(?:"([^"]*)"|`([^`]*)`|([A-Za-z0-9_./-]+))$/;

/** The labels that a filter asks for; undefined when it is more than equalities of meta joined by `and`. */
export function labelsOfFilter(filter: string): Labels | undefined {
  const labels: Record<string, string> = {};
  if (filter.trim() === '') return labels;
  for (const term of filter.split(/\s+and\s+/)) {
    const match = equality.exec(term.trim().replace(/^\(\s*(.*?)\s*\)$/, '$1'));
    if (!match) return undefined;
    const key = match[1] ?? match[2] ?? '';
    const value = match[3] ?? match[4] ?? match[5] ?? '';
    if (labels[key] !== undefined && labels[key] !== value) return undefined;
    labels[key] = value;
  }
  return labels;
}

/** The key of service meta for a label: `app.kubernetes.io/version` becomes `version`, since meta keys hold no such signs. */
export function metaKey(label: string): string {
  return (label.split('/').at(-1) ?? label).replace(/[^A-Za-z0-9_-]/g, '-');
}

/** The filter for labels, joined by `and`; empty for none. */
export function filterOfLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([label, value]) => {
      const key = metaKey(label);
      const selector = /^[A-Za-z][A-Za-z0-9_]*$/.test(key) ? `Service.Meta.${key}` : `Service.Meta["${key}"]`;
      return `${selector} == "${value}"`;
    })
    .join(' and ');
}

/** A name for a subset as Consul allows it. */
export function subsetName(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9-]/g, '-')
      .replace(/^-+|-+$/g, '') || 'subset'
  );
}
