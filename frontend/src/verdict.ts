// What the policy says about the text while it is typed. A preview: the server decides again when it is posted.
import { announce } from './announce';
import { Refused, send } from './http';
import { fragment } from './html';
import { type Mark, type Outcome, Painter } from './marks';
import { strings } from './strings';

export interface Verdict {
  outcome: Outcome;
  marks: Mark[];
  /** The strip, rendered by the server: what will happen, why, what to do. Empty where there is nothing to say. */
  html: string;
  /** The strip's first line, for the announcer. */
  summary: string;
  /** Whether the button sends to a reviewer. */
  review: boolean;
  /** Whether the author must give a reason. */
  reason: boolean;
  /** A wording that passes everywhere; empty where there is none. */
  suggestion: string;
}

const wait = 250;

export class VerdictPreview {
  private timer = 0;
  private number = 0;
  private abort: AbortController | null = null;
  private readonly painter: Painter;
  private composing = false;
  private drawn = '';
  private spoken = '';
  latest: Verdict | null = null;

  constructor(
    private readonly field: HTMLTextAreaElement,
    private readonly strip: HTMLElement,
    private readonly url: string,
    private readonly body: () => FormData,
    private readonly onVerdict: (verdict: Verdict | null) => void,
    private readonly holdsMore: () => boolean = () => false,
  ) {
    this.painter = new Painter(field);
    field.addEventListener('compositionstart', () => {
      this.composing = true;
      window.clearTimeout(this.timer);
    });
    field.addEventListener('compositionend', () => {
      this.composing = false;
      this.schedule();
    });
    strip.addEventListener('click', (event) => this.onHit(event));
  }

  schedule(): void {
    if (this.composing) return;
    this.painter.clearStale();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), wait);
  }

  reset(): void {
    window.clearTimeout(this.timer);
    this.abort?.abort();
    this.number++;
    this.show(null);
  }

  private async ask(): Promise<void> {
    const text = this.field.value;
    const number = ++this.number;
    this.abort?.abort();
    if (!text.trim() && !this.holdsMore()) {
      this.show(null);
      return;
    }
    this.abort = new AbortController();
    try {
      const verdict = await send<Verdict>(this.url, this.body(), this.abort.signal);
      // An answer to a text that is no longer there would mark the wrong letters.
      if (number === this.number && text === this.field.value && !this.composing) this.show(verdict);
    } catch (error) {
      if (error instanceof Refused && number === this.number) this.unreachable(error);
    }
  }

  private show(verdict: Verdict | null): void {
    const had = this.latest !== null && this.latest.html !== '';
    this.latest = verdict;
    this.painter.paint(verdict?.marks ?? []);
    const html = verdict?.html ?? '';
    // The same once more stays as it is: a click under way in it, or the focus, would be lost.
    if (html !== this.drawn) this.strip.replaceChildren(...(html ? [fragment(html)] : []));
    this.drawn = html;
    this.onVerdict(verdict);
    const words = verdict?.html ? verdict.summary : had && verdict ? strings.noIssueLeft() : '';
    if (words && words !== this.spoken) announce(words);
    this.spoken = words;
  }

  private unreachable(error: Refused): void {
    this.latest = null;
    this.drawn = '';
    this.painter.paint([]);
    const note = document.createElement('p');
    note.className = 'strip hint';
    note.textContent = error.message || strings.previewUnreachable();
    this.strip.replaceChildren(note);
    this.onVerdict(null);
  }

  /** A hit of the strip selects what it is about; the suggested wording takes the text's place. */
  private onHit(event: Event): void {
    if (event.target instanceof Element && event.target.closest('[data-suggest]')) {
      this.use(this.latest?.suggestion ?? '');
      return;
    }
    const hit = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-start]') : null;
    if (hit) this.select(Number(hit.dataset['start']), Number(hit.dataset['end']));
  }

  private use(wording: string): void {
    if (!wording) return;
    this.field.focus();
    this.field.select();
    // insertText keeps the undo stack: Ctrl+Z brings the author's own words back.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    document.execCommand('insertText', false, wording);
    announce(strings.wordingUsed());
  }

  private select(start: number, end: number): void {
    this.field.focus();
    this.field.setSelectionRange(start, end);
  }

  selectFirst(): void {
    const marks = this.latest?.marks ?? [];
    const worst = marks.find((mark) => mark.outcome === 'block') ?? marks[0];
    if (worst) this.select(worst.start, worst.end);
    else this.field.focus();
  }
}
