// What a search found, marked in the posts: highlights of the page, which change nothing in it. Which words answer is
// the server's to say, for it knows their forms.
const color = 'cb-found';

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Where a text has one of these words, or several in their order that are joined by `+`. */
export function spans(text: string, wanted: ReadonlySet<string>): [number, number][] {
  const said = [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)];
  const folded = said.map((match) => fold(match[0]));
  const sizes = new Set([...wanted].map((phrase) => phrase.split('+').length));
  const found: [number, number][] = [];
  said.forEach((first, at) => {
    for (const size of sizes) {
      const last = said[at + size - 1];
      if (last && wanted.has(folded.slice(at, at + size).join('+'))) found.push([first.index, last.index + last[0].length]);
    }
  });
  return found;
}

function ranges(root: Element, wanted: ReadonlySet<string>): Range[] {
  const made: Range[] = [];
  for (const body of root.querySelectorAll('.post-body, .file-chip-name, .poll label, .poll-words')) {
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); ) {
      for (const [start, end] of spans(node.textContent ?? '', wanted)) {
        const range = new Range();
        range.setStart(node, start);
        range.setEnd(node, end);
        made.push(range);
      }
    }
  }
  return made;
}

export function startFound(): void {
  const root = document.querySelector('[data-found]')?.closest('cb-feed');
  if (!root || !('highlights' in CSS)) return;
  const wanted = new Set<string>();
  const mark = (): void => {
    // Older results bring the words that they were found by.
    const words = root.querySelector<HTMLElement>('[data-found]')?.dataset['found'] ?? '';
    for (const word of words.split(' ')) wanted.add(word);
    CSS.highlights.set(color, new Highlight(...ranges(root, wanted)));
  };
  mark();
  new MutationObserver(mark).observe(root, { childList: true, subtree: true });
}
