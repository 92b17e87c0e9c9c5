// <cb-yaml>: a plain textarea that says where the caret is, and lets a mistake's link put it there.
import { rare } from './strings';

class YamlEditor extends HTMLElement {
  private field: HTMLTextAreaElement | null = null;
  private place: HTMLElement | null = null;

  connectedCallback(): void {
    this.field = this.querySelector('textarea');
    this.place = this.querySelector('[data-caret]');
    for (const event of ['input', 'click', 'keyup', 'focus']) this.field?.addEventListener(event, () => this.showPlace());
    document.addEventListener('click', this.onLink);
  }

  disconnectedCallback(): void {
    document.removeEventListener('click', this.onLink);
  }

  private showPlace(): void {
    if (!this.field || !this.place) return;
    const before = this.field.value.slice(0, this.field.selectionStart);
    const start = before.lastIndexOf('\n') + 1;
    this.place.textContent = rare.lineAndColumn(before.split('\n').length, before.length - start + 1);
  }

  private readonly onLink = (event: Event): void => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>('a[data-line]') : null;
    if (!link || !this.field) return;
    event.preventDefault();
    this.goTo(Number(link.dataset['line']), Number(link.dataset['column']));
  };

  private goTo(line: number, column: number): void {
    const { field } = this;
    if (!field) return;
    const lines = field.value.split('\n');
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    const end = start + (lines[line - 1]?.length ?? 0);
    field.focus();
    field.setSelectionRange(Math.min(start + column - 1, end), end);
    // Browsers do not scroll a textarea to its selection.
    field.scrollTop = (field.scrollHeight / Math.max(lines.length, 1)) * Math.max(line - 6, 0);
    field.scrollIntoView({ block: 'nearest' });
    this.showPlace();
  }
}

export function startYaml(): void {
  customElements.define('cb-yaml', YamlEditor);
}
