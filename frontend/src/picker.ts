// Emoji to choose from: what the page needs of it comes when somebody first asks.
import { element } from './html';
import { getPage } from './http';
import { strings } from './strings';
import { toast } from './toast';

let coming: Promise<void> | null = null;

async function fetchPicker(): Promise<void> {
  const [html] = await Promise.all([getPage('/emoji/'), import(document.documentElement.dataset['emoji'] ?? '')]);
  const picker = element(html);
  if (picker) document.body.append(picker);
}

/** Tell the picker who asked: a button that wants it open, or a row of reactions that wants what one gave before. */
async function ask(who: Element): Promise<void> {
  try {
    await (coming ??= fetchPicker());
    who.dispatchEvent(new CustomEvent('cb:emoji', { bubbles: true }));
  } catch {
    coming = null;
    toast(strings.failed());
  }
}

export function startPicker(): void {
  document.addEventListener('click', (event) => {
    const opener = event.target instanceof Element ? event.target.closest('[data-emoji-picker]') : null;
    if (!opener) return;
    event.preventDefault();
    void ask(opener);
  });
  document.addEventListener('beforetoggle', ({ target, newState }) => {
    if (newState === 'open' && target instanceof Element && target.querySelector('.emoji-row')) void ask(target);
  }, { capture: true });
}
