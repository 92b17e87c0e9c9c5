// The thread beside the feed. Its address is /p/<id>/, so that Back, reload and a copied link all find it again.
import { announce } from './announce';
import { getPage, Refused } from './http';
import { fragment } from './html';
import { process } from './hx';
import { renewTimes } from './ago';
import { strings } from './strings';
import { makeUnique } from './unique';

interface Wish {
  address: string;
  /** The card it is opened from: where the focus goes when it is closed. */
  from: string;
  /** Whether somebody wants to answer, and not only to read. */
  write: boolean;
  /** Whether the address is new to the history. */
  push: boolean;
}

let opener = '';
let openAddress: string | null = null;
let isLeaving = false;

const slot = (): HTMLElement | null => document.querySelector('[data-thread-slot]');

function close(push = true): void {
  const place = slot();
  if (!place || openAddress === null) return;
  place.replaceChildren();
  openAddress = null;
  isLeaving = true;
  const back = opener;
  opener = '';
  // By its id: the card may have been replaced meanwhile, as its count of replies grew.
  const refocus = (): void => {
    isLeaving = false;
    document.getElementById(back)?.focus({ preventScroll: true });
  };
  // A browser takes the focus away when it has gone back, so it is given again after that.
  if ('navigation' in window) navigation.addEventListener('navigatesuccess', refocus, { once: true });
  window.setTimeout(refocus, 200);
  if (push) history.back();
}

/** The address of a post's thread, from the link or the form that leads there. */
function addressOf(control: HTMLElement): string {
  const href = control instanceof HTMLAnchorElement ? control.href : (control.closest('form')?.action ?? '/');
  return new URL(href, location.href).pathname;
}

async function open(wish: Wish): Promise<void> {
  const place = slot();
  if (!place) return;
  try {
    const html = await getPage(`${wish.address}?panel=1`);
    const wasOpen = openAddress !== null;
    openAddress = wish.address;
    opener = wish.from;
    place.replaceChildren(fragment(html));
    makeUnique(place);
    process(place);
    renewTimes(place);
    if (wish.push) remember(wish.address, wasOpen);
    const field = place.querySelector<HTMLElement>(wish.write ? 'textarea' : '.thread-head h2');
    field?.focus({ preventScroll: true });
    announce(strings.replyIn());
  } catch (error) {
    // The panel is a comfort: the page of the thread works by itself.
    if (error instanceof Refused) location.assign(wish.address);
  }
}

function remember(address: string, wasOpen: boolean): void {
  // htmx keeps a mark of its own in the state, and loads pages anew where it finds it; a panel must not have it.
  if (wasOpen) history.replaceState({ cbThread: true }, '', address);
  else history.pushState({ cbThread: true }, '', address);
}

function onClick(event: MouseEvent): void {
  if (!(event.target instanceof Element) || event.defaultPrevented) return;
  if (event.target.closest('[data-close-thread]')) {
    if (openAddress === null) return;
    event.preventDefault();
    close();
    return;
  }
  const control = event.target.closest<HTMLElement>('[data-act=reply], a[data-act=open]');
  if (!control || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const around = control.closest('.thread, .thread-page');
  const field = around?.querySelector('textarea');
  if (around && control.dataset['act'] === 'reply' && field) {
    event.preventDefault();
    field.focus();
    return;
  }
  if (around || !slot()) return;
  event.preventDefault();
  const from = control.closest('article.post')?.id ?? '';
  void open({ address: addressOf(control), from, write: control.dataset['act'] === 'reply', push: true });
}

function onPopState(event: PopStateEvent): void {
  const state = event.state as { cbThread?: boolean } | null;
  if (state?.cbThread && location.pathname !== openAddress) void open({ address: location.pathname, from: '', write: false, push: false });
  else if (openAddress !== null && location.pathname !== openAddress) close(false);
}

export function startThread(): void {
  document.addEventListener('click', onClick);
  document.addEventListener('keydown', (event) => {
    const isBusy = document.querySelector('dialog[open], .suggest:not([hidden]), .menu-list:popover-open') !== null;
    if (event.key === 'Escape' && openAddress !== null && !event.defaultPrevented && !isBusy) close();
  });
  window.addEventListener('popstate', onPopState);
  // The feed is still there under the panel: nothing has to be loaded to go back to it.
  document.addEventListener('htmx:before:history:restore', (event) => {
    if (isLeaving || openAddress !== null) event.preventDefault();
  });
}
