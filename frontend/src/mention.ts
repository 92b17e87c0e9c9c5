// Finding the name that is being typed, and suggesting people for it.
import { announce } from './announce';
import { getJson } from './http';
import { make } from './page';
import { strings } from './strings';

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

interface Suggested {
  username: string;
  name: string;
  detail: string;
  initials: string;
  hue: number;
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** Whether a suggestion still fits what stands after the @, by the server's own rule: how the username or one of the names begins. */
export function fits(person: Pick<Suggested, 'username' | 'name'>, query: string): boolean {
  const beginning = folded(query);
  return [person.username, person.name, ...person.name.split(' ')].some((word) => folded(word).startsWith(beginning));
}

let counter = 0;

/** A listbox at the caret. The textarea keeps the focus; aria-activedescendant says which option is meant. */
export class Suggestions {
  private readonly box = make('div', 'suggest');
  private options: Suggested[] = [];
  private token: Token | null = null;
  private active = 0;
  private abort: AbortController | null = null;

  constructor(private readonly field: HTMLTextAreaElement, private readonly url: string) {
    this.box.id = `suggest-${++counter}`;
    this.box.setAttribute('role', 'listbox');
    this.box.setAttribute('aria-label', '@');
    this.box.hidden = true;
    field.parentElement?.append(this.box);
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-haspopup', 'listbox');
    field.setAttribute('aria-controls', this.box.id);
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
    const token = tokenAt(this.field.value, this.field.selectionEnd);
    this.abort?.abort();
    if (!token) {
      this.close();
      return;
    }
    // Until the server answers, the list is that of fewer letters: Enter must not choose whom the new ones rule out.
    if (this.isOpen) this.open(token, this.options.filter((person) => fits(person, token.query)));
    this.abort = new AbortController();
    try {
      const { people } = await getJson<{ people: Suggested[] }>(`${this.url}?q=${encodeURIComponent(token.query)}`, this.abort.signal);
      this.open(token, people);
    } catch {
      this.close();
    }
  }

  private open(token: Token, people: Suggested[]): void {
    if (!people.length) {
      this.close();
      return;
    }
    this.token = token;
    this.options = people;
    this.active = 0;
    this.box.replaceChildren(...people.map((person, index) => this.option(person, index)));
    this.place(token);
    const wasHidden = this.box.hidden;
    this.box.hidden = false;
    this.mark();
    if (wasHidden) announce(strings.people(people.length));
  }

  private option(person: Suggested, index: number): HTMLElement {
    const option = make('div');
    option.id = `${this.box.id}-${index}`;
    option.dataset['index'] = String(index);
    option.setAttribute('role', 'option');
    const words = make('span', '', person.name);
    words.append(make('small', '', `@${person.username}${person.detail ? ` · ${person.detail}` : ''}`));
    const face = make('span', `av av-s av-${person.hue}`);
    face.dataset['initials'] = person.initials;
    face.setAttribute('aria-hidden', 'true');
    option.append(face, words);
    return option;
  }

  private place(token: Token): void {
    const at = caretPoint(this.field, token.start);
    const frame = this.field.parentElement?.getBoundingClientRect();
    const room = (frame?.width ?? 0) - 288;
    // On a phone the list is wider than the field: it may begin left of it, and never off the screen.
    this.box.style.insetInlineStart = `${Math.max(8 - (frame?.left ?? 0), Math.min(at.x, room))}px`;
    this.box.style.insetBlockStart = `${at.y}px`;
  }

  private mark(): void {
    for (const [index, option] of [...this.box.children].entries()) option.setAttribute('aria-selected', String(index === this.active));
    const option = this.box.children[this.active];
    if (!option) return;
    option.scrollIntoView({ block: 'nearest' });
    this.field.setAttribute('aria-activedescendant', option.id);
  }

  close(): void {
    this.box.hidden = true;
    this.token = null;
    this.field.removeAttribute('aria-activedescendant');
  }

  /** Returns true where the key was for the list. */
  onKey(event: KeyboardEvent): boolean {
    if (!this.isOpen || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (this.active + step + this.options.length) % this.options.length;
      this.mark();
    } else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') this.pick(this.active);
    else if (event.key === 'Escape') this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private pick(index: number): void {
    const person = this.options[index];
    if (!person || !this.token) return;
    this.field.focus();
    this.field.setSelectionRange(this.token.start, this.token.end);
    // insertText keeps the undo stack; setRangeText would not.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    document.execCommand('insertText', false, `@${person.username} `);
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
