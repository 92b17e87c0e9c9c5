// How many characters are left: shown under 200, spoken at most once a second and only after typing stopped.
import { announce } from './announce';
import { strings } from './strings';

const visibleUnder = 200;
const spokenUnder = 50;

/** Characters as people count them: a family emoji is one. */
export function length(text: string): number {
  return [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].length;
}

export class Counter {
  private timer = 0;

  constructor(private readonly node: HTMLElement, private readonly limit: number) {}

  /** Returns how many are left; negative where the text is too long. Text is never cut. */
  update(text: string): number {
    const left = this.limit - length(text);
    this.node.hidden = left >= visibleUnder;
    this.node.textContent = String(left);
    this.node.classList.toggle('is-over', left < 0);
    window.clearTimeout(this.timer);
    if (left < spokenUnder) {
      this.timer = window.setTimeout(() => announce(left < 0 ? strings.charactersOver(-left) : strings.charactersLeft(left)), 1000);
    }
    return left;
  }
}
