// The page without a network. What is typed lies in this tab, where the composer of home looks for it; see draft.ts.
import { rare, strings } from './strings';

const kept = 'draft:new';
const field = document.querySelector<HTMLTextAreaElement>('#kept');
const state = document.querySelector<HTMLElement>('#state');

function say(words: string): void {
  if (state) state.textContent = words;
}

/** Go on where the reader wanted to go; with words to keep, to the composer that takes them. */
async function tryAgain(): Promise<void> {
  say(strings.loading());
  try {
    await fetch('/healthz', { cache: 'no-store' });
  } catch {
    say(rare.stillOffline());
    return;
  }
  if (field?.value.trim()) location.replace('/');
  else location.reload();
}

if (field) {
  field.value = sessionStorage.getItem(kept) ?? '';
  field.addEventListener('input', () => {
    sessionStorage.setItem(kept, field.value);
    say(field.value ? strings.draftKeptHere() : '');
  });
}
document.querySelector('#again')?.addEventListener('click', () => void tryAgain());
window.addEventListener('online', () => void tryAgain());
