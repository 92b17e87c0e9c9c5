declare module 'htmx.org/dist/htmx.esm.js' {
  interface Htmx {
    registerExtension(name: string, extension: unknown): void;
    process(root: Element): void;
  }
  const htmx: Htmx;
  export default htmx;
}
