import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { type AppItself, type Look, notShown, type Seen } from './look.js';

/** Who we are signed in as. `scopes`: of a classic token; null for a fine-grained one, whose rights are not listed. */
export type GithubIdentity =
  | { readonly is: 'app'; readonly app: AppItself }
  | { readonly is: 'token'; readonly login: string | null; readonly scopes: readonly string[] | null };

const SOON_MS = 7 * 86_400_000;

/** Signs in as the App or with the token. `identity` is null when GitHub refuses or does not answer. */
export async function signIn(
  look: Look,
  kind: 'app' | 'token',
  now: number,
): Promise<{ identity: GithubIdentity | null; verdict: Verdict }> {
  if (kind === 'app') {
    const seen = await look.app();
    if (seen.is !== 'seen') return { identity: null, verdict: appRefused(seen) };
    return { identity: { is: 'app', app: seen.data }, verdict: ok(`the App ${seen.data.slug}`) };
  }
  const seen = await look.user();
  if (seen.is === 'seen') {
    const { login } = seen.data;
    const scopes = scopesOf(seen.headers['x-oauth-scopes']);
    const identity: GithubIdentity = { is: 'token', login, scopes };
    return { identity, verdict: tokenVerdict(login, scopes, seen.headers, now) };
  }
  // The token of an installation belongs to no person and may not ask who it is.
  if (seen.is === 'refused' && seen.status === 403)
    return { identity: { is: 'token', login: null, scopes: null }, verdict: ok('a token that belongs to no person') };
  return {
    identity: null,
    verdict:
      seen.is === 'unseen'
        ? unreachable(seen)
        : wrong(
            `GitHub refuses GITHUB_TOKEN: ${seen.message}`,
            'Create a new token (Settings, Developer settings, Personal access tokens) and put it into GITHUB_TOKEN.',
          ),
  };
}

function appRefused(seen: Exclude<Seen<AppItself>, { is: 'seen' }>): Verdict {
  if (seen.is === 'unseen') return unreachable(seen);
  if (seen.status === 404)
    return wrong(
      `GitHub knows no App with the id in GITHUB_APP_ID: ${seen.message}`,
      "Copy the App ID from the App's page (Settings, Developer settings, GitHub Apps).",
    );
  return wrong(
    `GitHub refuses GITHUB_PRIVATE_KEY: ${seen.message}`,
    "Generate a new private key on the page of the App with GITHUB_APP_ID, and check this machine's clock (see below).",
  );
}

function unreachable(seen: Extract<Seen<unknown>, { is: 'unseen' }>): Verdict {
  if (seen.limited) return skipped(notShown(seen));
  return wrong(
    `GitHub does not answer: ${seen.why}`,
    'Make sure that this machine can reach GITHUB_API_URL (default https://api.github.com; Enterprise Server: https://HOST/api/v3).',
  );
}

/** docs.github.com/en/rest/authentication/token-expiration-and-revocation: only tokens that expire have this header. */
function tokenVerdict(
  login: string,
  scopes: readonly string[] | null,
  headers: Readonly<Record<string, unknown>>,
  now: number,
): Verdict {
  const what = `a ${scopes ? 'classic' : 'fine-grained'} token of ${login}`;
  const ends = Date.parse(String(headers['github-authentication-token-expiration'] ?? ''));
  if (Number.isNaN(ends)) return ok(what);
  const day = new Date(ends).toISOString().slice(0, 10);
  if (ends - now > SOON_MS) return ok(`${what}, valid until ${day}`);
  return wrong(
    `${what} expires on ${day}; then nothing can be deployed`,
    'Regenerate it (Settings, Developer settings, Personal access tokens), or use a GitHub App, which does not expire.',
  );
}

function scopesOf(header: unknown): string[] | null {
  return typeof header === 'string' ? header.split(',').flatMap((scope) => scope.trim() || []) : null;
}
