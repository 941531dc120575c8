import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Account, run } from './local-process.js';

/** Where the database lives and which account it runs as. */
export interface Home {
  folder: string;
  account: Account;
}

/** PostgreSQL refuses to run as root. This is `nobody`; it must be in /etc/passwd, where initdb looks up its name. */
const unprivileged = 65534;

/**
 * Creates (or finds) the folder of the database, `postgres` in the wanted folder, accessible to its account alone.
 * When root starts it, the account is the current owner of the folder, or uid 65534 where that is root. If that account
 * cannot reach the wanted folder because of a closed parent folder, uses the folder of `substitute` and logs that.
 */
export async function findHome(wanted: string, log: (line: string) => void): Promise<Home> {
  const folder = path.join(path.resolve(wanted), 'postgres');
  const made = await makeFolder(folder);
  if (process.getuid?.() !== 0) {
    await fs.access(folder, fs.constants.W_OK | fs.constants.X_OK).catch(() => {
      throw new Error(
        `${folder} belongs to another account; perhaps root used it first. Set PUSHBUTTON_DATA to another folder.`,
      );
    });
    return { folder, account: {} };
  }
  const owner = await fs.lstat(folder);
  // If root followed a link here, it would give away whatever the link points to.
  if (!owner.isDirectory()) throw new Error(`${folder} is not a folder; as root, the database does not follow links.`);
  const account = owner.uid === 0 ? { uid: unprivileged, gid: unprivileged } : { uid: owner.uid, gid: owner.gid };
  if (owner.uid === 0) await fs.lchown(folder, unprivileged, unprivileged);
  if (await canWrite(folder, account)) return { folder, account };
  // An empty folder left behind would look like the place of the data.
  if (made) await fs.rmdir(folder).catch(() => {});
  const instead = path.join(await substitute(wanted), 'postgres');
  await fs.mkdir(instead, { recursive: true, mode: 0o700 });
  await fs.lchown(instead, unprivileged, unprivileged);
  log(
    `PostgreSQL refuses to run as root, so it runs as uid ${unprivileged}, which cannot access ${folder}; its data are in ${instead}`,
  );
  const nobody = { uid: unprivileged, gid: unprivileged };
  if (!(await canWrite(instead, nobody))) {
    throw new Error(
      `Started as root, the embedded PostgreSQL runs as uid ${unprivileged}, which can access neither ${folder} nor ${instead}. Run as another user, or set DATABASE_URL.`,
    );
  }
  return { folder: instead, account: nobody };
}

/**
 * A folder owned by root below the system's temporary folder, always the same for the same wanted folder. Anyone can
 * create names there, so a folder that root does not own, or that others can write to, is refused.
 */
export async function substitute(wanted: string): Promise<string> {
  const name = createHash('sha256').update(path.resolve(wanted)).digest('hex').slice(0, 16);
  const folder = path.join(os.tmpdir(), `pushbutton-${name}`);
  await fs.mkdir(folder, { mode: 0o711 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await fs.lstat(folder);
  const own = process.getuid?.() ?? found.uid;
  if (!found.isDirectory() || found.uid !== own || (found.mode & 0o022) !== 0) {
    throw new Error(
      `${folder} was created by another account (uid ${found.uid}), so it is not safe for the database. Remove it, or set DATABASE_URL.`,
    );
  }
  await fs.chmod(folder, 0o711);
  return folder;
}

/** Creates the folder; returns whether it is new. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await fs.mkdir(path.dirname(folder), { recursive: true });
    return (await fs.mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The folder of the embedded database cannot be created: ${reason}. Set PUSHBUTTON_DATA or DATABASE_URL.`,
    );
  }
}

async function canWrite(folder: string, account: Account): Promise<boolean> {
  const tried = await run('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], { account, cwd: '/', seconds: 10 });
  return tried.ok;
}
