import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

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
  const above = path.join(os.tmpdir(), `pushbutton-against-${os.userInfo().username}`);
  await mkdir(above, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(above);
  // What is built there is run: a folder that somebody else put there is not used.
  if (process.getuid && uid !== process.getuid())
    throw new Error(`--against ${commit}: ${above} belongs to another user`);
  const build = { name: sha.slice(0, 7), root: path.join(above, sha) };
  if (await exists(build.root)) return build;
  log(`against: building ${build.name} in ${build.root}`);
  const unfinished = await mkdtemp(path.join(above, 'unfinished-'));
  try {
    await buildIn(unfinished, repository, sha);
    // Another bench may have built it meanwhile; both are the same.
    if (!(await exists(build.root))) await rename(unfinished, build.root);
  } catch (error) {
    throw new Error(`--against ${commit}: ${error instanceof Error ? error.message : error}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return build;
}

async function buildIn(folder: string, repository: string, sha: string): Promise<void> {
  const packed = path.join(folder, 'commit.tar');
  must('git archive', await run('git', ['archive', '--format=tar', '-o', packed, sha], repository));
  must('tar', await run('tar', ['-xf', packed, '-C', folder], folder));
  await rm(packed);
  if (await sameLock(folder, repository)) {
    await symlink(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  } else {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    must('npm ci', await run(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder));
  }
  const compiler = path.join('node_modules', 'typescript', 'bin', 'tsc');
  must('its build', await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'], folder));
}

async function sameLock(one: string, other: string): Promise<boolean> {
  const lockOf = (folder: string) => readFile(path.join(folder, 'package-lock.json'), 'utf8').catch(() => null);
  const [own, others] = await Promise.all([lockOf(one), lockOf(other)]);
  return own !== null && own === others && (await exists(path.join(other, 'node_modules')));
}

const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

interface Ended {
  readonly ok: boolean;
  readonly output: string;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  // npm.cmd starts through a shell only; none of the arguments is anything but ours.
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: program.endsWith('.cmd') });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (output += String(piece)));
  try {
    const [code] = await once(child, 'close');
    return { ok: code === 0, output };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
}

/** The first line of what a program said is enough to see why it failed. */
function must(what: string, { ok, output }: Ended): void {
  const first = output.split('\n').find((line) => line.trim() !== '');
  if (!ok) throw new Error(`${what} failed: ${first?.trim().slice(0, 300) ?? 'it said nothing'}`);
}
