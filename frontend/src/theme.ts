// Light or dark at once; the server remembers it (cookie and preferences), so that the next page comes without a flash.
import { send } from './http';
import { icon } from './page';

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
}

export function startTheme(): void {
  const form = document.querySelector<HTMLFormElement>('form[data-theme-form]');
  const button = form?.querySelector('button');
  if (!form || !button) return;
  const draw = (): void => {
    button.value = isDark() ? 'light' : 'dark';
    button.replaceChildren(isDark() ? icon('sun') : icon('moon'));
  };
  draw();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const body = new FormData(form, button);
    document.documentElement.dataset['theme'] = button.value;
    draw();
    // The colour on this page has changed already; if the server cannot be told, only the next page differs.
    send(form.action, body).catch(() => undefined);
  });
}
