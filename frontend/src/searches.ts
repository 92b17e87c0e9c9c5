// Suggestions for a search: operators and what they take, as the server knows them.
import { getJson } from './http';
import { folded, type Option, type Source, type Token } from './mention';
import { icon, make } from './page';

interface Completion {
  instead: string;
  title: string;
  detail: string;
  sign: string;
  address: string;
  initials: string;
  hue: number;
}

/** The word at the caret where it is an operator, or the beginning of a word that may become one; or null. */
export function wordAt(text: string, caret: number): Token | null {
  // Alone in the field it may be the name of a place, however it is written.
  if (caret === text.length && /^[\p{L}\p{N}][\p{L}\p{N}._-]{1,39}$/u.test(text)) return { start: 0, end: caret, query: text };
  const query = /(?:^|\s)(-?(?:\p{L}{1,6}|[a-z]{2,6}:[^\s"]{0,40}))$/iu.exec(text.slice(0, caret))?.[1];
  return query === undefined ? null : { start: caret - query.length, end: caret, query };
}

/** Whether Enter takes the first option: not where a word may be meant, nor where it says already what is meant. */
export function isEager(query: string, options: readonly Pick<Option, 'instead'>[]): boolean {
  return query.includes(':') && !options.some((one) => one.instead.trim() === query.toLowerCase());
}

function face(one: Completion): Element {
  if (one.sign === 'day') return icon('calendar');
  if (one.sign === 'channel') return icon('hash');
  if (one.sign !== 'person') return icon('search');
  const made = make('span', `av av-s av-${one.hue}`);
  made.dataset['initials'] = one.initials;
  return made;
}

let told = '';
export const searches: Source = {
  tokenAt: wordAt,
  told: () => told,
  isEager,
  async find(query, signal, isAll) {
    const answer = await getJson<{ told: string; options: Completion[] }>(`/suggestions/searches/?q=${encodeURIComponent(query)}${isAll ? '&all' : ''}`, signal);
    told = answer.told;
    return answer.options.map((one) => ({
      instead: one.instead,
      address: one.address,
      title: one.title,
      detail: one.detail,
      fits: (typed) => folded(`${one.instead} ${one.title}`).includes(folded(typed.replace(/^.*:@?/, ''))),
      face: () => face(one),
    }));
  },
};
