// Marks under what is typed. Chromium: createValueRange and CSS highlights. Elsewhere: a mirrored div with real <mark>s.

export type Outcome = 'allow' | 'info' | 'warn' | 'justify' | 'hold' | 'block';
/** Offsets are UTF-16 code units, as textarea.value counts. */
export interface Mark {
  start: number;
  end: number;
  outcome: Outcome;
}

interface RangeTextarea extends HTMLTextAreaElement {
  createValueRange(start: number, end: number): AbstractRange;
}
const levels = ['info', 'warn', 'hold', 'block'] as const;
type Level = (typeof levels)[number];

export function levelOf(outcome: Outcome): Level {
  return outcome === 'justify' ? 'warn' : outcome === 'allow' ? 'info' : outcome;
}

/** Put marks in order, cut to the text and to each other, the graver one in front. */
export function arrange(marks: readonly Mark[], length: number): Mark[] {
  const cuts = new Set<number>([0, length]);
  const inside = marks.filter((mark) => mark.start < mark.end && mark.end <= length && mark.start >= 0);
  for (const mark of inside) cuts.add(mark.start).add(mark.end);
  const edges = [...cuts].sort((a, b) => a - b);
  const result: Mark[] = [];
  edges.slice(0, -1).forEach((start, index) => {
    const end = edges[index + 1] ?? length;
    const over = inside.filter((mark) => mark.start <= start && mark.end >= end);
    const gravest = over.sort((a, b) => levels.indexOf(levelOf(b.outcome)) - levels.indexOf(levelOf(a.outcome)))[0];
    if (!gravest) return;
    const last = result.at(-1);
    if (last && last.end === start && last.outcome === gravest.outcome && over.some((mark) => mark.start < start)) last.end = end;
    else result.push({ start, end, outcome: gravest.outcome });
  });
  return result;
}

function hasNative(field: HTMLTextAreaElement): field is RangeTextarea {
  return 'createValueRange' in field && 'highlights' in CSS;
}

/** Each textarea's ranges; a highlight of the page holds those of all of them. */
const painted = new Map<HTMLTextAreaElement, Map<Level, AbstractRange[]>>();

function paintNative(field: RangeTextarea, marks: readonly Mark[]): void {
  const mine = new Map<Level, AbstractRange[]>();
  for (const mark of marks) {
    const level = levelOf(mark.outcome);
    mine.set(level, [...(mine.get(level) ?? []), field.createValueRange(mark.start, mark.end)]);
  }
  painted.set(field, mine);
  for (const shown of painted.keys()) if (!shown.isConnected) painted.delete(shown);
  for (const level of levels) {
    const ranges = [...painted.values()].flatMap((one) => one.get(level) ?? []);
    CSS.highlights.set(`cb-${level}`, new Highlight(...ranges));
  }
}

function paintMirror(field: HTMLTextAreaElement, mirror: HTMLElement, marks: readonly Mark[]): void {
  const text = field.value;
  const nodes: Node[] = [];
  let at = 0;
  for (const mark of marks) {
    nodes.push(document.createTextNode(text.slice(at, mark.start)));
    const node = document.createElement('mark');
    node.className = `v-${levelOf(mark.outcome)}`;
    node.textContent = text.slice(mark.start, mark.end);
    nodes.push(node);
    at = mark.end;
  }
  // The newline at the end gives the mirror the height of the textarea's last, empty line.
  nodes.push(document.createTextNode(`${text.slice(at)}\n`));
  mirror.replaceChildren(...nodes);
  mirror.scrollTop = field.scrollTop;
}

/** Paints the marks of one textarea. */
export class Painter {
  private mirror: HTMLElement | null = null;

  constructor(private readonly field: HTMLTextAreaElement) {
    if (hasNative(field)) return;
    this.mirror = document.createElement('div');
    this.mirror.className = 'mirror';
    this.mirror.setAttribute('aria-hidden', 'true');
    field.before(this.mirror);
    field.addEventListener('scroll', () => {
      if (this.mirror) this.mirror.scrollTop = field.scrollTop;
    });
    this.paint([]);
  }

  paint(marks: readonly Mark[]): void {
    const arranged = arrange(marks, this.field.value.length);
    if (this.mirror) paintMirror(this.field, this.mirror, arranged);
    else if (hasNative(this.field)) paintNative(this.field, arranged);
  }

  /** The text changed: native ranges follow by themselves, a mirror must not show marks in the wrong place. */
  clearStale(): void {
    if (this.mirror) paintMirror(this.field, this.mirror, []);
  }
}
