/** Whole manifests by intent, in the format of VS Code's snippets; offered where a document is still empty. */

import consul from '../../../snippets/consul.json';
import istio from '../../../snippets/istio.json';
import kubernetes from '../../../snippets/kubernetes.json';
import linkerd from '../../../snippets/linkerd.json';

export interface Snippet {
  /** What a person reads: "Istio: canary 90/10". */
  readonly name: string;
  /** What a person types. */
  readonly prefix: string;
  readonly description: string;
  readonly body: string;
}

type SnippetFile = Readonly<
  Record<string, { readonly prefix: string; readonly description: string; readonly body: readonly string[] }>
>;

const files: readonly SnippetFile[] = [istio, linkerd, consul, kubernetes];

/** All snippets, mesh by mesh. */
export const snippets: readonly Snippet[] = files.flatMap((file) =>
  Object.entries(file).map(([name, { prefix, description, body }]) => ({
    name,
    prefix,
    description,
    body: body.join('\n'),
  })),
);
