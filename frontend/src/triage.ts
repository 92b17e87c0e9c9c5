// Keys of the desk. One key decides and the next case opens. The decision carries the case and its version, so that it
// cannot hit a case that changed meanwhile; a held-down key acts once.
import { announce } from './announce';
import { bind, mayAct } from './keys';
import { rare } from './strings';

const keys: Record<string, string> = { a: 'approve', x: 'reject', r: 'changes', e: 'escalate', z: 'undo' };

function press(decision: string): boolean {
  const button = document.querySelector<HTMLButtonElement>(`.decide button[data-decision="${decision}"], [data-decision-undo][data-decision="${decision}"]`);
  if (!button || button.disabled) return false;
  button.click();
  return true;
}

function noteOf(form: HTMLFormElement): HTMLTextAreaElement | null {
  return form.querySelector<HTMLTextAreaElement>('[name=note]');
}

/** A ruling that the author has to understand waits for its reason; Ctrl+Enter in the note then carries it out. */
function waitsForNote(form: HTMLFormElement, button: HTMLElement): boolean {
  const note = noteOf(form);
  if (!note || !('needsNote' in button.dataset) || note.value.trim() !== '') return false;
  form.dataset['pending'] = button.dataset['decision'] ?? '';
  note.placeholder = rare.sayWhy();
  note.focus();
  announce(rare.sayWhy());
  return true;
}

/** What would be done is shown by the first press; without a script it is done as it was prepared. */
function showsFirst(button: HTMLElement): boolean {
  const selector = button.dataset['showsFirst'];
  return selector !== undefined && !document.querySelector<HTMLDetailsElement>(selector)?.open && open(selector);
}

function startDeciding(form: HTMLFormElement): void {
  form.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (form.classList.contains('is-deciding') || (button && (waitsForNote(form, button) || showsFirst(button)))) event.preventDefault();
    // Not `disabled`: a disabled button would not be sent, and which one was pressed is the decision.
    else form.classList.add('is-deciding');
  });
  noteOf(form)?.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    const pending = form.dataset['pending'];
    form.querySelector<HTMLButtonElement>(pending ? `[data-decision="${pending}"]` : '.btn-primary')?.click();
  });
  // Back from the browser's memory the form may decide again; the server knows whether it still can.
  window.addEventListener('pageshow', () => form.classList.remove('is-deciding'));
}

/** The offer to undo goes when it is over, and says until then how long it lasts. */
class Undo extends HTMLElement {
  private timer = 0;

  connectedCallback(): void {
    this.timer = window.setInterval(() => this.tick(), 500);
    this.tick();
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }

  private tick(): void {
    const left = Math.ceil((Date.parse(this.dataset['until'] ?? '') - Date.now()) / 1000);
    const seconds = this.querySelector('[data-seconds]');
    if (seconds) seconds.textContent = left > 0 ? rare.secondsLeft(left) : '';
    if (!(left > 0)) this.querySelector('form')?.remove();
    // Without an end there is nothing to undo, and the words stay to be read.
    if (left <= -4) this.remove();
  }
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

function open(selector: string): boolean {
  const details = document.querySelector<HTMLDetailsElement>(selector);
  if (!details) return false;
  details.open = true;
  details.scrollIntoView({ block: 'nearest' });
  details.querySelector<HTMLElement>('input, textarea')?.focus();
  return true;
}

/** Tick every case that is nearly the same, or none; they are shown, for nobody decides on what they did not see. */
function chooseAlike(): boolean {
  const details = document.querySelector<HTMLDetailsElement>('.beside');
  if (!details) return false;
  const boxes = [...details.querySelectorAll<HTMLInputElement>('[name=also]')];
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
  details.open = true;
  return true;
}

/** Say of the rule that has the focus, or else of the one whose turn it is, whether it was right; twice takes it back. */
function mark(how: 'right' | 'wrong'): boolean {
  const hit = document.activeElement?.closest('[data-hit]') ?? document.querySelector('[data-hit][data-next]');
  const button = hit?.querySelector<HTMLButtonElement>(`[data-mark=${how}]`);
  if (!button) return false;
  announce(button.dataset['said'] ?? '');
  button.click();
  return true;
}

export function startTriage(): void {
  customElements.define('cb-undo', Undo);
  if (!document.querySelector('.review')) return;
  const form = document.querySelector<HTMLFormElement>('form.decide');
  if (form) startDeciding(form);
  for (const [key, decision] of Object.entries(keys)) bind(key, () => press(decision));
  bind('t', () => {
    const button = document.querySelector<HTMLButtonElement>('[data-act="t"]');
    button?.click();
    return button !== null;
  });
  bind('v', () => mark('right'));
  bind('f', () => mark('wrong'));
  bind('d', () => open('[data-redact]'));
  bind('s', chooseAlike);
  bind('n', focusNote);
  bind('j', () => move(1));
  bind('k', () => move(-1));
  // Esc leaves the note, so that the next key decides.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target instanceof HTMLElement && event.target.closest('.decide') && !mayAct(event)) event.target.blur();
  });
}
