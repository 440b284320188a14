/** What a user fills in, and how it comes into commands and files. */

import { hasControlCharacter, shellWord } from '../../model/shell.ts';

export const fieldIds = [
  'namespace',
  'context',
  'workload',
  'service',
  'pod',
  'upstream',
  'cluster1',
  'cluster2',
  'folder',
] as const;

export type FieldId = (typeof fieldIds)[number];

export interface Field {
  readonly id: FieldId;
  readonly title: string;
  /** What it is for, in a few words. */
  readonly hint: string;
  /** What stands in commands as long as nothing is filled in; without it the field has to be filled in. */
  readonly preset?: string;
  /** What a value may look like. */
  readonly example: string;
  /** Set when commands do without it. */
  readonly isOptional?: true;
  /** What a value looks like; any text without it. */
  readonly pattern?: RegExp;
  /** What a value that does not fit is told: `It must be …`. */
  readonly mustBe?: string;
}

const name = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';

export const fields: Readonly<Record<FieldId, Field>> = {
  namespace: {
    id: 'namespace',
    title: 'Namespace',
    hint: 'The namespace that the commands are about.',
    preset: 'default',
    example: 'shop',
    pattern: new RegExp(`^${name}$`),
    mustBe: 'the name of a namespace: small letters, digits and -, at most 63',
  },
  context: {
    id: 'context',
    title: 'Context',
    hint: 'The kubeconfig context of the cluster; without it, the current one.',
    example: 'prod',
    isOptional: true,
  },
  workload: {
    id: 'workload',
    title: 'Workload',
    hint: 'What makes the pods, as kubectl names it.',
    preset: 'deploy/webapp',
    example: 'deploy/reviews',
    pattern: new RegExp(`^(deploy|deployment|sts|statefulset|ds|daemonset)/${name}(\\.${name})*$`),
    mustBe: 'a kind and a name, such as deploy/reviews',
  },
  service: {
    id: 'service',
    title: 'Service',
    hint: 'The Service that the commands are about.',
    preset: 'webapp',
    example: 'reviews',
    pattern: new RegExp(`^${name}$`),
    mustBe: 'the name of a Service: small letters, digits and -, at most 63',
  },
  pod: {
    id: 'pod',
    title: 'Pod',
    hint: 'The pod to look into.',
    example: 'webapp-6c9f7d5b8-x2x4p',
    pattern: new RegExp(`^${name}(\\.${name})*$`),
    mustBe: 'the name of a pod: small letters, digits, - and .',
  },
  upstream: {
    id: 'upstream',
    title: 'Upstream address',
    hint: 'The virtual address of the Service that the pod calls.',
    example: '240.0.0.4',
    pattern: /^[0-9a-fA-F:.]+$/,
    mustBe: 'an IP address',
  },
  cluster1: {
    id: 'cluster1',
    title: 'First cluster',
    hint: 'The kubeconfig context of the first cluster.',
    example: 'cluster1',
  },
  cluster2: {
    id: 'cluster2',
    title: 'Second cluster',
    hint: 'The kubeconfig context of the second cluster.',
    example: 'cluster2',
  },
  folder: {
    id: 'folder',
    title: 'Folder',
    hint: 'The folder with the manifests.',
    preset: '.',
    example: 'manifests/prod',
  },
};

/** What the user has filled in, by field. */
export type FieldValues = Readonly<Partial<Record<FieldId, string>>>;

export function isFieldId(text: unknown): text is FieldId {
  return fieldIds.some((it) => it === text);
}

/** The place of a field in a template. */
export function place(id: FieldId): string {
  return `⟦${id}⟧`;
}

/** Places of fields by name, for templates: `kubectl get pods -n ${its.namespace}`. */
export const its = Object.fromEntries(fieldIds.map((it) => [it, place(it)])) as Readonly<Record<FieldId, string>>;

const placePattern = /⟦([\w]+)⟧/;

/** The fields that a template names. */
export function fieldsIn(template: string): readonly FieldId[] {
  return template.split(placePattern).filter((it, at): it is FieldId => at % 2 === 1 && isFieldId(it));
}

/** Why a value cannot be taken, as a sentence; undefined for a good one, and for none. */
export function problemOf({ title, pattern, mustBe }: Field, value: string): string | undefined {
  if (value === '') return undefined;
  if (hasControlCharacter(value)) return `${title} must stand on one line, without control characters.`;
  if (value.startsWith('-')) return `${title} must not begin with -, which would make it an option.`;
  if (value.length > longest) return `${title} is too long.`;
  return pattern && !pattern.test(value) ? `${title} must be ${mustBe}.` : undefined;
}

/** No name of Kubernetes or a kubeconfig is near it. */
const longest = 500;

export interface Filled {
  readonly text: string;
  /** Fields that have neither a value that can be taken nor a preset; their names in capitals stand in their places. */
  readonly missing: readonly FieldId[];
}

/** A command with the user's values, each a single word for the shell, and every tool told the context if there is one. */
export function fillCommand(template: string, values: FieldValues): Filled {
  const context = valueOf('context', values);
  return fill(context === undefined ? template : withContext(template), values, shellWord);
}

/** A file with the user's values, each a scalar for YAML. */
export function fillFile(template: string, values: FieldValues): Filled {
  return fill(template, values, (it) => (/^[a-z][\w./-]*$/.test(it) && !isWord.test(it) ? it : JSON.stringify(it)));
}

/** Plain scalars that YAML reads as something else than text. */
const isWord = /^(y|n|yes|no|on|off|true|false|null)$/i;

/** Whether a command speaks to a cluster and leaves open to which one. */
export function takesContext(template: string): boolean {
  return withContext(template) !== template;
}

function fill(template: string, values: FieldValues, write: (value: string) => string): Filled {
  const missing: FieldId[] = [];
  const text = template
    .split(placePattern)
    .map((it, at) => {
      if (at % 2 === 0 || !isFieldId(it)) return it;
      const value = valueOf(it, values) ?? fields[it].preset;
      if (value !== undefined) return write(value);
      if (!missing.includes(it)) missing.push(it);
      return it.toUpperCase();
    })
    .join('');
  return { text, missing };
}

function valueOf(id: FieldId, values: FieldValues): string | undefined {
  const value = values[id]?.trim() ?? '';
  return value === '' || problemOf(fields[id], value) !== undefined ? undefined : value;
}

/** What follows a tool, so that it speaks to the cluster of a context, where the command does not say so itself. */
const contextFlags: readonly { readonly tool: RegExp; readonly flag: string }[] = [
  { tool: /(?<=^|[|(] ?|&& |xargs )(kubectl|istioctl|linkerd)(?= )(?! kustomize)/g, flag: '--context' },
  { tool: /(?<=^|[|(] ?|&& )helm(?= (install|upgrade|get|list))/g, flag: '--kube-context' },
];

/** Flags of this one stand behind the words that it takes. */
const flagLast = /^consul-k8s .*$/;

function withContext(template: string): string {
  if (fieldsIn(template).some((it) => it === 'cluster1' || it === 'cluster2')) return template;
  if (flagLast.test(template)) return `${template} -context ${place('context')}`;
  return contextFlags.reduce((text, { tool, flag }) => text.replace(tool, `$& ${flag} ${place('context')}`), template);
}
