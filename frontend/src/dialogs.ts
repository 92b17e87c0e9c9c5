// Native dialogs and menus. A menu is a popover: opening, Esc and light dismissal are the browser's.
import { make } from './page';
import { strings } from './strings';

export function openDialog(id: string): void {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** Ask before something that cannot be undone; resolves with what was chosen. */
export function confirm(question: string, yes: string): Promise<boolean> {
  const dialog = make('dialog', 'dialog');
  const body = make('div', 'dialog-body');
  const words = make('p', '', question);
  words.id = 'confirm-words';
  body.append(words);
  const foot = make('div', 'dialog-foot');
  const no = make('button', 'btn', strings.cancel());
  const go = make('button', 'btn btn-danger', yes);
  foot.append(no, go);
  dialog.append(body, foot);
  dialog.setAttribute('aria-labelledby', words.id);
  document.body.append(dialog);
  return new Promise((resolve) => {
    no.addEventListener('click', () => dialog.close());
    go.addEventListener('click', () => dialog.close('yes'));
    dialog.addEventListener('close', () => {
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    });
    dialog.showModal();
    no.focus();
  });
}

/** Where anchor positioning is missing, a menu is put under its button by hand. */
function placeMenu(event: Event): void {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches('.menu-list') || (event as ToggleEvent).newState !== 'open') return;
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!opener || CSS.supports('position-area', 'block-end')) return;
  const at = opener.getBoundingClientRect();
  const below = at.bottom + menu.offsetHeight + 8 < innerHeight;
  menu.style.top = `${below ? at.bottom : Math.max(4, at.top - menu.offsetHeight - 8)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.right - menu.offsetWidth, innerWidth - menu.offsetWidth - 8))}px`;
}

/** In an open menu the arrows go from choice to choice. */
function onArrow(event: KeyboardEvent): void {
  const menu = event.target instanceof Element ? document.querySelector('.menu-list:popover-open') : null;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!menu || step === undefined || (event.target instanceof Element && event.target.matches('input, textarea, select'))) return;
  const choices = [...menu.querySelectorAll<HTMLElement>('a, button')].filter((choice) => choice.checkVisibility());
  const at = choices.indexOf(document.activeElement as HTMLElement);
  event.preventDefault();
  choices.at(at < 0 && step < 0 ? -1 : (at + step) % choices.length)?.focus();
}

export function startDialogs(): void {
  document.addEventListener('keydown', onArrow);
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>('[data-open-dialog]');
    if (opener) openDialog(opener.dataset['openDialog'] ?? '');
    if (event.target.closest('[data-close-dialog]') || event.target instanceof HTMLDialogElement) event.target.closest('dialog')?.close();
    // After an action in a menu the menu has done its work.
    const menu = event.target.closest<HTMLElement>('.menu-list');
    if (menu && event.target.closest('a, button')) setTimeout(() => {
      if (menu.matches(':popover-open')) menu.hidePopover();
    });
  });
  document.addEventListener('toggle', placeMenu, { capture: true });
}
