/** Completion of whole resources, where the document holds nothing yet: the least of each kind, and manifests by intent. */

import { essentialsOf } from '../meshes/essentials.ts';
import { snippets } from '../meshes/snippets.ts';
import { decide, type Essentials } from '../model/essentials.ts';
import { apiVersionOf, type Kind, kindId } from '../model/kind.ts';
import { indexedResourcesOf, type Manifest, type Resource } from '../model/manifest.ts';
import { plainSnippet } from '../model/snippet.ts';
import type { KindSchema } from '../model/schema.ts';
import { isRecord } from '../model/value.ts';
import { kindMarkdown, paragraphs } from '../render/field-markdown.ts';
import { exampleOf } from './common-keys.ts';
import { type Completion, item, type Question } from './completion.ts';
import { knownKindOf } from './schema-of.ts';
import { type Ground, scaffoldResource } from './scaffold.ts';
import { choicesIn } from './suggest.ts';

/** Of more kinds that only the workspace defines, those are offered that it has resources of. */
const foreignLimit = 50;

/** Resources of every kind that has a schema, filled with what this workspace has, and manifests by intent. */
export function resourceItems(question: Question): readonly Completion[] {
  const { slot, environment } = question;
  if (slot.inFlow || slot.column > 0 || slot.path.length > 0) return [];
  const namespace = likelyNamespace(question);
  const groups = new Set(
    environment.tables.kinds.filter((it) => environment.index.all(it).length > 0).map((it) => it.group),
  );
  const foreign = environment.tables.kinds.filter((it) => it.isForeign);
  const kinds = environment.tables.kinds.filter(
    (it) =>
      it.schema !== undefined &&
      it.removed === undefined &&
      (!it.isForeign || foreign.length <= foreignLimit || environment.index.all(it).length > 0),
  );
  return [
    ...kinds.flatMap((it) => wholeResources(question, it, namespace, groups.has(it.group))),
    ...snippetItems(question),
  ];
}

/** Each usual form of a kind. */
function wholeResources(
  question: Question,
  kind: Kind,
  namespace: string | undefined,
  isInUse: boolean,
): readonly Completion[] {
  const { environment, part, slot } = question;
  const apiVersion = apiVersionOf(kind);
  const schema = knownKindOf(environment, { apiVersion, kind: kind.name, version: kind.versions[0] ?? '' })?.schema;
  if (!schema) return [];
  const word = part.masked.text.slice(slot.range.start, slot.range.end).toLowerCase();
  // Editors look for `srv` in "ServiceDefaults" as well; who types a short name means that kind.
  const short = schema.shortNames.find((it) => word !== '' && it.startsWith(word));
  const place = short === word ? 0 : isInUse ? 3 : 4;
  const essentials = essentialsOf(kindId(kind));
  const forms: readonly Essentials[] = essentials.length > 0 ? essentials : [{ kind, value: fromExample(schema) }];
  return forms.flatMap((it) => {
    const label = it.form === undefined ? kind.name : `${kind.name} ${it.form}`;
    const snippet = resourceSnippet(question, it, schema, namespace);
    if (snippet === undefined) return [];
    return item(question, {
      label,
      type: 'snippet',
      detail: [...schema.shortNames, kind.group].join(' · '),
      snippet,
      filter: short ?? label,
      order: `${place}${label}`,
      dependsOnWord: schema.shortNames.length > 0,
      documentation: () =>
        paragraphs([`\`\`\`yaml\n${plainSnippet(snippet)}\n\`\`\``, kindMarkdown(kind, environment.schemas)]),
    });
  });
}

