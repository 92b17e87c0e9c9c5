// Polls: the card is the same for everybody; here it gets the reader's own vote and, once they voted, the result.
import { announce } from './announce';
import { getJson, Refused, send } from './http';
import { language } from './page';
import { rare, strings } from './strings';
import { toast } from './toast';

interface Standing {
  chosen: number[];
  /** By answer; empty as long as the reader may not see it. */
  votes: number[];
  voters: number;
}

const wait = 400;
const most = 100;
const known = new Map<string, Standing>();
const asked = new Set<string>();
let timer = 0;

const cardsOf = (id: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(`article.post[data-id="${CSS.escape(id)}"]`)];
const idOf = (node: Element): string => node.closest<HTMLElement>('article.post')?.dataset['id'] ?? '';

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

function show(id: string, standing: Standing): void {
  known.set(id, standing);
  for (const card of cardsOf(id)) draw(card, standing);
}

/** A card came, or came anew: what is known of it at once, and what changed since by one request for all. */
function onCard(card: Element): void {
  const id = idOf(card);
  if (!id) return;
  const standing = known.get(id);
  const article = card.closest<HTMLElement>('article.post');
  if (standing && article) draw(article, standing);
  // Who did not vote sees no count: there is nothing to ask for again.
  if (standing && !standing.chosen.length && !card.querySelector('[data-closed]')) return;
  asked.add(id);
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), known.size ? wait : 0);
}

async function ask(): Promise<void> {
  const ids = [...asked].slice(0, most);
  for (const id of ids) asked.delete(id);
  try {
    const found = await getJson<Record<string, Standing>>(`/live/parts/?ids=${ids.join(',')}`);
    for (const [id, standing] of Object.entries(found)) show(id, standing);
  } catch {
    return; // The card says everything but the reader's own part; the next change asks again.
  }
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
    show(id, await send<Standing>(form.action, body));
    announce(rare.voted());
    button.closest<HTMLElement>('article.post')?.focus({ preventScroll: true });
  } catch (error) {
    toast(error instanceof Refused && error.message ? error.message : strings.failed());
    asked.add(id);
    void ask();
  }
}

const polls = '.part-poll';

export function startPolls(): void {
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (!(event.target instanceof HTMLFormElement) || button?.dataset['act'] !== 'vote') return;
    event.preventDefault();
    void vote(event.target, button);
  });
  document.addEventListener('cb:part', (event) => {
    if (event.target instanceof Element && event.target.matches(polls)) onCard(event.target);
  });
  document.querySelectorAll(polls).forEach(onCard);
}
