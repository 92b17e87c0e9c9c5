// The only place that turns a string of the server into DOM. The policy narrows the sinks to this file, it does not
// sanitise: the server escapes and sanitises. Text that somebody types enters the page through textContent only.

interface Policy {
  createHTML(text: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string; createScript(text: string): string }): Policy;
}

const rules = {
  createHTML: (text: string): string => text,
  createScript: (): string => {
    throw new TypeError('No script is made from a string.');
  },
};
const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;

export const policy: Policy = factory ? factory.createPolicy('corpblog', rules) : rules;

/** Return what a trusted string of this server contains. */
export function fragment(html: string): DocumentFragment {
  const template = document.createElement('template');
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

/** Return the first element of a trusted string of this server. */
export function element(html: string): HTMLElement | null {
  const first = fragment(html).firstElementChild;
  return first instanceof HTMLElement ? first : null;
}

/** Read a whole page that this server sent. */
export function parsePage(html: string): Document {
  return new DOMParser().parseFromString(policy.createHTML(html), 'text/html');
}
