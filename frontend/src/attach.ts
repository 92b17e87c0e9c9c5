// What is done with the files of a composer: uploaded one after the other; described, ordered and removed.
// The rows are the form's own fields: what is posted, and kept in the draft, is what is seen. Part of writing.js; files.ts is the other half.
import { announce } from './announce';
import type { Kept } from './files';
import { Refused, send, sendFile } from './http';
import { icon, make } from './page';
import { rare, strings } from './strings';

const queues = new WeakMap<HTMLElement, Promise<void>>();
let dragged: HTMLElement | null = null;

const listOf = (node: Element): HTMLElement | null => node.closest<HTMLElement>('[data-files]');
const rowsOf = (list: HTMLElement): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(':scope > [data-file]')];
const urlOf = (list: HTMLElement | null): string => list?.dataset['url'] ?? '';
const fileAt = (event: Event): HTMLElement | null => {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-file]') : null;
  return row && listOf(row) ? row : null;
};

function tell(list: HTMLElement | null): void {
  list?.dispatchEvent(new CustomEvent('cb:files-changed'));
}

function add(list: HTMLElement, files: File[]): void {
  for (const file of files) {
    const row = drawLoading(list, file.name);
    queues.set(list, (queues.get(list) ?? Promise.resolve()).then(() => upload(list, file, row)));
  }
  tell(list);
}

function describe(row: HTMLElement): void {
  const alt = row.querySelector<HTMLTextAreaElement>('[data-alt]');
  if (alt) {
    alt.disabled = row.querySelector<HTMLInputElement>('[data-decorative]')?.checked ?? false;
    alt.removeAttribute('aria-invalid');
  }
  tell(listOf(row));
}

function remove(row: HTMLElement): void {
  const list = listOf(row);
  const id = row.dataset['file'];
  const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector<HTMLElement>('[data-remove]');
  const attach = row.closest('form')?.querySelector<HTMLElement>('[data-attach]');
  row.remove();
  if (id) send(`${urlOf(list)}${id}/remove/`, new URLSearchParams()).catch(() => undefined);
  announce(rare.fileRemoved(row.dataset['name'] ?? ''));
  (next ?? attach)?.focus();
  tell(list);
}

function move(row: HTMLElement, button: HTMLButtonElement): void {
  if (button.dataset['move'] === 'up') row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
  moved(row);
}

function moved(row: HTMLElement): void {
  const list = listOf(row);
  if (!list) return;
  const rows = rowsOf(list);
  announce(rare.fileMoved(row.dataset['name'] ?? '', rows.indexOf(row) + 1, rows.length));
  tell(list);
}

function drawLoading(list: HTMLElement, name: string): HTMLElement {
  const row = make('li', 'draft-file is-loading');
  row.dataset['name'] = name;
  const words = make('div', 'draft-file-words');
  const bar = make('progress');
  bar.max = 1;
  bar.setAttribute('aria-label', rare.uploading(name));
  words.append(make('p', 'draft-file-name', name), bar);
  row.append(make('span', 'draft-file-look'), words);
  list.append(row);
  return row;
}

async function upload(list: HTMLElement, file: File, row: HTMLElement): Promise<void> {
  const refusal = refusalOf(list, file);
  if (refusal) {
    drawFailure(list, row, refusal);
    return;
  }
  const body = new FormData();
  body.set('place', row.closest('form')?.querySelector<HTMLInputElement>('[name=place]')?.value ?? '');
  body.set('file', file);
  const bar = row.querySelector('progress');
  try {
    const kept = await sendFile<{ html: string }>(urlOf(list), body, (part) => {
      // All of it is there: it is being read, and nobody knows how long that takes.
      if (bar && part < 1) bar.value = part;
      else bar?.removeAttribute('value');
    });
    list.dispatchEvent(new CustomEvent<Kept>('cb:kept', { detail: { row, html: kept.html } }));
    announce(rare.fileAdded(file.name));
    tell(list);
  } catch (error) {
    const message = (error instanceof Refused && error.message) || rare.fileNotAdded();
    drawFailure(list, row, message, file);
  }
}

function refusalOf(list: HTMLElement, file: File): string {
  if (rowsOf(list).length >= Number(list.dataset['most'])) return rare.tooManyFiles();
  return file.size > Number(list.dataset['largest']) ? rare.fileTooLarge() : '';
}

/** The row stays and says what to do, until it is tried again or removed. */
function drawFailure(list: HTMLElement, row: HTMLElement, message: string, again?: File): void {
  const name = row.dataset['name'] ?? '';
  row.className = 'draft-file is-refused';
  const words = make('div', 'draft-file-words');
  const said = make('p', 'draft-file-why', message);
  said.setAttribute('role', 'alert');
  words.append(make('p', 'draft-file-name', name), said);
  const tools = make('div', 'draft-file-tools');
  if (again) {
    const button = make('button', 'btn btn-s', strings.tryAgain());
    button.type = 'button';
    button.addEventListener('click', () => {
      row.remove();
      add(list, [again]);
    });
    tools.append(button);
  }
  const drop = make('button', 'icon-btn icon-btn-s');
  drop.type = 'button';
  drop.dataset['remove'] = '';
  drop.setAttribute('aria-label', rare.removeFile(name));
  drop.append(icon('x'));
  tools.append(drop);
  const look = make('span', 'draft-file-look');
  look.append(icon('octagon-x'));
  row.replaceChildren(look, words, tools);
  tell(list);
}

function listenToOrdering(): void {
  document.addEventListener('dragstart', (event) => {
    dragged = fileAt(event);
    if (dragged) event.dataTransfer?.setData('text/plain', dragged.dataset['name'] ?? '');
  });
  document.addEventListener('dragover', (event) => {
    const over = fileAt(event);
    if (!dragged || !over || listOf(over) !== listOf(dragged)) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (over !== dragged) over[event.clientY > box.top + box.height / 2 ? 'after' : 'before'](dragged);
  });
  document.addEventListener('drop', (event) => {
    if (dragged && fileAt(event)) event.preventDefault();
  });
  document.addEventListener('dragend', () => {
    if (dragged) moved(dragged);
    dragged = null;
  });
}

export function startAttaching(): void {
  document.addEventListener('cb:files', (event) => {
    if (event.target instanceof HTMLElement) add(event.target, (event as CustomEvent<File[]>).detail);
  });
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-files] button') : null;
    const row = button?.closest('li');
    if (!button || !row) return;
    if (button.dataset['remove'] !== undefined) remove(row);
    else if (button.dataset['move']) move(row, button);
  });
  document.addEventListener('input', (event) => {
    const row = fileAt(event);
    if (row) describe(row);
  });
  listenToOrdering();
}
