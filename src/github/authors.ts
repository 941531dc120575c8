/** The authors of a change: the commit's author, its co-authors, and the person who opened its pull request. */

import { plain } from '../core/change/plain.js';
import type { Route } from '../core/change/pull-request.js';
import { ask, type ClientFor, split } from './client.js';
import { type Pull, pullsOf } from './pull-requests.js';
import { unanswered } from './silence.js';

/** One author as git or GitHub names them. The e-mail is free text: committers can write anything. */
interface Author {
  /** GitHub login; null when GitHub has no account for the commit's e-mail. */
  readonly login: string | null;
  readonly name: string;
  /** null for a noreply address, which belongs to nobody, and when there is no valid one. */
  readonly email: string | null;
  /** What makes them an author; `tool`: a co-author whose address cannot be a person's. */
  readonly as: 'author' | 'co-author' | 'tool' | 'opener';
  /** Where the pull request leads that somebody opened. */
  readonly opened?: Route;
}

export interface Authored {
  readonly sha: string;
  readonly authors: readonly Author[];
}

interface RawCommit {
  sha?: unknown;
  commit?: { message?: unknown; author?: { name?: unknown; email?: unknown } | null };
  author?: { login?: unknown } | null;
}

/**
 * `1234+octocat@users.noreply.github.com`, or without the number (GitHub docs: e-mail addresses reference). Logins of
 * managed users contain a `_`.
 */
const NOREPLY = /^(?:\d+\+)?([\w-]+(?:\[bot\])?)@users\.noreply\./i;
/** Addresses that nobody reads, including GitHub's own `noreply@github.com`. */
const NOBODYS = /^no-?reply@|@users\.noreply\./i;
/**
 * What tools write into trailers: most a noreply address of their own domain, such as `noreply@anthropic.com`, these few
 * another one (jackin-project/jackin#138, vllm-project/vllm#53623). GitHub's noreply addresses are those of accounts.
 */
const TOOLS = /^(?:no-?reply@.+|cursoragent@cursor\.com|codex@openai\.com|amp@ampcode\.com)$/i;
const CO_AUTHOR = /^co-authored-by:\s*(.*?)\s*<([^<>\s]+)>\s*$/gim;

/** The authors that a GitHub commit names, each once. */
function authorsOf(raw: RawCommit): Authored {
  const message = typeof raw.commit?.message === 'string' ? raw.commit.message : '';
  const login = typeof raw.author?.login === 'string' ? plain(raw.author.login) || null : null;
  const written = raw.commit?.author;
  const first = authorOf(String(written?.name ?? ''), String(written?.email ?? ''), login, 'author');
  const others = [...message.matchAll(CO_AUTHOR)].map(([, name = '', email = '']) =>
    authorOf(name, email, null, 'co-author'),
  );
  return { sha: String(raw.sha ?? ''), authors: each([first, ...others]) };
}

function authorOf(name: string, email: string, login: string | null, as: 'author' | 'co-author'): Author {
  const noreply = NOREPLY.exec(email)?.[1] ?? null;
  const known = login ?? noreply;
  const address = NOBODYS.test(email) || !/^[^@\s]+@[^@\s]+$/.test(email) ? null : email.toLowerCase();
  const isTool = as === 'co-author' && known === null && TOOLS.test(email);
  return { login: known, name: plain(name) || known || 'unknown', email: address, as: isTool ? 'tool' : as };
}

/** The first of those with the same name, login and address: a trailer may repeat the commit's own author. */
function each(authors: readonly Author[]): Author[] {
  const seen = new Map<string, Author>();
  for (const one of authors) {
    const key = `${one.login?.toLowerCase() ?? ''} ${one.email ?? ''} ${one.name}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}

/**
 * Returns a commit with all of its authors, including who opened a pull request that contains it. Throws when GitHub
 * refuses or does not answer: a missing answer does not mean "nobody".
 */
export async function readAuthors(clients: ClientFor, repository: string, sha: string): Promise<Authored> {
  const [answer, pulls] = await Promise.all([
    ask(async () => {
      const client = await clients(repository);
      return client.request('GET /repos/{owner}/{repo}/commits/{ref}', { ...split(repository), ref: sha, per_page: 1 });
    }),
    pullsOf(clients, repository, sha),
  ]);
  if (answer.is === 'refused') throw new Error(`GitHub refuses to say who wrote a commit: ${answer.status}`);
  if (answer.is !== 'ok') throw unanswered(answer, 'GitHub does not say who the authors are');
  if (pulls === 'refused') throw new Error('GitHub refuses to say who opened the pull request of a commit');
  const { authors } = authorsOf(answer.data as RawCommit);
  return { sha, authors: [...authors, ...pulls.map(openerOf)] };
}

/** Kept for each pull request, also one of an unknown author: which one counts depends on the branch. */
function openerOf({ author, base, head, merged, made }: Pull): Author {
  const login = author === 'unknown' ? null : author;
  return { login, name: author, email: null, as: 'opener', opened: { base, head, merged, made } };
}
