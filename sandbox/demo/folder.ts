import fs from 'node:fs/promises';

const why: Readonly<Record<string, string>> = {
  EEXIST: 'is a file',
  ENOTDIR: 'leads through a file',
  EACCES: 'may not be written to by this account',
  EPERM: 'may not be written to by this account',
  EROFS: 'is on a disk that cannot be written to',
};

/** Checks that the demo can write to its folder. Throws a sentence that says why not. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await fs.mkdir(folder, { recursive: true });
    await fs.access(folder, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
    throw new Error(`${folder} ${why[code] ?? `cannot be made (${code})`}; set PUSHBUTTON_DATA to another folder`);
  }
}
