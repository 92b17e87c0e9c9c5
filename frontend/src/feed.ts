// A list of posts that grows while one reads. New posts never move the page: they wait behind a pill, except one's own.
import { announce } from './announce';
import { cardsOf } from './actions';
import { renewTimes } from './ago';
import { getPage } from './http';
import { element, parsePage } from './html';
import { process } from './hx';
import { bind } from './keys';
import { follow, type PostFrame, refollow } from './live';
import { markAll, markMine, readMine } from './mine';
import { icon, isField, make, me, topBar } from './page';
import { strings } from './strings';
import { makeUnique } from './unique';

const keepInPage = 400;
const title = document.title;

/** <cb-feed data-heads='{"3":120}' data-thread="id" data-live="top|end|none">: the list, and which channels feed it. */
export class Feed extends HTMLElement {
  private readonly buffer = new Map<string, HTMLElement>();
  private pill: HTMLButtonElement | null = null;
  private announceTimer = 0;
  private controller = new AbortController();

  get list(): HTMLElement {
    return this.querySelector<HTMLElement>('[role=feed]') ?? this;
  }
  private get live(): string {
    return this.dataset['live'] ?? 'none';
  }
  private get thread(): string | null {
    return this.dataset['thread'] ?? null;
  }
  private get heads(): Record<string, number> {
    return JSON.parse(this.dataset['heads'] ?? '{}') as Record<string, number>;
  }

  connectedCallback(): void {
    this.controller = new AbortController();
    const { signal } = this.controller;
    document.addEventListener('cb:post', (event) => this.onPost((event as CustomEvent<PostFrame>).detail), { signal });
    document.addEventListener('cb:resync', () => void this.resync(), { signal });
    // A page of older posts, brought by htmx.
    this.addEventListener('htmx:after:swap', () => {
      if (this.live === 'end') this.order();
      void this.refresh(true);
    }, { signal });
    this.addEventListener('keydown', (event) => this.onKey(event), { signal });
    readMine(this);
    void this.refresh(false);
    this.drawHere();
    follow(this.heads, this.dataset['epoch']);
  }

  disconnectedCallback(): void {
    this.controller.abort();
  }

