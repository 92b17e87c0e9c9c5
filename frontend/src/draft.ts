// What is typed and not yet posted. On the server; in this tab only while the server cannot be reached. Never in
// localStorage: intranet machines are shared, and the next person would read it.
import { Refused, send } from './http';
import { strings } from './strings';

const wait = 1000;
const patience = 2000;

export class DraftKeeper {
  private timer = 0;
  private storing: Promise<void> = Promise.resolve();

  /** stamp: which state of the draft the page shows; onOther: what another device wrote since, which is overwritten now. */
  constructor(
    private readonly url: string,
    private readonly place: string,
    private readonly state: HTMLElement | null,
    private stamp: string,
    private readonly onOther: (text: string, beside: boolean) => void,
  ) {}

  private get key(): string {
    return `draft:${this.place}`;
  }

  /** What this tab kept while the server was away. */
  kept(): string {
    return sessionStorage.getItem(this.key) ?? '';
  }

  /** What stood beside it. */
  keptFields(): [string, string][] {
    return JSON.parse(sessionStorage.getItem(`${this.key}:fields`) ?? '[]') as [string, string][];
  }

  /** Bring to the server what this tab kept; whether it has it now. */
  async bring(text: string, fields: [string, string][]): Promise<boolean> {
    await this.store(text, fields);
    return sessionStorage.getItem(this.key) === null;
  }

  /** fields: what stands beside the text. */
  save(text: string, fields: [string, string][] = []): void {
    window.clearTimeout(this.timer);
    this.say('');
    this.timer = window.setTimeout(() => {
      this.storing = this.store(text, fields);
    }, wait);
  }

  /** The text is about to be posted: a save that arrived after it would bring it back as a draft, and it would be posted twice. */
  async rest(): Promise<void> {
    window.clearTimeout(this.timer);
    await Promise.race([this.storing, new Promise<void>((resolve) => window.setTimeout(resolve, patience))]);
  }

  /** Show what another device wrote: fields of a kind are drawn by the server, so the page loads itself anew. */
  async swap(): Promise<void> {
    await this.rest();
    await send(`${this.url}swap/`, new URLSearchParams([['place', this.place]]));
    location.reload();
  }

  clear(): void {
    window.clearTimeout(this.timer);
    this.forget();
    this.stamp = '';
    this.say('');
  }

  private forget(): void {
    sessionStorage.removeItem(this.key);
    sessionStorage.removeItem(`${this.key}:fields`);
  }

  private async store(text: string, fields: [string, string][]): Promise<void> {
    if (!this.url) return;
    try {
      const { stamp, other, beside } = await send<{ stamp: string; other: string; beside: boolean }>(this.url, new URLSearchParams([['place', this.place], ['text', text], ['seen', this.stamp], ...fields]));
      this.stamp = stamp;
      if (other || beside) this.onOther(other, beside);
      this.forget();
      this.say(stamp ? strings.draftSaved() : '');
    } catch (error) {
      if (!(error instanceof Refused) || (error.status !== 0 && error.status !== 401 && error.status < 500)) return;
      sessionStorage.setItem(this.key, text);
      sessionStorage.setItem(`${this.key}:fields`, JSON.stringify(fields));
      this.say(strings.draftKeptHere());
    }
  }

  private say(words: string): void {
    if (this.state) this.state.textContent = words;
  }
}
