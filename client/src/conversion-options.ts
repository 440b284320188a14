/** Options of a conversion as a list to go through: only those that make a difference, each with what it leads to. */

import * as vscode from 'vscode';
import type { OptionValue, Question } from '../../server/src/lsp/protocol-convert.ts';

export type ChosenOptions = Readonly<Record<string, OptionValue>>;

/**
 * Lets the user change options until they take them. Undefined when they leave; what they were before when there is
 * nothing to ask.
 */
export async function askOptions(
  questions: readonly Question[],
  chosen: ChosenOptions,
  action: string,
): Promise<ChosenOptions | undefined> {
  if (questions.length === 0) return chosen;
  let options = chosen;
  for (;;) {
    const go = { label: `$(check) ${action}`, description: vscode.l10n.t('with these options'), question: undefined };
    const items = questions.map((question) => ({
      label: sentence(question.summary),
      detail: currentText(question, options),
      question,
    }));
    const picked = await vscode.window.showQuickPick([go, ...items], {
      title: vscode.l10n.t('Options That Matter to This Conversion'),
      placeHolder: vscode.l10n.t('Pick one to change it'),
    });
    if (!picked) return undefined;
    if (!picked.question) return options;
    const value = await askValue(picked.question, options);
    if (value !== undefined) options = { ...options, [picked.question.option]: value };
  }
}

async function askValue(question: Question, options: ChosenOptions): Promise<OptionValue | undefined> {
  const { summary, answers, option, current } = question;
  const value = options[option] ?? current;
  if (answers.length === 0) {
    const isPort = option === 'defaultPort';
    const typed = await vscode.window.showInputBox({
      title: sentence(summary),
      value: value === undefined ? '' : String(value),
      prompt: isPort ? vscode.l10n.t('A port, 1 to 65535') : vscode.l10n.t('A name'),
      validateInput: (text) =>
        isPort ? portProblem(text) : text.trim() === '' ? vscode.l10n.t('It cannot be empty.') : undefined,
    });
    if (typed === undefined) return undefined;
    return isPort ? Number(typed) : typed.trim();
  }
  const picked = await vscode.window.showQuickPick(
    answers.map((it) => ({
      label: nameOf(it.value),
      ...(it.value === value ? { description: vscode.l10n.t('now') } : {}),
      detail: [
        it.words,
        vscode.l10n.t('{0} exact, {1} changed, {2} lost.', it.counts.exact, it.counts.changed, it.counts.lost),
      ]
        .filter((words) => words !== '')
        .join(' '),
      value: it.value,
    })),
    { title: sentence(summary), placeHolder: vscode.l10n.t('What becomes of them') },
  );
  return picked?.value;
}

function portProblem(text: string): string | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= 65_535
    ? undefined
    : vscode.l10n.t('A port is a number, 1 to 65535.');
}

function currentText({ option, current, answers }: Question, options: ChosenOptions): string {
  const value = options[option] ?? current;
  if (value === undefined) return vscode.l10n.t('not said');
  const words = answers.find((it) => it.value === value)?.words ?? '';
  return words === '' ? nameOf(value) : `${nameOf(value)}: ${words}`;
}

function nameOf(value: OptionValue): string {
  if (typeof value === 'boolean') return value ? vscode.l10n.t('Yes') : vscode.l10n.t('No');
  return String(value);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
