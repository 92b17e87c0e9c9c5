// Files of a composer: chosen, pasted or dropped; uploaded one after the other; described, ordered and removed.
// The rows are the form's own fields: what is posted is what is seen.
import { announce } from './announce';
import { Refused, send, sendFile } from './http';
import { element } from './html';
import { icon, make } from './page';
import { strings } from './strings';

interface Kept {
  id: string;
  html: string;
}

const pause = 600;

export class Attachments {
  private queue: Promise<void> = Promise.resolve();
  private timers = new Map<string, number>();
  private dragged: HTMLElement | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly list: HTMLElement,
    private readonly place: string,
    private readonly onChange: () => void,
  ) {
    this.listenToChoosing();
    this.listenToRows();
    this.listenToDragging();
  }

  private get url(): string {
    return this.list.dataset['url'] ?? '';
  }
  private get rows(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(':scope > li')];
  }
  /** How many files the post would carry. */
  get count(): number {
    return this.list.querySelectorAll(':scope > [data-file]').length;
  }
  /** Whether nothing is shown, not even a file that was refused. */
  get isEmpty(): boolean {
    return this.rows.length === 0;
  }
  /** Whether a file is still on its way. */
  get busy(): boolean {
    return this.list.querySelector('.is-loading') !== null;
  }

  /** Go to the first picture that has neither a description nor the mark that it needs none; whether there was one. */
  askForDescription(): boolean {
    const bare = [...this.list.querySelectorAll<HTMLTextAreaElement>('textarea[data-alt]')].find((field) => !field.disabled && !field.value.trim());
    if (!bare) return false;
    bare.setAttribute('aria-invalid', 'true');
    bare.focus();
    announce(strings.describeIt());
    return true;
  }

  /** Take the rows out of the form, because they are being posted. */
  take(): HTMLElement[] {
    const taken = this.rows.filter((row) => row.dataset['file']);
    for (const row of taken) {
      // What was said of it goes with the post; told later, it would be told of a file that is posted already.
      window.clearTimeout(this.timers.get(row.dataset['file'] ?? ''));
      row.remove();
    }
    this.draw();
    return taken;
  }

  /** Put rows back that were not posted. */
  put(rows: HTMLElement[]): void {
    this.list.prepend(...rows);
    this.draw();
  }

  add(files: File[]): void {
    for (const file of files) {
      const row = this.drawLoading(file.name);
      this.queue = this.queue.then(() => this.upload(file, row));
    }
    this.draw();
  }

  private listenToChoosing(): void {
    const button = this.form.querySelector<HTMLButtonElement>('[data-attach]');
    const input = this.form.querySelector<HTMLInputElement>('[data-attach-input]');
    if (button && input) {
      button.hidden = false;
      button.addEventListener('click', () => input.click());
      input.addEventListener('change', () => {
        this.add([...(input.files ?? [])]);
        input.value = '';
      });
    }
    this.form.addEventListener('paste', (event) => {
      const data = event.clipboardData;
      // A table copied from an office program comes as text and as a picture of itself: the text is meant.
      if (!data?.files.length || data.types.includes('text/plain')) return;
      event.preventDefault();
      this.add([...data.files]);
    });
  }

  private listenToDragging(): void {
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    this.form.addEventListener('dragover', (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.form.classList.add('is-dropping', 'is-open');
    });
    this.form.addEventListener('dragleave', (event) => {
      if (!(event.relatedTarget instanceof Node) || !this.form.contains(event.relatedTarget)) this.form.classList.remove('is-dropping');
    });
    this.form.addEventListener('drop', (event) => {
      this.form.classList.remove('is-dropping');
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.add([...(event.dataTransfer?.files ?? [])]);
    });
    this.list.addEventListener('dragstart', (event) => {
      this.dragged = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-file]') : null;
      event.dataTransfer?.setData('text/plain', this.dragged?.dataset['name'] ?? '');
    });
    this.list.addEventListener('dragover', (event) => {
      const over = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-file]') : null;
      if (!this.dragged || !over) return;
      event.preventDefault();
      const box = over.getBoundingClientRect();
      if (over !== this.dragged) over[event.clientY > box.top + box.height / 2 ? 'after' : 'before'](this.dragged);
    });
    this.list.addEventListener('drop', (event) => {
      if (this.dragged) event.preventDefault();
    });
    this.list.addEventListener('dragend', () => {
      if (this.dragged) this.keepOrder(this.dragged);
      this.dragged = null;
    });
  }

  private listenToRows(): void {
    this.list.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('button') : null;
      const row = button?.closest('li');
      if (!button || !row) return;
      if (button.dataset['remove'] !== undefined) this.remove(row);
      else if (button.dataset['move']) this.move(row, button);
    });
    this.list.addEventListener('input', (event) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-file]') : null;
      if (!row) return;
      const alt = row.querySelector<HTMLTextAreaElement>('[data-alt]');
      const decorative = row.querySelector<HTMLInputElement>('[data-decorative]');
      if (alt) {
        alt.disabled = decorative?.checked ?? false;
        alt.removeAttribute('aria-invalid');
      }
      this.describeSoon(row, alt?.value ?? '', decorative?.checked ?? false);
    });
  }

  private describeSoon(row: HTMLElement, alt: string, decorative: boolean): void {
    const id = row.dataset['file'] ?? '';
    window.clearTimeout(this.timers.get(id));
    this.timers.set(id, window.setTimeout(() => {
      const body = new URLSearchParams({ alt });
      if (decorative) body.set('decorative', '1');
      // What is not kept now is sent with the post all the same.
      send(`${this.url}${id}/describe/`, body).catch(() => undefined);
      this.onChange();
    }, pause));
  }

  private remove(row: HTMLElement): void {
    const id = row.dataset['file'];
    const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector<HTMLElement>('[data-remove]');
    row.remove();
    if (id) send(`${this.url}${id}/remove/`, new URLSearchParams()).catch(() => undefined);
    announce(strings.fileRemoved(row.dataset['name'] ?? ''));
    (next ?? this.form.querySelector<HTMLElement>('[data-attach]'))?.focus();
    this.draw();
  }

  private move(row: HTMLElement, button: HTMLButtonElement): void {
    if (button.dataset['move'] === 'up') row.previousElementSibling?.before(row);
    else row.nextElementSibling?.after(row);
    button.focus();
    this.keepOrder(row);
  }

  private keepOrder(row: HTMLElement): void {
    const rows = this.rows.filter((each) => each.dataset['file']);
    announce(strings.fileMoved(row.dataset['name'] ?? '', rows.indexOf(row) + 1, rows.length));
    const body = new URLSearchParams({ place: this.place });
    for (const each of rows) body.append('file', each.dataset['file'] ?? '');
    send(`${this.url}order/`, body).catch(() => undefined);
  }

  private drawLoading(name: string): HTMLElement {
    const row = make('li', 'draft-file is-loading');
    row.dataset['name'] = name;
    const words = make('div', 'draft-file-words');
    const bar = make('progress');
    bar.max = 1;
    bar.setAttribute('aria-label', strings.uploading(name));
    words.append(make('p', 'draft-file-name', name), bar);
    row.append(make('span', 'draft-file-look'), words);
    this.list.append(row);
    return row;
  }

  private async upload(file: File, row: HTMLElement): Promise<void> {
    const refusal = this.refusalOf(file);
    if (refusal) {
      this.drawFailure(row, refusal);
      return;
    }
    const body = new FormData();
    body.set('place', this.place);
    body.set('file', file);
    const bar = row.querySelector('progress');
    try {
      const kept = await sendFile<Kept>(this.url, body, (part) => {
        // All of it is there: it is being read, and nobody knows how long that takes.
        if (bar && part < 1) bar.value = part;
        else bar?.removeAttribute('value');
      });
      const fresh = element(kept.html);
      if (fresh) row.replaceWith(fresh);
      announce(strings.fileAdded(file.name));
      this.draw();
    } catch (error) {
      const message = (error instanceof Refused && error.message) || strings.fileNotAdded();
      this.drawFailure(row, message, file);
    }
  }

  private refusalOf(file: File): string {
    if (this.count >= Number(this.list.dataset['most'])) return strings.tooManyFiles();
    return file.size > Number(this.list.dataset['largest']) ? strings.fileTooLarge() : '';
  }

  /** The row stays and says what to do, until it is tried again or removed. */
  private drawFailure(row: HTMLElement, message: string, again?: File): void {
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
        this.add([again]);
      });
      tools.append(button);
    }
    const remove = make('button', 'icon-btn icon-btn-s');
    remove.type = 'button';
    remove.dataset['remove'] = '';
    remove.setAttribute('aria-label', strings.removeFile(name));
    remove.append(icon('x'));
    tools.append(remove);
    const look = make('span', 'draft-file-look');
    look.append(icon('octagon-x'));
    row.replaceChildren(look, words, tools);
    this.draw();
  }

  private draw(): void {
    this.list.hidden = this.rows.length === 0;
    this.onChange();
  }
}
