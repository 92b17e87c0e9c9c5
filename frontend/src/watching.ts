// Parts of a page that are about posts, asked for anew when these change: who reacted, who acknowledged, what is pinned.
import { follow, type PostFrame } from './live';

/**
 * <section data-watches="120 edited:121 pinned@3" hx-trigger="cb:changed">: everything that happens to a post, one kind of it, one
 * kind in a whole channel. data-heads='{"3":120}': where the channels stood, where no feed of the page follows them.
 */
export function startWatching(): void {
  const parts = (words = ''): NodeListOf<HTMLElement> => document.querySelectorAll<HTMLElement>(`[data-watches${words}]`);
  const renew = (found: NodeListOf<HTMLElement>): void => found.forEach((part) => part.dispatchEvent(new CustomEvent('cb:changed')));
  if (!parts().length) return;
  document.addEventListener('cb:post', (event) => {
    const { id, kind, c } = (event as CustomEvent<PostFrame>).detail;
    for (const word of [id, `${kind}:${id}`, `${kind}@${c}`]) renew(parts(`~="${CSS.escape(word)}"`));
  });
  document.addEventListener('cb:resync', () => renew(parts()));
  for (const part of parts()) follow(JSON.parse(part.dataset['heads'] ?? '{}') as Record<string, number>);
}
