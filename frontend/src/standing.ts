// How a kind of post stands for whoever reads: asked for once for all cards of a page, and again when something changed.
import { getJson } from './http';

export interface Kind<T> {
  draw(card: HTMLElement, standing: T): void;
  /** Whether a change of the card may change what the reader is told of it. */
  renews(standing: T, part: Element): boolean;
}

const wait = 400;
const most = 100;
const kinds = new Map<string, Kind<unknown>>();
const known = new Map<string, { kind: string; standing: unknown }>();
const asked = new Map<string, string>();
let timer = 0;

export const idOf = (node: Element): string => node.closest<HTMLElement>('article.post')?.dataset['id'] ?? '';

export function standingOf(id: string): unknown {
  return known.get(id)?.standing;
}

/** Note how a post stands, and show it on each of its cards: the feed and the thread beside it may both have one. */
export function show(kind: string, id: string, standing: unknown): void {
  known.set(id, { kind, standing });
  for (const card of document.querySelectorAll<HTMLElement>(`article.post[data-id="${CSS.escape(id)}"]`)) kinds.get(kind)?.draw(card, standing);
}

/** A card came, or came anew: what is known of it at once, and what may have changed by one request for all. */
function onCard(part: HTMLElement): void {
  const id = idOf(part);
  const name = part.dataset['kind'] ?? '';
  const kind = kinds.get(name);
  const card = part.closest<HTMLElement>('article.post');
  if (!id || !kind || !card) return;
  const mine = known.get(id);
  if (mine) kind.draw(card, mine.standing);
  if (mine && !kind.renews(mine.standing, part)) return;
  again(name, id, known.size ? wait : 0);
}

/** Ask how a post stands now. */
export function again(kind: string, id: string, after = 0): void {
  asked.set(id, kind);
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), after);
}

async function ask(): Promise<void> {
  const wanted = [...asked].slice(0, most);
  for (const [id] of wanted) asked.delete(id);
  try {
    const found = await getJson<Record<string, unknown>>(`/live/parts/?ids=${wanted.map(([id]) => id).join(',')}`);
    for (const [id, kind] of wanted) if (found[id] !== undefined) show(kind, id, found[id]);
  } catch {
    return; // The card says everything but the reader's own part; the next change asks again.
  }
}

export function addKind<T>(name: string, kind: Kind<T>): void {
  kinds.set(name, kind);
}

export function startStanding(): void {
  document.addEventListener('cb:part', (event) => {
    if (event.target instanceof HTMLElement) onCard(event.target);
  });
  document.querySelectorAll<HTMLElement>('article.post cb-part').forEach(onCard);
}
