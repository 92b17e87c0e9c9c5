// Unread counts in the navigation, and the marks that say how far one has read.
import { fragment } from './html';
import { getJson, send } from './http';
import type { NoticeFrame, PostFrame, ReadFrame } from './live';
import { isOfficer, me } from './page';
import { announce } from './announce';
import { strings } from './strings';
import { toast } from './toast';

const readAfter = 1500;
const numbers = new Map<string, number>();
let timer = 0;

function flush(): void {
  timer = 0;
  const body = new URLSearchParams();
  for (const [channel, number] of numbers) body.append('read', `${channel}:${number}`);
  numbers.clear();
  if (body.size) send<{ unread: Record<string, string> }>('/read/', body).then(drawUnread).catch(() => undefined);
}

function drawUnread({ unread }: { unread: Record<string, string> }): void {
  for (const [channel, words] of Object.entries(unread)) {
    const link = badge(channel);
    if (link) draw(link, words);
  }
}

function draw(link: HTMLElement, words: string): void {
  const counter = link.querySelector('[data-unread]');
  if (counter) counter.textContent = words;
  link.classList.toggle('has-unread', words !== '');
}

/** A number for a badge: at most three signs wide. */
const short = (count: number): string => (count < 100 ? String(count || '') : '99+');

/** Read on another device. */
function onRead({ unread, notices }: ReadFrame): void {
  for (const link of document.querySelectorAll<HTMLElement>('[data-channel-link]')) draw(link, short(unread[link.dataset['channelLink'] ?? ''] ?? 0));
  drawNotices(notices);
}

function drawNotices(unread: number): void {
  const dot = document.querySelector<HTMLElement>('[data-notices] .dot');
  if (dot) dot.hidden = unread === 0;
}

function note(post: HTMLElement): void {
  const channel = post.dataset['channel'];
  const number = Number(post.dataset['number']);
  if (!channel || !number || number <= (numbers.get(channel) ?? 0)) return;
  numbers.set(channel, number);
  timer ||= window.setTimeout(flush, readAfter);
}

const observer = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting || document.visibilityState !== 'visible' || !(entry.target instanceof HTMLElement)) continue;
    observer.unobserve(entry.target);
    note(entry.target);
  }
}, { threshold: 0.6 });

function watch(): void {
  for (const post of document.querySelectorAll<HTMLElement>('cb-feed[data-marks] article.post[data-number]:not([data-watched])')) {
    post.dataset['watched'] = '';
    observer.observe(post);
  }
}

function badge(channel: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-channel-link="${CSS.escape(channel)}"]`);
}

function countUp(frame: PostFrame): void {
  if (frame.kind !== 'created' || String(frame.by) === me()) return;
  const link = badge(String(frame.c));
  const counter = link?.querySelector('[data-unread]');
  if (!link || !counter || link.getAttribute('aria-current') === 'page') return;
  draw(link, short(Number.parseInt(counter.textContent || '0', 10) + 1));
}

function onNotice(frame: NoticeFrame): void {
  drawNotices(frame.unread);
  const words = fragment(frame.html).textContent.trim().replace(/\s+/g, ' ');
  toast(words || strings.newNotice(), { words: strings.show(), act: () => location.assign('/notices/') });
}

/** The queue changed: how many wait now? */
async function recount(): Promise<void> {
  announce(strings.queueChanged());
  try {
    const counts = await getJson<Record<string, string>>('/counts/');
    for (const badge of document.querySelectorAll<HTMLElement>('[data-count]')) badge.textContent = counts[badge.dataset['count'] ?? ''] ?? badge.textContent;
  } catch {
    // The next page has the number.
  }
}

export function startUnread(): void {
  watch();
  new MutationObserver(watch).observe(document.body, { childList: true, subtree: true });
  document.addEventListener('cb:post', (event) => countUp((event as CustomEvent<PostFrame>).detail));
  document.addEventListener('cb:read', (event) => onRead((event as CustomEvent<ReadFrame>).detail));
  document.addEventListener('cb:notice', (event) => onNotice((event as CustomEvent<NoticeFrame>).detail));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flush();
  });
  if (isOfficer()) document.addEventListener('cb:desk', () => void recount());
}
