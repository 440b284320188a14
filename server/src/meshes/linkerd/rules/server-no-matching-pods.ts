/** linkerd/server-no-matching-pods: a Server selects no pods. */

import { hasKnownNamespace } from '../../../model/closed-world.ts';
import type { Fix, Rule } from '../../../model/rule.ts';
import { isKnown, isRecord, listAt, recordAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { selectorMatches, type Workload, workloadsIn } from '../../kubernetes/common/workloads.ts';
import { Server } from '../kinds.ts';

type Labels = Readonly<Record<string, string>>;

export const serverNoMatchingPods: Rule = {
  id: 'linkerd/server-no-matching-pods',
  severity: 'warning',
  summary: "A Server's pod selector matches no pod template of its namespace, so it protects nothing.",
  kinds: [Server],
  peers: [],

  *check(resource, environment) {
    const written = valueAt(resource.value, ['spec', 'podSelector']);
    const selector = withoutInjected(written);
    if (
      !isRecord(written) ||
      !isKnown(resource.value, ['spec', 'podSelector', 'matchLabels'], resource.part.masked.hiddenLines)
    )
      return;
    const namespace = environment.namespaceOf(resource);
    const workloads = workloadsIn(environment, namespace);
    const mayMatch = (it: Workload) =>
      selectorMatches(selector, it.labels) || isHidden(selector, it) || environment.isPatched(it.resource);
    if (workloads.some(mayMatch)) return;

    const wanted = Object.entries(textRecordAt(selector, ['matchLabels'])).map(([key, value]) => `${key}=${value}`);
    const what = wanted.length > 0 ? `labels ${wanted.join(', ')}` : 'this selector';
    yield {
      path: ['spec', 'podSelector'],
      side: 'key',
      message: `No pod template in namespace "${namespace}" matches ${what}; the Server protects nothing.`,
      // Without any workload of the namespace, or where a template makes its name, nobody can say what runs there.
      ...(workloads.length === 0 || !hasKnownNamespace(resource) ? { severity: 'hint' as const } : {}),
      fixes: labelFixes(workloads.map((it) => it.labels)),
    };

    function labelFixes(all: readonly Labels[]): Fix[] {
      const values = new Set(
        all.map((it) => it['app'] ?? it['app.kubernetes.io/name']).filter((it) => it !== undefined),
      );
      const key = all.some((it) => it['app'] !== undefined) ? 'app' : 'app.kubernetes.io/name';
      return [...values].slice(0, 5).map((value) => ({
        title: `Select ${key}=${value}`,
        edits: () => [
          { type: 'replace-value', resource, path: ['spec', 'podSelector'], value: { matchLabels: { [key]: value } } },
        ],
      }));
    }
  },
};

/** The injector gives pods labels such as `linkerd.io/proxy-deployment`, which no manifest shows. */
const isInjected = (key: string) => key.startsWith('linkerd.io/');

/** A selector as far as manifests can tell whether pods meet it. */
function withoutInjected(selector: unknown): Readonly<Record<string, unknown>> {
  return {
    matchLabels: Object.fromEntries(
      Object.entries(recordAt(selector, ['matchLabels'])).filter(([key]) => !isInjected(key)),
    ),
    matchExpressions: listAt(selector, ['matchExpressions']).filter((it) => !isInjected(textAt(it, ['key']) ?? '')),
  };
}

/** Whether a template supplies labels that the selector asks for, so that nobody can tell. */
function isHidden(selector: unknown, { resource, template }: Workload): boolean {
  const keys = [
    ...Object.keys(recordAt(selector, ['matchLabels'])),
    ...listAt(selector, ['matchExpressions']).map((it) => textAt(it, ['key']) ?? ''),
  ];
  const { hiddenLines } = resource.part.masked;
  return keys.some((key) => !isKnown(resource.value, [...template, 'metadata', 'labels', key], hiddenLines));
}
