// <cb-yaml>: a plain textarea that says where the caret is, and lets a mistake's link put it there.
import { rare } from './strings';

function lineNumber(line: number, isWrong: boolean): HTMLElement {
  const number = document.createElement('span');
  number.textContent = String(line);
  number.classList.toggle('has-problem', isWrong);
  return number;
}

class YamlEditor extends HTMLElement {
  private field: HTMLTextAreaElement | null = null;
  private place: HTMLElement | null = null;
  private margin: HTMLElement | null = null;
  private observer: MutationObserver | null = null;

  connectedCallback(): void {
    this.field = this.querySelector('textarea');
    this.place = this.querySelector('[data-caret]') ?? document.querySelector('[data-caret]');
    for (const event of ['input', 'click', 'keyup', 'focus']) this.field?.addEventListener(event, () => this.showPlace());
    document.addEventListener('click', this.onLink);
    this.margin = this.querySelector('[data-margin]');
    if (this.margin) this.numberLines(this.margin);
  }

  disconnectedCallback(): void {
    document.removeEventListener('click', this.onLink);
    this.observer?.disconnect();
  }

  /** A number beside each line; those that have a mistake stand out. */
  private numberLines(margin: HTMLElement): void {
    const draw = (): void => {
      const wrong = new Set([...this.querySelectorAll<HTMLElement>('[data-problem-line]')].map((item) => Number(item.dataset['problemLine'])));
      const lines = (this.field?.value ?? '').split('\n');
      margin.replaceChildren(...lines.map((_line, index) => lineNumber(index + 1, wrong.has(index + 1))));
      margin.scrollTop = this.field?.scrollTop ?? 0;
    };
    this.field?.addEventListener('input', draw);
    this.field?.addEventListener('scroll', () => {
      margin.scrollTop = this.field?.scrollTop ?? 0;
    });
    // What is wrong comes with an answer of the server.
    this.observer = new MutationObserver((changes) => {
      if (changes.some((change) => change.target !== margin)) draw();
    });
    this.observer.observe(this, { childList: true, subtree: true });
    draw();
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
