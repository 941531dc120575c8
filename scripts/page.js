// Bundles the demo's page into a folder: `node scripts/page.js dist/sandbox/page`. The browser gets one script, one
// stylesheet, and no network.
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const page = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'sandbox', 'page');
const into = path.resolve(process.argv[2] ?? 'dist/sandbox/page');

mkdirSync(into, { recursive: true });
await build({
  entryPoints: ['main.tsx', 'css/page.css'].map((file) => ({ in: path.join(page, file), out: 'page' })),
  outdir: into,
  bundle: true,
  minify: true,
  format: 'esm',
  jsx: 'automatic',
  target: ['chrome123', 'firefox125', 'safari17.5'],
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'linked',
  logLevel: 'warning',
});
copyFileSync(path.join(page, 'index.html'), path.join(into, 'index.html'));
