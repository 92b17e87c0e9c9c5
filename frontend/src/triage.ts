// Keys of the desk. One key decides and the next case opens. The decision carries the case and its version, so that it
// cannot hit a case that changed meanwhile; a held-down key acts once.
import { bind, mayAct } from './keys';

const keys: Record<string, string> = { a: 'approve', x: 'reject', d: 'redact', e: 'escalate', r: 'changes', z: 'undo' };

function press(decision: string): boolean {
  const button = document.querySelector<HTMLButtonElement>(`.decide button[data-decision="${decision}"], [data-decision-undo][data-decision="${decision}"]`);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

function rows(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>('.queue-row')];
}

function move(by: 1 | -1): boolean {
  const all = rows();
  const now = all.findIndex((row) => row.hasAttribute('aria-current'));
  const next = all[now < 0 ? 0 : now + by];
  if (!next) return false;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
  next.click();
  return true;
}

function focusNote(): boolean {
  const note = document.querySelector<HTMLElement>('.decide [name=note], .decide [name=reason]');
  note?.focus();
  return note !== null;
}

export function startTriage(): void {
  if (!document.querySelector('.review')) return;
  for (const [key, decision] of Object.entries(keys)) bind(key, () => press(decision));
  bind('n', focusNote);
  bind('j', () => move(1));
  bind('k', () => move(-1));
  // Esc leaves the note, so that the next key decides.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target instanceof HTMLElement && event.target.closest('.decide') && !mayAct(event)) event.target.blur();
  });
}
