// What the server wrote into the page for the scripts.

const root = document.documentElement;

/** How much of the screen the bar on top covers, in pixels; --top in tokens.css. */
export const topBar = 56;

/** The reader's id, or an empty string on pages without a sign-in. */
export const me = (): string => root.dataset['me'] ?? '';
export const language = (): string => root.lang || 'en';
/** The page's language as its reader writes it, en-GB or en-US: what their browser asks for; else as the server does. */
export const locale = (): string => navigator.languages.find((name) => name.startsWith(`${language()}-`)) ?? language().replace('en', 'en-GB');
/** Where the reader's clock stands. */
export const zone = (): string | undefined => root.dataset['zone'];
export const csrf = (): string => document.querySelector<HTMLMetaElement>('meta[name=csrf]')?.content ?? '';
export const isOfficer = (): boolean => root.dataset['desk'] !== undefined;

/** An icon of the sprite; build.mjs finds the names of the icons by these calls. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'i');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${root.dataset['icons'] ?? ''}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with a class and, where given, words. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, css = '', words = ''): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (css) node.className = css;
  if (words) node.textContent = words;
  return node;
}

/** Whether somebody is typing there, so that single keys must not act. */
export function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select'));
}
