// A rule's form and its YAML follow each other. An answer that is drawn over a side where somebody typed meanwhile would
// take away what they typed: it is dropped. Whatever was typed on a side and has not reached the other one, because its
// answer was dropped or its request replaced by a newer one, is asked for again once the newer answer is there.

interface Swap {
  ctx: { target?: Element | null };
}

const other: Record<string, string> = { 'rule-fields': 'rule-yaml', 'rule-yaml': 'rule-fields' };
const typed = new Map<string, number>();
const typedWhenAsked = new WeakMap<Swap['ctx'], Map<string, number>>();
// How much of what was typed on a side the other one shows.
const followed = new Map<string, number>();

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
  document.addEventListener('htmx:config:request', onSwap((ctx) => typedWhenAsked.set(ctx, new Map(typed))));
  document.addEventListener('htmx:before:swap', onSwap((ctx, side, event) => {
    if (typedWhenAsked.get(ctx)?.get(side) !== typed.get(side)) event.preventDefault();
  }));
  document.addEventListener('htmx:after:swap', onSwap((ctx, side) => {
    const source = other[side] ?? '';
    followed.set(source, typedWhenAsked.get(ctx)?.get(source) ?? 0);
    if ((typed.get(side) ?? 0) > (followed.get(side) ?? 0)) askAgain(side);
  }));
}
