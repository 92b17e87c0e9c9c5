// <form data-upload>: how much of its file is gone, and that the server reads it then. Without a script it is sent as ever.
import { announce } from './announce';
import { offerColumns } from './csv-columns';
import { parsePage } from './html';
import { sendPage, type Page } from './http';
import { process } from './hx';
import { make } from './page';
import { rare } from './strings';
import { toast } from './toast';

/** Choose a file again on the page of a refusal: the server cannot send it back, and nobody wants to look for it twice. */
function chooseAgain(action: string, file: File): void {
  const form = [...document.querySelectorAll<HTMLFormElement>('form[data-upload]')].find((each) => each.action === action);
  const input = form?.querySelector<HTMLInputElement>('input[type=file]');
  if (!form || !input) return;
  const files = new DataTransfer();
  files.items.add(file);
  input.files = files.files;
  void offerColumns(form);
}

/** Put what the server answered in the place of the page, as following a form would. */
function show(page: Page): void {
  const fresh = parsePage(page.html);
  const main = document.querySelector('main');
  const news = fresh.querySelector('main');
  if (!main || !news) {
    location.assign(page.url);
    return;
  }
  if (page.url !== location.href) history.pushState(null, '', page.url);
  document.title = fresh.title;
  // The page that comes may be a wide one.
  document.body.classList.toggle('shell-wide', fresh.body.classList.contains('shell-wide'));
  main.replaceChildren(...news.childNodes);
  process(main);
  window.scrollTo({ top: 0 });
  main.focus({ preventScroll: true });
}

async function upload(form: HTMLFormElement, file: File): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>('.form-actions button');
  const bar = make('progress');
  bar.max = 1;
  bar.setAttribute('aria-label', rare.uploading(file.name));
  announce(rare.uploading(file.name));
  const body = new FormData(form);
  button?.setAttribute('aria-busy', 'true');
  if (button) button.disabled = true;
  form.querySelector('.form-actions')?.append(bar);
  try {
    const page = await sendPage(form.action, body, (part) => {
      // All of it is there: it is being read, and nobody knows how long that takes.
      if (part < 1) bar.value = part;
      else bar.removeAttribute('value');
    });
    show(page);
    if (page.isRefusal) chooseAgain(form.action, file);
  } catch {
    // What was typed and chosen is still there, to be sent again.
    toast(rare.fileNotAdded());
  } finally {
    bar.remove();
    button?.removeAttribute('aria-busy');
    if (button) button.disabled = false;
  }
}

export function startUpload(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches('[data-upload]')) return;
    const file = form.querySelector<HTMLInputElement>('input[type=file]')?.files?.[0];
    if (!file) return;
    event.preventDefault();
    void upload(form, file);
  });
}
