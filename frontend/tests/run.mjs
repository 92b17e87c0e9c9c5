// Bundles the tests with esbuild and runs them with Node's own runner: no other test tool is needed.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = await mkdtemp(join(tmpdir(), 'corpblog-frontend-'));
const files = (await readdir(here)).filter((name) => name.endsWith('.test.ts'));
await build({
  absWorkingDir: here,
  entryPoints: files,
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  logLevel: 'error',
});
const { status } = spawnSync(process.execPath, ['--import', pathToFileURL(join(here, 'page.mjs')).href, '--test', ...files.map((name) => join(out, name.replace('.ts', '.mjs')))], { stdio: 'inherit' });
await rm(out, { recursive: true });
process.exit(status ?? 1);
