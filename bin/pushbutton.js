#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/src/cli.js', import.meta.url);

if (existsSync(program)) {
  await import(program.href);
} else {
  const msg = 'dist/ is missing: run npm run build, or npm ci, which builds it when the compiler is installed';
  console.error(JSON.stringify({ level: 'error', time: new Date().toISOString(), msg }));
  process.exitCode = 1;
}
