// Taking words out of a case: what a rule found is ticked already, more is marked in the text, and what would be left is shown.
const gap = '[…]';

/** A place in the text, in code points, as the server counts them. */
type Span = [number, number];

function points(text: string): number {
  return Array.from(text).length;
}

/** What is left of a text without the spans; twin of the server's `without`, which decides. */
export function without(text: string, spans: readonly Span[]): string {
  const signs = Array.from(text);
  let left = '';
  let place = 0;
  let until = -1;
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (start > until) left += signs.slice(place, start).join('') + gap;
    place = until = Math.max(place, end);
  }
  return left + signs.slice(place).join('');
}

function ticked(box: HTMLElement): Span[] {
  return [...box.querySelectorAll<HTMLInputElement>('[name=span]:checked')].map((input) => {
    const [start = 0, end = 0] = input.value.split(':').slice(-2).map(Number);
    return [start, end];
  });
}

function tick(list: HTMLElement, field: string, span: Span, words: string): void {
  const input = document.createElement('input');
  const value = [field, ...span].join(':');
  Object.assign(input, { type: 'checkbox', name: 'span', value, checked: true, id: `gap-${value}` });
  input.setAttribute('form', 'decide');
  const label = document.createElement('label');
  label.htmlFor = input.id;
  label.textContent = words;
  const row = document.createElement('span');
  row.className = 'check';
  row.append(input, label);
  list.append(row);
}

/** One outgoing text: what is ticked in it, and what would be left. */
function startField(box: HTMLElement): void {
  const whole = box.querySelector('textarea');
  const list = box.querySelector<HTMLElement>('fieldset');
  const left = box.querySelector('[data-left]');
  if (!whole || !list || !left) return;
  box.querySelector('[data-more]')?.removeAttribute('hidden');
  const show = (): void => {
    left.textContent = without(whole.value, ticked(box));
  };
  box.addEventListener('change', show);
  box.querySelector('[data-take-out]')?.addEventListener('click', () => {
    const { selectionStart: from, selectionEnd: to, value } = whole;
    if (from === to) return;
    const start = points(value.slice(0, from));
    tick(list, box.dataset['redactField'] ?? 'text', [start, start + points(value.slice(from, to))], value.slice(from, to));
    show();
  });
}

export function startRedacting(): void {
  for (const box of document.querySelectorAll<HTMLElement>('[data-redact-field]')) startField(box);
}
