// "4 min. ago" in the reader's language, from <time datetime data-ago>; renewed each half minute.
import { language } from './page';

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Say how long ago `moment` was; older than a week it is a date. */
export function ago(moment: Date, now: Date, locale: string): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { style: 'short', numeric: 'auto' });
  if (Math.abs(seconds) > 7 * 86_400) {
    const sameYear = moment.getFullYear() === now.getFullYear();
    return moment.toLocaleDateString(locale, { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
  }
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'minute');
}

export function renewTimes(root: ParentNode = document): void {
  const now = new Date();
  for (const node of root.querySelectorAll<HTMLTimeElement>('time[data-ago]')) {
    const words = ago(new Date(node.dateTime), now, language());
    if (node.textContent !== words) node.textContent = words;
  }
}

export function startTimes(): void {
  renewTimes();
  window.setInterval(renewTimes, 30_000);
  document.addEventListener('htmx:after:swap', () => renewTimes());
}
