/** Settings as plain data, with the defaults that hold when nobody has set anything. */

import {
  type ConvertOptions,
  convertOptionNames,
  convertOptions,
  defaultConvertOptions,
  isOptionValue,
  readConvertOptions,
  valuesInWords,
} from './convert-options.ts';
import { type HintKind, hintKinds } from './hint.ts';
import { channels, isRelease, type Releases, releaseIds, releaseNames } from './release.ts';
import type { Severity } from './rule.ts';

export interface Settings {
  /** Whether the workspace holds all that a cluster holds; `auto` judges by namespace. */
  readonly closedWorld: boolean | 'auto';
  readonly clusterDomain: string;
  /** Namespace of resources that name none. */
  readonly defaultNamespace: string;
  /** Globs of files that are not read, beside what the editor excludes. */
  readonly exclude: readonly string[];
  /** Folders whose files are deployed together, beside kustomizations and charts; relative to the workspace folder. */
  readonly environments: readonly string[];
  /** Severity by rule id; `off` silences. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  /** Which releases the manifests are for; what is newer is marked. */
  readonly releases: Releases;
  /** Which hints stand within the lines of a file. */
  readonly inlayHints: Readonly<Record<HintKind, boolean>>;
  /** Whether the uses of a resource are counted above it. */
  readonly codeLens: boolean;
  /** What changes the result of conversions. */
  readonly convert: ConvertOptions;
}

export const defaultSettings: Settings = {
  closedWorld: 'auto',
  clusterDomain: 'cluster.local',
  defaultNamespace: 'default',
  exclude: [],
  environments: [],
  rules: {},
  releases: {},
  inlayHints: {
    host: true,
    portProtocol: true,
    serviceProtocol: true,
    weight: true,
    // Of these nearly every route would have one.
    timeout: false,
    retries: false,
    inboundPolicy: true,
    mutualTls: true,
  },
  codeLens: false,
  convert: defaultConvertOptions,
};

const severities = new Set(['error', 'warning', 'info', 'hint', 'off']);

/** Reads settings that an editor sent; what is missing or of a wrong type falls back to its default. */
export function readSettings(sent: unknown): Settings {
  const given = typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : {};
  const texts = (value: unknown) => (Array.isArray(value) ? value.filter((it) => typeof it === 'string') : []);
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' && value !== '' ? value : otherwise);
  const rules = typeof given['rules'] === 'object' && given['rules'] !== null ? Object.entries(given['rules']) : [];
  const hints = typeof given['inlayHints'] === 'object' ? (given['inlayHints'] as Record<string, unknown> | null) : {};
  const isShown = (kind: HintKind) => {
    const wish = hints?.[kind];
    return typeof wish === 'boolean' ? wish : defaultSettings.inlayHints[kind];
  };
  return {
    closedWorld: typeof given['closedWorld'] === 'boolean' ? given['closedWorld'] : 'auto',
    clusterDomain: text(given['clusterDomain'], defaultSettings.clusterDomain),
    defaultNamespace: text(given['defaultNamespace'], defaultSettings.defaultNamespace),
    exclude: texts(given['exclude']),
    environments: texts(given['environments']),
    rules: Object.fromEntries(rules.filter((it): it is [string, Severity | 'off'] => severities.has(it[1] as string))),
    releases: readReleases(given['releases']),
    inlayHints: Object.fromEntries(hintKinds.map((it) => [it, isShown(it)])) as Settings['inlayHints'],
    codeLens: given['codeLens'] === true,
    convert: readConvertOptions(given['convert']),
  };
}

function readReleases(sent: unknown): Releases {
  const given = typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : {};
  const named = releaseIds.flatMap((id) => {
    const release = given[id];
    return typeof release === 'string' && isRelease(release) ? [[id, release] as const] : [];
  });
  const channel = channels.find((it) => it === given['gatewayApiChannel']);
  return { ...Object.fromEntries(named), ...(channel === undefined ? {} : { gatewayApiChannel: channel }) };
}

/** What is wrong with settings that an editor sent, a sentence each; their defaults hold instead. */
export function settingProblems(sent: unknown): readonly string[] {
  const given = typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : {};
  const problems: string[] = [];
  const expect = (name: string, words: string, isGood: (value: unknown) => boolean, value: unknown = given[name]) => {
    if (value === undefined || value === null || isGood(value)) return;
    problems.push(`Setting "meshwright.${name}" must be ${words}, not ${JSON.stringify(value)}.`);
  };
  const isText = (value: unknown) => typeof value === 'string';
  const isName = (value: unknown) => isText(value) && value !== '';
  const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);
  const isMap = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
  const entriesOf = (name: string) => {
    expect(name, 'an object', isMap);
    const value = given[name];
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  };
  expect('closedWorld', '"auto", true or false', (it) => it === 'auto' || typeof it === 'boolean');
  expect('clusterDomain', 'a domain', isName);
  expect('defaultNamespace', 'a name', isName);
  expect('exclude', 'a list of globs', isTexts);
  expect('environments', 'a list of folders', isTexts);
  expect('codeLens', 'true or false', (it) => typeof it === 'boolean');
  for (const [id, value] of entriesOf('rules'))
    expect(`rules.${id}`, '"error", "warning", "info", "hint" or "off"', (it) => severities.has(it as string), value);
  for (const [kind, value] of entriesOf('inlayHints'))
    expect(`inlayHints.${kind}`, 'true or false', (it) => typeof it === 'boolean', value);
  for (const [name, value] of entriesOf('convert')) {
    const option = convertOptionNames.find((it) => it === name);
    // An editor says nothing by an empty text and by zero.
    if (option !== undefined && value !== '' && value !== 0)
      expect(
        `convert.${name}`,
        valuesInWords(convertOptions[option]),
        (it) => isOptionValue(convertOptions[option], it),
        value,
      );
  }
  for (const [name, value] of entriesOf('releases')) {
    const id = releaseIds.find((it) => it === name);
    if (name === 'gatewayApiChannel')
      expect(`releases.${name}`, '"standard" or "experimental"', (it) => channels.some((other) => other === it), value);
    else if (id === undefined)
      problems.push(
        `Setting "meshwright.releases" knows ${[...releaseIds, 'gatewayApiChannel'].join(', ')}, not "${name}".`,
      );
    else
      expect(
        `releases.${name}`,
        `a release of ${releaseNames[id]} in quotes such as "1.24"`,
        (it) => it === '' || (typeof it === 'string' && isRelease(it)),
        value,
      );
  }
  return problems;
}
