// A page with nothing in it: what modules look at while they are loaded. Behaviour in a page is tested in a real browser.
Object.assign(globalThis, { document: { documentElement: { dataset: {}, lang: 'en' } }, HTMLElement: class {} });
