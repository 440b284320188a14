/** The bar of columns and filters: one stop for Tab, arrows within. */

import { html, nothing, type TemplateResult } from 'lit';
import { type MeshId, meshIds, meshNames } from '../../../server/src/model/mesh-id.ts';
import { copyIcon } from '../icons.ts';
import { type PanelState, shownMeshes } from './panel-state.ts';
import { columnHint, words } from './words.ts';

export interface ToolbarActions {
  toggleMesh(mesh: MeshId): void;
  toggleDifferences(): void;
  toggleWorkspace(): void;
  copyTable(): void;
}

/** The toolbar for a state; `stop` is the position of the button that Tab reaches. */
export function toolbar(state: PanelState, stop: number, actions: ToolbarActions): TemplateResult {
  const shown = shownMeshes(state);
  const isAlone = shown.length === 1;
  const meshButtons = meshIds.map((mesh) => {
    const isShown = shown.includes(mesh);
    const isLast = isShown && isAlone;
    return {
      label: html`${meshNames[mesh]}`,
      hint: columnHint(mesh, isShown, isLast),
      isOn: isShown,
      isDisabled: isLast,
      press: () => actions.toggleMesh(mesh),
    };
  });
  const buttons: readonly Button[] = [
    ...meshButtons,
    {
      label: html`${words.differences}`,
      hint: words.differencesHint,
      isOn: state.onlyDifferences,
      isDisabled: isAlone,
      press: actions.toggleDifferences,
    },
    {
      label: html`${words.inWorkspace}`,
      hint: words.inWorkspaceHint,
      isOn: state.onlyWorkspace,
      press: actions.toggleWorkspace,
    },
    {
      label: html`<span class="label-when-wide">${words.copyTable}</span>${copyIcon}`,
      name: words.copyTable,
      hint: words.copyTableHint,
      press: actions.copyTable,
    },
  ];
  return html`<div class="toolbar" role="toolbar" aria-label=${words.toolbar} @keydown=${moveAlong}>
    ${buttons.map((it, at) => toolbarButton(it, at === stop))}
  </div>`;
}

interface Button {
  readonly label: TemplateResult;
  /** What screen readers hear where the label may be hidden. */
  readonly name?: string;
  readonly hint: string;
  /** Absent for what is no switch. */
  readonly isOn?: boolean;
  readonly isDisabled?: boolean;
  readonly press: () => void;
}

function toolbarButton(
  { label, name, hint, isOn, isDisabled = false, press }: Button,
  isStop: boolean,
): TemplateResult {
  // What is disabled can still be reached, so that one can hear why.
  return html`<button
    type="button"
    class=${isOn === undefined ? 'plain' : 'switch'}
    title=${hint}
    aria-label=${name ?? nothing}
    aria-pressed=${isOn ?? nothing}
    aria-disabled=${isDisabled || nothing}
    tabindex=${isStop ? 0 : -1}
    @click=${() => {
      if (!isDisabled) press();
    }}
  >
    ${label}
  </button>`;
}

/** Arrows, Home and End move between the buttons of the bar that holds them. */
function moveAlong(event: KeyboardEvent): void {
  const { currentTarget, target, key } = event;
  if (!(currentTarget instanceof HTMLElement) || !(target instanceof HTMLElement)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const buttons = [...currentTarget.querySelectorAll('button')];
  const at = buttons.findIndex((it) => it === target);
  const next = new Map([
    ['ArrowRight', (at + 1) % buttons.length],
    ['ArrowLeft', (at - 1 + buttons.length) % buttons.length],
    ['Home', 0],
    ['End', buttons.length - 1],
  ]).get(key);
  if (next === undefined) return;
  event.preventDefault();
  buttons[next]?.focus();
}
