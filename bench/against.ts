import { readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { exists, keptFolder, must, npm, run } from './kept.js';

/** A build of Pushbutton. */
export interface Build {
  /** For people: the seven digits of its commit, or that it is this tree. */
  readonly name: string;
  /** The folder with its `dist/`; null: the build that this program is part of. */
  readonly root: string | null;
}

export const THIS_TREE: Build = { name: 'this tree', root: null };

/**
 * Builds a commit of the repository in a folder of its own below the system's temporary folder, or finds it built there.
 * The packages are those that its lock file names: linked if it is the same as in `repository`, else installed. Throws a
 * sentence if there is no such commit, as in a shallow clone or without .git, or if it cannot be built.
 */
export async function buildCommit(repository: string, commit: string, log: (line: string) => void): Promise<Build> {
  const found = await run(
    'git',
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`],
    repository,
  );
  const sha = found.output.trim();
  if (!found.ok || !/^[0-9a-f]{40,}$/.test(sha)) {
    throw new Error(
      `--against ${commit}: git has no such commit in ${repository}; a shallow clone or a copy without .git has not all of them`,
    );
  }
  const name = sha.slice(0, 7);
  try {
    const root = await keptFolder('against', sha, async (unfinished, folder) => {
      log(`against: building ${name} in ${folder}`);
      await buildIn(unfinished, repository, sha);
    });
    return { name, root };
  } catch (error) {
    throw new Error(`--against ${commit}: ${error instanceof Error ? error.message : error}`);
  }
}

async function buildIn(folder: string, repository: string, sha: string): Promise<void> {
  const packed = path.join(folder, 'commit.tar');
  must('git archive', await run('git', ['archive', '--format=tar', '-o', packed, sha], repository));
  must('tar', await run('tar', ['-xf', packed, '-C', folder], folder));
  await rm(packed);
  if (await sameLock(folder, repository)) {
    await symlink(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  } else {
    must('npm ci', await npm(folder, 'ci'));
  }
  const compiler = path.join('node_modules', 'typescript', 'bin', 'tsc');
  must('its build', await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'], folder));
}

async function sameLock(one: string, other: string): Promise<boolean> {
  const lockOf = (folder: string) => readFile(path.join(folder, 'package-lock.json'), 'utf8').catch(() => null);
  const [own, others] = await Promise.all([lockOf(one), lockOf(other)]);
  return own !== null && own === others && (await exists(path.join(other, 'node_modules')));
}
