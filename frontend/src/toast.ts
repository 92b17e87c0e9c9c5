// A message with one action; six seconds, and it waits while somebody looks at it.
import { announce } from './announce';
import { make } from './page';

interface Action {
  words: string;
  act: () => void;
}

const stay = 6000;

export function toast(words: string, action?: Action, lasting = false): () => void {
  const box = make('div', 'toast');
  box.append(make('p', '', words));
  let timer = 0;
  const close = (): void => {
    window.clearTimeout(timer);
    box.remove();
  };
  const start = (): void => {
    if (!lasting) timer = window.setTimeout(close, stay);
  };
  if (action) {
    const button = make('button', '', action.words);
    button.type = 'button';
    button.addEventListener('click', () => {
      close();
      action.act();
    });
    box.append(button);
  }
  for (const pause of ['pointerenter', 'focusin']) box.addEventListener(pause, () => window.clearTimeout(timer));
  for (const resume of ['pointerleave', 'focusout']) box.addEventListener(resume, start);
  document.getElementById('toasts')?.append(box);
  announce(words);
  start();
  return close;
}
