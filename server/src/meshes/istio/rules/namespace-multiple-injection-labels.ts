/** istio/namespace-multiple-injection-labels: a namespace asks for its pods' proxies in more than one way. */

import { mayExclude } from '../../../model/manifest.ts';
import type { FixEdit, Rule } from '../../../model/rule.ts';
import type { Path } from '../../../model/text.ts';
import { textRecordAt } from '../../../model/value.ts';
import { Namespace } from '../../kubernetes/common/kinds.ts';

const home: Path = ['metadata', 'labels'];

/** What each label asks for; undefined where its value asks for nothing. */
const ways: readonly { readonly label: string; readonly asks: (value: string) => boolean }[] = [
  { label: 'istio-injection', asks: (value) => value === 'enabled' },
  { label: 'istio.io/rev', asks: (value) => value !== '' },
  { label: 'istio.io/dataplane-mode', asks: (value) => value === 'ambient' },
];

export const namespaceMultipleInjectionLabels: Rule = {
  id: 'istio/namespace-multiple-injection-labels',
  severity: 'warning',
  summary: 'A Namespace asks for proxies by more than one label, of which only one can count.',
  kinds: [Namespace],
  peers: ['IST0123'],

  *check(resource) {
    const labels = textRecordAt(resource.value, home);
    // Whoever says no is heard, whatever the other labels say.
    if (labels['istio-injection'] === 'disabled') return;
    const found = ways.filter(({ label, asks }) => Object.hasOwn(labels, label) && asks(labels[label] ?? ''));
    const [first, second] = found;
    if (!first || !second) return;
    if (mayExclude(resource, [...home, first.label], [...home, second.label])) return;
    const names = found.map((it) => `"${it.label}"`);
    const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
    yield {
      path: [...home, second.label],
      side: 'key',
      message: `Namespace "${resource.name}" asks for proxies by ${list}, of which only one can count.`,
      fixes: found.map((kept) => ({
        title: `Keep only "${kept.label}"`,
        edits: () =>
          found
            .filter((it) => it !== kept)
            .map((it): FixEdit => ({ type: 'delete', resource, path: [...home, it.label] })),
      })),
    };
  },
};
