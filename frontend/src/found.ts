// What a search found, marked in the posts: highlights of the page, which change nothing in it.
const color = 'cb-found';

const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Where words of a text begin like one of those that were asked for. */
export function spans(text: string, wanted: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)) {
    const word = fold(match[0]);
    if (wanted.some((begin) => word.startsWith(begin))) found.push([match.index, match.index + match[0].length]);
  }
  return found;
}

function ranges(root: Element, wanted: readonly string[]): Range[] {
  const made: Range[] = [];
  for (const body of root.querySelectorAll('.post-body')) {
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
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
  const root = document.querySelector<HTMLElement>('[data-found]');
  const wanted = (root?.dataset['found'] ?? '').split(' ').filter(Boolean);
  if (!root || !wanted.length || !('highlights' in CSS)) return;
  const mark = (): void => void CSS.highlights.set(color, new Highlight(...ranges(root, wanted)));
  mark();
  // Older results come in while one reads.
  new MutationObserver(mark).observe(root, { childList: true, subtree: true });
}
