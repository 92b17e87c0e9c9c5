// Posts arrive the same for everybody; here the browser marks what is the reader's: own posts, own reactions, bookmarks.
import { getJson } from './http';
import { me } from './page';

export interface Mine {
  reacted: Record<string, string[]>;
  bookmarked: string[];
  reposted: string[];
}

const reacted = new Map<string, Set<string>>();
const bookmarked = new Set<string>();
const reposted = new Set<string>();
const known = new Set<string>();

/** Read what the page brought along. */
export function readMine(root: ParentNode = document): void {
  for (const node of root.querySelectorAll<HTMLElement>('[data-mine]')) learn(JSON.parse(node.dataset['mine'] || '{}') as Partial<Mine>);
}

function learn(mine: Partial<Mine>): void {
  for (const [id, emojis] of Object.entries(mine.reacted ?? {})) reacted.set(id, new Set(emojis));
  for (const id of mine.bookmarked ?? []) bookmarked.add(id);
  for (const id of mine.reposted ?? []) reposted.add(id);
}

export function noteReaction(id: string, emoji: string, on: boolean): void {
  const mine = reacted.get(id) ?? new Set<string>();
  if (on) mine.add(emoji);
  else mine.delete(emoji);
  reacted.set(id, mine);
}

export function noteBookmark(id: string, on: boolean): void {
  if (on) bookmarked.add(id);
  else bookmarked.delete(id);
}

export function noteRepost(id: string, on: boolean): void {
  if (on) reposted.add(id);
  else reposted.delete(id);
}

export const hasReposted = (id: string): boolean => reposted.has(id);
export const hasReacted = (id: string, emoji: string): boolean => reacted.get(id)?.has(emoji) ?? false;
export const hasBookmarked = (id: string): boolean => bookmarked.has(id);

/** Mark one post. */
export function markMine(post: HTMLElement): void {
  const id = post.dataset['id'] ?? '';
  const own = post.dataset['author'] === me();
  for (const node of post.querySelectorAll<HTMLElement>('[data-own]')) node.hidden = !own;
  for (const node of post.querySelectorAll<HTMLElement>('[data-not-own]')) node.hidden = own;
  for (const button of post.querySelectorAll<HTMLButtonElement>('button[data-emoji]')) {
    button.setAttribute('aria-pressed', String(hasReacted(id, button.value)));
  }
  markButton(post.querySelector('button[data-act=bookmark]'), hasBookmarked(id));
  markButton(post.querySelector('button[data-act=repost]'), hasReposted(id));
}

/** A button that says what pressing it will do. */
function markButton(button: HTMLButtonElement | null, on: boolean): void {
  if (!button) return;
  button.setAttribute('aria-pressed', String(on));
  const words = button.querySelector('[data-words]');
  if (words) words.textContent = (on ? button.dataset['off'] : button.dataset['on']) ?? words.textContent;
}

/** Mark all posts in `root`, asking the server once about those that came later than the page. */
export async function markAll(root: ParentNode, fresh = false): Promise<void> {
  const posts = [...root.querySelectorAll<HTMLElement>('article.post[data-id]')];
  const unknown: string[] = [];
  for (const post of posts) {
    const id = post.dataset['id'] ?? '';
    if (fresh && !known.has(id)) unknown.push(id);
    known.add(id);
    markMine(post);
  }
  if (!unknown.length) return;
  try {
    learn(await getJson<Mine>(`/live/mine/?ids=${unknown.slice(0, 100).join(',')}`));
  } catch {
    return; // Marks are a comfort; the post itself is there.
  }
  for (const post of posts) markMine(post);
}
