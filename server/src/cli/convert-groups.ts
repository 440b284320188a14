/**
 * The groups of files that a conversion reads one after the other: what is deployed together. Beside the names of files,
 * only what counts for several groups stays in memory: the files that mark environments, and definitions of kinds.
 */

import { dialectNames } from '../model/mesh-id.ts';
import { marksEnvironment } from '../model/kustomization.ts';
import type { Uri } from '../model/text.ts';
import { applyChange, createWorkspace, deployedTogether, environmentOf, type Workspace } from '../model/workspace.ts';
import { defaultConvertOptions } from '../meshes/mesh.ts';
import { freePath } from '../queries/conversion-files.ts';
import { securityComment } from '../queries/conversion-security.ts';
import { changedManifests, type Conversion, convert, resourceText, securityLosses } from '../queries/convert.ts';
import { joinDocuments, yamlComment } from '../render/manifest-yaml.ts';
import type { ConvertCommand, InputFile } from './convert.ts';
import { type GrowingReport, growingReport, type OutputFile, together } from './convert-report.ts';

export interface ConvertedGroups {
  /** New files, then one with all that is changed in existing ones. */
  readonly outputs: readonly OutputFile[];
  readonly report: GrowingReport;
  readonly isRefused: boolean;
  readonly weakensSecurity: boolean;
}

/** Converts group by group; gives a sentence instead where a file cannot be read or nothing is there to convert. */
export async function convertGroups(
  command: ConvertCommand,
  color: boolean,
): Promise<ConvertedGroups | { readonly refusal: string }> {
  const { from, to, files, facts, spool, columns } = command;
  const inputs = new Map([...facts, ...files].map((it) => [it.uri, it]));
  const positions = new Map(files.map((it, position) => [it.uri, position]));
  const nameOf = (uri: Uri) => inputs.get(uri)?.path ?? uri;
  const positionOf = (uri: Uri) => positions.get(uri) ?? positions.size;
  const report = growingReport(command.format, { to, spool, columns, color, positionOf, nameOf });
  const outputs: OutputFile[] = [];
  const changed: OutputFile[] = [];
  const paths = new Set<string>();
  let [isAny, isRefused, weakensSecurity] = [false, false, false];

  const { common, groups } = await commonGround(command, inputs);
  for (const group of groups) {
    const asked = group.filter((it) => positions.has(it));
    if (asked.length === 0) continue;
    const texts = new Map<Uri, string>();
    // Facts come first, as they were named.
    for (const uri of [...group.filter((it) => !positions.has(it)), ...asked]) {
      if (common.manifests.has(uri)) continue;
      const text = await inputs.get(uri)?.read();
      if (text !== undefined) texts.set(uri, text);
      else if (positions.has(uri)) return { refusal: `"${nameOf(uri)}" cannot be read.\n` };
    }
    const workspace = applyChange(common, { files: texts });
    const selection = { uris: asked, ...(from === undefined ? {} : { from }) };
    const conversion = convert(workspace, selection, to, { ...defaultConvertOptions, ...command.options }, paths);
    for (const { path, text } of conversion.outputs) outputs.push(kept(path, text));
    const documents = changedDocuments(workspace, conversion);
    if (documents !== '') changed.push(kept('', documents));
    report.add(workspace, conversion);
    const losses = securityLosses(conversion);
    isAny ||= conversion.report.length + conversion.refused.length + conversion.outputs.length > 0;
    isRefused ||= conversion.refused.length > 0;
    weakensSecurity ||= losses.entries.length + losses.notes.length > 0;
    applyChange(workspace, { files: new Map([...texts.keys()].map((it) => [it, undefined])) });
  }
  if (!isAny) return { refusal: `There is nothing to convert to ${dialectNames[to]} in ${inWords(files)}.\n` };
  if (changed.length > 0) outputs.push({ path: freePath(`changed.${to}.yaml`, paths), text: () => together(changed) });
  return { outputs, report, isRefused, weakensSecurity };

  function kept(path: string, text: string): OutputFile {
    const read = spool.keep(text);
    return {
      path,
      *text() {
        yield read();
      },
    };
  }
}

interface CommonGround {
  readonly common: Workspace;
  /** In the order of their first files. */
  readonly groups: readonly (readonly Uri[])[];
}

/** What counts for all groups, and the groups. A definition of a kind counts for what lies around its environment too. */
async function commonGround(
  { files, facts, folders, knowledge, settings }: ConvertCommand,
  inputs: ReadonlyMap<Uri, InputFile>,
): Promise<CommonGround> {
  const markers = await textsOf([...inputs.values()].filter((it) => marksEnvironment(it.uri)));
  const common = applyChange(createWorkspace(knowledge, settings), { folders, files: markers });
  const uris = new Set([...files, ...facts].map((it) => it.uri));
  const groups = deployedTogether(common, uris);
  if (groups.length < 2) return { common, groups };
  const definitions = await textsOf([...inputs.values()], (it) => it.includes('CustomResourceDefinition'));
  return { common: applyChange(common, { files: definitions }), groups };
}

/** The texts of files, as far as they count; the others are let go at once. */
async function textsOf(
  files: readonly InputFile[],
  counts: (text: string) => boolean = () => true,
): Promise<ReadonlyMap<Uri, string>> {
  const texts = new Map<Uri, string>();
  for (const it of files) {
    const text = await it.read();
    if (text !== undefined && counts(text)) texts.set(it.uri, text);
  }
  return texts;
}

/** The documents that a conversion changes as they read afterwards; empty where it changes none. */
function changedDocuments(workspace: Workspace, conversion: Conversion): string {
  const documents = changedManifests(workspace, conversion).map(({ resource, text }) => {
    const name = resourceText(environmentOf(workspace, resource.uri), resource);
    return yamlComment(`${name} with what the conversion changes in it.`) + text;
  });
  if (documents.length === 0) return '';
  // What is lost has to be said somewhere, also where nothing new is written.
  const losses = conversion.outputs.length === 0 ? securityComment(workspace, securityLosses(conversion)) : '';
  return losses + joinDocuments(documents);
}

/** Files as a sentence names them; of many the first. */
function inWords(files: readonly InputFile[]): string {
  const paths = files.map((it) => it.path);
  return paths.length <= 3 ? paths.join(', ') : `${paths.slice(0, 2).join(', ')} and ${paths.length - 2} more files`;
}
