// Finding what is being typed, after a sign or in a search, and suggesting how it goes on.
import { announce } from './announce';
import { getJson } from './http';
import { make } from './page';
import { rare } from './strings';

export interface Token {
  start: number;
  end: number;
  query: string;
}

/** The @name that the caret stands in, or null. */
export function tokenAt(text: string, caret: number): Token | null {
  const match = /(?:^|[\s(«"'’[])@([\p{L}\p{N}._-]{0,40})$/u.exec(text.slice(0, caret));
  const query = match?.[1];
  if (query === undefined) return null;
  return { start: caret - query.length - 1, end: caret, query };
}

/** One line of the list, and what takes the place of what was typed. */
export interface Option {
  instead: string;
  /** Where it leads instead of being written. */
  address?: string;
  title: string;
  detail: string;
  /** Whether it may stay in the list while more is typed. */
  fits: (query: string) => boolean;
  face: () => Element;
}

/** What a sign stands for: where it is being typed, and what there is to suggest. */
export interface Source {
  tokenAt(text: string, caret: number): Token | null;
  /** isAll: whether nothing else stands in the field. */
  find(query: string, signal: AbortSignal, isAll: boolean): Promise<Option[]>;
  /** What is said when the list opens. */
  told(count: number): string;
  /** Whether the first option is taken by Enter and Tab at once, or one has to be chosen with the arrow keys first. */
  isEager?(query: string, options: readonly Option[]): boolean;
}

interface Suggested {
  username: string;
  name: string;
  detail: string;
  initials: string;
  hue: number;
}

export function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether a suggestion still fits what stands after the @, by the server's own rule: how the username or one of the names begins. */
export function fits(person: Pick<Suggested, 'username' | 'name'>, query: string): boolean {
  const beginning = folded(query);
  return [person.username, person.name, ...person.name.split(' ')].some((word) => folded(word).startsWith(beginning));
}

/** Colleagues, asked for at an address. */
export function people(url: string): Source {
  return {
    tokenAt,
    told: (count) => rare.people(count),
    async find(query, signal) {
      const answer = await getJson<{ people: Suggested[] }>(`${url}?q=${encodeURIComponent(query)}`, signal);
      return answer.people.map(({ username, name, detail, initials, hue }) => ({
        instead: `@${username} `,
        title: name,
        detail: `@${username}${detail ? ` · ${detail}` : ''}`,
        fits: (typed) => fits({ username, name }, typed),
        face: () => {
          const face = make('span', `av av-s av-${hue}`);
          face.dataset['initials'] = initials;
          return face;
        },
      }));
    },
  };
}

/** A field of text: a textarea, or an input of one line. */
type Field = HTMLElement & Pick<HTMLInputElement, 'value' | 'selectionEnd' | 'setSelectionRange'>;

let counter = 0;

/** A listbox at the caret, or below a field of one line. The field keeps the focus; aria-activedescendant says which option is meant. */
export class Suggestions {
  private readonly box = make('div', 'suggest');
  private options: Option[] = [];
  private token: Token | null = null;
  private source: Source | null = null;
  private active = 0;
  private abort: AbortController | null = null;

  constructor(private readonly field: Field, private readonly sources: readonly Source[]) {
    this.box.id = `suggest-${++counter}`;
    this.box.setAttribute('role', 'listbox');
    this.box.setAttribute('aria-label', field instanceof HTMLInputElement ? field.getAttribute('aria-label') ?? '' : '@');
    // A field of several lines may have no such role.
    if (field instanceof HTMLInputElement) field.setAttribute('role', 'combobox');
    this.box.hidden = true;
    field.parentElement?.append(this.box);
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-haspopup', 'listbox');
    field.setAttribute('aria-controls', this.box.id);
    this.tellOpen(false);
    field.addEventListener('input', () => void this.look());
    // Before the composer hears it: Enter and Escape are for the list while it is open.
    field.addEventListener('keydown', (event) => this.onKey(event));
    field.addEventListener('keyup', (event) => {
      if (['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) void this.look();
    });
    field.addEventListener('blur', () => window.setTimeout(() => this.close(), 150));
    this.box.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      const option = event.target instanceof Element ? event.target.closest<HTMLElement>('[role=option]') : null;
      if (option) this.pick(Number(option.dataset['index']));
    });
  }

  get isOpen(): boolean {
    return !this.box.hidden;
  }

  async look(): Promise<void> {
    const { value } = this.field;
    const caret = this.field.selectionEnd ?? value.length;
    this.abort?.abort();
    const source = this.sources.find((one) => one.tokenAt(value, caret) !== null);
    const token = source?.tokenAt(value, caret);
    if (!source || !token) {
      this.close();
      return;
    }
    // Until the answer is there, the list is that of fewer letters: Enter must not choose what the new ones rule out.
    if (this.isOpen && source === this.source) this.open(token, this.options.filter((one) => one.fits(token.query)), source);
    this.abort = new AbortController();
    const { signal } = this.abort;
    try {
      const options = await source.find(token.query, signal, token.query === value);
      if (!signal.aborted) this.open(token, options, source);
    } catch {
      if (!signal.aborted) this.close();
    }
  }

  private open(token: Token, options: Option[], source: Source): void {
    if (!options.length) {
      this.close();
      return;
    }
    this.token = token;
    this.source = source;
    this.options = options;
    this.active = source.isEager?.(token.query, options) === false ? -1 : 0;
    this.box.replaceChildren(...options.map((one, index) => this.option(one, index)));
    this.place(token);
    const wasHidden = this.box.hidden;
    this.box.hidden = false;
    this.tellOpen(true);
    this.mark();
    if (wasHidden) announce(source.told(options.length));
  }

  private option({ title, detail, face }: Option, index: number): HTMLElement {
    const option = make('div');
    option.id = `${this.box.id}-${index}`;
    option.dataset['index'] = String(index);
    option.setAttribute('role', 'option');
    const words = make('span', '', title);
    if (detail) words.append(make('small', '', detail));
    const look = face();
    look.setAttribute('aria-hidden', 'true');
    option.append(look, words);
    return option;
  }

  private place(token: Token): void {
    const at = this.field instanceof HTMLTextAreaElement ? caretPoint(this.field, token.start) : { x: 0, y: this.field.offsetHeight + 6 };
    const frame = this.field.parentElement?.getBoundingClientRect();
    const room = (frame?.width ?? 0) - 288;
    // On a phone the list is wider than the field: it may begin left of it, and never off the screen.
    this.box.style.insetInlineStart = `${Math.max(8 - (frame?.left ?? 0), Math.min(at.x, room))}px`;
    this.box.style.insetBlockStart = `${at.y}px`;
  }

  private mark(): void {
    for (const [index, option] of [...this.box.children].entries()) option.setAttribute('aria-selected', String(index === this.active));
    const option = this.box.children[this.active];
    if (!option) {
      this.field.removeAttribute('aria-activedescendant');
      return;
    }
    option.scrollIntoView({ block: 'nearest' });
    this.field.setAttribute('aria-activedescendant', option.id);
  }

  private tellOpen(isOpen: boolean): void {
    if (this.field instanceof HTMLInputElement) this.field.setAttribute('aria-expanded', String(isOpen));
  }

  close(): void {
    this.box.hidden = true;
    this.tellOpen(false);
    this.token = null;
    this.field.removeAttribute('aria-activedescendant');
  }

  private onKey(event: KeyboardEvent): void {
    // 229: Safari ends the composition before the Enter that chose the word.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    if (!this.isOpen || event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const { length } = this.options;
      this.active = this.active < 0 && step < 0 ? length - 1 : (this.active + step + length) % length;
      this.mark();
    } else if (this.active >= 0 && ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab')) this.pick(this.active);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private pick(index: number): void {
    const option = this.options[index];
    if (!option || !this.token) return;
    if (option.address) {
      location.assign(option.address);
      return;
    }
    this.field.focus();
    this.field.setSelectionRange(this.token.start, this.token.end);
    // insertText keeps the undo stack; setRangeText would not.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    document.execCommand('insertText', false, option.instead);
    this.close();
  }
}

/** Where a character of a textarea is, measured in a copy of it that is laid out the same way. */
function caretPoint(field: HTMLTextAreaElement, at: number): { x: number; y: number } {
  const twin = make('div', 'mirror');
  const style = getComputedStyle(field);
  twin.style.cssText = `position:absolute;visibility:hidden;white-space:pre-wrap;overflow-wrap:break-word;inline-size:${field.clientWidth}px`;
  for (const property of ['font', 'padding', 'lineHeight', 'letterSpacing', 'fontFeatureSettings'] as const) twin.style[property] = style[property];
  twin.append(document.createTextNode(field.value.slice(0, at)));
  const mark = make('span', '', '@');
  twin.append(mark);
  field.parentElement?.append(twin);
  const point = { x: mark.offsetLeft - 8, y: mark.offsetTop + mark.offsetHeight + 6 - field.scrollTop };
  twin.remove();
  return point;
}
