// Files of a composer: whether there are any, where they come in, and what becomes of them when it is posted. What is done
// with each of them, from upload to order, comes with writing.js (attach.ts), which is told by events on their list.
import { announce } from './announce';
import { element } from './html';
import { strings } from './strings';
import { toast } from './toast';

/** What the server made of a file, for the row that waited for it. */
export interface Kept {
  row: HTMLElement;
  html: string;
}

export class Files {
  /** `script` fetches what does the rest. */
  constructor(private readonly form: HTMLFormElement, private readonly list: HTMLElement, private readonly script: () => Promise<unknown>, private readonly onChange: () => void) {
    this.listenToChoosing();
    this.listenToDropping();
    list.addEventListener('cb:kept', (event) => {
      const { row, html } = (event as CustomEvent<Kept>).detail;
      const fresh = element(html);
      if (fresh) row.replaceWith(fresh);
    });
    list.addEventListener('cb:files-changed', () => this.draw());
    if (!this.isEmpty) script().catch(() => undefined);
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
    for (const row of taken) row.remove();
    this.draw();
    return taken;
  }

  /** Put rows back that were not posted. */
  put(rows: HTMLElement[]): void {
    this.list.prepend(...rows);
    this.draw();
  }

  private add(files: File[]): void {
    this.script().then(
      () => this.list.dispatchEvent(new CustomEvent('cb:files', { bubbles: true, detail: files })),
      () => toast(strings.failed()),
    );
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

  private listenToDropping(): void {
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
  }

  private draw(): void {
    this.list.hidden = this.isEmpty;
    this.onChange();
  }
}
