/** Resources that are not converted at all, because nobody can say what they mean. */

import type { Resource } from '../model/manifest.ts';
import { hasVariable } from '../model/mask.ts';
import type { Uri } from '../model/text.ts';
import { textAt } from '../model/value.ts';
import { environmentOf, type Workspace } from '../model/workspace.ts';
import { checkFields } from './check-fields.ts';
import { folderPath, type Refused } from './conversion.ts';
import { knownKindOf } from './schema-of.ts';

/** A refusal of the resource, with all mistakes in its fields; undefined when it can be converted. */
export function refusalOf(workspace: Workspace, resource: Resource): Refused | undefined {
  const environment = environmentOf(workspace, resource.uri);
  const refused = (reason: string, errors: readonly string[] = []): Refused => ({ resource, reason, errors });
  if (resource.part.masked.templated) return refused(templateAdvice(workspace, resource.uri));
  // A variable in a workload is most often one of its shell.
  if (hasVariable(resource.part.text) && knownKindOf(environment, resource)?.schema)
    return refused('It has variables such as ${NAME}; convert it with their values filled in.');
  if (!resource.part.isWellFormed)
    return refused(
      'Its YAML has mistakes; mend them first.',
      resource.part.problems.map((it) => it.message),
    );
  // The API server drops a field that it does not know, and so does a conversion; the report says so.
  const errors = checkFields(environment, resource).filter(
    ({ severity, code }) => severity === 'error' && code !== 'common/unknown-field',
  );
  if (errors.length === 0) return undefined;
  return refused(
    'Its fields do not fit its kind.',
    errors.map((it) => it.message),
  );
}

/** How a template is converted all the same, with the command where its chart is known. */
function templateAdvice(workspace: Workspace, uri: Uri): string {
  const chart = chartOf(workspace, uri);
  if (!chart) return 'It is a template; convert what Helm makes of it, the output of "helm template".';
  const { name, folder } = chart;
  return `It is a template; convert what Helm makes of it: helm template ${word(name)} ${word(folder)} > ${word(`${name}.yaml`)}`;
}

/** The innermost chart that holds a file: its name, and its folder below the workspace folder. */
function chartOf(workspace: Workspace, uri: Uri): { readonly name: string; readonly folder: string } | undefined {
  for (let end = uri.lastIndexOf('/'); end > 0; end = uri.lastIndexOf('/', end - 1)) {
    const folder = uri.slice(0, end);
    const manifest = workspace.manifests.get(`${folder}/Chart.yaml`);
    if (!manifest) continue;
    const path = folderPath(workspace, folder);
    const name = manifest.parts.map((it) => textAt(it.goodValue, ['name'])).find((it) => it !== undefined);
    return { name: name ?? folder.slice(folder.lastIndexOf('/') + 1), folder: path === '' ? '.' : path };
  }
  return undefined;
}

/** A word of a shell command, in quotes where it needs them. */
function word(text: string): string {
  return /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
