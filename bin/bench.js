#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/bench/bench.js', import.meta.url);

if (existsSync(program)) {
  await import(program.href);
} else {
  console.error('dist/ is missing: run npm run build, or npm ci, which builds it when the compiler is installed');
  process.exitCode = 1;
}
