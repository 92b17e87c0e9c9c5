// Ask the server for a piece of a policy page.
import { csrf } from './page';

/** Send a form; resolves with the HTML of the answer, or null where there is none: the page keeps what it shows. */
export async function post(url: string, body: FormData, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetch(url, { method: 'POST', credentials: 'same-origin', headers: { 'X-CSRFToken': csrf(), 'HX-Request': 'true' }, body, signal });
    return response.redirected ? null : await response.text();
  } catch {
    return null;
  }
}
