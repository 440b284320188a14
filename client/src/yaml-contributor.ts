/**
 * What Red Hat's YAML extension is told of manifests that Meshwright serves: a schema that accepts everything and offers
 * nothing, so that a key is completed once and a mistake is marked once. Syntax, outline and formatting stay with it.
 */

/** The groups whose kinds have fields of ours; a test compares them with the tables of the meshes. */
export const meshGroups = [
  'access.smi-spec.io',
  'auth.consul.hashicorp.com',
  'consul.hashicorp.com',
  'extensions.istio.io',
  'gateway.networking.k8s.io',
  'gateway.networking.x-k8s.io',
  'install.istio.io',
  'linkerd.io',
  'multicluster.linkerd.io',
  'multicluster.x-k8s.io',
  'networking.istio.io',
  'policy.linkerd.io',
  'security.istio.io',
  'specs.smi-spec.io',
  'split.smi-spec.io',
  'telemetry.istio.io',
  'workload.linkerd.io',
] as const;

/** The part of Red Hat's API that we use: https://github.com/redhat-developer/vscode-yaml/wiki/Extension-API. */
export interface YamlApi {
  /**
   * Adds a contributor by the scheme of its schemas' addresses; false when the scheme is taken. All contributors that know
   * a file have their schemas joined, unless the text of the file matches the `label` of one: then that one has it alone.
   */
  registerContributor(
    scheme: string,
    requestSchema: (resource: string) => string | undefined,
    requestSchemaContent: (uri: string) => string | undefined,
    label?: string,
  ): boolean;
}

const scheme = 'meshwright';
const schemaUri = `${scheme}://schema/mesh-manifests`;

/** The schema that everything satisfies. As an object it would have an address, and that a line above each document. */
const schema = 'true';

/**
 * A text whose documents are all of mesh groups, as the source of a regular expression without flags. A document whose
 * `apiVersion` has not been written yet is no stranger. Red Hat's extension takes a colon for the end of a key and rewrites what
 * follows, hence `\x3a`, and groups that capture; its other contributors know a mesh's kinds too, once a cluster is
 * connected, and only a label makes them wait.
 */
const label = labelOf(meshGroups);

function labelOf(groups: readonly string[]): string {
  const key = `["']?apiVersion["']?[\\t ]*\\x3a`;
  const ours = `[\\t ]*["']?(${groups.map((it) => it.replaceAll('.', '\\.')).join('|')})\\/`;
  const empty = '[\\t ]*([\\r\\n#]|$)';
  const line = '([\\s\\S]*\\n)?';
  return `^(?!${line}${key}(?!${ours}|${empty}))(?=${line}${key}${ours})`;
}

const manifests = new RegExp(label);

/** Whether all documents of a text are mesh resources. Takes any text, in time that grows with its length. */
export function isMeshManifest(text: string): boolean {
  return manifests.test(text);
}

/**
 * Registers us with Red Hat's extension. `textOf` gives the text of an open file by its uri; `isOn` is asked each time, so
 * that the setting counts at once. Gives false when somebody has taken our place.
 */
export function contributeTo(api: YamlApi, textOf: (uri: string) => string | undefined, isOn: () => boolean): boolean {
  return api.registerContributor(
    scheme,
    (resource) => (isOn() && isMeshManifest(textOf(resource) ?? '') ? schemaUri : undefined),
    (uri) => (uri === schemaUri ? schema : undefined),
    label,
  );
}

/** Whether what an extension exports is the API above; older versions of Red Hat's have another. */
export function isYamlApi(exports: unknown): exports is YamlApi {
  return (
    typeof exports === 'object' &&
    exports !== null &&
    'registerContributor' in exports &&
    typeof exports.registerContributor === 'function'
  );
}
