// The thread beside the feed. Its address is /p/<id>/, so that Back, reload and a copied link all find it again.
import { announce } from './announce';
import { getPage, Refused } from './http';
import { fragment } from './html';
import { process } from './hx';
import { makeUnique } from './unique';
import { renewTimes } from './ago';
import { strings } from './strings';

let opener = '';
let openId: string | null = null;

const slot = (): HTMLElement | null => document.querySelector('[data-thread-slot]');

function close(push = true): void {
  const place = slot();
  if (!place || openId === null) return;
  place.replaceChildren();
  openId = null;
  if (push) history.back();
  // By its id: the card may have been replaced meanwhile, as its count of replies grew.
  document.getElementById(opener)?.focus({ preventScroll: true });
  opener = '';
}

/** The address of a post's thread, from the link or the form that leads there. */
function addressOf(control: HTMLElement): string {
  const href = control instanceof HTMLAnchorElement ? control.href : (control.closest('form')?.action ?? '/');
  return new URL(href, location.href).pathname;
}

async function open(link: HTMLElement): Promise<void> {
  const place = slot();
  const post = link.closest<HTMLElement>('article.post');
  if (!place) return;
  const address = addressOf(link);
  try {
    const html = await getPage(`${address}?panel=1`);
    const wasOpen = openId !== null;
    openId = address;
    opener = post?.id ?? '';
    place.replaceChildren(fragment(html));
    makeUnique(place);
    process(place);
    renewTimes(place);
    // htmx keeps its own state in history.state; a fresh object would break its Back.
    if (wasOpen) history.replaceState(history.state, '', address);
    else history.pushState({ ...(history.state as object | null), cbThread: true }, '', address);
    const write = link.dataset['act'] === 'reply';
    const field = place.querySelector<HTMLElement>(write ? 'textarea' : '.thread-head h2');
    field?.focus({ preventScroll: true });
    announce(strings.replyIn());
  } catch (error) {
    if (error instanceof DOMException) return;
    // The panel is a comfort: the page of the thread works by itself.
    if (error instanceof Refused) location.assign(address);
  }
}

export function startThread(): void {
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    if (event.target.closest('[data-close-thread]')) {
      event.preventDefault();
      close();
      return;
    }
    const link = event.target.closest<HTMLElement>('[data-act=reply], a[data-act=open]');
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const around = link.closest('.thread, .thread-page');
    const field = around?.querySelector('textarea');
    if (around && link.dataset['act'] === 'reply' && field) {
      event.preventDefault();
      field.focus();
      return;
    }
    if (around || !slot()) return;
    event.preventDefault();
    void open(link);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && openId !== null && !event.defaultPrevented && !document.querySelector('dialog[open], .suggest:not([hidden])')) close();
  });
  window.addEventListener('popstate', () => {
    if (openId !== null && location.pathname !== openId) close(false);
  });
}
