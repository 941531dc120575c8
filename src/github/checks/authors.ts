import { inWords, ok, type Verdict, wrong } from '../../core/check.js';
import { TOOL } from '../../core/facts.js';

/** The author of a commit: the GitHub login, or null when GitHub has no account for the author. */
export interface Author {
  readonly login: string | null;
  readonly name: string;
}

const MOST_NAMED = 8;

/**
 * Checks that the authors of recent commits can be matched with approvers: an author whose login is not in `people` is
 * recognised only by the e-mail of their commits. `people` has logins in lower case. Ignores bots, and the tools of `people`.
 */
export function authorsVerdict(
  authors: readonly Author[],
  people: Readonly<Record<string, string>>,
  approvals: { readonly required: number; readonly authors: boolean },
): Verdict {
  const persons = authors.filter(
    ({ login }) => !login?.endsWith('[bot]') && login !== 'web-flow' && people[login?.toLowerCase() ?? ''] !== TOOL,
  );
  const logins = [...new Set(persons.flatMap(({ login }) => login ?? []))];
  const unmatched = logins.filter((login) => people[login.toLowerCase()] === undefined);
  const unknown = [...new Set(persons.filter(({ login }) => login === null).map(({ name }) => name))];
  if (unmatched.length + unknown.length === 0) {
    return ok(persons.length === 0 ? 'no recent commit by a person' : `in people: ${some(logins)}`);
  }
  const named = some([...unmatched, ...unknown.map((name) => `${name} (no GitHub account)`)]);
  if (approvals.required === 0) return ok(`not in people: ${named}; no approvals are required, so it does not matter`);
  if (approvals.authors) return ok(`not in people: ${named}; authors may approve here, so it does not matter`);
  return wrong(
    `not in people: ${named}; unless Slack knows the e-mail of their commits, they could approve their own changes`,
    unmatched.length > 0
      ? `Add to people in the config: ${unmatched.slice(0, MOST_NAMED).join(': U…, ')}: U…`
      : 'Ask them to add the e-mail address of their commits to their GitHub account; then add the login to people.',
  );
}

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : inWords(names);
}
