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

/** Send a form with a file in it, telling which part of it is gone, from 0 to 1; fetch cannot tell. */
export function sendFile<T>(url: string, body: FormData, onProgress: (part: number) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    for (const [name, value] of Object.entries({ Accept: 'application/json', 'X-CSRFToken': csrf(), 'X-Requested-With': 'fetch' })) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', (event) => onProgress(event.total ? event.loaded / event.total : 0));
    request.addEventListener('error', () => reject(new Refused(0, '')));
    request.addEventListener('load', () => {
      let answered: Record<string, unknown> = {};
      try {
        answered = JSON.parse(request.responseText) as Record<string, unknown>;
      } catch {
        // A page instead of an answer: the session is over, or a proxy spoke.
      }
      const message = answered['message'];
      if (request.status === 201) resolve(answered as T);
      else reject(new Refused(request.status, typeof message === 'string' ? message : '', answered));
    });
    request.send(body);
  });
}

export interface Page {
  html: string;
  url: string;
  isRefusal: boolean;
}

/** Send a form with a file in it as the page itself would; resolves with the page that the server answers, also a refusal. */
export function sendPage(url: string, body: FormData, onProgress: (part: number) => void): Promise<Page> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.setRequestHeader('Accept', 'text/html');
    request.upload.addEventListener('progress', (event) => onProgress(event.total ? event.loaded / event.total : 0));
    request.addEventListener('error', () => reject(new Refused(0, '')));
    request.addEventListener('load', () => {
      if (request.status < 500) resolve({ html: request.responseText, url: request.responseURL, isRefusal: request.status >= 400 });
      else reject(new Refused(request.status, ''));
    });
    request.send(body);
  });
}
