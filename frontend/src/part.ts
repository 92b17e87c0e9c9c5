// <cb-part>: what a post is beside its words, and its fields in the composer. Its script is fetched where there is one.

class Part extends HTMLElement {
  connectedCallback(): void {
    const script = document.documentElement.dataset['parts'];
    if (script) void import(script);
    this.dispatchEvent(new CustomEvent('cb:part', { bubbles: true }));
  }
}

export function startParts(): void {
  customElements.define('cb-part', Part);
}
