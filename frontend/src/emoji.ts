// <cb-emoji>: the picker of emoji, an entry of its own. Search, groups, tones of skin, arrows; for reactions and composers.
import { announce } from './announce';
import { allNames, found, keepTone, type Named, tone, toned } from './emoji-names';
import { make } from './page';
import { strings } from './strings';

const most = 60;
const mostRecent = 18;
const inRow = 6;

class Picker extends HTMLElement {
  private opener: HTMLElement | null = null;
  private drawn = false;
  private names: Named[] = [];

  private field!: HTMLInputElement;
  private tones!: HTMLSelectElement;
  private results!: HTMLElement;
  private recent!: HTMLElement;
  private nothing!: HTMLElement;
  private failed!: HTMLElement;

  connectedCallback(): void {
    this.field = within(this, '[data-find]', HTMLInputElement);
    this.tones = within(this, '[data-tone]', HTMLSelectElement);
    this.results = within(this, '[data-results]', HTMLElement);
    this.recent = within(this, '[data-group=recent] > .emoji-grid', HTMLElement);
    this.nothing = within(this, '[data-nothing]', HTMLElement);
    this.failed = within(this, '[data-failed]', HTMLElement);
    this.field.addEventListener('input', () => this.search());
    this.tones.addEventListener('change', () => {
      keepTone(Number(this.tones.value));
      this.draw();
    });
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('button.emoji') : null;
      if (button) this.pick(button.value);
    });
    this.addEventListener('keydown', (event) => this.onKey(event));
    this.addEventListener('toggle', (event) => {
      const at = document.activeElement;
      if (event.newState === 'closed' && (at === document.body || this.contains(at))) this.leave();
    });
  }

  /** Back to what opened it, or to the post where that was in a menu which is closed by now. */
  private leave(): void {
    const { opener } = this;
    // The post may have been drawn anew meanwhile: it is found by its name, not by its old element.
    const post = opener?.closest('article.post')?.id;
    const to = opener?.offsetParent ? opener : post ? document.getElementById(post) : null;
    to?.focus({ preventScroll: true });
  }

  /** A row of quick reactions opens: below them what one gave before. */
  fill(menu: Element): void {
    const row = menu.querySelector('.emoji-row');
    const card = menu.closest('article.post');
    if (!row || !card) return;
    menu.querySelector('.emoji-recent')?.remove();
    const quick = [...row.querySelectorAll('button')].map((button) => button.value);
    const mine = [...this.recent.querySelectorAll('button')].filter((button) => !quick.includes(button.value)).slice(0, inRow);
    if (!mine.length) return;
    const more = make('div', 'emoji-row emoji-recent');
    for (const known of mine) {
      const button = reaction(known.value);
      button.append(...[...known.childNodes].map((node) => node.cloneNode(true)));
      button.setAttribute('aria-label', known.ariaLabel ?? known.value);
      button.setAttribute('aria-pressed', String(card.querySelector(`button[data-emoji][value="${CSS.escape(known.value)}"][aria-pressed=true]`) !== null));
      more.append(button);
    }
    row.after(more);
  }

  async openFor(opener: HTMLElement): Promise<void> {
    this.opener = opener;
    this.tones.value = String(tone());
    this.place(opener);
    this.showPopover();
    this.field.value = '';
    this.search();
    this.field.focus();
    if (this.drawn) return;
    try {
      this.names = await allNames();
      this.drawn = true;
      this.draw();
      this.search();
    } catch {
      this.failed.hidden = false;
    }
  }

  /** Beside what opened it, and never off the screen; on a phone the style puts it at the bottom. */
  private place(opener: HTMLElement): void {
    const at = (opener.offsetParent ? opener : (opener.closest('article.post, cb-composer') ?? opener)).getBoundingClientRect();
    const [width, height] = [352, 400];
    this.style.insetInlineStart = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    this.style.insetBlockStart = `${at.bottom + height + 8 < innerHeight ? at.bottom + 4 : Math.max(8, Math.min(at.top, innerHeight) - height - 4)}px`;
  }

  private draw(): void {
    for (const grid of this.querySelectorAll<HTMLElement>('section[data-group] > .emoji-grid')) {
      const group = grid.parentElement?.dataset['group'] ?? '';
      const those = this.names.filter((one) => String(one.group) === group);
      if (those.length) grid.replaceChildren(...those.map(button));
    }
    this.search();
  }

  private search(): void {
    const query = this.field.value.trim();
    const all = [...this.company(), ...this.names.map((one) => ({ ...one, node: () => button(one) }))];
    const hits = query ? found(all, query, most) : [];
    this.results.replaceChildren(...hits.map((one) => one.node()));
    for (const section of this.querySelectorAll<HTMLElement>('section[data-group]')) section.hidden = query !== '' || !section.querySelector('button');
    this.nothing.hidden = !query || hits.length > 0 || !this.drawn;
    if (!this.nothing.hidden) announce(this.nothing.textContent.trim());
    this.rove(this.buttons[0]);
  }

  /** Those of the company, which the server drew. */
  private company(): { name: string; words: string; node(): Node }[] {
    const own = this.querySelectorAll<HTMLButtonElement>('[data-group=company] button');
    return [...own].map((made) => ({ name: made.value.replaceAll(/[:_-]/g, ' '), words: '', node: () => made.cloneNode(true) }));
  }

  private get buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll<HTMLButtonElement>('.emoji-grid > button')].filter((one) => !one.closest('[hidden]'));
  }

  /** One of all buttons is reached with Tab; arrows lead to the others. */
  private rove(to: HTMLButtonElement | undefined): void {
    for (const one of this.querySelectorAll('.emoji-grid > [tabindex="0"]')) one.setAttribute('tabindex', '-1');
    to?.setAttribute('tabindex', '0');
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      // A search field would take the first one to empty itself.
      event.preventDefault();
      this.hidePopover();
      return;
    }
    const now = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('.emoji-grid > button') : null;
    if (!now && event.target !== this.field) return;
    const { buttons } = this;
    let to: HTMLElement | undefined;
    if (!now) to = event.key === 'ArrowDown' ? buttons[0] : undefined;
    else if (event.key === 'ArrowRight') to = buttons[buttons.indexOf(now) + 1];
    else if (event.key === 'ArrowLeft') to = buttons[buttons.indexOf(now) - 1];
    else if (event.key === 'ArrowDown') to = nextRow(buttons.slice(buttons.indexOf(now)), now);
    else if (event.key === 'ArrowUp') to = nextRow(buttons.slice(0, buttons.indexOf(now) + 1).reverse(), now) ?? this.field;
    if (!now && event.key === 'Enter') {
      event.preventDefault();
      if (this.field.value.trim() && buttons[0]) this.pick(buttons[0].value);
    }
    if (!to) return;
    event.preventDefault();
    if (to instanceof HTMLButtonElement) this.rove(to);
    to.focus();
  }

  private pick(emoji: string): void {
    const { opener } = this;
    this.opener = null;
    this.hidePopover();
    this.remember(emoji);
    const composer = opener?.closest('cb-composer');
    if (composer) {
      const text = composer.querySelector<HTMLTextAreaElement>('textarea[name=text]');
      text?.focus();
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      document.execCommand('insertText', false, emoji);
      return;
    }
    react(opener?.dataset['of'] ?? '', emoji);
  }

  /** What was just used stands first. */
  private remember(emoji: string): void {
    const same = [...this.querySelectorAll<HTMLButtonElement>('button.emoji')].find((one) => one.value === emoji);
    for (const one of this.recent.querySelectorAll('button')) if (one.value === emoji) one.remove();
    if (same) this.recent.prepend(same.cloneNode(true));
    while (this.recent.children.length > mostRecent) this.recent.lastElementChild?.remove();
  }
}

