// Parts of a page that are about one post, asked for anew when it changes: who reacted, who acknowledged.
import { follow, type PostFrame } from './live';

/** <section data-watches="post id" data-heads='{"3":120}' hx-trigger="cb:changed">: the post, and where its channel stood. */
export function startWatching(): void {
  const parts = (id: string): NodeListOf<HTMLElement> => document.querySelectorAll<HTMLElement>(`[data-watches${id}]`);
  const renew = (found: NodeListOf<HTMLElement>): void => found.forEach((part) => part.dispatchEvent(new CustomEvent('cb:changed')));
  if (!parts('').length) return;
  document.addEventListener('cb:post', (event) => renew(parts(`="${CSS.escape((event as CustomEvent<PostFrame>).detail.id)}"`)));
  document.addEventListener('cb:resync', () => renew(parts('')));
  for (const part of parts('')) follow(JSON.parse(part.dataset['heads'] ?? '{}') as Record<string, number>);
}
