// Runs on every install. Builds dist/ when the compiler is installed. An image installed with
// --omit=dev has no compiler and brings a dist/ that was built before.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (existsSync(compiler)) {
  const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;
  process.exitCode = run([compiler, '-p', 'tsconfig.build.json']) || run(['scripts/page.js']);
} else {
  console.log('pushbutton: no compiler installed (--omit=dev), using the existing dist/');
}
