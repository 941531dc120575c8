// Finds out what test files need, from what they import: a run that needs no database starts none.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const IMPORT = /(?:^|\n)\s*(?:import|export)\s+(?!type\s)(?:[^;']*?from\s+)?'(\.[^']+)'/g;
/** The variables through which tests find them. */
const DATABASE = 'PUSHBUTTON_TEST_SERVER';
const BUILD = 'PUSHBUTTON_TEST_BUILD';

/** Whether any of the files needs a database, and whether any needs the compiled program. */
export function needsOf(files) {
  const seen = new Set();
  const needs = { database: false, build: false };
  const walk = (file) => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    needs.database ||= text.includes(DATABASE);
    needs.build ||= text.includes(BUILD);
    for (const [, to] of text.matchAll(IMPORT)) walk(path.resolve(path.dirname(file), to).replace(/\.js$/, '.ts'));
  };
  for (const file of files) walk(file);
  return needs;
}
