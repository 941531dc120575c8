import { type Check, inWords, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { CheckedService } from './checked-service.js';
import { type Look, notShown, type Seen } from './look.js';
import type { GithubIdentity } from './sign-in.js';

interface Needed {
  readonly area: 'actions' | 'contents' | 'pull_requests' | 'metadata' | 'checks' | 'statuses';
  readonly level: 'write' | 'read';
  readonly name: string;
  /** The name in the settings of an App or token. */
  readonly setting: string;
}
const NEEDED: readonly Needed[] = [
  { area: 'actions', level: 'write', name: 'actions: write', setting: 'Actions: Read and write' },
  { area: 'contents', level: 'read', name: 'contents: read', setting: 'Contents: Read-only' },
  { area: 'pull_requests', level: 'read', name: 'pull requests: read', setting: 'Pull requests: Read-only' },
  { area: 'metadata', level: 'read', name: 'metadata: read', setting: 'Metadata: Read-only' },
];
/** Where a service requires such results. */
const FOR_RESULTS: readonly Needed[] = [
  { area: 'checks', level: 'read', name: 'checks: read', setting: 'Checks: Read-only' },
  { area: 'statuses', level: 'read', name: 'commit statuses: read', setting: 'Commit statuses: Read-only' },
];

/** The services that require a check, or a status. */
const requiring = (services: readonly CheckedService[], area: Needed['area']): readonly CheckedService[] => {
  if (area !== 'checks' && area !== 'statuses') return services;
  const is = area === 'checks' ? 'check' : 'status';
  return services.filter(({ requires = [] }) => requires.some((one) => one.is === is));
};

/** A check for each permission that Pushbutton needs, over all repositories. `identity`: null when sign-in failed. */
export async function permissionChecks(
  look: Look,
  identity: GithubIdentity | null,
  services: readonly CheckedService[],
): Promise<Check[]> {
  const needs = [...NEEDED, ...FOR_RESULTS.filter(({ area }) => requiring(services, area).length > 0)];
  const judge = identity && (identity.is === 'app' ? await appJudge(look, identity, services) : tokenJudge);
  return Promise.all(
    needs.map(async (needed) => ({
      id: `github.permission.${needed.area}`,
      group: 'GitHub',
      name: needed.name,
      verdict: judge
        ? await judge(needed, look, identity, services)
        : skipped('could not sign in to GitHub (see sign-in)'),
    })),
  );
}

type Judge = (
  needed: Needed,
  look: Look,
  identity: GithubIdentity,
  services: readonly CheckedService[],
) => Verdict | Promise<Verdict>;

const repositoriesOf = (services: readonly CheckedService[]) => [...new Set(services.map((one) => one.repository))];

/** The installation of an App lists its permissions. */
async function appJudge(
  look: Look,
  { app }: Extract<GithubIdentity, { is: 'app' }>,
  services: readonly CheckedService[],
): Promise<Judge> {
  const seen = await Promise.all(repositoriesOf(services).map((name) => look.installation(name)));
  const all = seen.flatMap((one) => (one.is === 'seen' ? [one.data] : []));
  const installations = [...new Map(all.map((one) => [one.account.login, one])).values()];
  return ({ area, level, setting }) => {
    if (installations.length === 0)
      return skipped('the App is not installed on any of the repositories (see the services)');
    const enough = (permissions: Readonly<Record<string, string>>) =>
      permissions[area] === 'write' || permissions[area] === 'admin' || permissions[area] === level;
    const lacking = installations.filter((one) => !enough(one.permissions));
    const accounts = inWords(installations.map(({ account }) => account.login));
    if (lacking.length === 0) return ok(`granted by ${accounts}`);
    const where = inWords(lacking.map(({ html_url, account }) => html_url || account.login));
    return wrong(
      `not granted by ${inWords(lacking.map(({ account }) => account.login))}`,
      enough(app.permissions)
        ? "An owner must accept the App's new permissions at:"
        : `On the App's page, Permissions & events, set ${setting}. Then an owner must accept it at:`,
      where,
    );
  };
}

/** A classic token has scopes; for a fine-grained token, only the read permissions can be tested. */
const tokenJudge: Judge = async (needed, look, identity, services) => {
  if (identity.is !== 'token') return skipped('not a token');
  const repositories = await Promise.all(repositoriesOf(services).map((name) => look.repository(name)));
  const shown = repositories.flatMap((one) => (one.is === 'seen' ? [one.data] : []));
  if (shown.length === 0) return skipped('the token cannot see any of the repositories (see the services)');
  if (needed.level === 'write') {
    const readOnly = shown.filter(({ permissions }) => permissions?.push === false).map((one) => one.full_name);
    if (readOnly.length > 0)
      return wrong(
        `${identity.login ?? 'the owner of the token'} may not write to ${inWords(readOnly)}`,
        `Give ${identity.login ?? 'that account'} the role Write there, or use the token of somebody who has it.`,
      );
  }
  const scopes = identity.scopes;
  if (scopes) {
    const closed = shown.filter((one) => one.private).map((one) => one.full_name);
    if (scopes.includes('repo')) return ok('by the scope repo');
    if (closed.length === 0 && scopes.includes('public_repo')) return ok('by the scope public_repo');
    return wrong(
      'the token lacks the scope repo',
      'Tick repo in the settings of the token, or create a fine-grained token.',
    );
  }
  const asked = requiring(services, needed.area);
  const reads = await Promise.all(asked.map((service) => read(needed, look, service)));
  const denied = asked.filter((_, at) => reads[at]?.is === 'refused' && statusOf(reads[at]) === 403);
  if (denied.length > 0)
    return wrong(
      `the token may not read it in ${inWords([...new Set(denied.map((one) => one.repository))])}`,
      `In the settings of the token, Repository permissions, set ${needed.setting}.`,
    );
  const [failed] = reads.flatMap((one) => (one.is === 'seen' ? [] : [one]));
  if (failed) return skipped(notShown(failed));
  if (needed.level === 'read') return ok('read');
  return skipped(
    `reading works; only the first Deploy shows whether the token may write. Its settings should say ${needed.setting}`,
  );
};

const statusOf = (seen: Seen<unknown> | undefined) => (seen?.is === 'refused' ? seen.status : null);

/** Reads something that needs this permission and that other checks read anyway. */
async function read(needed: Needed, look: Look, service: CheckedService): Promise<Seen<unknown>> {
  switch (needed.area) {
    case 'metadata':
      return look.repository(service.repository);
    case 'actions':
      return look.workflow(service.repository, service.production.workflow);
    case 'contents':
      return look.branch(service.repository, service.branch);
    case 'pull_requests': {
      const tip = await look.branch(service.repository, service.branch);
      return tip.is === 'seen' ? look.pulls(service.repository, tip.data.commit.sha) : tip;
    }
    case 'checks':
    case 'statuses': {
      const tip = await look.branch(service.repository, service.branch);
      return tip.is === 'seen' ? look.results(service.repository, tip.data.commit.sha, needed.area) : tip;
    }
  }
}
