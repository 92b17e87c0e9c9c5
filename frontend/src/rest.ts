// What the page fetches once it is at rest: the script that registers the service worker.

export function startAtRest(): void {
  const script = document.documentElement.dataset['installing'];
  if (!script) return;
  const load = (): void => void import(script);
  if (document.readyState === 'complete') load();
  else window.addEventListener('load', load, { once: true });
}
