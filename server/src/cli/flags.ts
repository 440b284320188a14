/** Flags that several commands share, and how their values are read. */

import { InvalidArgumentError, Option } from 'commander';
import {
  type ConvertOptions,
  convertOptionNames,
  convertOptions,
  defaultConvertOptions,
} from '../model/convert-options.ts';
import { type DialectId, isDialectId } from '../model/mesh-id.ts';

/** A flag for each option of conversions: `--default-port <port>`, `--merge-client-policies`. */
export function optionFlags(): readonly Option[] {
  return convertOptionNames.map((name) => {
    const { summary, values } = convertOptions[name];
    const flag = `--${name.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`)}`;
    if (values.type === 'switch') return new Option(flag, summary);
    const option = new Option(`${flag} <${values.type === 'choice' ? 'how' : values.type}>`, summary);
    const fallback: ConvertOptions[typeof name] = defaultConvertOptions[name];
    if (fallback !== undefined) option.default(fallback);
    if (values.type === 'choice') option.choices(Object.keys(values.choices));
    if (values.type === 'port') option.argParser(port);
    return option;
  });
}

/** What can be converted from and to, in any case of its letters. */
export function dialect(text: string): DialectId {
  const id = text.toLowerCase();
  if (!isDialectId(id)) throw new InvalidArgumentError('It must be istio, linkerd, consul or gateway-api.');
  return id;
}

/** A flag that may be given several times. */
export function repeated(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new InvalidArgumentError('It must be a port, 1 to 65535.');
  return number;
}
