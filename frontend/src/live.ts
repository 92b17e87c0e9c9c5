// One WebSocket per tab. The socket only wakes: after a gap the page asks for what came after the number it has.
import { announce } from './announce';
import { getJson, Refused } from './http';
import { backoff, Sequences } from './sequence';
import { strings } from './strings';
import { toast } from './toast';

export interface PostFrame {
  t: 'post';
  c: number | string;
  s: number;
  id: string;
  kind: 'created' | 'edited' | 'deleted' | 'reacted' | 'replied' | 'changed' | 'pinned';
  cid: string | null;
  by: number | string;
  thread: string | null;
  html: string;
}
export interface NoticeFrame {
  t: 'notice';
  kind: string;
  html: string;
  unread: number;
}
export interface ReadFrame {
  t: 'read';
  unread: Record<string, number>;
  notices: number;
}
type Heads = Record<string, number>;
type Frame =
  | PostFrame
  | NoticeFrame
  | ReadFrame
  | { t: 'hello'; v: number; heads: Heads; epoch: string }
  | { t: 'beat'; heads: Heads }
  | { t: 'share'; id: string; state: string }
  | { t: 'desk' }
  | { t: 'resync' }
  | { t: 'bye'; reason: string };

const pingEvery = 25_000;
const deadAfter = 60_000;
const bannerAfter = 5_000;
const sessionOver = 4401;
const mostDoubts = 3;
const mostChannels = 1000;

const seen = new Sequences();
const catching = new Set<string>();
let socket: WebSocket | null = null;
let attempt = 0;
let retryTimer = 0;
let bannerTimer = 0;
let pulse = 0;
let lastHeard = 0;
let over = false;
let doubts = 0;
let epoch = '';
let started = false;

/** Tell the parts of the page; they listen on the document. */
function tell(name: string, detail?: unknown): void {
  document.dispatchEvent(new CustomEvent(`cb:${name}`, { detail }));
}

/** A part of the page shows these channels, and stands at these numbers. */
export function follow(heads: Heads, life?: string): void {
  for (const [channel, seq] of Object.entries(heads)) seen.start(channel, seq);
  if (life) epoch = life;
  subscribe();
}

/** A part of the page was loaded afresh: its numbers count from here, even if they are lower. */
export function refollow(heads: Heads, life?: string): void {
  for (const [channel, seq] of Object.entries(heads)) seen.reset(channel, seq);
  if (life) epoch = life;
  subscribe();
}

/** What the navigation counts, and what the page shows. Without a number the socket starts with what comes next. */
function subscribe(): void {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const after = seen.asObject();
  const counted = [...document.querySelectorAll<HTMLElement>('[data-channel-link]')].map((link) => link.dataset['channelLink'] ?? '');
  const channels = [...new Set([...Object.keys(after), ...counted])].map(Number).filter((number) => number > 0);
  socket.send(JSON.stringify({ t: 'sub', channels: channels.slice(0, mostChannels), after }));
}

interface Since {
  posts: PostFrame[];
  head: number;
  resync: boolean;
}

async function catchUp(channel: string): Promise<void> {
  if (catching.has(channel)) return;
  catching.add(channel);
  try {
    const after = seen.at(channel) ?? 0;
    const news = await getJson<Since>(`/live/since/?c=${encodeURIComponent(channel)}&after=${after}`);
    if (news.resync) tell('resync');
    for (const frame of news.posts) if (frame.s > after) tell('post', frame);
    seen.start(channel, news.head);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) endSession();
    // Otherwise the next beat or the next connection asks again.
  } finally {
    catching.delete(channel);
  }
}

function catchUpAll(heads: Heads): void {
  for (const channel of seen.behind(heads)) void catchUp(channel);
}

function onPost(frame: PostFrame): void {
  const channel = String(frame.c);
  const verdict = seen.judge(channel, frame.s);
  if (verdict === 'apply') tell('post', frame);
  else if (verdict === 'hole') void catchUp(channel);
}

