// Polls: the card is the same for everybody; here it gets the reader's own vote and, once they voted, the result.
import { announce } from './announce';
import { Refused, send } from './http';
import { language } from './page';
import { addKind, again, idOf, show } from './standing';
import { rare, strings } from './strings';
import { toast } from './toast';

interface Standing {
  chosen: number[];
  /** By answer; empty as long as the reader may not see it. */
  votes: number[];
  voters: number;
}

function draw(card: HTMLElement, standing: Standing): void {
  const voted = standing.chosen.length > 0;
  for (const option of card.querySelectorAll<HTMLElement>('.poll-option')) {
    const place = Number(option.dataset['option']);
    const mine = option.querySelector<HTMLElement>('[data-mine-vote]');
    if (mine) mine.hidden = !standing.chosen.includes(place);
    if (standing.votes.length) drawResult(option, standing.votes[place] ?? 0, standing.voters);
    const input = option.querySelector<HTMLInputElement>('input[name=choice]');
    if (!input || !voted) continue;
    input.checked = standing.chosen.includes(place);
    input.disabled = true;
    input.hidden = true;
  }
  const button = card.querySelector<HTMLElement>('[data-act=vote]');
  if (button) button.hidden = voted;
}

function drawResult(option: HTMLElement, votes: number, voters: number): void {
  const share = voters ? votes / voters : 0;
  const meter = option.querySelector('meter');
  if (meter) {
    meter.hidden = false;
    meter.value = Math.round(share * 100);
  }
  const words = option.querySelector<HTMLElement>('[data-share]');
  if (!words) return;
  words.hidden = false;
  const percent = new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: 0 }).format(share);
  words.textContent = `${new Intl.NumberFormat(language()).format(votes)} · ${percent}`;
}

async function vote(form: HTMLFormElement, button: HTMLElement): Promise<void> {
  const body = new FormData(form);
  if (!body.has('choice')) {
    toast(rare.chooseAnAnswer());
    form.querySelector<HTMLElement>('input[name=choice]')?.focus();
    return;
  }
  const id = idOf(form);
  try {
    show('poll', id, await send<Standing>(form.action, body));
    announce(rare.voted());
    button.closest<HTMLElement>('article.post')?.focus({ preventScroll: true });
  } catch (error) {
    toast(error instanceof Refused && error.message ? error.message : strings.failed());
    again('poll', id);
  }
}

export function startPolls(): void {
  // Who did not vote sees no count: there is nothing to ask for again.
  addKind<Standing>('poll', { draw, renews: (standing, part) => standing.chosen.length > 0 || part.querySelector('[data-closed]') !== null });
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (!(event.target instanceof HTMLFormElement) || button?.dataset['act'] !== 'vote') return;
    event.preventDefault();
    void vote(event.target, button);
  });
}
