// The names of emoji in the reader's language, fetched when somebody first looks for one (scripts/make_emoji.py makes them).
import { getJson } from './http';

export interface Named {
  emoji: string;
  name: string;
  /** Other words it is found by, folded. */
  words: string;
  group: number;
  takesTone: boolean;
}

let own: Promise<string[]> | null = null;

/** The names of the company's own. */
export function ownNames(): Promise<string[]> {
  own ??= getJson<{ names: string[] }>('/emoji/names/').then(({ names }) => names, () => {
    own = null;
    return [];
  });
  return own;
}

const tones = ['', '🏻', '🏼', '🏽', '🏾', '🏿'];
const kept = 'emoji:tone';
let coming: Promise<Named[]> | null = null;

/** All of them, in Unicode's order. */
export function allNames(): Promise<Named[]> {
  coming ??= getJson<[string, string, string, number, number][]>(document.documentElement.dataset['emojiNames'] ?? '').then(
    (rows) => rows.map(([emoji, name, words, group, takesTone]) => ({ emoji, name, words, group, takesTone: takesTone === 1 })),
    (error: unknown) => {
      coming = null;
      throw error;
    },
  );
  return coming;
}

/** Words as they are searched: without accents and capitals. */
export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('œ', 'oe');
const wordsOf = (text: string): string[] => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/** What every word of the query begins a word of, those first that are called so. */
export function found<T extends { name: string; words: string }>(all: readonly T[], query: string, most: number): T[] {
  const wanted = wordsOf(query);
  if (!wanted.length) return [];
  const start = wanted.join(' ');
  const ranked: { one: T; rank: number }[] = [];
  for (const one of all) {
    const name = wordsOf(one.name);
    const rest = one.words.split(' ');
    if (!wanted.every((word) => [...name, ...rest].some((each) => each.startsWith(word)))) continue;
    const called = name.join(' ');
    const inName = wanted.every((word) => name.some((each) => each.startsWith(word)));
    ranked.push({ one, rank: called === start ? 0 : called.startsWith(start) ? 1 : inName ? 2 : rest.includes(start) ? 3 : 4 });
  }
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, most).map(({ one }) => one);
}

export const tone = (): number => Number(localStorage.getItem(kept) ?? 0);
export function keepTone(chosen: number): void {
  localStorage.setItem(kept, String(chosen));
}

/** The emoji in the reader's tone of skin, where it takes one: the tone stands behind its first sign. */
export function toned({ emoji, takesTone }: Pick<Named, 'emoji' | 'takesTone'>, chosen = tone()): string {
  const [first = ''] = emoji;
  return takesTone && chosen ? first + (tones[chosen] ?? '') + emoji.slice(first.length).replace(/^\uFE0F/, '') : emoji;
}