/** Another life of the database (a backup was restored): old numbers mean other events there. */
function onHello(life: string): void {
  // Only a live session is greeted.
  doubts = 0;
  if (epoch && life && life !== epoch) tell('resync');
  epoch ||= life;
}

function onFrame(frame: Frame): void {
  switch (frame.t) {
    case 'post':
      onPost(frame);
      break;
    case 'hello':
      onHello(frame.epoch);
      // What changed between the page and its socket has no number by which it would be missed.
      tell('hello');
      break;
    case 'beat':
      // A frame may be on its way: what is still missing after a moment was lost.
      window.setTimeout(() => catchUpAll(frame.heads), 800);
      break;
    case 'notice':
      tell('notice', frame);
      break;
    case 'read':
      tell('read', frame);
      break;
    case 'share':
      tell('share', frame);
      break;
    case 'desk':
      tell('desk');
      break;
    case 'resync':
      tell('resync');
      break;
    case 'bye':
      break;
  }
}

function endSession(): void {
  if (over) return;
  over = true;
  const here = encodeURIComponent(location.pathname + location.search);
  toast(strings.sessionOver(), { words: strings.signIn(), act: () => location.assign(`/sign-in/?next=${here}`) }, true);
  tell('session-over');
}

/** The socket's session is over; the page's may have gone on under a new name, as after a change of the server's key. */
async function doubtSession(): Promise<void> {
  doubts += 1;
  try {
    await getJson('/counts/');
    if (doubts > mostDoubts) endSession();
    else retryLater();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) endSession();
    else retryLater();
  }
}

function retryLater(): void {
  if (!started || over) return;
  worry();
  window.clearTimeout(retryTimer);
  retryTimer = window.setTimeout(connect, backoff(attempt++));
}

function banner(shown: boolean): void {
  const node = document.getElementById('net-banner');
  if (!node || node.hidden === !shown) return;
  node.hidden = !shown;
  announce(shown ? strings.offline() : strings.online());
}

/** Say it only if it lasts: most gaps are over before anybody would read of them. */
function worry(): void {
  bannerTimer ||= window.setTimeout(() => banner(true), bannerAfter);
}

function calm(): void {
  window.clearTimeout(bannerTimer);
  bannerTimer = 0;
  banner(false);
}

function onOpen(): void {
  attempt = 0;
  lastHeard = Date.now();
  calm();
  subscribe();
  window.clearInterval(pulse);
  pulse = window.setInterval(beat, pingEvery);
}

function beat(): void {
  if (Date.now() - lastHeard > deadAfter) socket?.close();
  else if (socket?.readyState === WebSocket.OPEN) socket.send('{"t":"ping"}');
}

function onClose(event: CloseEvent): void {
  // A socket that was let go may close after its successor opened.
  if (event.target !== socket) return;
  window.clearInterval(pulse);
  socket = null;
  if (event.code === sessionOver) {
    void doubtSession();
    return;
  }
  retryLater();
}

function connect(): void {
  if (socket || over || !started) return;
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live/`);
  socket.addEventListener('open', onOpen);
  socket.addEventListener('close', onClose);
  socket.addEventListener('message', (event: MessageEvent<string>) => {
    lastHeard = Date.now();
    onFrame(JSON.parse(event.data) as Frame);
  });
}

function retryNow(): void {
  attempt = 0;
  window.clearTimeout(retryTimer);
  connect();
}

function stop(): void {
  started = false;
  window.clearTimeout(retryTimer);
  window.clearTimeout(bannerTimer);
  bannerTimer = 0;
  window.clearInterval(pulse);
  socket?.close();
  socket = null;
}

function start(): void {
  started = true;
  connect();
}

export function startLive(): void {
  start();
  // An open socket keeps a page out of the back-forward cache.
  window.addEventListener('pagehide', stop);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) start();
  });
  window.addEventListener('online', () => {
    if (socket?.readyState === WebSocket.OPEN) calm();
    else retryNow();
  });
  // Without a network a socket may take minutes to notice; the browser knows at once.
  window.addEventListener('offline', worry);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && !socket) retryNow();
  });
  document.querySelector('[data-retry-live]')?.addEventListener('click', retryNow);
}
