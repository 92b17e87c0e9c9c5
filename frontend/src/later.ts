// Home is drawn with its first stylesheet alone. The rest, for what appears once somebody acts, comes at the first sign
// of a reader: before the pointer has reached what it will press.

const signs = ['pointermove', 'pointerdown', 'touchstart', 'keydown', 'focusin', 'scroll'] as const;

export function startLater(): void {
  const address = document.querySelector<HTMLMetaElement>('meta[name=later]')?.content;
  if (!address) return;
  const once = new AbortController();
  const load = (): void => {
    once.abort();
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = address;
    document.head.append(sheet);
  };
  for (const sign of signs) window.addEventListener(sign, load, { signal: once.signal, capture: true, passive: true });
  // A draft was brought back, or the browser put the focus into a field.
  if (document.querySelector('.composer.is-open, .composer.has-text, :focus')) load();
}
