// Checks types, lint and dead code, all at the same time. Each prints one line, or its output if it fails. If tests need the
// compiled program, the compiler writes it in the same step.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../test/support/set-up/processes.js';

const TSC = 'node_modules/typescript/bin/tsc';
/** Several checkers each check what they share again: twice the processor time on few processors. */
const SPARING = ['--checkers', '1'];
/** The compiler is gone before it needs its memory back. */
const env = { ...process.env, GOGC: process.env.GOGC ?? 'off' };

/**
 * `build` is the folder for the compiled program, if tests need it; it is there when `built` resolves. `failures` has one line
 * for each check that failed.
 */
export function startChecks(build) {
  const built = step('types', () => types(build));
  const all = [
    built,
    step('lint and format', () => run(['node_modules/@biomejs/biome/bin/biome', 'check', '.'])),
    step('dead code and unlisted packages', () => run(['node_modules/knip/bin/knip.js'])),
  ];
  return { built, failures: Promise.all(all).then((failed) => failed.filter(Boolean)) };
}

async function step(name, work) {
  const since = performance.now();
  const { ok, how, printed } = await work();
  const seconds = `${((performance.now() - since) / 1_000).toFixed(1)} s`;
  // Jest may be showing how far it is on the same line.
  const cleared = process.stdout.isTTY ? '\r\u001b[K' : '';
  if (ok) return void console.log(`${cleared}${name}: ok, ${seconds}`);
  console.log(`${cleared}${name}: failed, ${seconds}\n${printed.trimEnd()}\n`);
  return `${name} (${how})`;
}

async function types(build) {
  const emit = ['--noEmit', 'false', '--rootDir', '.', '--sourceMap', 'false', '--outDir', build];
  const [all, page] = await Promise.all([
    run([TSC, '-p', '.', ...SPARING, ...(build ? emit : [])], { env }),
    run([TSC, '-p', 'sandbox/page', ...SPARING], { env }),
  ]);
  const bundled = build ? await bundle(build) : { ok: true, printed: '' };
  const wrong = [all, page, bundled].filter(({ ok }) => !ok);
  return { ok: wrong.length === 0, how: wrong[0]?.how, printed: wrong.map(({ printed }) => printed).join('\n') };
}

/** The compiled tests and the compiled parts of the page do not belong to a build. */
function bundle(build) {
  for (const name of ['test', 'sandbox/page']) rmSync(path.join(build, name), { recursive: true, force: true });
  return run(['scripts/page.js', path.join(build, 'sandbox/page')]);
}
