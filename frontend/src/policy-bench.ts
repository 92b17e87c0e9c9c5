// <cb-bench>: the composer's marks and verdict, for a text that is only tried.
import { VerdictPreview } from './verdict';

class Bench extends HTMLElement {
  private equipped = false;

  connectedCallback(): void {
    const form = this.querySelector('form');
    const field = form?.querySelector<HTMLTextAreaElement>('textarea[name=text]');
    const strip = this.querySelector<HTMLElement>('[data-verdict]');
    const url = this.dataset['verdictUrl'];
    if (!form || !field || !strip || !url || this.equipped) return;
    this.equipped = true;
    const preview = new VerdictPreview(field, strip, url, () => new FormData(form), () => undefined);
    form.addEventListener('input', () => preview.schedule());
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      preview.schedule();
    });
    if (field.value) preview.schedule();
  }
}

export function startBench(): void {
  customElements.define('cb-bench', Bench);
}
