// <cb-composer>: a form that works without a script, and with one says while typing what will happen.
import { announce } from './announce';
import { Counter } from './counter';
import { DraftKeeper } from './draft';
import type { Feed } from './feed';
import { Files } from './files';
import { Refused, send } from './http';
import { newKey } from './ids';
import { bind } from './keys';
import { make } from './page';
import { strings } from './strings';
import { toast } from './toast';
import { type Verdict, VerdictPreview } from './verdict';

interface Answer {
  id: string;
  html: string;
  message?: string;
}

/** The name of the act that a form is about to do. */
function keyOf(body: FormData): string {
  const key = body.get('client_key');
  return typeof key === 'string' ? key : '';
}

export class Composer extends HTMLElement {
  private equipped = false;
  private form!: HTMLFormElement;
  private field!: HTMLTextAreaElement;
  private button!: HTMLButtonElement;
  private preview: VerdictPreview | null = null;
  private counter: Counter | null = null;
  private draft: DraftKeeper | null = null;
  private files: Files | null = null;
  /** Where the fields of a kind of post stand, and its time, if they were chosen. */
  private slots: HTMLElement[] = [];
  /** Rows of files, and fields, that are being posted, by the name of the act. */
  private readonly taken = new Map<string, HTMLElement[]>();
  private readonly takenFields = new Map<string, Node[][]>();
  private left = 0;
  private sending = false;

  connectedCallback(): void {
    const form = this.querySelector('form');
    const field = form?.querySelector<HTMLTextAreaElement>('textarea[name=text]');
    const button = form?.querySelector<HTMLButtonElement>('button[data-submit]');
    if (!form || !field || !button || this.equipped) return;
    this.equipped = true;
    Object.assign(this, { form, field, button });
    this.equip();
    this.listen();
    const kept = this.draft?.kept().trim() ?? '';
    // Written without a network, beside a draft that the server had: neither is lost.
    if (kept && !field.value.includes(kept)) field.value = [field.value, kept].filter(Boolean).join('\n');
    this.renewKey(!form.dataset['keepKey']);
    if (field.value || this.files?.count) this.refresh();
    void this.bringBack(kept);
  }

  /** What was kept while the server was away goes there; the fields of a kind are drawn by it, from the draft. */
  private async bringBack(kept: string): Promise<void> {
    const fields = this.draft?.keptFields() ?? [];
    if (!kept && !fields.length) return;
    const isThere = await this.draft?.bring(this.field.value, fields.length ? fields : this.fields());
    if (isThere && fields.length && JSON.stringify(fields) !== JSON.stringify(this.fields())) location.reload();
  }

  private equip(): void {
    const strip = this.form.querySelector<HTMLElement>('[data-verdict]');
    const { verdictUrl, draftsUrl, place, limit } = this.dataset;
    if (strip && verdictUrl) this.preview = new VerdictPreview(this.field, strip, verdictUrl, () => new FormData(this.form), (verdict) => this.onVerdict(verdict), () => (this.files?.count ?? 0) > 0);
    const counter = this.form.querySelector<HTMLElement>('[data-counter]');
    if (counter) this.counter = new Counter(counter, Number(limit ?? 500));
    const list = this.form.querySelector<HTMLElement>('[data-files]');
    this.slots = [...this.form.querySelectorAll<HTMLElement>('[data-part]')];
    if (list) this.files = new Files(this.form, list, () => this.writing(), () => this.onFields());
    if (place) this.draft = new DraftKeeper(draftsUrl ?? '', place, this.form.querySelector('[data-draft-state]'), this.dataset['draft'] ?? '', (text, beside) => this.onOther(text, beside));
    this.form.querySelector('[data-swap-draft]')?.addEventListener('click', () => void this.swap());
  }

