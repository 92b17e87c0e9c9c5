// The service worker: shows pushes, and a page of its own while the server cannot be reached.
// It keeps the shell alone, which is the same for everybody: no page, no answer, no file of a person is ever put into a cache.
declare const self: ServiceWorkerGlobalScope;
// Written in front of this script by the server: see web/views/installing.py.
declare const SHELL: string[];
declare const OFFLINE: string;
declare const VERSION: string;

interface Message {
  title: string;
  body: string;
  url: string;
  tag: string;
  lang: string;
}

const kept = `shell-${VERSION}`;

async function fill(): Promise<void> {
  const cache = await caches.open(kept);
  // Without cookies: what comes is what anybody gets.
  await cache.addAll(SHELL.map((address) => new Request(address, { credentials: 'omit', cache: 'reload' })));
}

async function dropOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name !== kept) await caches.delete(name);
  await self.clients.claim();
}

async function orOffline(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

async function show(data: PushMessageData | null): Promise<void> {
  const { title, body, url, tag, lang } = (data?.json() ?? {}) as Partial<Message>;
  await self.registration.showNotification(title ?? 'Corpblog', { body: body ?? '', tag: tag ?? '', lang: lang ?? '', data: url ?? '/notices/' });
}

/** Go to the page of a notice, in a tab that is open or in a new one; never to another site. */
async function open(to: unknown): Promise<void> {
  const url = new URL(typeof to === 'string' ? to : '/notices/', self.location.origin);
  if (url.origin !== self.location.origin) return;
  for (const client of await self.clients.matchAll({ type: 'window' })) {
    if ('focus' in client) {
      await client.focus();
      await client.navigate(url.href);
      return;
    }
  }
  await self.clients.openWindow(url.href);
}

self.addEventListener('install', (event) => event.waitUntil(fill()));
self.addEventListener('activate', (event) => event.waitUntil(dropOthers()));
self.addEventListener('message', (event) => {
  if (event.data === 'take over') void self.skipWaiting();
});
self.addEventListener('push', (event) => event.waitUntil(show(event.data)));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(orOffline(request));
  else if (SHELL.includes(pathname)) event.respondWith(caches.match(pathname).then((found) => found ?? fetch(request)));
});
export {};
