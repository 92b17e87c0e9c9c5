// A CSV file was chosen for a word list: its beginning goes to the server, which answers with its columns to choose from
// and how each begins. Without a script, or where that fails, the title of the column is typed.
import { announce } from './announce';
import { parsePage } from './html';
import { sendPage } from './http';

// As much as the server looks at: LONGEST_HEAD in policy/csv_columns.py.
const head = 65_536;
const typedFields = new WeakMap<HTMLFormElement, HTMLElement>();

function chosenTable(form: HTMLFormElement): File | undefined {
  const file = form.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
  const isOfWords = form.querySelector<HTMLSelectElement>('select[name=kind]')?.value === 'words';
  return file && isOfWords && /\.(csv|tsv)$/i.test(file.name) ? file : undefined;
}

/** Ask for the columns of the file that is chosen now, or give the field back in which a title is typed. */
export async function offerColumns(form: HTMLFormElement): Promise<void> {
  const place = form.querySelector<HTMLElement>('[data-columns]');
  if (!place) return;
  const typed = typedFields.get(form) ?? place;
  typedFields.set(form, typed);
  const file = chosenTable(form);
  if (!file) {
    place.replaceWith(typed);
    return;
  }
  const body = new FormData();
  for (const name of ['csrfmiddlewaretoken', 'column']) body.set(name, new FormData(form).get(name) ?? '');
  body.set('head', file.slice(0, head), file.name);
  let html;
  try {
    ({ html } = await sendPage(place.dataset['columns'] ?? '', body, () => {}));
  } catch {
    return;
  }
  const fresh = parsePage(html).querySelector<HTMLElement>('[data-columns]');
  const now = form.querySelector('[data-columns]');
  // Another file was chosen meanwhile: its own answer is on the way.
  if (!fresh || !now || chosenTable(form) !== file) return;
  now.replaceWith(fresh);
  const told = fresh.querySelector('.field-error') ?? fresh.querySelector('.hint');
  announce(told?.textContent.trim() ?? '');
}

function showBeginning(select: HTMLSelectElement): void {
  for (const beginning of select.form?.querySelectorAll<HTMLElement>('[data-column]') ?? []) {
    beginning.hidden = beginning.dataset['column'] !== select.value;
    if (!beginning.hidden) announce(beginning.innerText.replace(/\s+/g, ' '));
  }
}

export function startColumns(): void {
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement)) return;
    const form = target.form;
    if (!form?.matches('[data-upload]')) return;
    if (target.matches('[data-columns] select')) showBeginning(target as HTMLSelectElement);
    else if (target.type === 'file' || target.name === 'kind') void offerColumns(form);
  });
}
