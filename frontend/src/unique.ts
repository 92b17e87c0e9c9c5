// The same post may stand in the feed and in the thread beside it. Ids must differ, or a menu would open at its twin.

const references = ['aria-labelledby', 'aria-describedby', 'popovertarget', 'for', 'form'];
const suffix = '-beside';

/** Give every id in `root`, and what refers to it, a name of its own. */
export function makeUnique(root: Element): void {
  const own = new Set<string>();
  const all = [root, ...root.querySelectorAll('*')];
  for (const node of all) {
    if (!node.id || node.id.endsWith(suffix)) continue;
    own.add(node.id);
    node.id += suffix;
  }
  for (const node of all) {
    for (const name of references) {
      const value = node.getAttribute(name);
      if (value) node.setAttribute(name, value.split(' ').map((id) => (own.has(id) ? id + suffix : id)).join(' '));
    }
  }
}
