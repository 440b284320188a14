/** What the manifests of a workspace show that somebody needs of a mesh already: answers to start from, each with its reason. */

import type { Evidence } from '../meshes/chooser-evidence.ts';
import { type Question, questions } from '../meshes/chooser.ts';
import { kindId } from '../model/kind.ts';
import { allResources, type Resource } from '../model/manifest.ts';
import { isUnknown } from '../model/part.ts';
import type { Uri } from '../model/text.ts';
import { expand, recordAt } from '../model/value.ts';
import type { Workspace } from '../model/workspace.ts';
import type { Answer, Answers } from './choose.ts';

/** A need that manifests show. */
export interface Shown {
  readonly questionId: string;
  readonly answer: Answer;
  /** Kinds of the resources that show it, by name and each once, in the order in which they were found. */
  readonly kinds: readonly string[];
  /** How many resources show it. */
  readonly count: number;
  /** The first of them: `RequestAuthentication/shop/tokens`, without the namespace if it names none. */
  readonly example: string;
}

/** What is in use matters, but whether it is a must, nobody can read in manifests. */
const inUse: Answer = { weight: 2, must: false };

/**
 * The needs that resources of some files show, of all files without a list, in the order of the questions. Reads every
 * resource once, so it is for whoever asks and not for each keystroke.
 */
export function shownNeeds(workspace: Workspace, uris: Iterable<Uri> = workspace.manifests.keys()): readonly Shown[] {
  const found = new Map<string, Resource[]>();
  for (const uri of uris) {
    const manifest = workspace.manifests.get(uri);
    for (const resource of manifest ? allResources(manifest) : []) {
      for (const question of questions) {
        if (!question.shownBy?.some((it) => shows(resource, it))) continue;
        const known = found.get(question.id);
        if (known) known.push(resource);
        else found.set(question.id, [resource]);
      }
    }
  }
  return questions.flatMap((question) => shownOf(question, found.get(question.id) ?? []));
}

function shownOf({ id }: Question, resources: readonly Resource[]): readonly Shown[] {
  const [first] = resources;
  if (!first) return [];
  const kinds = [...new Set(resources.map((it) => it.kind))];
  const example = [first.kind, first.namespace ?? '', first.name].filter((it) => it !== '').join('/');
  return [{ questionId: id, answer: inUse, kinds, count: resources.length, example }];
}

/** The answers that manifests give, with those of a person before them. */
export function withShown(answers: Answers, shown: readonly Shown[]): Answers {
  return { ...Object.fromEntries(shown.map((it) => [it.questionId, it.answer])), ...answers };
}

/** Why a need was answered: `RequestAuthentication/shop/tokens and 2 other resources need it.` */
export function shownWords({ example, count }: Shown): string {
  if (count === 1) return `${example} needs it.`;
  return `${example} and ${count - 1} other ${count === 2 ? 'resource' : 'resources'} need it.`;
}

function shows(resource: Resource, { kinds, fields, keys, says }: Evidence): boolean {
  if (kinds && !kinds.some((it) => isOf(resource, it))) return false;
  if (!fields && !keys) return true;
  const values = [
    ...(fields ?? []).flatMap((it) => [...expand(resource.value, it)].map((place) => place.value)),
    ...(keys ?? []).flatMap((it) => metadataValues(resource, it)),
  ];
  return values.some((it) => !says || says.test(String(it)));
}

function isOf({ group, kind }: Resource, id: string): boolean {
  return id.endsWith('/*') ? `${group}/*` === id : kindId({ group, name: kind }) === id;
}

/** What a label or annotation says on a resource and on the pods that it makes. */
function metadataValues({ value }: Resource, key: string): readonly unknown[] {
  return [[], ['spec', 'template']].flatMap((at) =>
    ['labels', 'annotations'].flatMap((map) => {
      const found = recordAt(value, [...at, 'metadata', map])[key];
      return found === undefined || isUnknown(found) ? [] : [found];
    }),
  );
}
