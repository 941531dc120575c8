import type { ShippedCommit } from '../core/card.js';
import { plain } from '../core/change/plain.js';
import { type Comparison, isUntold, MOST_COMMITS, type Untold } from '../core/facts.js';
import { ask, type ClientFor, split } from './client.js';
import { type Patiently, refusalOf, unanswered } from './silence.js';

/**
 * A comparison of two commits, with the commits between them, oldest first; at most the first thousand, and none if GitHub
 * tells only how many they are.
 */
export interface Compared extends Comparison {
  readonly commits: readonly ShippedCommit[];
}

interface RawCommit {
  sha?: unknown;
  html_url?: unknown;
  commit?: { message?: unknown; author?: { name?: unknown } | null };
  author?: { login?: unknown } | null;
}

const STATUSES = ['identical', 'ahead', 'behind', 'diverged'] as const;

/**
 * Compares two commits. A refusal says nothing about what lies between them. Nor does a 404: GitHub may have lost one
 * of the commits, may not have it yet, or may not show us the repository for a moment.
 */
async function compareCommits(
  clients: ClientFor,
  repository: string,
  base: string,
  head: string,
): Promise<Compared | Untold> {
  const whole = await comparePage(clients, repository, base, head);
  // The first page has the diff of every file, on which GitHub fails when it is very large; other pages come without it.
  const tooLarge = whole.is === 'no answer' && (whole.status ?? 0) >= 500;
  const answer = tooLarge ? await comparePage(clients, repository, base, head, { per_page: 1, page: 2 }) : whole;
  if (answer.is === 'refused') return { refused: refusalOf(answer) };
  if (answer.is === 'rate limited') return { retryAfterMs: answer.retryAfterMs };
  if (answer.is === 'no answer' && answer.status !== undefined) return { failed: answer.status };
  if (answer.is !== 'ok') return 'unavailable';
  const { status, ahead_by, commits } = answer.data as { status?: unknown; ahead_by?: unknown; commits?: unknown };
  const known = STATUSES.find((one) => one === status);
  if (!known || typeof ahead_by !== 'number' || !Array.isArray(commits)) return 'unavailable';
  if (tooLarge) return { status: known, aheadBy: ahead_by, commits: [] };
  const all = ahead_by > commits.length ? await everyCommit(clients, repository, base, head, ahead_by) : commits;
  if (all !== null && 'retryAfterMs' in all) return all;
  return { status: known, aheadBy: ahead_by, commits: (all ?? commits).map(shipped) };
}

/** One page of a comparison; without a page, GitHub answers with the diff and at most 250 commits. */
const comparePage = (
  clients: ClientFor,
  repository: string,
  base: string,
  head: string,
  page: { readonly per_page?: number; readonly page?: number } = {},
) =>
  ask(async () => {
    const client = await clients(repository);
    const basehead = `${base}...${head}`;
    return client.request('GET /repos/{owner}/{repo}/compare/{basehead}', { ...split(repository), basehead, ...page });
  });

/** Reads all commits in pages of 100; one answer without pages holds only 250. null when GitHub does not answer; its limit as such. */
async function everyCommit(
  clients: ClientFor,
  repository: string,
  base: string,
  head: string,
  count: number,
): Promise<RawCommit[] | { readonly retryAfterMs: number } | null> {
  const all: RawCommit[] = [];
  for (let page = 1; page <= Math.ceil(Math.min(count, MOST_COMMITS) / 100); page += 1) {
    const answer = await comparePage(clients, repository, base, head, { per_page: 100, page });
    if (answer.is === 'rate limited') return { retryAfterMs: answer.retryAfterMs };
    const commits = answer.is === 'ok' ? (answer.data as { commits?: unknown }).commits : null;
    if (!Array.isArray(commits)) return null;
    all.push(...(commits as RawCommit[]));
  }
  return all;
}

