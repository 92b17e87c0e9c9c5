// Announcements: who reads acknowledges; who made one sees how many did.
import { announce } from './announce';
import { Refused, send } from './http';
import { addKind, idOf, show } from './standing';
import { rare, strings } from './strings';
import { toast } from './toast';

interface Standing {
  done: boolean;
  asked: boolean;
  /** How many are asked, and did: only for who may follow it up. */
  count?: number;
  acknowledged?: number;
}

function draw(card: HTMLElement, standing: Standing): void {
  const hide = (selector: string, hidden: boolean): void => {
    const node = card.querySelector<HTMLElement>(selector);
    if (node) node.hidden = hidden;
  };
  hide('[data-act=acknowledge]', standing.done || !standing.asked);
  hide('[data-ask]', standing.done || !standing.asked);
  hide('[data-done]', !standing.done);
  const link = card.querySelector<HTMLElement>('[data-follow-up]');
  if (!link || standing.count === undefined) return;
  link.hidden = false;
  link.textContent = rare.acknowledgedBy(standing.acknowledged ?? 0, standing.count);
}

async function acknowledge(form: HTMLFormElement): Promise<void> {
  try {
    // Not the form: in a card that came live it holds nothing, and the server takes an empty multipart body for a broken one.
    show('announcement', idOf(form), await send<Standing>(form.action, new URLSearchParams()));
    announce(rare.acknowledged());
    form.closest<HTMLElement>('article.post')?.focus({ preventScroll: true });
  } catch (error) {
    toast(error instanceof Refused && error.message ? error.message : strings.failed());
  }
}

export function startAnnouncements(): void {
  // What others did changes nothing for who only reads.
  addKind<Standing>('announcement', { draw, renews: (standing) => standing.count !== undefined });
  document.addEventListener('submit', (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.submitter?.dataset['act'] !== 'acknowledge') return;
    event.preventDefault();
    void acknowledge(event.target);
  });
}
