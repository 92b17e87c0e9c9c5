// Builds the browser's half of Corpblog: the scripts, the stylesheets, the font files and the sprite of the icons in use.
// What only some pages need is an entry of its own: first loads have limits (tests/web/test_page_weight.py).
//   node frontend/build.mjs            once, minified
//   node frontend/build.mjs --watch    again at every change, with source maps
import { build, context } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = join(root, 'corpblog/web/static/corpblog/build');
const watch = process.argv.includes('--watch');
const quiet = process.argv.includes('--quiet');

const options = {
  absWorkingDir: here,
  // app.js is on every page, tools.js in its place on desk, policies, calendar; what few posts need comes by itself: see part.ts.
  entryPoints: { app: 'src/app.ts', tools: 'src/tools.ts', parts: 'src/parts.ts', writing: 'src/writing.ts', installing: 'src/installing.ts', emoji: 'src/emoji.ts', offline: 'src/offline.ts', 'push-switch': 'src/push-switch.ts', 'own-zone': 'src/own-zone.ts', search: 'src/search.ts', 'search-field': 'src/search-field.ts', worker: 'worker/worker.ts', styles: 'styles/app.css', pages: 'styles/more.css', console: 'styles/console.css', press: 'styles/press.css', planning: 'styles/planning.css', 'posts-parts': 'styles/parts.css' },
  outdir: out,
  bundle: true,
  format: 'iife',
  target: ['chrome123', 'firefox120', 'safari17.5'],
  minify: !watch,
  sourcemap: watch ? 'linked' : false,
  legalComments: 'none',
  assetNames: '[name]',
  loader: { '.woff2': 'file' },
  logLevel: 'warning',
};

/** The files below a folder whose name ends in one of these. */
async function* filesBelow(folder, endings) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'static', '__pycache__', 'migrations'].includes(entry.name)) yield* filesBelow(path, endings);
    } else if (endings.some((end) => entry.name.endsWith(end))) yield path;
  }
}

/** Every icon that a template, a script or icons.json names. */
async function iconsInUse() {
  const names = new Set(JSON.parse(await readFile(join(here, 'icons.json'), 'utf8')).always);
  const patterns = [/\{%\s*icon\s+["']([a-z0-9-]+)["']/g, /\bicon\(\s*["']([a-z0-9-]+)["']/g, /\bicon_name=["']([a-z0-9-]+)["']/g];
  for (const folder of [join(root, 'corpblog'), join(here, 'src')]) {
    for await (const path of filesBelow(folder, ['.html', '.ts'])) {
      const text = await readFile(path, 'utf8');
      for (const pattern of patterns) for (const match of text.matchAll(pattern)) names.add(match[1]);
    }
  }
  return [...names].sort();
}

/** Symbols carry no presentation attributes: those would beat the page's CSS (a filled heart would stay empty). */
async function buildSprite() {
  const symbols = [];
  const missing = [];
  for (const name of await iconsInUse()) {
    const own = join(here, 'icons', `${name}.svg`);
    const file = existsSync(own) ? own : join(here, 'node_modules/lucide-static/icons', `${name}.svg`);
    if (!existsSync(file)) { missing.push(name); continue; }
    const svg = await readFile(file, 'utf8');
    const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, ' ').replaceAll('> <', '><').trim()}</symbol>`);
  }
  if (missing.length) throw new Error(`No such icon: ${missing.join(', ')}. Names are those of lucide, or files in frontend/icons/.`);
  await writeFile(join(out, 'icons.svg'), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`);
  return symbols.length;
}

async function copyStatic() {
  await cp(join(here, 'public'), out, { recursive: true });
  await cp(join(here, 'node_modules/@fontsource-variable/inter/LICENSE'), join(out, 'inter-LICENSE.txt'));
}

/** What an earlier build left. Afterwards, and not before: a running server must not miss a file meanwhile. */
async function removeLeftovers(started) {
  for (const name of await readdir(out)) {
    const path = join(out, name);
    if (!name.startsWith('.') && (await stat(path)).mtimeMs < started) await rm(path, { recursive: true });
  }
}

async function report(icons) {
  for (const name of ['app.js', 'tools.js', 'parts.js', 'styles.css', 'pages.css', 'console.css', 'icons.svg']) {
    const bytes = await readFile(join(out, name));
    const kilobytes = (gzipSync(bytes, { level: 9 }).length / 1024).toFixed(1);
    console.log(`  ${name.padEnd(12)} ${kilobytes.padStart(6)} KB gzipped${name === 'icons.svg' ? `, ${icons} icons` : ''}`);
  }
}

const started = Date.now() - 1000;
await mkdir(out, { recursive: true });
if (watch) {
  const session = await context(options);
  await session.watch();
  await copyStatic();
  await buildSprite();
  console.log('Watching src/ and styles/. Restart when a template names a new icon.');
} else {
  const { warnings } = await build(options);
  if (warnings.length) process.exit(1);
  await copyStatic();
  const icons = await buildSprite();
  await removeLeftovers(started);
  if (!quiet) await report(icons);
}
