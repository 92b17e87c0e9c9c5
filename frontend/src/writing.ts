// Keys, suggestions and files of the composer: an entry of its own, fetched when somebody begins to write.
import { startAttaching } from './attach';
import { allNames, found, ownNames, toned } from './emoji-names';
import { people, type Source, Suggestions, type Token } from './mention';
import { make } from './page';
import { channels, tags } from './places';
import { rare } from './strings';

const mostEmoji = 8;

/** The name of an emoji that the caret stands in, or null: two letters at least, for `:)` is none. */
export function emojiAt(text: string, caret: number): Token | null {
  const query = /(?:^|[\s(«"'’[]):([\p{L}\p{N}_+-]{2,30})$/u.exec(text.slice(0, caret))?.[1];
  return query === undefined ? null : { start: caret - query.length - 1, end: caret, query };
}

const emoji: Source = {
  tokenAt: emojiAt,
  told: (count) => rare.emoji(count),
  async find(query) {
    const [names, own] = await Promise.all([allNames(), ownNames()]);
    const all = [...own.map((name) => ofCompany(name)), ...names.map((one) => ({ ...one, instead: toned(one), face: () => make('span', 'emoji', toned(one)) }))];
    return found(all, query.replaceAll(/[_-]/g, ' '), mostEmoji).map((one) => ({
      instead: `${one.instead} `,
      title: one.name,
      detail: '',
      fits: (typed) => found([one], typed.replaceAll(/[_-]/g, ' '), 1).length > 0,
      face: one.face,
    }));
  },
};

/** One of the company's own, which is written by its name. */
function ofCompany(name: string): { name: string; words: string; instead: string; face: () => HTMLElement } {
  const face = (): HTMLElement => {
    const picture = make('img', 'emoji-own');
    picture.src = `/emoji/of/${name}/`;
    picture.alt = '';
    const frame = make('span', 'emoji');
    frame.append(picture);
    return frame;
  };
  return { name: name.replaceAll('_', ' '), words: '', instead: `:${name}:`, face };
}

const equipped = new WeakSet<HTMLTextAreaElement>();

/** Suggest in a composer's field, beginning with what was typed before this script came. */
function equip(field: EventTarget | null): void {
  if (!(field instanceof HTMLTextAreaElement) || field.name !== 'text' || equipped.has(field)) return;
  const url = field.closest<HTMLElement>('cb-composer')?.dataset['mentionsUrl'];
  if (!url) return;
  equipped.add(field);
  void new Suggestions(field, [people(url), channels, tags, emoji]).look();
}

document.addEventListener('focusin', (event) => equip(event.target));
equip(document.activeElement);

/** Replace what is selected as if it was typed, so that Undo takes it back. */
function type(field: HTMLTextAreaElement, text: string, from: number, to: number): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  if (!document.execCommand('insertText', false, text)) {
    field.setRangeText(text);
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  field.setSelectionRange(from, to);
}

/** Put a mark around what is selected, or take it away; the selection stays. */
function mark(field: HTMLTextAreaElement, sign: string): void {
  const { value, selectionStart: start, selectionEnd: end } = field;
  const words = value.slice(start, end);
  const { length } = sign;
  const before = value.slice(0, start);
  const isMarked = before.endsWith(sign) && value.startsWith(sign, end) && !(sign === '*' && /(^|[^*])\*\*$/.test(before));
  if (isMarked) {
    field.setSelectionRange(start - length, end + length);
    type(field, words, start - length, end - length);
  } else {
    type(field, `${sign}${words}${sign}`, start + length, end + length);
  }
}

/** Name an address: what is selected is the name, or the address where it looks like one. */
function link(field: HTMLTextAreaElement): void {
  const { value, selectionStart: start, selectionEnd: end } = field;
  const words = value.slice(start, end);
  if (/^https?:\/\/\S+$/.test(words)) {
    type(field, `[](${words})`, start + 1, start + 1);
    return;
  }
  const address = 'https://';
  const at = start + words.length + 3;
  type(field, `[${words}](${address})`, words ? at + address.length : start + 1, words ? at + address.length : start + 1);
}

const keys: Record<string, (field: HTMLTextAreaElement) => void> = {
  b: (field) => mark(field, '**'),
  i: (field) => mark(field, '*'),
  k: link,
};

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('[data-close-preview]') : null;
  button?.closest('.composer-preview')?.replaceChildren();
});

/** A preview that is open follows what is typed; it goes with the text, as when that is posted. */
let pause = 0;
document.addEventListener('input', (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || field.name !== 'text') return;
  const preview = field.closest('cb-composer')?.querySelector('.composer-preview');
  window.clearTimeout(pause);
  if (!preview?.firstElementChild) return;
  pause = window.setTimeout(() => {
    if (field.value.trim()) preview.dispatchEvent(new CustomEvent('cb:typed'));
    else preview.replaceChildren();
  }, 300);
});
document.addEventListener('cb:posted', (event) => {
  if (event.target instanceof Element) event.target.querySelector('.composer-preview')?.replaceChildren();
});

document.addEventListener('keydown', (event) => {
  const field = event.target;
  if (!(field instanceof HTMLTextAreaElement) || field.name !== 'text' || !field.closest('cb-composer')) return;
  if (event.isComposing || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act(field);
});

startAttaching();
