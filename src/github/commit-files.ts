/** Which files a commit touches. */

import { ask, type ClientFor, split } from './client.js';
import { unanswered } from './silence.js';

export interface CommitFiles {
  /** Paths; of a file that was moved, both. */
  readonly files: readonly string[];
  /** Whether these are all. */
  readonly isAll: boolean;
}

const A_PAGE = 100;
/** GitHub lists so many files of a commit at most, and says nothing of others (GitHub docs: get a commit). */
const MOST_FILES = 3_000;

/**
 * The files of a commit, of a merge those that it changes against its first parent, until `isEnough`. Throws when GitHub
 * refuses or does not answer: a missing answer does not mean "none".
 */
export async function filesOf(
  clients: ClientFor,
  repository: string,
  sha: string,
  isEnough: (files: readonly string[]) => boolean,
): Promise<CommitFiles> {
  const files: string[] = [];
  let listed = 0;
  for (let page = 1; listed < MOST_FILES && page <= MOST_FILES / A_PAGE; page += 1) {
    const { raw, goesOn } = await filePage(clients, repository, sha, page);
    for (const { filename, previous_filename: moved } of raw) {
      if (typeof filename !== 'string') throw new Error('GitHub tells of a file without its name');
      files.push(filename, ...(typeof moved === 'string' ? [moved] : []));
    }
    listed += raw.length;
    if (isEnough(files)) return { files, isAll: false };
    if (!goesOn && listed < MOST_FILES) return { files, isAll: true };
  }
  return { files, isAll: false };
}

interface RawFile {
  filename?: unknown;
  previous_filename?: unknown;
}

/** One page. It goes on if GitHub says so, or if it is full: a server may leave out the link. */
async function filePage(
  clients: ClientFor,
  repository: string,
  sha: string,
  page: number,
): Promise<{ raw: readonly RawFile[]; goesOn: boolean }> {
  let link = '';
  const answer = await ask(async () => {
    const client = await clients(repository);
    const asked = { ...split(repository), ref: sha, per_page: A_PAGE, page };
    const response = await client.request('GET /repos/{owner}/{repo}/commits/{ref}', asked);
    link = String(response.headers.link ?? '');
    return response;
  });
  const { files } = (answer.is === 'ok' ? answer.data : {}) as { files?: unknown };
  if (!Array.isArray(files)) throw unanswered(answer, 'GitHub does not say which files a commit touches');
  return { raw: files as RawFile[], goesOn: /rel="next"/.test(link) || files.length >= A_PAGE };
}
