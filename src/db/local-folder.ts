import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Account, run } from './local-process.js';

/** Where the database lives and whom it runs as. */
export interface Home {
  folder: string;
  account: Account;
}

/** PostgreSQL refuses to run as root. This is `nobody`, which has to be in /etc/passwd: initdb looks its name up. */
const unprivileged = 65534;

/**
 * Makes (or finds) the folder of the database, `postgres` in the wanted folder, open to its account alone.
 * Started by root, the account is the one that owns the folder already, else uid 65534. Where that account cannot get
 * to the wanted folder, because a folder on the way is closed, the home is in the folder of `substitute`, and `log` says so.
 */
export async function findHome(wanted: string, log: (line: string) => void): Promise<Home> {
  const folder = path.join(path.resolve(wanted), 'postgres');
  const made = await makeFolder(folder);
  if (process.getuid?.() !== 0) {
    await fs.access(folder, fs.constants.W_OK | fs.constants.X_OK).catch(() => {
      throw new Error(`${folder} belongs to another account; was it first used by root? Use another PUSHBUTTON_DATA.`);
    });
    return { folder, account: {} };
  }
  const owner = await fs.lstat(folder);
  // Following a link, root would give away whatever somebody has made it lead to.
  if (!owner.isDirectory()) throw new Error(`${folder} is not a folder; root does not follow links for its database.`);
  const account = owner.uid === 0 ? { uid: unprivileged, gid: unprivileged } : { uid: owner.uid, gid: owner.gid };
  if (owner.uid === 0) await fs.lchown(folder, unprivileged, unprivileged);
  if (await canWrite(folder, account)) return { folder, account };
  // Left behind it would look like the place of the data.
  if (made) await fs.rmdir(folder).catch(() => {});
  const instead = path.join(await substitute(wanted), 'postgres');
  await fs.mkdir(instead, { recursive: true, mode: 0o700 });
  await fs.lchown(instead, unprivileged, unprivileged);
  log(
    `the database runs as uid ${unprivileged}, since PostgreSQL refuses root, and that account cannot get to ${folder}: its data are in ${instead}`,
  );
  const nobody = { uid: unprivileged, gid: unprivileged };
  if (!(await canWrite(instead, nobody))) {
    throw new Error(
      `Started as root, the embedded PostgreSQL finds no folder that uid ${unprivileged} can get to: neither ${folder} nor ${instead}. Run as another user, or set DATABASE_URL.`,
    );
  }
  return { folder: instead, account: nobody };
}

/**
 * A folder of root's below the system's temporary folder, the same for the same wanted folder. Anyone may make names
 * there, so a folder that is not root's, or that others may write to, is refused.
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
      `${folder} was made by another account (uid ${found.uid}) and is not trusted with the database. Remove it, or set DATABASE_URL.`,
    );
  }
  await fs.chmod(folder, 0o711);
  return folder;
}

/** Tells whether it was made now. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await fs.mkdir(path.dirname(folder), { recursive: true });
    return (await fs.mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The embedded database's folder cannot be made: ${reason}. Set PUSHBUTTON_DATA or DATABASE_URL.`);
  }
}

async function canWrite(folder: string, account: Account): Promise<boolean> {
  const tried = await run('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', folder], { account, cwd: '/', seconds: 10 });
  return tried.ok;
}
