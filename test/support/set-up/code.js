// Translates the tests and all that they import to JavaScript, once a run, so that Node loads them without a translator in each
// worker. Types are checked elsewhere.
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { builds, removeBuildsOfKilled } from './build.js';
import { root } from './processes.js';
import { CannotRun } from './run.js';

const FOLDERS = ['src', 'sandbox', 'bench', 'scripts', 'test'];

/** Takes less than a second. native-runtime.cjs finds the code in PUSHBUTTON_TEST_CODE. */
export async function translate({ cleanUps }) {
  removeBuildsOfKilled();
  const outdir = path.join(builds, `${process.pid}-code`);
  cleanUps.push(() => rmSync(outdir, { recursive: true, force: true }));
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  );
  const entryPoints = files.filter((name) => /\.(tsx?|js)$/.test(name) && !name.endsWith('.d.ts'));
  try {
    await build({
      ...{ entryPoints, outdir, outbase: root, absWorkingDir: root, logLevel: 'silent' },
      ...{ format: 'esm', platform: 'node', target: 'node20', sourcemap: 'linked', sourcesContent: false },
    });
  } catch ({ errors, message }) {
    const [first] = errors ?? [];
    const where = first?.location ? `${first.location.file}:${first.location.line}: ${first.text}` : message;
    throw new CannotRun(`the tests cannot be translated: ${where}`);
  }
  process.env.PUSHBUTTON_TEST_CODE = outdir;
}

/** Loads a file of the repository, such as src/db/migrate.ts, as translated. */
export const load = (file) =>
  import(pathToFileURL(path.join(process.env.PUSHBUTTON_TEST_CODE, file.replace(/\.ts$/, '.js'))).href);
