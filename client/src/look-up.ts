/** Looking a feature up by its name, a kind or an idea, from anywhere. */

import * as vscode from 'vscode';
import { type LookUpEntry, type LookUpParams, lookUpRequest } from '../../server/src/lsp/protocol-look-up.ts';
import type { Ask } from './start.ts';

interface Item extends vscode.QuickPickItem {
  readonly entry?: LookUpEntry;
}

const icons: Readonly<Record<LookUpEntry['type'], string>> = {
  feature: 'checklist',
  kind: 'symbol-class',
  idea: 'lightbulb',
};

/** Headings of what is no feature; features stand below their categories. */
const headings: Readonly<Record<LookUpEntry['type'], string>> = {
  feature: vscode.l10n.t('Features'),
  kind: vscode.l10n.t('Kinds'),
  idea: vscode.l10n.t('Ideas'),
};

/**
 * Registers the command; `reveal` opens the comparison at a feature. With a list of ids as argument, one of these features
 * is chosen.
 */
export function registerLookUp(ask: Ask, reveal: (featureId: string) => Promise<void>): vscode.Disposable {
  return vscode.commands.registerCommand('meshwright.lookUp', async (ids?: unknown) => {
    const features = Array.isArray(ids) ? ids.filter((it) => typeof it === 'string') : undefined;
    const picked = await pick(
      ask,
      features ? { features } : {},
      vscode.l10n.t('Feature, kind or idea, such as retries'),
    );
    if (!picked) return;
    const [first, ...others] = picked.features;
    if (first === undefined) return;
    if (others.length === 0) await reveal(first);
    else await chooseAmong(ask, picked, reveal);
  });
}

/** A kind serves several features: which one is meant? */
async function chooseAmong(
  ask: Ask,
  { label, features }: LookUpEntry,
  reveal: (featureId: string) => Promise<void>,
): Promise<void> {
  const picked = await pick(ask, { features }, vscode.l10n.t('What {0} is used for', label));
  const [id] = picked?.features ?? [];
  if (id !== undefined) await reveal(id);
}

async function pick(ask: Ask, params: LookUpParams, placeHolder: string): Promise<LookUpEntry | undefined> {
  const items = ask<readonly LookUpEntry[]>(lookUpRequest, params).then(itemsOf);
  const picked = await vscode.window.showQuickPick<Item>(items, {
    title: vscode.l10n.t('Look Up Mesh Feature'),
    placeHolder,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.entry;
}

/** The entries with a heading above each group. */
function itemsOf(entries: readonly LookUpEntry[]): Item[] {
  let heading: string | undefined;
  return entries.flatMap((entry): Item[] => {
    const own = entry.category ?? headings[entry.type];
    const separator: Item[] = own === heading ? [] : [{ label: own, kind: vscode.QuickPickItemKind.Separator }];
    heading = own;
    return [
      ...separator,
      {
        label: entry.label,
        iconPath: new vscode.ThemeIcon(icons[entry.type]),
        description: entry.marks,
        detail: entry.detail,
        entry,
      },
    ];
  });
}