function within<T extends HTMLElement>(root: HTMLElement, selector: string, kind: new () => T): T {
  const node = root.querySelector(selector);
  if (!(node instanceof kind)) throw new Error(`The picker has no ${selector}`);
  return node;
}

function button(named: Named): HTMLButtonElement {
  const emoji = toned(named);
  const made = make('button', 'emoji', emoji);
  made.type = 'button';
  made.value = emoji;
  made.tabIndex = -1;
  made.title = named.name;
  made.setAttribute('aria-label', named.name);
  return made;
}

function reaction(emoji: string): HTMLButtonElement {
  const made = make('button', 'emoji');
  made.name = 'emoji';
  made.value = emoji;
  made.dataset['act'] = 'react';
  made.dataset['emoji'] = '';
  return made;
}

/** React as a press of a button on the card does; the card may be another one by now. */
function react(id: string, emoji: string): void {
  const card = document.querySelector<HTMLElement>(`article.post[data-id="${CSS.escape(id)}"]`);
  const form = card?.querySelector<HTMLFormElement>('form[action$="/react/"]');
  if (!card || !form) {
    announce(strings.failed());
    return;
  }
  const pressed = reaction(emoji);
  pressed.hidden = true;
  form.append(pressed);
  form.requestSubmit(pressed);
  pressed.remove();
  card.focus({ preventScroll: true });
}

/** The button in the next row that is nearest to this one. */
function nextRow(ahead: HTMLButtonElement[], from: HTMLButtonElement): HTMLButtonElement | undefined {
  const here = from.getBoundingClientRect();
  const others = ahead.map((one) => ({ one, box: one.getBoundingClientRect() })).filter(({ box }) => Math.abs(box.top - here.top) > 4);
  const row = others.filter(({ box }) => Math.abs(box.top - (others[0]?.box.top ?? 0)) < 4);
  return row.sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left))[0]?.one;
}

customElements.define('cb-emoji', Picker);
document.addEventListener('cb:emoji', ({ target }) => {
  const picker = document.querySelector<Picker>('cb-emoji');
  if (!(target instanceof HTMLElement)) return;
  if (target.matches('[data-emoji-picker]')) void picker?.openFor(target);
  else picker?.fill(target);
});
