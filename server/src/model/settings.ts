/** Settings as plain data, with the defaults that hold when nobody has set anything. */

import { type HintKind, hintKinds } from './hint.ts';
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
  /** Which hints stand within the lines of a file. */
  readonly inlayHints: Readonly<Record<HintKind, boolean>>;
}

export const defaultSettings: Settings = {
  closedWorld: 'auto',
  clusterDomain: 'cluster.local',
  defaultNamespace: 'default',
  exclude: [],
  environments: [],
  rules: {},
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
    inlayHints: Object.fromEntries(hintKinds.map((it) => [it, isShown(it)])) as Settings['inlayHints'],
  };
}
