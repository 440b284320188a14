/** A plan of migration as a runbook in Markdown: what is left to decide, then what to do, with boxes to tick. */

import type { Deed, Step } from '../meshes/moving.ts';
import {
  convertedFolder,
  isAboutSecurity,
  isEntrance,
  type Plan,
  type PlannedNamespace,
  type PlannedResource,
} from '../queries/plan.ts';
import { countsInWords } from './report-words.ts';

/** The runbook. `source` is how the command line calls what is migrated: a folder. */
export function planMarkdown(plan: Plan, source: string): string {
  const { from, to } = plan;
  const blocks = [
    `# From ${from.name} to ${to.name}`,
    summaryText(plan),
    '## What needs a decision',
    ...decisions(plan),
    '## Before the first namespace',
    ...[convertStep(plan, source), ...plan.before].map(stepText),
    ...strictText(plan),
    ...plan.namespaces.flatMap((it, at) => namespaceBlocks(it, at, plan)),
    '## After the last namespace',
    ...plan.after.map(stepText),
  ];
  if (plan.notes.length > 0)
    blocks.push('## To know', plan.notes.map((it) => `- *${it.kind}*: ${escaped(it.text)}`).join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

function summaryText({ counts, namespaces, everywhere, from, to }: Plan): string {
  const resources = [...namespaces.flatMap((it) => it.resources), ...everywhere];
  const clean = resources.filter(isClean).length;
  const order = namespaces.map((it) => code(it.name)).join(', ');
  const lines = [
    `${resources.length} resources of ${from.name} in ${namespaces.length} namespaces. Fields: ${countsInWords(counts)}.`,
    `${clean} resources convert to ${to.name} without a decision, ${resources.length - clean} need one.`,
  ];
  if (namespaces.length > 1)
    lines.push(
      `Order: ${order}. Namespaces with the least to decide go first, to learn from; those that traffic from outside comes in by go last.`,
    );
  return lines.join(' ');
}

function isClean({ decisions, refusal }: PlannedResource): boolean {
  return decisions.length === 0 && refusal === undefined;
}

/** One box for each thing to decide, however many fields it concerns; what weakens security comes first. */
function decisions({ namespaces, everywhere, to }: Plan): readonly string[] {
  const open = [...everywhere, ...namespaces.flatMap((it) => it.resources)].filter((it) => !isClean(it));
  if (open.length === 0) return [`Nothing: all of it has a place in ${to.name}.`];
  const byReason = new Map<string, Decision>();
  for (const { name, decisions, refusal } of open) {
    if (refusal !== undefined)
      byReason.set(name, { words: 'Not converted', isGrave: false, reason: refusal, places: [name] });
    for (const it of decisions) {
      const { fate, reason } = it.entry;
      const places = [it.path === '' ? name : `${name} ${it.path}`];
      const known = byReason.get(`${fate} ${reason}`);
      byReason.set(`${fate} ${reason}`, {
        words: fate === 'lost' ? 'Lost' : 'Different',
        isGrave: isAboutSecurity(it) || (known?.isGrave ?? false),
        reason,
        places: [...(known?.places ?? []), ...places],
      });
    }
  }
  const all = [...byReason.values()];
  const [grave, lost, other] = [
    all.filter((it) => it.isGrave),
    all.filter((it) => !it.isGrave && it.words !== 'Different'),
    all.filter((it) => !it.isGrave && it.words === 'Different'),
  ];
  const blocks: string[] = [];
  if (grave.length > 0)
    blocks.push(
      '### Weakens security',
      'Nothing is written before somebody has accepted these: `--accept-loss` does.',
      grave.map(decisionText).join('\n'),
    );
  if (lost.length > 0) blocks.push(`### Has no place in ${to.name}`, lost.map(decisionText).join('\n'));
  if (other.length > 0) blocks.push(`### Differs in ${to.name}`, other.map(decisionText).join('\n'));
  return blocks;
}

interface Decision {
  readonly words: 'Lost' | 'Different' | 'Not converted';
  readonly isGrave: boolean;
  readonly reason: string;
  /** `DestinationRule/shop/reviews spec.trafficPolicy`. */
  readonly places: readonly string[];
}

function decisionText({ words, isGrave, reason, places }: Decision): string {
  const fate = isGrave || words === 'Not converted' ? `${words}: ` : '';
  return [`- [ ] ${fate}${escaped(reason)}`, ...places.map((it) => `  - ${code(it)}`)].join('\n');
}

function strictText({ strict, from }: Plan): readonly string[] {
  if (strict.length === 0) return [`Nothing in these files makes ${from.name} refuse plain text.`];
  return [`In these files, plain text is refused by ${strict.map(code).join(', ')}.`];
}

function convertStep({ from, to }: Plan, source: string): Step {
  return {
    title: 'Convert the manifests',
    why: 'Read the report, and change the source or the options until what it says is what you want. Then put the new manifests under version control beside the old ones.',
    commands: [
      `meshwright convert --from ${from.id} --to ${to.id} ${source} --report-only`,
      `meshwright convert --from ${from.id} --to ${to.id} ${source} -o ${convertedFolder}`,
      `meshwright check ${convertedFolder}`,
    ],
  };
}

function namespaceBlocks(namespace: PlannedNamespace, at: number, { from, to }: Plan): readonly string[] {
  const { name, resources, workloads, unowned, marks, changed, refusing, steps } = namespace;
  const facts = [
    ...(resources.length > 0
      ? [`Resources: ${resources.map((it) => `${code(it.name)}${isClean(it) ? '' : ' (decide)'}`).join(', ')}`]
      : []),
    ...(workloads.length > 0
      ? [`Workloads: ${workloads.map(code).join(', ')}`]
      : ['No workload of it is in these files: the commands below take all that the namespace has.']),
    ...(unowned.length > 0 ? [`Not restarted by these commands: ${unowned.map(code).join(', ')}`] : []),
    ...marks.map(
      (it) => `${from.name} is switched on in ${code(it.name)} by ${code(it.text)}: take it out of the file`,
    ),
    ...(changed.length > 0
      ? [
          `Changed beside the new manifests, as ${code(`${convertedFolder}/changed.${to.id}.yaml`)} has them: ${changed.map(code).join(', ')}. Take the changes over when the namespace moves, and not before: some switch ${to.name} on`,
        ]
      : []),
    ...(refusing.length > 0
      ? [`Policies that know clients of ${from.name} alone: ${refusing.map(code).join(', ')}`]
      : []),
    ...(isEntrance(namespace) ? [`Traffic from outside comes in here: try it from outside after every step`] : []),
  ];
  return [
    `## ${at + 1}. Namespace ${name}`,
    facts.map((it) => `- ${it}`).join('\n'),
    ...steps.map(stepText),
    `Done when its pods are in ${to.name} and the success rate of their requests is what it was before.`,
  ];
}

function stepText({ title, why, commands, checks, rollback }: Step): string {
  return [
    `### ${title}`,
    `- [ ] ${why}`,
    ...commandBlock('', commands),
    ...commandBlock('Check:', checks ?? []),
    ...commandBlock('To take it back:', rollback ?? []),
  ].join('\n\n');
}

function commandBlock(heading: string, commands: readonly Deed[]): readonly string[] {
  if (commands.length === 0) return [];
  return [...(heading === '' ? [] : [heading]), `\`\`\`sh\n${commands.map(commandText).join('\n')}\n\`\`\``];
}

/** A file becomes a command that writes or applies it. */
function commandText(deed: Deed): string {
  if (typeof deed === 'string') return deed;
  return `${deed.isApplied ? 'kubectl apply -f -' : `cat > ${deed.file}`} <<EOF\n${deed.text}EOF`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escaped(text: string): string {
  return text.replace(/[\\*_[\]<>|#]/g, (it) => `\\${it}`);
}