  get posts(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>(':scope > article.post')];
  }

  private async refresh(fresh: boolean): Promise<void> {
    this.number();
    renewTimes(this);
    readMine(this);
    await markAll(this, fresh);
  }

  private number(): void {
    const more = this.querySelector('.more') !== null;
    const { posts } = this;
    posts.forEach((post, index) => {
      post.setAttribute('aria-posinset', String(index + 1));
      post.setAttribute('aria-setsize', more ? '-1' : String(posts.length));
    });
  }

  private accepts(frame: PostFrame): boolean {
    if (this.live === 'none' || frame.kind !== 'created' || !(String(frame.c) in this.heads)) return false;
    const { author } = this.dataset;
    if (author !== undefined && author !== String(frame.by)) return false;
    return this.thread === null ? frame.thread === null : frame.thread === this.thread;
  }

  private onPost(frame: PostFrame): void {
    if (frame.kind !== 'created') {
      this.update(frame);
      return;
    }
    if (!this.accepts(frame) || this.holds(frame)) return;
    const post = element(frame.html);
    if (!post) return;
    // Between what is shown and this one are replies that were not loaded; it comes with them.
    if (this.live === 'end' && this.querySelector('.more') && String(frame.by) !== me()) return;
    if (this.live === 'end' || String(frame.by) === me()) this.insert([post]);
    else this.hold(post);
  }

  /** Whether the post is here already: by its id, or as the pending copy that its composer drew. */
  private holds(frame: PostFrame): boolean {
    if (this.buffer.has(frame.id) || this.list.querySelector(`article[data-id="${CSS.escape(frame.id)}"]`)) return true;
    if (!frame.cid) return false;
    const pending = this.list.querySelector<HTMLElement>(`article[data-cid="${CSS.escape(frame.cid)}"]`);
    if (pending) this.replace(pending, frame.html);
    return pending !== null;
  }

  private update(frame: PostFrame): void {
    const waiting = this.buffer.get(frame.id);
    if (waiting) {
      const fresh = element(frame.html);
      if (frame.kind === 'deleted' || !fresh) this.buffer.delete(frame.id);
      else this.buffer.set(frame.id, fresh);
      this.drawPill();
    }
    for (const card of cardsOf(frame.id)) if (this.contains(card)) this.replace(card, frame.html);
  }

  /** Put newer HTML of a post in its place, without taking the focus away. */
  replace(card: HTMLElement, html: string): void {
    const fresh = element(html);
    if (!fresh) {
      card.remove();
      return;
    }
    if (card.classList.contains('post-reply')) fresh.classList.add('post-reply');
    const focus = card.contains(document.activeElement) ? document.activeElement : null;
    const handle = focus === card ? '' : (focus?.closest<HTMLElement>('[data-act]')?.dataset['act'] ?? null);
    const here = card.querySelector(':scope > .here');
    if (here) fresh.prepend(here);
    card.replaceWith(fresh);
    this.settle(fresh);
    if (handle === '') fresh.focus({ preventScroll: true });
    else if (handle !== null) fresh.querySelector<HTMLElement>(`[data-act="${handle}"]`)?.focus({ preventScroll: true });
  }

  private settle(post: HTMLElement): void {
    if (this.closest('.thread')) makeUnique(post);
    process(post);
    markMine(post);
    renewTimes(post);
    this.number();
  }

  /** Put posts in, newest first, and keep what the reader looks at where it is. */
  insert(posts: HTMLElement[], css = 'is-entering'): void {
    this.querySelector('[data-empty]')?.remove();
    this.list.hidden = false;
    for (const post of posts) {
      post.classList.add(css);
      if (this.live === 'end') this.list.append(post);
      else this.list.prepend(post);
      this.settle(post);
    }
    this.trim();
  }

  /** Later replies were loaded behind one's own, which came in live: it goes behind them, and is there once. */
  private order(): void {
    const number = (post: HTMLElement | undefined): bigint => BigInt(post?.dataset['id'] ?? 0);
    const { posts } = this;
    const last = number(posts.at(-1));
    posts.forEach((post, index) => {
      if (posts.slice(index + 1).some((later) => number(later) === number(post))) post.remove();
      else if (number(post) > last) this.list.append(post);
    });
  }

  private trim(): void {
    const { posts } = this;
    // Only from the far end, and never what the reader has scrolled to.
    if (this.live !== 'end' && window.scrollY < 400) for (const post of posts.slice(keepInPage)) post.remove();
  }

  private hold(post: HTMLElement): void {
    this.buffer.set(post.dataset['id'] ?? '', post);
    this.drawPill();
    window.clearTimeout(this.announceTimer);
    // One announcement for a burst.
    this.announceTimer = window.setTimeout(() => {
      if (this.buffer.size) announce(strings.newPosts(this.buffer.size));
    }, 2000);
  }

  private drawPill(): void {
    const count = this.buffer.size;
    document.title = count ? `(${count}) ${title}` : title;
    if (!count) {
      this.pill?.remove();
      this.pill = null;
      return;
    }
    if (!this.pill) {
      this.pill = make('button', 'pill');
      this.pill.type = 'button';
      this.pill.append(icon('arrow-up'), make('span'));
      this.pill.addEventListener('click', () => this.showNew());
      this.prepend(this.pill);
    }
    const words = this.pill.querySelector('span');
    if (words) words.textContent = strings.newPosts(count);
  }

  /** Let in what waits, and go to the first of it. */
  showNew(): boolean {
    if (!this.buffer.size) return false;
    const posts = [...this.buffer.values()];
    this.buffer.clear();
    this.drawPill();
    this.insert(posts, 'is-new');
    void markAll(this, true);
    window.scrollTo({ top: 0 });
    this.posts[0]?.focus({ preventScroll: true });
    return true;
  }

  /** Too much was missed: take the list as the server has it now; the composer is not touched. */
  private async resync(): Promise<void> {
    if (this.live === 'none') return;
    const page = parsePage(await getPage(location.href));
    const fresh = [...page.querySelectorAll<HTMLElement>('cb-feed')].find((feed) => feed.id === this.id);
    const list = fresh?.querySelector('[role=feed]');
    if (!fresh || !list) return;
    this.list.replaceChildren(...list.childNodes);
    this.dataset['heads'] = fresh.dataset['heads'] ?? '{}';
    this.buffer.clear();
    this.drawPill();
    process(this.list);
    refollow(this.heads, fresh.dataset['epoch']);
    await this.refresh(true);
  }

  /** What this browser saw last of a list that has no read mark of its own, as the home page. */
  private remember(): void {
    const name = this.dataset['remembers'];
    const newest = this.posts[0]?.dataset['id'];
    if (!name || !newest) return;
    const key = `here:${name}:${me()}`;
    const last = localStorage.getItem(key);
    localStorage.setItem(key, newest);
    if (last) this.putHere((post) => BigInt(post.dataset['id'] ?? 0) <= BigInt(last));
  }

  private putHere(wasRead: (post: HTMLElement) => boolean): void {
    const { posts } = this;
    const index = posts.findIndex(wasRead);
    const post = posts[index];
    if (index > 0 && post) post.prepend(make('p', 'here', strings.youWereHere()));
  }

  /** "You were here": inside the first post that was read before, because only articles may be children of a feed. */
  private drawHere(): void {
    const read = Number(this.dataset['read'] ?? 0);
    if (read) this.putHere((post) => Number(post.dataset['number']) <= read);
    else this.remember();
  }

  private onKey(event: KeyboardEvent): void {
    if (isField(event.target) || event.altKey) return;
    if (event.key === 'PageDown' && this.move(1)) event.preventDefault();
    else if (event.key === 'PageUp' && this.move(-1)) event.preventDefault();
    else if (event.ctrlKey && event.key === 'End') {
      const after = [...document.querySelectorAll<HTMLElement>('.aside a, .aside button')][0];
      if (after) {
        after.focus();
        event.preventDefault();
      }
    }
  }

  /** Move the focus from post to post. */
  move(by: 1 | -1): boolean {
    const { posts } = this;
    const now = document.activeElement?.closest<HTMLElement>('article.post') ?? null;
    const index = now ? posts.indexOf(now) : -1;
    const next = index < 0 ? this.firstInView(posts) : posts[index + by];
    next?.focus();
    next?.scrollIntoView({ block: 'nearest' });
    if (!next && by > 0) this.querySelector<HTMLElement>('.more')?.focus();
    return next !== undefined;
  }

  private firstInView(posts: HTMLElement[]): HTMLElement | undefined {
    return posts.find((post) => post.getBoundingClientRect().top > topBar) ?? posts[0];
  }
}

/** The feed that keys speak to: that of the focus, otherwise the first of the page. */
function currentFeed(): Feed | null {
  return document.activeElement?.closest<Feed>('cb-feed') ?? document.querySelector<Feed>('cb-feed');
}

function press(selector: string): boolean {
  const post = document.activeElement?.closest('article.post');
  const control = post?.querySelector<HTMLElement>(selector);
  control?.click();
  return control !== null && control !== undefined;
}

export function startFeed(): void {
  customElements.define('cb-feed', Feed);
  bind('j', () => currentFeed()?.move(1) ?? false);
  bind('k', () => currentFeed()?.move(-1) ?? false);
  bind('.', () => currentFeed()?.showNew() ?? false);
  bind('l', () => press('button[data-act=react]'));
  bind('b', () => press('button[data-act=bookmark]'));
  bind('r', () => press('[data-act=reply]'));
  bind('o', () => press('a[data-act=open], [data-act=reply]'));
  bind('Enter', () => document.activeElement?.matches('article.post') === true && press('a[data-act=open], [data-act=reply]'));
}
