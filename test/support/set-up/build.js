// Compiles the program for the tests that start real processes, into a folder of this run. They find it in
// PUSHBUTTON_TEST_BUILD. If that is set already, nothing is compiled.
import { rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isDead, readNames } from './dead.js';
import { root, run } from './processes.js';
import { CannotRun } from './run.js';

export const builds = path.join(root, '.test-build');

/** Each begins with the id of its run's process. */
export function removeBuildsOfKilled() {
  for (const name of readNames(builds))
    if (isDead(Number.parseInt(name, 10))) rmSync(path.join(builds, name), { recursive: true });
}

/** The folder for the build of this run. */
export function folderOfBuild({ cleanUps }) {
  const folder = path.join(builds, String(process.pid));
  cleanUps.push(() => {
    rmSync(folder, { recursive: true, force: true });
    try {
      rmdirSync(builds);
    } catch {
      // It contains the build of another run, or was never made.
    }
  });
  return folder;
}

/** Compiles the program and nothing else, as `npm run build` does. */
export async function compile(folder) {
  await node(
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', folder],
    'the program does not compile',
    '\nTo test the rest meanwhile: npx tsc -p tsconfig.build.json --outDir .test-build/mine; export PUSHBUTTON_TEST_BUILD=.test-build/mine',
  );
  await node(['scripts/page.js', path.join(folder, 'sandbox/page')], "the demo's page does not build");
}

async function node(args, problem, advice = '') {
  const { ok, printed } = await run(args);
  if (!ok) throw new CannotRun(`${problem}:\n${printed}${advice}`);
}
