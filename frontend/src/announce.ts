// One polite live region. Messages queue a second apart: a later one erased "3 new posts" before it was spoken.

const gap = 1000;
const waiting: string[] = [];
let timer = 0;

function next(): void {
  const words = waiting.shift();
  const region = document.getElementById('announcer');
  if (words === undefined || !region) {
    timer = 0;
    return;
  }
  region.textContent = '';
  requestAnimationFrame(() => {
    region.textContent = words;
  });
  timer = window.setTimeout(next, gap);
}

/** Say it to screen readers when it is its turn; what already waits is not said twice. */
export function announce(words: string): void {
  if (waiting.includes(words)) return;
  waiting.push(words);
  if (!timer) next();
}
