// A rule's form and its YAML follow each other. An answer that is drawn over a side where somebody typed meanwhile would
// take away what they typed: it is dropped, and asked for again once the answer to the newer typing is there.

interface Swap {
  ctx: { target?: Element | null };
}

const other: Record<string, string> = { 'rule-fields': 'rule-yaml', 'rule-yaml': 'rule-fields' };
const typed = new Map<string, number>();
const typedWhenAsked = new WeakMap<Swap['ctx'], number>();
const dropped = new Set<string>();

function sideOf(target: EventTarget | null | undefined): string | undefined {
  return target instanceof Element ? target.closest('#rule-fields, #rule-yaml')?.id : undefined;
}

function onSwap(act: (ctx: Swap['ctx'], side: string, event: Event) => void): (event: Event) => void {
  return (event) => {
    const { ctx } = (event as CustomEvent<Swap>).detail;
    const side = sideOf(ctx.target);
    if (side) act(ctx, side, event);
  };
}

function askAgain(side: string): void {
  const place = document.getElementById(side);
  (place?.querySelector('[hx-post]') ?? place)?.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

export function startSides(): void {
  document.addEventListener('input', (event) => {
    const side = sideOf(event.target);
    if (side) typed.set(side, (typed.get(side) ?? 0) + 1);
  });
  document.addEventListener('htmx:config:request', onSwap((ctx, side) => typedWhenAsked.set(ctx, typed.get(side) ?? 0)));
  document.addEventListener('htmx:before:swap', onSwap((ctx, side, event) => {
    if (typedWhenAsked.get(ctx) === (typed.get(side) ?? 0)) return;
    event.preventDefault();
    dropped.add(side);
  }));
  document.addEventListener('htmx:after:swap', onSwap((_ctx, side) => {
    if (dropped.delete(other[side] ?? '')) askAgain(side);
  }));
}
