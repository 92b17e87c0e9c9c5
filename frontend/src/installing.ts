// Registers the service worker. An entry of its own, fetched when the page is at rest; see rest.ts.
import { rare } from './strings';
import { toast } from './toast';

interface Factory {
  createPolicy(name: string, rules: { createScriptURL(text: string): string }): { createScriptURL(text: string): string };
}

/** The only address that may become a worker. */
function checked(address: string): string {
  if (!/^\/service-worker\.[a-z-]+\.js$/.test(address)) throw new TypeError('No worker comes from there.');
  return address;
}

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const rules = { createScriptURL: checked };
const policy = factory ? factory.createPolicy('corpblog-worker', rules) : rules;
let asked = false;

/** A worker is ready and waits. Nothing reloads by itself: somebody may be writing. */
function meet(waiting: ServiceWorker): void {
  const now = navigator.serviceWorker.controller;
  if (!now) return;
  const takeOver = (): void => waiting.postMessage('take over');
  // Another language has another address, and is no other version.
  if (waiting.scriptURL !== now.scriptURL) takeOver();
  else toast(rare.newVersion(), { words: rare.reload(), act: () => {
    asked = true;
    takeOver();
  } }, true);
}

async function register(address: string): Promise<void> {
  const registration = await navigator.serviceWorker.register(policy.createScriptURL(address), { scope: '/', updateViaCache: 'none' });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload();
  });
  if (registration.waiting) meet(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const fresh = registration.installing;
    fresh?.addEventListener('statechange', () => {
      if (fresh.state === 'installed') meet(fresh);
    });
  });
}

const address = document.documentElement.dataset['worker'];
// Where the browser allows no worker (a private window, an address without TLS), pages work as before.
if (address && 'serviceWorker' in navigator) register(address).catch(() => undefined);
