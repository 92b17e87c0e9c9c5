// React, bookmark, delete, copy: forms that work without a script, done here without leaving the page.
import { announce } from './announce';
import { confirm } from './dialogs';
import { Refused, send } from './http';
import { hasBookmarked, hasReacted, hasReposted, markMine, noteBookmark, noteReaction, noteRepost } from './mine';
import { language } from './page';
import { strings } from './strings';
import { toast } from './toast';

/** Every card of a post on the page: the feed and the thread panel may show the same one. */
export function cardsOf(id: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`article.post[data-id="${CSS.escape(id)}"]`)];
}

/** Where a button sends its form: a button without an address of its own says the page's. */
function addressOf(form: HTMLFormElement, button: HTMLButtonElement): string {
  return button.hasAttribute('formaction') ? button.formAction : form.action;
}

function fail(error: unknown): void {
  toast(error instanceof Refused && error.message ? error.message : strings.failed());
}

function shiftCount(id: string, emoji: string, by: number): void {
  for (const card of cardsOf(id)) {
    for (const counter of card.querySelectorAll<HTMLElement>('[data-reactions-of]')) {
      if (counter.dataset['reactionsOf'] !== 'all' && counter.dataset['reactionsOf'] !== emoji) continue;
      const count = Number(counter.dataset['count'] ?? 0) + by;
      counter.dataset['count'] = String(count);
      counter.textContent = count > 0 ? count.toLocaleString(language()) : '';
    }
    markMine(card);
  }
}

async function react(form: HTMLFormElement, button: HTMLButtonElement, id: string): Promise<void> {
  const emoji = button.value;
  const on = !hasReacted(id, emoji);
  const body = new FormData(form, button);
  body.set('on', on ? '1' : '0');
  noteReaction(id, emoji, on);
  shiftCount(id, emoji, on ? 1 : -1);
  try {
    await send(addressOf(form, button), body);
    announce(on ? strings.reacted() : strings.reactionGone());
  } catch (error) {
    noteReaction(id, emoji, !on);
    shiftCount(id, emoji, on ? -1 : 1);
    fail(error);
  }
}

async function bookmark(form: HTMLFormElement, button: HTMLButtonElement, id: string): Promise<void> {
  const on = !hasBookmarked(id);
  const body = new FormData(form, button);
  body.set('on', on ? '1' : '0');
  noteBookmark(id, on);
  cardsOf(id).forEach(markMine);
  try {
    await send(addressOf(form, button), body);
    toast(on ? strings.bookmarked() : strings.bookmarkGone());
  } catch (error) {
    noteBookmark(id, !on);
    cardsOf(id).forEach(markMine);
    fail(error);
  }
}

async function repost(form: HTMLFormElement, button: HTMLButtonElement, id: string): Promise<void> {
  const on = !hasReposted(id);
  const body = new FormData(form, button);
  body.set('on', on ? '1' : '0');
  try {
    await send(addressOf(form, button), body);
    noteRepost(id, on);
    cardsOf(id).forEach(markMine);
    toast(on ? strings.reposted() : strings.repostGone());
  } catch (error) {
    fail(error);
  }
}

async function remove(form: HTMLFormElement, button: HTMLButtonElement, id: string): Promise<void> {
  if (!(await confirm(strings.deleteQuestion(), strings.delete()))) return;
  try {
    await send(addressOf(form, button), new FormData(form, button));
    for (const card of cardsOf(id)) card.remove();
    announce(strings.deleted());
  } catch (error) {
    fail(error);
  }
}

async function copyLink(link: HTMLAnchorElement): Promise<void> {
  await navigator.clipboard.writeText(link.href);
  toast(strings.linkCopied());
}

export function startActions(): void {
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement) || !(event.target instanceof HTMLFormElement)) return;
    const id = button.closest<HTMLElement>('article.post')?.dataset['id'];
    const act = button.dataset['act'];
    if (id === undefined || act === undefined) return;
    const doing = { react, bookmark, repost, delete: remove }[act];
    if (!doing) return;
    event.preventDefault();
    void doing(event.target, button, id);
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-act=copy]') : null;
    // Without a secure context there is no clipboard: then the link simply opens the post.
    if (!link || !('clipboard' in navigator)) return;
    event.preventDefault();
    void copyLink(link);
  });
}
