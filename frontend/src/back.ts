// Back to where one was. A browser that goes back brings a list as it begins, so what was loaded since is loaded again,
// and the post that was on top of the screen is put where it was. Kept in this tab: the number of a post, and no word of it.
import { process } from './hx';
import { topBar } from './page';

interface Place {
  post: string;
  top: number;
}

// Deeper than this nobody goes back; the list is then where it got to.
const mostPages = 30;
// Under a thread beside the list the address is the thread's: what counts is the page that was loaded.
const key = `place:${location.pathname}${location.search}`;

const feed = (): HTMLElement | null => document.querySelector<HTMLElement>('main cb-feed');

function keep(): void {
  const posts = [...(feed()?.querySelectorAll<HTMLElement>('article.post[data-id]') ?? [])];
  const post = window.scrollY > 0 && posts.find((each) => each.getBoundingClientRect().bottom > topBar);
  if (!post) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, JSON.stringify({ post: post.id, top: post.getBoundingClientRect().top } satisfies Place));
}

/** Load what comes after the list; false where that was its end, or could not be had. */
function longer(list: HTMLElement): Promise<boolean> {
  const more = list.querySelector<HTMLElement>('.more');
  if (!more) return Promise.resolve(false);
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = (isLonger: boolean): void => {
      done.abort();
      resolve(isLonger);
    };
    // Not by a swap inside one of its posts.
    list.addEventListener('htmx:after:swap', () => more.isConnected || end(true), { signal: done.signal });
    for (const failure of ['htmx:error', 'htmx:response:error']) more.addEventListener(failure, () => end(false), { signal: done.signal });
    // htmx looks at the page a moment later than we do. What it answers once is not asked for twice, even if it came into view.
    process(more);
    more.dispatchEvent(new Event('intersect'));
  });
}

async function restore({ post, top }: Place): Promise<void> {
  const list = feed();
  if (!list) return;
  const left = new AbortController();
  // Whoever moves the page meanwhile wants to be somewhere else.
  for (const sign of ['wheel', 'touchmove', 'keydown', 'pointerdown']) window.addEventListener(sign, () => left.abort(), { signal: left.signal, passive: true });
  /** How far the post is from where it was; unknown while it is not there. */
  const away = (): number => (document.getElementById(post)?.getBoundingClientRect().top ?? NaN) - top;
  // The page must be long enough below it, too.
  const reaches = (): boolean => window.scrollY + away() <= document.documentElement.scrollHeight - window.innerHeight;
  for (let page = 0; page < mostPages && !reaches() && !left.signal.aborted; page += 1) if (!(await longer(list))) break;
  // Twice: what stands above may take its room only when it is drawn.
  for (let turn = 0; turn < 2 && !left.signal.aborted; turn += 1) {
    window.scrollBy({ top: away() || 0, behavior: 'instant' });
    await new Promise(requestAnimationFrame);
  }
  history.scrollRestoration = 'auto';
  left.abort();
}

export function startBack(): void {
  window.addEventListener('pagehide', keep);
  const [how] = performance.getEntriesByType('navigation');
  const kept = sessionStorage.getItem(key);
  if (!kept || (how as PerformanceNavigationTiming | undefined)?.type !== 'back_forward') return;
  history.scrollRestoration = 'manual';
  void restore(JSON.parse(kept) as Place);
}
