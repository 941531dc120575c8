import { inWords, ok, type Verdict, wrong } from '../../core/check.js';

/** Who wrote a commit: the GitHub login, or null where GitHub knows no account behind the name. */
export interface Author {
  readonly login: string | null;
  readonly name: string;
}

const MOST_NAMED = 8;

/**
 * Judges whether four eyes can match the authors of recent commits: a login that `people` does not name cannot be told from
 * the person who approves but by the e-mail of their commits. `people` has logins in lower case. Bots count for nobody.
 */
export function authorsVerdict(
  authors: readonly Author[],
  people: Readonly<Record<string, string>>,
  approvals: { readonly required: number; readonly authors: boolean },
): Verdict {
  const persons = authors.filter(({ login }) => !login?.endsWith('[bot]') && login !== 'web-flow');
  const logins = [...new Set(persons.flatMap(({ login }) => login ?? []))];
  const unmatched = logins.filter((login) => people[login.toLowerCase()] === undefined);
  const unknown = [...new Set(persons.filter(({ login }) => login === null).map(({ name }) => name))];
  if (unmatched.length + unknown.length === 0) {
    return ok(persons.length === 0 ? 'no recent commit by a person' : `${some(logins)} known to people`);
  }
  const named = some([...unmatched, ...unknown.map((name) => `${name} (no GitHub account)`)]);
  if (approvals.required === 0)
    return ok(`not in people: ${named}; no approvals are asked for, so nothing hangs on it`);
  if (approvals.authors) return ok(`not in people: ${named}; authors may approve here, so nothing hangs on it`);
  return wrong(
    `not in people: ${named}; unless Slack knows the e-mail of their commits, they could approve what they wrote`,
    unmatched.length > 0
      ? `Add to people in the config: ${unmatched.slice(0, MOST_NAMED).join(': U…, ')}: U…`
      : 'Let them add the e-mail address of their commits to their GitHub account, and the login to people.',
  );
}

function some(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : inWords(names);
}
