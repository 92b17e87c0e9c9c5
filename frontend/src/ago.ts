// "4 min. ago" and full dates as the reader writes and counts them, from <time datetime>; renewed each half minute.
import { locale, zone } from './page';

/** How somebody reads a time: en-GB or en-US, and where their clock stands; the browser's own where nobody chose. */
export interface Reader {
  locale: string;
  timeZone?: string | undefined;
}

const day = 86_400;
const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', day],
  ['hour', 3_600],
  ['minute', 60],
];

/** Say how long ago `moment` was; older than a week it is a date, and with its year where that could be mistaken. */
export function ago(moment: Date, now: Date, reader: Reader): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000;
  const far = Math.abs(seconds);
  if (far > 7 * day) return moment.toLocaleDateString(reader.locale, { day: 'numeric', month: 'short', ...(far > 300 * day && { year: 'numeric' }), ...reader });
  const format = new Intl.RelativeTimeFormat(reader.locale, { style: 'short', numeric: 'auto' });
  for (const [unit, size] of units) {
    if (far >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, 'minute');
}

/** Say date and time in full. */
export function inFull(moment: Date, reader: Reader): string {
  return moment.toLocaleString(reader.locale, { dateStyle: 'long', timeStyle: 'short', ...reader });
}

/** Write the times of a part of the page: a live card was drawn for every reader alike, by the company's clock. */
export function renewTimes(root: ParentNode = document): void {
  const now = new Date();
  const reader: Reader = { locale: locale(), timeZone: zone() };
  for (const node of root.querySelectorAll<HTMLTimeElement>('time[data-ago], time[data-full]')) {
    const moment = new Date(node.dateTime);
    node.title = inFull(moment, reader);
    const words = ago(moment, now, reader);
    if ('ago' in node.dataset && node.textContent !== words) node.textContent = words;
  }
}

export function startTimes(): void {
  renewTimes();
  window.setInterval(renewTimes, 30_000);
  document.addEventListener('htmx:after:swap', () => renewTimes());
}
