// htmx under a strict CSP with Trusted Types: our policy for its swaps, and no evaluation whatsoever.
import htmx from 'htmx.org/dist/htmx.esm.js';
import { policy } from './html';
import { csrf } from './page';

interface Internals {
  initSecurity(policy: unknown, sync: unknown, async: unknown): void;
}
interface Request {
  ctx: { request: { method: string; headers: Record<string, string> } };
}

function refuse(): never {
  throw new Error('htmx evaluates nothing here: the policy of the page forbids it.');
}

htmx.registerExtension('cb-tt', {
  init: (internals: Internals) => internals.initSecurity(policy, refuse, refuse),
});

document.addEventListener('htmx:config:request', (event) => {
  const { request } = (event as CustomEvent<Request>).detail.ctx;
  if (request.method !== 'GET') request.headers['X-CSRFToken'] = csrf();
});

/** Make htmx see what a script put into the page. */
export function process(root: Element): void {
  htmx.process(root);
}
