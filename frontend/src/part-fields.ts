// The fields of a kind, in the composer: Enter goes on instead of sending, and a list has a row more than it needs.

/** Tell the composer that something beside the text changed, so that the draft is kept and the verdict asked for. */
function changed(place: HTMLElement): void {
  place.dispatchEvent(new Event('input', { bubbles: true }));
}

function rowsOf(input: HTMLInputElement): HTMLInputElement[] {
  return [...(input.closest('[data-rows]')?.querySelectorAll('input') ?? [])];
}

/** The last row was begun: one more, up to as many as fit. */
function grow(input: HTMLInputElement): void {
  const list = input.closest<HTMLElement>('[data-rows]');
  const rows = rowsOf(input);
  const last = rows.at(-1);
  if (!list || !last?.value || rows.length >= Number(list.dataset['rows'])) return;
  const row = last.closest('li')?.cloneNode(true);
  const fresh = row instanceof HTMLElement ? row.querySelector('input') : null;
  if (!row || !fresh) return;
  fresh.value = '';
  const name = `${fresh.dataset['words'] ?? ''} ${String(rows.length + 1)}`;
  fresh.placeholder = name;
  fresh.setAttribute('aria-label', name);
  list.append(row);
}

/** Enter would press the first button of the form; here it goes to the next row, as in a list. */
function onKey(event: KeyboardEvent): void {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.closest('[data-part]')) return;
  if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    rowsOf(input)[rowsOf(input).indexOf(input) + 1]?.focus();
  } else if (event.key === 'Backspace' && !input.value && rowsOf(input).length > 2) {
    const before = rowsOf(input)[rowsOf(input).indexOf(input) - 1];
    if (!before) return;
    event.preventDefault();
    input.closest('li')?.remove();
    before.focus();
    changed(before);
  }
}

/** A kind was chosen: its first field, or the text where it has none. */
function welcome(part: Element): void {
  const first = part.querySelector<HTMLElement>('input:not([type=hidden], [type=radio]), select, textarea');
  const text = part.closest('form')?.querySelector<HTMLTextAreaElement>('textarea[name=text]');
  (text?.value ? (first ?? text) : text)?.focus();
}

export function startFields(): void {
  document.addEventListener('keydown', onKey);
  document.addEventListener('input', (event) => {
    if (event.target instanceof HTMLInputElement && event.target.closest('[data-part] [data-rows]')) grow(event.target);
  });
  document.addEventListener('cb:part', (event) => {
    const part = event.target;
    if (part instanceof HTMLElement && part.matches('[data-part] > cb-part')) queueMicrotask(() => welcome(part));
  });
  const chosen = document.activeElement?.closest('form')?.querySelector('[data-part] > cb-part');
  if (chosen) welcome(chosen);
}
