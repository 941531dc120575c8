import { type Check, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { authorsVerdict } from './authors.js';
import type { CheckedService } from './checked-service.js';
import { type AppItself, type Look, notShown, type Repository, type Seen } from './look.js';
import { pathsVerdict } from './paths.js';
import { resultChecks } from './results.js';
import type { Server } from './server.js';
import type { GithubIdentity } from './sign-in.js';
import { asStage, worst } from './stages.js';
import { productionVerdicts, stagingVerdict } from './workflows.js';

/**
 * A service's repository, branch, workflow files and recent authors. The logins in `people` are in lower case; `server`
 * is null on github.com.
 */
export async function serviceChecks(
  look: Look,
  identity: GithubIdentity | null,
  given: CheckedService,
  people: Readonly<Record<string, string>>,
  server: Server | null,
): Promise<Check[]> {
  // What is checked of production is its first stage; each further one has a line of its own.
  const [firstStage, ...further] = given.stages;
  const service = firstStage ? asStage(given, firstStage) : given;
  const { staging, production } = service;
  const common = ['run-name', 'ref', 'authors', ...(service.paths ? ['paths'] : [])];
  const names = [
    ...['repository', 'branch', staging.workflow, production.workflow, 'inputs', ...common],
    ...further.map(({ name }) => `stage ${name}`),
  ];
  const ids = [
    ...['repository', 'branch', 'staging', 'production', 'inputs', ...common],
    ...further.map(({ name }) => `stage.${name}`),
  ];
  const asChecks = (verdicts: readonly Verdict[]): Check[] =>
    verdicts.map((verdict, at) => ({
      id: `service.${service.name}.${ids[at]}`,
      group: `Service ${service.name}`,
      name: names[at] ?? '',
      verdict,
    }));
  const allSkipped = (why: string, from: readonly Verdict[] = []) =>
    asChecks([...from, ...names.slice(from.length).map(() => skipped(why))]);

  if (!identity) return allSkipped('could not sign in to GitHub (see sign-in)');
  const repository = await look.repository(service.repository);
  const first = repositoryVerdict(repository, service, identity);
  if (repository.is !== 'seen') return allSkipped('the repository could not be read', [first]);
  const [branch, staged, produced, ref, authors, paths, required, stages] = await Promise.all([
    branchVerdict(look, service, repository.data),
    stagingVerdict(look, service, repository.data, server),
    productionVerdicts(look, service, repository.data, server),
    refVerdict(look, service),
    authorsOf(look, service, people),
    pathsVerdict(look, service),
    resultChecks(look, service, repository.data),
    Promise.all(
      further.map(async (stage) =>
        worst(await productionVerdicts(look, asStage(given, stage), repository.data, server)),
      ),
    ),
  ]);
  const named = [first, branch, staged, ...produced, ref, authors, ...(paths ? [paths] : []), ...stages];
  return [...asChecks(named), ...required];
}

function repositoryVerdict(
  seen: Seen<Repository>,
  { name, repository }: CheckedService,
  identity: GithubIdentity,
): Verdict {
  if (seen.is === 'unseen') return skipped(notShown(seen));
  if (seen.is === 'refused') {
    if (/SAML|SSO/.test(seen.message))
      return wrong(
        `the organisation of ${repository} requires the token to be authorised`,
        'In Settings, Developer settings, Personal access tokens: Configure SSO, Authorize.',
      );
    if (identity.is === 'app' && seen.status !== 404)
      return wrong(
        `GitHub denies the App access to ${repository}: ${seen.message}`,
        'Ask an owner to check its installation (Settings, GitHub Apps, Configure): it may be suspended.',
      );
    return identity.is === 'app'
      ? wrong(
          `the App is not installed on ${repository}, or the repository does not exist`,
          isElsewhere(identity.app, repository)
            ? 'Install it there, as an owner of that organisation; the App must be public (its page, Advanced) or belong to their enterprise:'
            : 'Install it there:',
          `${identity.app.html_url}/installations/new`,
        )
      : wrong(
          `the token cannot see ${repository} (${seen.status} ${seen.message})`,
          'Put the right owner/name into the config, or add the repository to the Repository access of the token.',
        );
  }
  const { full_name, archived, disabled, default_branch } = seen.data;
  if (archived || disabled)
    return wrong(
      `${full_name} is ${archived ? 'archived' : 'disabled'}: no workflow runs there`,
      'Unarchive it, or remove the service from the config.',
    );
  if (full_name.toLowerCase() !== repository.toLowerCase())
    return wrong(`${repository} is now called ${full_name}`, `Set repository: ${full_name} for ${name} in the config.`);
  return ok(`${full_name}, default branch ${default_branch}`);
}

/** An App that is not public can be installed by its owner alone. */
function isElsewhere({ owner }: AppItself, repository: string): boolean {
  return owner != null && owner.login.toLowerCase() !== repository.split('/')[0]?.toLowerCase();
}

async function branchVerdict(look: Look, service: CheckedService, repository: Repository): Promise<Verdict> {
  const seen = await look.branch(service.repository, service.branch);
  if (seen.is === 'seen') return ok(`${service.branch}, at ${seen.data.commit.sha.slice(0, 7)}`);
  if (seen.is === 'unseen' || seen.status !== 404) return skipped(notShown(seen));
  return wrong(
    `${service.repository} has no branch ${service.branch}`,
    `Set branch for ${service.name} in the config; the default branch is ${repository.default_branch}.`,
  );
}

/** A workflow can be started on a branch or a tag. */
async function refVerdict(look: Look, { repository, production, name }: CheckedService): Promise<Verdict> {
  const { ref } = production;
  const branch = await look.branch(repository, ref);
  if (branch.is === 'seen') return ok(`the branch ${ref}`);
  if (branch.is === 'unseen' || branch.status !== 404) return skipped(notShown(branch));
  const tag = await look.tag(repository, ref);
  if (tag.is === 'seen') return ok(`the tag ${ref}`);
  if (tag.is === 'unseen' || tag.status !== 404) return skipped(notShown(tag));
  return wrong(
    `${repository} has neither a branch nor a tag ${ref}`,
    `Set production.ref for ${name} in the config, or leave it out for the branch.`,
  );
}

async function authorsOf(
  look: Look,
  { repository, branch, approvals }: CheckedService,
  people: Readonly<Record<string, string>>,
): Promise<Verdict> {
  const seen = await look.commits(repository, branch);
  if (seen.is !== 'seen') return skipped(notShown(seen));
  const authors = seen.data.map(({ author, commit }) => ({
    login: author?.login ?? null,
    name: commit.author?.name || 'an author without a name',
  }));
  return authorsVerdict(authors, people, approvals);
}
