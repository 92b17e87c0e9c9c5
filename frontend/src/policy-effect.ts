// <cb-effect>: while a rule is written, how many posts of the last days it would have met.
import { announce } from './announce';
import { fragment } from './html';
import { post } from './policy-post';

const wait = 300;

class RuleEffect extends HTMLElement {
  private timer = 0;
  private number = 0;
  private abort: AbortController | null = null;
  private spoken = '';
  private open: boolean[] = [];

  connectedCallback(): void {
    this.addEventListener('input', () => this.schedule());
    // The form follows its YAML: what was folded open stays open, and the count is made anew.
    this.addEventListener('htmx:before:swap', () => {
      this.open = this.folds().map((fold) => fold.open);
    });
    this.addEventListener('htmx:after:swap', () => {
      this.folds().forEach((fold, index) => {
        fold.open ||= this.open[index] ?? false;
      });
    });
  }

  private folds(): HTMLDetailsElement[] {
    return [...this.querySelectorAll<HTMLDetailsElement>('#rule-fields details')];
  }

  private get form(): HTMLFormElement | null {
    return this.querySelector('form');
  }

  private schedule(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.count(), wait);
  }

  private async count(): Promise<void> {
    const panel = this.querySelector<HTMLElement>('[data-effect]');
    const url = this.dataset['url'];
    if (!panel || !url || !this.form) return;
    const number = ++this.number;
    this.abort?.abort();
    this.abort = new AbortController();
    panel.parentElement?.setAttribute('aria-busy', 'true');
    const html = await post(url, new FormData(this.form), this.abort.signal);
    // A slower answer to an earlier text must not stand beside a later one.
    if (number !== this.number) return;
    panel.parentElement?.removeAttribute('aria-busy');
    if (html === null) return;
    panel.replaceChildren(fragment(html));
    this.say(panel.querySelector<HTMLElement>('[data-summary]')?.dataset['summary'] ?? '');
  }

  private say(words: string): void {
    if (words && words !== this.spoken) announce(words);
    this.spoken = words;
  }
}

export function startEffect(): void {
  customElements.define('cb-effect', RuleEffect);
}
