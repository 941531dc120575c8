// Draws the picture of docs/architecture.md anew: `node scripts/architecture.js`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { withPicture } from './rooms.js';

const root = new URL('..', import.meta.url);
const sources = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .map((file) => [file, readFileSync(new URL(file, root), 'utf8')]);

const page = new URL('docs/architecture.md', root);
writeFileSync(page, withPicture(readFileSync(page, 'utf8'), sources));