function shipped(raw: RawCommit): ShippedCommit {
  const sha = String(raw.sha ?? '');
  const message = typeof raw.commit?.message === 'string' ? raw.commit.message : '';
  const title = plain(message.split('\n')[0] ?? '') || sha.slice(0, 7);
  const login = typeof raw.author?.login === 'string' ? raw.author.login : raw.commit?.author?.name;
  // A squash merge has the number at the end of its title, a merge commit near the start.
  const number = /\(#(\d+)\)$/.exec(title)?.[1] ?? /^Merge pull request #(\d+)/.exec(title)?.[1];
  return {
    sha,
    title,
    author: plain(String(login ?? '')) || 'unknown',
    url: typeof raw.html_url === 'string' ? raw.html_url : '',
    pullRequest: number === undefined ? null : Number(number),
  };
}

/** So long after a comparison, its repository is told to be without fault: once for all comparisons of that time. */
const MENDED_AFTER_MS = 500;

/** In which words GitHub refuses to compare in a repository; null: it compared, so many ms ago. */
export type Told = (repository: string, refusal: string | null, agoMs?: number) => Promise<void>;

/** Compares commits, and checks whether a commit is on a branch now. */
export function createComparing(
  clients: ClientFor,
  patiently: Patiently,
  told: Told,
): {
  readonly compare: (repository: string, base: string, head: string) => Promise<Compared | Untold>;
  readonly isOnBranch: (repository: string, sha: string, branch: string) => Promise<boolean | Untold>;
} {
  const mending = new Map<string, NodeJS.Timeout>();

  /** Nobody waits for it; if it fails, the next comparison does it. */
  function mendLater(repository: string): void {
    if (mending.has(repository)) return;
    const timer = setTimeout(() => {
      mending.delete(repository);
      told(repository, null, MENDED_AFTER_MS).catch(() => {});
    }, MENDED_AFTER_MS);
    mending.set(repository, timer.unref());
  }

  const compare = async (repository: string, base: string, head: string): Promise<Compared | Untold> => {
    // Cards that could not be counted are counted again every few seconds, but not while GitHub's rate limit lasts.
    const compared = await patiently(repository, () => compareCommits(clients, repository, base, head));
    if (typeof compared === 'object' && 'is' in compared) return { retryAfterMs: compared.retryAfterMs };
    if (!isUntold(compared)) mendLater(repository);
    else if (typeof compared === 'object' && 'refused' in compared) {
      clearTimeout(mending.get(repository));
      mending.delete(repository);
      await told(repository, compared.refused);
    }
    return compared;
  };
  const isOnBranch = async (repository: string, sha: string, branch: string): Promise<boolean | Untold> => {
    const compared = await compare(repository, sha, branch);
    if (isUntold(compared)) return compared;
    return compared.status === 'identical' || compared.status === 'ahead';
  };
  return { compare, isOnBranch };
}

/** What GitHub says of a commit; null is not known. */
export interface CommitSaid {
  /** The GitHub login of its author. */
  readonly author: string | null;
  /** Its committer date: when it was merged on GitHub, or made, rebased or amended on somebody's machine. */
  readonly committedAt: Date | null;
}

/** Who wrote a commit, and when; all null when GitHub refuses. Throws when it does not answer. */
export async function commitOf(clients: ClientFor, repository: string, sha: string): Promise<CommitSaid> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...split(repository), ref: sha, per_page: 1 });
  });
  if (answer.is === 'refused') return { author: null, committedAt: null };
  if (answer.is !== 'ok') throw unanswered(answer, 'GitHub does not say who the author is');
  const { author, commit } = answer.data as {
    author?: { login?: unknown } | null;
    commit?: { committer?: { date?: unknown } | null };
  };
  const at = new Date(String(commit?.committer?.date));
  return {
    author: typeof author?.login === 'string' ? plain(author.login) || null : null,
    // Git keeps any date that a machine claims; before 1970 it is none.
    committedAt: at.getTime() > 0 ? at : null,
  };
}