  /** Another device wrote into the same draft. Ours is kept now; theirs is one press away. */
  private onOther(text: string, beside: boolean): void {
    if (beside) {
      toast(strings.draftOther(), { words: strings.showOther(), act: () => void this.swap() }, true);
      return;
    }
    toast(strings.draftOther(), { words: strings.addOther(), act: () => {
      this.field.value = [this.field.value, text].filter(Boolean).join('\n\n');
      this.onFields();
      this.field.focus();
    } }, true);
  }

  private swap(): Promise<void> | undefined {
    return this.draft?.swap().catch((error: unknown) => {
      if (error instanceof Refused) toast(error.message);
    });
  }

  private listen(): void {
    this.form.addEventListener('input', () => this.onFields());
    // On the form: whoever just ticked a destination presses Ctrl+Enter there.
    this.form.addEventListener('keydown', (event) => this.onKey(event));
    this.field.addEventListener('focus', () => {
      this.form.classList.add('is-open');
      this.writing().catch(() => undefined);
    });
    this.form.addEventListener('submit', (event) => this.onSubmit(event));
    this.form.addEventListener('change', (event) => {
      if (event.target === this.field) return;
      this.onChange();
      this.onFields();
    });
    // Told by what asked for the fields, an entry of the menu or a button in the slot: both stand in the form.
    this.form.addEventListener('htmx:after:swap', () => this.onFields());
    // A browser that comes back to a page puts text into fields without telling.
    window.addEventListener('pageshow', () => this.refresh());
    // Folding on blur would move the page between mousedown and mouseup, and the click would be lost: fold after a click elsewhere.
    document.addEventListener('click', (event) => {
      if (event.target instanceof Node && event.target.isConnected && !this.contains(event.target) && !this.field.value && this.files?.isEmpty !== false && !this.hasFields) this.form.classList.remove('is-open');
    });
    this.onChange();
  }

  /** What only writing needs comes with the first letter or file, not with every page. */
  private async writing(): Promise<void> {
    if (this.dataset['writing']) await import(this.dataset['writing']);
  }

  private renewKey(fresh = true): void {
    const key = this.form.querySelector<HTMLInputElement>('input[name=client_key]');
    if (key && (fresh || !key.value)) key.value = newKey();
  }

  private onFields(): void {
    this.refresh();
    this.onVerdict(this.preview?.latest ?? null);
    this.draft?.save(this.field.value, this.fields());
  }

  private get hasFields(): boolean {
    return this.slots.some((slot) => slot.firstElementChild !== null);
  }

  /** Everything beside the text: kind, time, audience, places, files in their order. */
  private fields(body = new FormData(this.form)): [string, string][] {
    return [...body].filter((entry): entry is [string, string] => !/^(text|place|version|client_key|csrf.*)$/.test(entry[0]));
  }

  /** Bring everything in step with the text. */
  private refresh(): void {
    const { field } = this;
    this.form.classList.toggle('has-text', field.value !== '' || this.files?.isEmpty === false || this.hasFields);
    if (!CSS.supports('field-sizing', 'content')) {
      field.style.blockSize = 'auto';
      field.style.blockSize = `${field.scrollHeight}px`;
    }
    this.left = this.counter?.update(field.value) ?? 0;
    this.preview?.schedule();
    this.drawButton();
  }

  /** A channel, a destination or the switch changed. */
  private onChange(): void {
    const outside = this.form.querySelector<HTMLInputElement>('input[name=outside]')?.checked ?? false;
    const places = this.form.querySelector<HTMLElement>('[data-destinations]');
    if (places) {
      places.hidden = !outside;
      const boxes = [...places.querySelectorAll<HTMLInputElement>('input[name=destination]')];
      if (outside && boxes.length && !boxes.some((box) => box.checked) && boxes[0]) {
        boxes[0].checked = true;
        // Its fields come as if somebody had ticked it.
        boxes[0].dispatchEvent(new Event('change', { bubbles: true }));
      }
    }
    if (this.field.value || this.files?.count) this.preview?.schedule();
  }

