/** Writes settings of proxies as annotations: which and how, each mesh says by a table. */

import { addTo } from '../../../../model/group.ts';
import type { Asked, Origin, ProxySetting, ProxySettingName, Risk } from '../../../../model/ir.ts';
import { proxySettings } from '../../../../model/ir-proxies.ts';
import type { Resource } from '../../../../model/manifest.ts';
import { meshNames } from '../../../../model/mesh-id.ts';
import type { Loss } from '../../../../model/report.ts';
import { pathText } from '../../../../model/text.ts';
import { type Bearer, bearersOf, placeOfMark, restartText, scopeInWords } from './bearers.ts';
import type { Marker } from './marker.ts';

/** The annotations that say a setting, and what is different with them; or why there are none. */
export type WrittenSetting =
  | {
      readonly annotations: Readonly<Record<string, string>>;
      readonly changed?: Loss;
      /** Why it is the same, where that is not plain. */
      readonly reason?: string;
    }
  | { readonly lost: Loss };

/** Puts a value in a mesh's words; `known` gives what an annotation says so far. */
export type SettingForm = (value: string, known: (key: string) => string | undefined) => WrittenSetting;

/** A form for every setting; a new one does not compile until each mesh has an answer. */
export type SettingForms = { readonly [Name in ProxySettingName]: SettingForm };

/** The value as it is, in an annotation of its own. */
export function plain(key: string): SettingForm {
  return (value) => ({ annotations: { [key]: value } });
}

/** A setting that the mesh has not. */
export function without(code: string, reason: string, risk: Risk = 'behaviour'): SettingForm {
  return () => ({ lost: { code, reason, risk } });
}

/** What else a value asked for, which only the source knows. */
export const restForm: SettingForm = (value) => ({
  annotations: {},
  changed: {
    code: 'proxy-only',
    reason: `Without ${value}, which only the proxy of the source knows.`,
    risk: 'behaviour',
  },
});

/** Writes all settings, those of one pod in the order of their names, so that a later one sees what is there. */
export function writeProxySettings(items: readonly Asked<ProxySetting>[], forms: SettingForms, marker: Marker): void {
  const rank = ({ value }: Asked<ProxySetting>) => proxySettings.indexOf(value.setting);
  const byResource = new Map<Resource | undefined, Map<string, Outcome[]>>();
  for (const asked of [...items].sort((a, b) => rank(a) - rank(b))) {
    const [leaf] = asked.from;
    const byLeaf = byResource.get(leaf?.resource) ?? new Map<string, Outcome[]>();
    byResource.set(leaf?.resource, byLeaf);
    for (const outcome of outcomesOf(asked, forms[asked.value.setting], marker))
      addTo(byLeaf, pathText(leaf?.path ?? []), outcome);
  }
  for (const byLeaf of byResource.values()) for (const outcomes of byLeaf.values()) settle(outcomes, marker);
}

/** What became of one setting on one bearer: where it went, and what is different there or why it is lost. */
interface Outcome {
  readonly from: readonly Origin[];
  readonly targets: readonly string[];
  readonly fate: 'exact' | 'changed' | 'lost';
  readonly loss: Loss;
}

const nothing: Loss = { code: '', reason: '', risk: 'none' };

function outcomesOf(asked: Asked<ProxySetting>, form: SettingForm, marker: Marker): readonly Outcome[] {
  const { ledger, environment, byNamespace } = marker;
  const { scope, value } = asked.value;
  const { from } = asked;
  const name = meshNames[marker.mesh];
  const lost = (code: string, reason: string): Outcome[] => [
    { from, targets: [], fate: 'lost', loss: { code, reason, risk: 'behaviour' } },
  ];
  if (scope.type === 'mesh')
    return lost('install-setting', `For the proxies of the whole mesh it is a setting of the installation of ${name}.`);
  const bearers = bearersOf(scope, environment, byNamespace);
  if (bearers.length === 0) {
    ledger.note('missing', `Add ${scopeInWords(scope)} to the workspace, then convert again.`, 'behaviour');
    return lost('per-workload', `${name} reads it from pods, and no workload of these is known.`);
  }
  return bearers.map((bearer): Outcome => {
    const written = form(value, (key) => marker.known(bearer, 'annotations', key));
    if ('lost' in written) return { from, targets: [], fate: 'lost', loss: written.lost };
    for (const [key, text] of Object.entries(written.annotations)) write(bearer, key, text, from, marker);
    const targets = Object.keys(written.annotations).map((key) => placeOfMark(bearer, 'annotations', key));
    if (written.changed) return { from, targets, fate: 'changed', loss: written.changed };
    const isSpread = scope.type === 'namespace' && bearer.type === 'workload';
    if (!isSpread) return { from, targets, fate: 'exact', loss: { ...nothing, reason: written.reason ?? '' } };
    const reason = `${name} reads it from pods: each workload of the namespace is told, and later ones have to be.`;
    return { from, targets, fate: 'changed', loss: { code: 'per-workload', reason, risk: 'behaviour' } };
  });
}

function write(bearer: Bearer, key: string, text: string, from: readonly Origin[], marker: Marker): void {
  if (marker.known(bearer, 'annotations', key) === text) return;
  marker.set(bearer, 'annotations', key, text, from);
  if (bearer.type === 'namespace') marker.ledger.note('manual', restartText(bearer.namespace));
}

/** A leaf that asks for several things is lost when all of them are; else it is changed by what is lost of it. */
function settle(outcomes: readonly Outcome[], { ledger }: Marker): void {
  const targets = [...new Set(outcomes.flatMap((it) => it.targets))].join(', ');
  const from = outcomes[0]?.from ?? [];
  const different = outcomes.filter((it) => it.fate !== 'exact');
  const [first] = different;
  const reasons = (some: readonly Outcome[]) =>
    [...new Set(some.map((it) => it.loss.reason))].filter((it) => it !== '');
  if (!first) return ledger.exact(from, targets, reasons(outcomes).join(' '));
  const { code, risk } = first.loss;
  if (outcomes.every((it) => it.fate === 'lost')) ledger.lost(from, code, reasons(different).join(' '), risk);
  else ledger.changed(from, targets, code, reasons(different).join(' '), risk);
}