function resourceSnippet(
  question: Question,
  { kind, value, needs }: Essentials,
  schema: KindSchema,
  namespace: string | undefined,
): string | undefined {
  const { environment, slot } = question;
  const resource = draftOf(question, kind, namespace);
  // A kustomization puts its own namespace in place of every other one.
  const isFree = kind.scope !== 'cluster' && environment.namespaceOf(resource) === namespace;
  const { metadata, ...rest } = value;
  const head = isRecord(metadata) ? metadata : { name: decide('name') };
  const essentials = {
    apiVersion: resource.apiVersion,
    kind: kind.name,
    metadata: { ...head, ...(isFree && namespace !== undefined ? { namespace } : {}) },
    ...rest,
  };
  const isThere = (name: string | number) =>
    environment.index.find(kind, environment.namespaceOf(resource), String(name)) !== undefined;
  const ground: Ground = {
    essentials,
    needs,
    // A person who starts a resource about a service has one in mind that has none yet.
    choices(path, draft) {
      const names = choicesIn(environment, { ...resource, ...namedAs(draft) }, [], path, draft);
      return [...names.filter((it) => !isThere(it)), ...names.filter(isThere)];
    },
  };
  return scaffoldResource(schema.root, { ...slot, isSpaced: false }, ground);
}

/** The name that a draft has by now, since some names are known only together with that of their resource. */
function namedAs(draft: unknown): { readonly name?: string } {
  const metadata = isRecord(draft) ? draft['metadata'] : undefined;
  return isRecord(metadata) && typeof metadata['name'] === 'string' ? { name: metadata['name'] } : {};
}

function draftOf({ uri, part }: Question, kind: Kind, namespace: string | undefined): Resource {
  const version = kind.versions[0] ?? '';
  return {
    uri,
    part,
    root: [],
    apiVersion: apiVersionOf(kind),
    group: kind.group,
    version,
    kind: kind.name,
    name: '',
    namespace: kind.scope === 'cluster' ? undefined : namespace,
    value: {},
  };
}

/** The example of a kind as its essentials; its names are for a person to decide. */
function fromExample(schema: KindSchema): Readonly<Record<string, unknown>> {
  const example = exampleOf(schema);
  if (!isRecord(example)) return {};
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = example;
  const name = isRecord(metadata) && typeof metadata['name'] === 'string' ? metadata['name'] : undefined;
  return { metadata: { name: decide('name', name) }, ...rest };
}

/** At most so many documents of other files are looked at for their namespace. */
const neighboursRead = 200;

/**
 * The namespace that a new resource most likely belongs to: that of the document above or below, of another file in the
 * folder, or the only one that has Services. Undefined when nothing tells, and where the neighbours name none.
 */
function likelyNamespace({ workspace, environment, uri, part }: Question): string | undefined {
  const own = workspace.manifests.get(uri);
  const beside = own && namespacesIn(own).filter((it) => it.part !== part);
  if (beside && beside.length > 0) return beside.at(-1)?.namespace;
  const folder = uri.slice(0, uri.lastIndexOf('/') + 1);
  let read = 0;
  for (const [other, manifest] of workspace.manifests) {
    if (!other.startsWith(folder) || other === uri) continue;
    const [first] = namespacesIn(manifest);
    if (first) return first.namespace;
    read += 1;
    if (read > neighboursRead) break;
  }
  const homes = new Set<string>();
  for (const key of environment.index.declaredIn('/Service').keys()) {
    homes.add(key.slice(0, key.indexOf('/')));
    if (homes.size > 1) return undefined;
  }
  const [only] = homes;
  return only === environment.settings.defaultNamespace ? undefined : only;
}

/** The namespaces that the resources of a file name; a resource of the cluster has none. */
function namespacesIn(
  manifest: Manifest,
): readonly { readonly part: unknown; readonly namespace: string | undefined }[] {
  return manifest.parts
    .flatMap((part) => indexedResourcesOf(manifest.uri, part))
    .filter((it) => it.namespace !== undefined)
    .map(({ part, namespace }) => ({ part, namespace }));
}

/** Manifests by intent. */
function snippetItems(question: Question): readonly Completion[] {
  return snippets.map(({ name, prefix, description, body }) =>
    item(question, {
      label: prefix,
      type: 'snippet',
      detail: name,
      snippet: body,
      order: `5${prefix}`,
      documentation: () => paragraphs([description, `\`\`\`yaml\n${plainSnippet(body)}\n\`\`\``]),
    }),
  );
}