  private onVerdict(verdict: Verdict | null): void {
    const words = this.button.querySelector<HTMLElement>('[data-words]');
    const label = verdict?.review ? strings.sendForReview() : this.form.querySelector('[data-part] [name=at]') && this.dataset['native'] === undefined ? strings.schedule() : (this.button.dataset['label'] ?? strings.post());
    if (words) words.textContent = label;
    if (this.button.hasAttribute('aria-label')) this.button.setAttribute('aria-label', label);
    const reason = this.form.querySelector<HTMLElement>('[data-reason]');
    if (reason) reason.hidden = !verdict?.reason;
    this.drawButton();
  }

  private get blocked(): boolean {
    return this.preview?.latest?.outcome === 'block' || this.left < 0;
  }

  private drawButton(): void {
    if (this.blocked) this.button.setAttribute('aria-disabled', 'true');
    else this.button.removeAttribute('aria-disabled');
  }

  private onKey(event: KeyboardEvent): void {
    // 229: Safari ends the composition before the Enter that chose the word.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) this.form.requestSubmit(this.button);
    } else if (event.key === 'Escape' && event.target === this.field && !this.field.value) {
      this.form.classList.remove('is-open');
      this.field.blur();
    }
  }

  private onSubmit(event: Event): void {
    if (this.dataset['native'] !== undefined) return;
    event.preventDefault();
    if (this.sending) return;
    if (this.blocked) {
      // The button stays focusable, and says where the trouble is.
      this.preview?.selectFirst();
      if (this.left < 0) announce(strings.charactersOver(-this.left));
      return;
    }
    if (!this.field.value.trim() && !this.files?.count) {
      this.field.focus();
      return;
    }
    if (this.files?.busy) {
      toast(strings.waitForFiles());
      return;
    }
    if (this.files?.askForDescription()) return;
    void this.post(new FormData(this.form));
  }

  /** Send; the text leaves the field at once, and comes back if the server says no. */
  private async post(body: FormData): Promise<void> {
    this.sending = true;
    const text = this.field.value;
    this.taken.set(keyOf(body), this.files?.take() ?? []);
    this.takenFields.set(keyOf(body), this.slots.map((slot) => [...slot.childNodes]));
    for (const slot of this.slots) slot.replaceChildren();
    const pending = this.drawPending(text, keyOf(body));
    this.empty();
    announce(strings.checking());
    try {
      await this.draft?.rest();
      const answer = await send<Answer>(this.form.action, body);
      this.arrived(pending, answer);
      this.draft?.clear();
    } catch (error) {
      this.failed(pending, body, text, error);
    } finally {
      this.sending = false;
    }
  }

  private get feed(): Feed | null {
    const target = this.dataset['feed'];
    return target ? (document.getElementById(target) as Feed | null) : null;
  }

  private drawPending(text: string, key: string): HTMLElement | null {
    const template = this.querySelector<HTMLTemplateElement>('template[data-pending]');
    const card = template?.content.firstElementChild?.cloneNode(true);
    if (!(card instanceof HTMLElement) || !this.feed) return null;
    card.dataset['cid'] = key;
    const body = card.querySelector('[data-text]');
    if (body) body.textContent = text;
    const names = (this.taken.get(key) ?? []).map((row) => row.dataset['name'] ?? '');
    if (names.length) body?.after(make('p', 'meta', names.join(', ')));
    this.feed.insert([card]);
    return card;
  }

  private arrived(pending: HTMLElement | null, answer: Answer): void {
    // The live frame may have been faster and have replaced the pending card.
    const shown = answer.id && document.querySelector(`article.post[data-id="${CSS.escape(answer.id)}"]`);
    if (pending?.isConnected && !shown) this.feed?.replace(pending, answer.html);
    else pending?.remove();
    if (answer.message) toast(answer.message);
    else announce(strings.posted());
    this.dispatchEvent(new CustomEvent('cb:posted', { bubbles: true, detail: answer }));
  }

  private failed(pending: HTMLElement | null, body: FormData, text: string, error: unknown): void {
    const status = error instanceof Refused ? error.status : 0;
    const message = (error instanceof Refused && error.message) || strings.notPosted();
    if (status !== 0 && status < 500) {
      pending?.remove();
      this.putBack(text, body, error instanceof Refused ? error.body : {}, message);
      return;
    }
    if (!pending) {
      this.putBack(text, body, {}, message);
      return;
    }
    if (!this.field.value) this.draft?.save(text, this.fields(body));
    this.drawFailure(pending, body, text, message);
  }

  /** The server said no: the text is back where it was, with the reason. The key stays: the same act may be tried again. */
  private putBack(text: string, body: FormData, answer: Record<string, unknown>, message: string): void {
    if (this.field.value && this.field.value !== text) {
      sessionStorage.setItem(`refused:${keyOf(body)}`, text);
      this.field.value = `${text}\n\n${this.field.value}`;
    } else this.field.value = text;
    this.files?.put(this.taken.get(keyOf(body)) ?? []);
    this.taken.delete(keyOf(body));
    this.takenFields.get(keyOf(body))?.forEach((nodes, index) => this.slots[index]?.replaceChildren(...nodes));
    this.form.classList.add('is-open');
    this.onFields();
    this.field.focus();
    const outside = this.form.querySelector<HTMLInputElement>('input[name=outside]');
    if (outside) outside.checked = body.has('outside');
    for (const box of this.form.querySelectorAll<HTMLInputElement>('input[name=destination]')) box.checked = body.getAll('destination').includes(box.value);
    this.onChange();
    toast(message);
    if (answer['changed']) this.renewKey();
  }

  /** The server could not be reached: the card stays, with the same key, so that a second try cannot post twice. */
  private drawFailure(card: HTMLElement, body: FormData, text: string, message: string): void {
    card.classList.replace('is-pending', 'is-failed');
    const note = card.querySelector('[data-progress]');
    const again = make('button', 'btn btn-s', strings.tryAgain());
    const edit = make('button', 'btn btn-s btn-ghost', strings.backToText());
    again.type = edit.type = 'button';
    again.addEventListener('click', () => {
      card.remove();
      void this.retry(body, text);
    });
    edit.addEventListener('click', () => {
      card.remove();
      this.putBack(text, body, {}, strings.notPosted());
    });
    note?.replaceChildren(make('span', '', message), again, edit);
    announce(message);
  }

  private async retry(body: FormData, text: string): Promise<void> {
    const pending = this.drawPending(text, keyOf(body));
    announce(strings.checking());
    try {
      this.arrived(pending, await send<Answer>(this.form.action, body));
      this.draft?.clear();
    } catch (error) {
      this.failed(pending, body, text, error);
    }
  }

  private empty(): void {
    this.field.value = '';
    // A switch that stays on is a leak waiting to happen.
    for (const box of this.form.querySelectorAll<HTMLInputElement>('input[name=outside], input[name=destination]')) box.checked = false;
    for (const reason of this.form.querySelectorAll<HTMLTextAreaElement>('[data-reason] textarea')) reason.value = '';
    this.preview?.reset();
    this.onChange();
    this.renewKey();
    this.form.classList.remove('has-text');
    this.left = this.counter?.update('') ?? 0;
    if (!CSS.supports('field-sizing', 'content')) this.field.style.blockSize = '';
    this.drawButton();
  }

  write(): void {
    this.form.classList.add('is-open');
    this.field.focus();
  }
}

export function startComposer(): void {
  customElements.define('cb-composer', Composer);
  bind('c', () => {
    const composer = document.querySelector<Composer>('main cb-composer');
    if (composer) composer.write();
    else location.assign('/#write');
    return true;
  });
  if (location.hash === '#write') document.querySelector<Composer>('main cb-composer')?.write();
}
