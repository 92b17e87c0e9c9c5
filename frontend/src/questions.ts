// Questions: who asked says in a reply's menu that it is the best answer.
import { announce } from './announce';
import { Refused, send } from './http';
import { addKind, standingOf } from './standing';
import { rare, strings } from './strings';
import { toast } from './toast';

interface Standing {
  mayChoose: boolean;
}

/** A reply's menu opens: offer what its reader may do with it. */
function onMenu(menu: HTMLElement): void {
  const button = menu.querySelector<HTMLButtonElement>('button[data-act=best]');
  const thread = menu.closest<HTMLElement>('cb-feed')?.dataset['thread'] ?? '';
  if (!button) return;
  const standing = standingOf(thread) as Standing | undefined;
  button.hidden = !standing?.mayChoose;
  const words = button.querySelector('[data-words]');
  if (words) words.textContent = (isBest(button) ? button.dataset['off'] : button.dataset['on']) ?? '';
}

function isBest(button: HTMLElement): boolean {
  const id = button.closest<HTMLElement>('article.post')?.dataset['id'] ?? '';
  return button.closest('cb-feed')?.querySelector(`[data-best="${CSS.escape(id)}"]`) != null;
}

async function choose(button: HTMLButtonElement): Promise<void> {
  const on = !isBest(button);
  try {
    await send(button.formAction, new URLSearchParams({ on: on ? '1' : '0' }));
    announce(on ? rare.bestChosen() : rare.bestGone());
  } catch (error) {
    toast(error instanceof Refused && error.message ? error.message : strings.failed());
  }
}

export function startQuestions(): void {
  // A menu may have been opened before it was known what its reader may do.
  addKind<Standing>('question', { draw: () => document.querySelectorAll<HTMLElement>('.menu-list:popover-open').forEach(onMenu), renews: () => false });
  document.addEventListener('beforetoggle', (event) => {
    if (event.target instanceof HTMLElement && event.target.matches('.menu-list') && event.newState === 'open') onMenu(event.target);
  }, { capture: true });
  document.addEventListener('submit', (event) => {
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement) || button.dataset['act'] !== 'best') return;
    event.preventDefault();
    void choose(button);
  });
}
