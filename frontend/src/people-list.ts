// Names of colleagues for a field, from the server while one types: a list of the browser's own.
import { getJson } from './http';
import { make } from './page';

interface Found {
  people: { username: string; name: string; detail: string }[];
}

const wait = 150;
let timer = 0;

async function suggest(input: HTMLInputElement): Promise<void> {
  const list = input.list;
  if (!list || !input.value.trim()) return;
  try {
    const found = await getJson<Found>(`/mentions/?q=${encodeURIComponent(input.value.trim().replace(/^@/, ''))}`);
    list.replaceChildren(...found.people.map((person) => {
      const option = make('option');
      option.value = person.username;
      option.label = person.detail ? `${person.name}, ${person.detail}` : person.name;
      return option;
    }));
  } catch {
    return; // The name can be typed as well; the server says where it knows nobody.
  }
}

export function startPeopleList(): void {
  document.addEventListener('input', (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.dataset['people'] === undefined) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void suggest(input), wait);
  });
}
