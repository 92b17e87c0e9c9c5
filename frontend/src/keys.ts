// Single keys: they act only outside of fields, never on repeat, never with a modifier, and can be switched off (WCAG 2.1.4).
import { announce } from './announce';
import { openDialog } from './dialogs';
import { send } from './http';
import { isField } from './page';
import { strings } from './strings';

/** Returns true where the key did something. */
export type KeyAction = () => boolean;

const actions = new Map<string, KeyAction[]>();
const sequences: Record<string, string> = { h: '/', n: '/notices/', q: '/desk/' };
let prefixUntil = 0;

/** Bind a key; the last bound is asked first, so that a page can override what holds everywhere. */
export function bind(key: string, action: KeyAction): void {
  actions.set(key, [action, ...(actions.get(key) ?? [])]);
}

function areOn(): boolean {
  return document.documentElement.dataset['keys'] !== 'off';
}

/** Whether a keydown may act as a single key at all. */
export function mayAct(event: Pick<KeyboardEvent, 'repeat' | 'isComposing' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>): boolean {
  return !event.repeat && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey && !isField(event.target);
}

function onKey(event: KeyboardEvent): void {
  // As Slack, Zulip and many others have it; in the composer the same keys make a link.
  if ((event.ctrlKey || event.metaKey) && event.key === 'k' && !isField(event.target) && focusSearch()) event.preventDefault();
  if (!areOn() || event.defaultPrevented || !mayAct(event) || document.querySelector('dialog[open]')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (Date.now() < prefixUntil) {
    prefixUntil = 0;
    const place = sequences[key];
    if (place) {
      event.preventDefault();
      location.assign(place);
      return;
    }
  }
  if (key === 'g') {
    prefixUntil = Date.now() + 1200;
    return;
  }
  for (const action of actions.get(key) ?? []) {
    if (action()) {
      event.preventDefault();
      return;
    }
  }
}

function focusSearch(): boolean {
  const search = document.getElementById('search');
  search?.focus();
  return search !== null;
}

// Esc leaves the search, for where one came from; a field that Esc empties first is left by the second Esc.
function startSearch(): void {
  const search = document.getElementById('search');
  if (!(search instanceof HTMLInputElement)) return;
  let from: HTMLElement | null = null;
  search.addEventListener('focus', (event) => {
    from = event.relatedTarget as HTMLElement | null;
    // What suggests how to go on comes when somebody is about to type.
    void import(search.form?.dataset['script'] ?? '');
  });
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.isComposing || search.value) return;
    event.preventDefault();
    if (from?.isConnected) from.focus();
    else search.blur();
  });
}

export function startKeys(): void {
  startSearch();
  document.addEventListener('keydown', onKey);
  bind('/', focusSearch);
  bind('?', () => {
    openDialog('keys-help');
    return true;
  });
  document.addEventListener('change', (event) => {
    if (!(event.target instanceof HTMLInputElement) || !event.target.matches('[data-single-keys]')) return;
    const on = event.target.checked;
    document.documentElement.dataset['keys'] = on ? 'on' : 'off';
    announce(on ? strings.keysOn() : strings.keysOff());
    send('/settings/keys/', new URLSearchParams({ single_keys: on ? 'on' : 'off' })).catch(() => undefined);
  });
}
