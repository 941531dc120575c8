import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';
import { keptFolder, must, npm } from '../kept.js';

/** What others build such a bot on, with the one INSERT of the baselines. */
export type Peer = keyof typeof PROGRAM;

const PROGRAM = {
  'chat-sdk-before': ['chat-sdk.mjs', 'before'],
  'chat-sdk-after': ['chat-sdk.mjs', 'after'],
  probot: ['probot.mjs'],
} as const;

/** Their words in the table: whether they save a request before they answer it, as Pushbutton does. */
export const WHAT: Readonly<Record<Peer, string>> = {
  'chat-sdk-before': 'Chat SDK: INSERT, then answer',
  'chat-sdk-after': 'Chat SDK: answer, then INSERT',
  probot: 'Probot: INSERT, then answer',
};

/** They weigh 120 MB, so they are no packages of Pushbutton. */
const PACKAGES = {
  '@chat-adapter/slack': '4.41.0',
  '@chat-adapter/state-pg': '4.41.0',
  '@hono/node-server': '2.1.9',
  chat: '4.41.0',
  pg: '8.23.1',
  probot: '14.3.2',
};
/** The packages that those need are of this day. */
const AS_OF = '2026-11-18';

const PROGRAMS = ['chat-sdk.mjs', 'insert.mjs', 'probot.mjs'];

/** The peers, installed. */
export interface Peers {
  /** Their versions, for the table. */
  readonly about: string;
  /** The program of one, with its argument. */
  readonly program: (peer: Peer) => readonly string[];
}

/**
 * Installs the peers in a folder below the system's temporary folder, or finds them there. Another version or program has
 * another folder. Throws a sentence if they cannot be installed.
 */
export async function installPeers(log: (line: string) => void): Promise<Peers> {
  const from = path.join(packageRoot(), 'bench', 'peers');
  const manifest = JSON.stringify({ private: true, type: 'module', dependencies: PACKAGES });
  const content = createHash('sha256').update(AS_OF).update(manifest);
  for (const program of PROGRAMS) content.update(await readFile(path.join(from, program)));
  try {
    const root = await keptFolder('peers', content.digest('hex').slice(0, 16), async (unfinished, folder) => {
      log(
        `peers: installing ${Object.entries(PACKAGES)
          .map((one) => one.join('@'))
          .join(', ')} in ${folder}`,
      );
      await writeFile(path.join(unfinished, 'package.json'), manifest);
      for (const program of PROGRAMS) await copyFile(path.join(from, program), path.join(unfinished, program));
      must('npm install', await npm(unfinished, 'install', `--before=${AS_OF}`));
    });
    return {
      about: `Chat SDK ${PACKAGES.chat} and Probot ${PACKAGES.probot}`,
      program: (peer) => {
        const [file, ...args] = PROGRAM[peer];
        return [path.join(root, file), ...args];
      },
    };
  } catch (error) {
    throw new Error(`--peers: ${error instanceof Error ? error.message : error}`);
  }
}
