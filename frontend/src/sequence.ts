// Which changes of a channel this page has seen. Numbers have no holes, so a jump means that a frame was missed.

export type Verdict = 'apply' | 'seen' | 'hole';

export class Sequences {
  private readonly last = new Map<string, number>();

  /** Where the page stands in a channel; undefined for a channel that it does not show. */
  at(channel: string): number | undefined {
    return this.last.get(channel);
  }

  start(channel: string, seq: number): void {
    const known = this.last.get(channel);
    if (known === undefined || seq > known) this.last.set(channel, seq);
  }

  /** Begin anew, as after a list was loaded afresh. */
  reset(channel: string, seq: number): void {
    this.last.set(channel, seq);
  }

  /** Judge a frame; `apply` moves the mark. */
  judge(channel: string, seq: number): Verdict {
    const last = this.last.get(channel);
    if (last === undefined) {
      this.last.set(channel, seq);
      return 'apply';
    }
    if (seq <= last) return 'seen';
    if (seq > last + 1) return 'hole';
    this.last.set(channel, seq);
    return 'apply';
  }

  /** The channels that are behind these heads. */
  behind(heads: Record<string, number>): string[] {
    return Object.entries(heads).filter(([channel, head]) => head > (this.last.get(channel) ?? head)).map(([channel]) => channel);
  }

  asObject(): Record<string, number> {
    return Object.fromEntries(this.last);
  }
}

/** Milliseconds before the next attempt: 0.8 s doubled up to 30 s, spread so that a restart is not a stampede. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.min(30_000, 800 * 2 ** attempt) * (0.6 + 0.8 * random());
}
