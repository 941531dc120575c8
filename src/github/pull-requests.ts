import type { PullRequest } from '../core/change/change.js';
import { plain } from '../core/change/plain.js';
import { broughtTo, type Route } from '../core/change/pull-request.js';
import { ask, type ClientFor, split } from './client.js';
import { unanswered } from './silence.js';

/** A pull request as the team wrote it. */
export interface Written extends PullRequest {
  /** The branch that it comes from, of this repository or of a fork. */
  readonly branch: string;
  /** As it was written; empty if nothing was. */
  readonly body: string;
}

/** A pull request that contains a commit, and where it leads. */
export type Pull = Written & Route;

/** GitHub takes no longer one: "body is too long (maximum is 65536 characters)" (renovatebot/renovate#2032). */
const MOST_BODY = 65_536;

interface RawPull {
  number?: unknown;
  title?: unknown;
  body?: unknown;
  html_url?: unknown;
  merged_at?: unknown;
  merge_commit_sha?: unknown;
  user?: { login?: unknown } | null;
  base?: { ref?: unknown; repo?: { id?: unknown } | null };
  head?: { ref?: unknown; repo?: { id?: unknown } | null };
}

/**
 * The pull requests that contain a commit: of a commit on the default branch the merged one, of others open ones too
 * (docs.github.com/rest/commits/commits). Throws when GitHub does not answer.
 */
export async function pullsOf(clients: ClientFor, repository: string, sha: string): Promise<Pull[] | 'refused'> {
  const answer = await ask(async () => {
    const client = await clients(repository);
    return client.request('GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls', {
      ...split(repository),
      commit_sha: sha,
      per_page: 100,
    });
  });
  if (answer.is === 'refused') return 'refused';
  if (answer.is !== 'ok' || !Array.isArray(answer.data))
    throw unanswered(answer, 'GitHub does not say which pull request it was');
  return (answer.data as RawPull[]).flatMap((raw) => pullFrom(raw, sha));
}

function pullFrom(raw: RawPull, sha: string) {
  const { number, title, body, html_url, merged_at, merge_commit_sha, user, base, head } = raw;
  if (typeof number !== 'number' || typeof html_url !== 'string') return [];
  const pull: Pull = {
    number,
    title: plain(String(title ?? '')) || `#${number}`,
    url: html_url,
    author: plain(String(user?.login ?? '')) || 'unknown',
    branch: String(head?.ref ?? ''),
    body: String(body ?? '').slice(0, MOST_BODY),
    base: String(base?.ref ?? ''),
    head: head?.repo?.id !== undefined && head.repo.id === base?.repo?.id ? String(head.ref ?? '') : null,
    merged: Boolean(merged_at),
    made: merge_commit_sha === sha,
  };
  return [pull];
}

/**
 * The pull request that brought a commit to the branch; null when none did, or GitHub refuses to say. Throws when GitHub
 * does not answer.
 */
export async function pullRequestOf(
  clients: ClientFor,
  repository: string,
  sha: string,
  branch: string,
): Promise<Written | null> {
  const pulls = await pullsOf(clients, repository, sha);
  const pull = pulls === 'refused' ? null : broughtTo(branch, pulls);
  if (!pull) return null;
  const { number, title, url, author, branch: from, body } = pull;
  return { number, title, url, author, branch: from, body };
}
