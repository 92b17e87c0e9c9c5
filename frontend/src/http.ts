// Requests to our own server. Every write carries the CSRF token of the page.
import { csrf } from './page';

/** The server answered, and not with a success. `status` 0: it could not be reached. */
export class Refused extends Error {
  constructor(readonly status: number, message: string, readonly body: Record<string, unknown> = {}) {
    super(message);
  }
}

async function answer(url: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...options });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(0, '');
  }
  // A redirect to the sign-in page means that the session is over.
  if (response.redirected && new URL(response.url).pathname.startsWith('/sign-in')) throw new Refused(401, '');
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<Refused> {
  let body: Record<string, unknown> = {};
  if (response.headers.get('content-type')?.includes('json')) {
    try {
      body = (await response.json()) as Record<string, unknown>;
    } catch {
      body = {};
    }
  }
  const message = body['message'];
  return new Refused(response.status, typeof message === 'string' ? message : '', body);
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await answer(url, { headers: { Accept: 'application/json' }, ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

export async function getPage(url: string): Promise<string> {
  return (await answer(url, { headers: { Accept: 'text/html' } })).text();
}

/** Send a form; resolves with the JSON of the answer, or an empty object where there is none (204). */
export async function send<T>(url: string, body: FormData | URLSearchParams, signal?: AbortSignal): Promise<T> {
  const response = await answer(url, {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRFToken': csrf(), 'X-Requested-With': 'fetch' },
    body,
    ...(signal ? { signal } : {}),
  });
  return (response.status === 204 ? {} : await response.json()) as T;
}
