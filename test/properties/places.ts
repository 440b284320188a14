/** Places in the samples at which a person might be typing, the text around them as it is at such a moment. */

import fc from '../harness/fast-check.ts';
import { anyManifestOrRepository, type Layout, laidOut, layouts, type Sample } from './documents.ts';

export interface TypingPlace {
  readonly uri: string;
  /** The text of the file before. */
  readonly finished: string;
  /** The text of the file while it is typed. */
  readonly text: string;
  readonly offset: number;
  readonly tabSize: number;
}

/** What was just done at a spot of a finished text. */
type Doing = (text: string, spot: Spot) => { readonly text: string; readonly offset: number };

interface Spot {
  /** A share of the text's places, from 0 to 1. */
  readonly share: number;
  /** Columns by which a new line is off. */
  readonly shift: number;
}

/** Places of all kinds, in all layouts. */
export const typingPlaces: fc.Arbitrary<TypingPlace> = fc
  .record({
    sample: anyManifestOrRepository,
    layout: layouts,
    doing: fc.constantFrom<Doing>(
      standing,
      anywhere,
      cutting,
      deletingLine,
      openingLine,
      openingLine,
      startingItem,
      startingValue,
      startingValue,
    ),
    share: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    shift: fc.constantFrom(0, 0, 0, 2, -2, 4, -4, 1),
  })
  .map(({ sample, layout, doing, share, shift }) => placeOf(sample, layout, doing, { share, shift }));

function placeOf(sample: Sample, layout: Layout, doing: Doing, spot: Spot): TypingPlace {
  return {
    uri: sample.uri,
    finished: sample.text,
    tabSize: layout.indent,
    ...doing(laidOut(sample.text, layout), spot),
  };
}

/** At the start of a word or where one could start. */
function standing(text: string, { share }: Spot): ReturnType<Doing> {
  return {
    text,
    offset: pick(
      [...text.matchAll(/(?<=[:[{,-] ?)(?=[\s\S])|(?<=\n *)(?=\S)|$/g)].map((it) => it.index),
      share,
    ),
  };
}

function anywhere(text: string, { share }: Spot): ReturnType<Doing> {
  return { text, offset: Math.floor(share * text.length) };
}

/** A word of which only the beginning is there yet. */
function cutting(text: string, { share }: Spot): ReturnType<Doing> {
  const offset = Math.floor(share * text.length);
  const rest = /^[\w./-]*:?/.exec(text.slice(offset))?.[0].length ?? 0;
  return { text: text.slice(0, offset) + text.slice(offset + rest), offset };
}

function deletingLine(text: string, { share }: Spot): ReturnType<Doing> {
  const line = lineAround(text, Math.floor(share * text.length));
  const shorter = text.slice(0, line.start) + text.slice(line.next);
  return { text: shorter, offset: line.start + (/^ */.exec(shorter.slice(line.start))?.[0].length ?? 0) };
}

/** A new line below another one, indented like it or a little off. */
function openingLine(text: string, { share, shift }: Spot): ReturnType<Doing> {
  const line = lineAround(text, Math.floor(share * text.length));
  const indented = share * 1000 - Math.floor(share * 1000) < 0.5 ? /^[ -]*/ : /^ */;
  const column = Math.max(0, (indented.exec(text.slice(line.start, line.end))?.[0].length ?? 0) + shift);
  const added = `${text.includes('\r') ? '\r\n' : '\n'}${' '.repeat(column)}`;
  return { text: text.slice(0, line.end) + added + text.slice(line.end), offset: line.end + added.length };
}

/** A dash on a line of its own above an item of a list. */
function startingItem(text: string, { share }: Spot): ReturnType<Doing> {
  const item = pick(
    [...text.matchAll(/^ *(?=- )/gm)].map((it) => it.index + it[0].length),
    share,
  );
  const { start } = lineAround(text, item);
  const added = `${text.slice(start, item)}- `;
  return { text: `${text.slice(0, start)}${added}\n${text.slice(start)}`, offset: start + added.length };
}

/** A key whose value is taken away. */
function startingValue(text: string, { share, shift }: Spot): ReturnType<Doing> {
  const ends = [...text.matchAll(/^ *(?:- )?[\w.-]+:/gm)].map((it) => it.index + it[0].length);
  const end = pick(ends, share);
  const added = shift === 0 ? '' : ' ';
  return { text: text.slice(0, end) + added + text.slice(lineAround(text, end).end), offset: end + added.length };
}

function pick(offsets: readonly number[], share: number): number {
  return offsets[Math.floor(share * offsets.length)] ?? 0;
}

function lineAround(text: string, offset: number) {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const stop = newline === -1 ? text.length : newline;
  return {
    start,
    end: text[stop - 1] === '\r' && stop > start ? stop - 1 : stop,
    next: newline === -1 ? stop : stop + 1,
  };
}
