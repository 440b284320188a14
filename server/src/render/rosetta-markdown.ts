/** The same idea in several meshes as Markdown: a few lines for a hover, and the page of all ideas. */

import {
  type Elsewhere,
  type FieldPlace,
  gatewayApiTable,
  meshNames,
  peculiarTable,
  type RosettaRow,
  rosettaTopics,
} from '../queries/rosetta.ts';
import type { Fate } from '../model/report.ts';
import { codeSpan, lineBreak } from './field-markdown.ts';

/** Carried over as it is, with a change, or not. */
const signs: Readonly<Record<Fate, string>> = { exact: '✓', changed: '≈', lost: '✗' };

/** Nothing where the fate is left open. */
export function fateSign(fate: Fate | undefined): string {
  return fate === undefined ? '' : signs[fate];
}

/** `Elsewhere`, a line a mesh; undefined when there is nothing to say. What holds of all is said once, above them. */
export function elsewhereMarkdown(lines: readonly Elsewhere[]): string | undefined {
  const [first] = lines;
  if (!first) return undefined;
  const title = `**${first.readsIt ? 'In each mesh' : 'Elsewhere'}**`;
  const told = lines.filter((it) => it.place);
  const isShared = first.reason !== undefined && lines.every((it) => it.fate === 'lost' && it.reason === first.reason);
  if (!isShared || told.length === 0 || first.readsIt)
    return [title, ...lines.map((it) => `${fateSign(it.fate)} ${lineOf(it)}`.trim())].join(lineBreak);
  const places = told.map(
    (it) => `${fateSign(it.fate)} ${it.meshes.join(', ')}: ${it.place && placeMarkdown(it.place)}`,
  );
  return [`${title} – ${first.reason}`, ...places].join(lineBreak);
}

/** `Linkerd: …`; a reason that begins with the mesh, and stands alone, says it already. */
function lineOf(line: Elsewhere): string {
  const { meshes, place, reason } = line;
  const name = meshes.join(', ');
  return !place && reason?.startsWith(`${name} `) ? reason : `${name}: ${saidOf(line)}`;
}

function saidOf({ place, reason, readsIt }: Elsewhere): string {
  if (readsIt) {
    const reading = reason ?? 'Reads it.';
    return place ? `${reading.replace(/\.$/, '')} · its own: ${placeMarkdown(place)}` : reading;
  }
  if (!place) return reason ?? 'Kept as it is.';
  return reason === undefined ? placeMarkdown(place) : `${placeMarkdown(place)} – ${reason}`;
}

function placeMarkdown({ kind, path, part }: FieldPlace): string {
  return `${kind} ${part === 'field' ? '' : `${part} `}${codeSpan(path)}`;
}

// ---- The page ------------------------------------------------------------------------------------------------------

/** The whole table as a page that GitHub shows well. */
export function rosettaPage(): string {
  const legend = (['exact', 'changed', 'lost'] as const).map((it) => `${fateSign(it)} ${meanings[it]}`).join(', ');
  return `${[
    '<!-- Made by npm run generate; do not edit. -->',
    '# The same in each mesh',
    `How ${listed(meshNames)} say the same things. The editor shows these rows on hover, and conversions give their reasons, ` +
      'so the three never disagree.',
    `The sign in a column says what becomes of the idea on its way **into** that mesh: ${legend}. Single values may fare ` +
      'worse than their field; the report of a conversion tells each by itself. Numbers lead to the notes below a table.',
    ...rosettaTopics().flatMap(({ title, rows }) => [`## ${title}`, ...table(['Idea'], rows)]),
    '## The Gateway API',
    'What each mesh makes of a field as it stands in a manifest, without any conversion. An empty cell says nothing.',
    ...table(['Kind', 'Field'], gatewayApiTable()),
    '## What conversions leave out',
    'Fields without an idea of their own in other meshes, or that Meshwright does not convert. `spec.…` stands for all that ' +
      'no other row names below `spec`.',
    ...peculiarTable().flatMap(peculiarSection),
  ].join('\n\n')}\n`;
}

const meanings: Readonly<Record<Fate, string>> = {
  exact: 'kept as it is',
  changed: 'kept with a difference',
  lost: 'not carried over',
};

function table(headings: readonly string[], rows: readonly RosettaRow[]): readonly string[] {
  const notes: string[] = [];
  const noteOf = (reason: string) => {
    if (!notes.includes(reason)) notes.push(reason);
    return notes.indexOf(reason) + 1;
  };
  const lines = rows.map(({ title, kind, cells }) => {
    const head = kind === undefined ? [title] : [kind, codeSpan(title)];
    return tableLine([...head, ...cells.map((it) => cellOf(it, noteOf))]);
  });
  const all = [...headings, ...meshNames];
  const body = [tableLine(all), tableLine(all.map(() => '---')), ...lines].join('\n');
  return notes.length === 0 ? [body] : [body, notes.map((it, at) => `${at + 1}. ${it}`).join('\n')];
}

function cellOf(cell: Elsewhere | undefined, noteOf: (reason: string) => number): string {
  if (!cell) return '';
  const place = cell.place ? ` ${placeMarkdown(cell.place)}` : '';
  const note = cell.reason === undefined ? '' : ` <sup>${noteOf(cell.reason)}</sup>`;
  const others = (cell.from ?? []).map(({ mesh, answer }) => {
    const text = `From ${mesh} ${fateSign(answer.fate)}: ${answer.reason ?? meanings[answer.fate]}`;
    return ` <sup>${noteOf(text)}</sup>`;
  });
  return `${fateSign(cell.fate)}${place}${note}${others.join('')}`.trim();
}

function peculiarSection({ mesh, rows }: ReturnType<typeof peculiarTable>[number]): readonly string[] {
  const lines = rows.map(({ kinds, paths, reason }) =>
    tableLine([kinds.join(', '), paths.map(codeSpan).join('<br>'), reason]),
  );
  return [
    `### ${mesh}`,
    [tableLine(['Kinds', 'Fields', 'Why']), tableLine(['---', '---', '---']), ...lines].join('\n'),
  ];
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((it) => it.replaceAll('|', '\\|')).join(' | ')} |`;
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
