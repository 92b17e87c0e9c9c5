// <cb-calendar>: a share is dragged to another day, or moved with Alt and the arrows; the server judges it anew.
import { announce } from './announce';
import { parsePage } from './html';
import { getPage, Refused, send } from './http';
import { toast } from './toast';

const DAY = 24 * 60 * 60 * 1000;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

class Calendar extends HTMLElement {
  private dragged: HTMLElement | null = null;

  connectedCallback(): void {
    this.addEventListener('dragstart', (event) => this.begin(event));
    this.addEventListener('dragend', () => this.end());
    this.addEventListener('dragover', (event) => this.over(event));
    this.addEventListener('drop', (event) => this.drop(event));
    this.addEventListener('keydown', (event) => this.press(event));
  }

  private begin(event: DragEvent): void {
    this.dragged = (event.target as Element).closest<HTMLElement>('[data-move]');
    event.dataTransfer?.setData('text/plain', this.dragged?.getAttribute('href') ?? '');
    this.dragged?.classList.add('is-dragged');
  }

  private end(): void {
    this.dragged?.classList.remove('is-dragged');
    this.dragged = null;
    this.querySelectorAll('.is-target').forEach((cell) => cell.classList.remove('is-target'));
  }

  private over(event: DragEvent): void {
    const cell = this.cell(event);
    this.querySelectorAll('.is-target').forEach((each) => each.classList.toggle('is-target', each === cell));
    if (!cell || !this.dragged) return;
    cell.classList.add('is-target');
    event.preventDefault();
  }

  private drop(event: DragEvent): void {
    const cell = this.cell(event);
    if (!cell || !this.dragged) return;
    event.preventDefault();
    void this.move(this.dragged, cell.dataset['day'] ?? '');
  }

  private press(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    const entry = (event.target as Element).closest<HTMLElement>('[data-move]');
    const day = entry?.closest<HTMLElement>('[data-day]')?.dataset['day'];
    if (!event.altKey || step === undefined || !entry || !day) return;
    event.preventDefault();
    // Noon in UTC, so that no change of the clocks moves the date.
    void this.move(entry, new Date(Date.parse(`${day}T12:00:00Z`) + step * DAY).toISOString().slice(0, 10));
  }

  private cell(event: DragEvent): HTMLElement | null {
    return (event.target as Element).closest<HTMLElement>('[data-day]:not([data-over])');
  }

  private async move(entry: HTMLElement, day: string): Promise<void> {
    const address = entry.getAttribute('href');
    const body = new URLSearchParams({ day });
    try {
      const told = await send<{ message: string }>(entry.dataset['move'] ?? '', body);
      announce(told.message);
      toast(told.message);
    } catch (error) {
      if (error instanceof Refused) toast(error.message || document.title);
      return;
    }
    await this.again();
    this.querySelector<HTMLElement>(`[data-move][href="${address ?? ''}"]`)?.focus();
  }

  private async again(): Promise<void> {
    const page = parsePage(await getPage(location.href));
    this.replaceChildren(...(page.querySelector('cb-calendar')?.childNodes ?? []));
  }
}

export function startCalendar(): void {
  customElements.define('cb-calendar', Calendar);
}
