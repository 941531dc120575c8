import { titleLine } from './git.js';
import { type Commit, type Person, type PullRequest, type Repository, stamp, type World } from './world.js';

/** A JSON object as it is sent. */
export type Json = Record<string, unknown>;

/** A short opaque id, as GitHub has next to every number. */
export function nodeId(kind: string, id: number): string {
  return Buffer.from(`${kind}${id}`).toString('base64url');
}

/** A GitHub user, bot or organisation. */
export function userShape(world: World, login: string, type?: 'Organization'): Json {
  let id = world.users.get(login);
  if (id === undefined) {
    id = world.nextId('user');
    world.users.set(login, id);
  }
  const url = `${world.url}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId('U_', id),
    avatar_url: `${world.htmlUrl}/avatars/${encodeURIComponent(login)}`,
    gravatar_id: '',
    url,
    html_url: `${world.htmlUrl}/${login.endsWith('[bot]') ? `apps/${login.slice(0, -5)}` : login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: type ?? (login.endsWith('[bot]') ? 'Bot' : 'User'),
    site_admin: false,
  };
}

const links: Record<string, string> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

/** The short form of a repository, as inside a run; also of a fork, which is known only by name and id. */
export function minimalRepositoryShape(
  world: World,
  of: { id: number; fullName: string; private?: boolean },
  fork: boolean,
): Json {
  const [owner = '', name = ''] = of.fullName.split('/');
  const url = `${world.url}/repos/${of.fullName}`;
  return {
    id: of.id,
    node_id: nodeId('R_', of.id),
    name,
    full_name: of.fullName,
    private: of.private ?? false,
    owner: userShape(world, owner, fork ? undefined : 'Organization'),
    html_url: `${world.htmlUrl}/${of.fullName}`,
    description: null,
    fork,
    url,
    ...Object.fromEntries(Object.entries(links).map(([key, path]) => [key, url + path])),
  };
}

/** A repository in full, as in webhooks and `GET /repos/{owner}/{repo}`. */
export function repositoryShape(world: World, repository: Repository): Json {
  const pushed = [...repository.commits.values()].at(-1)?.at ?? repository.createdAt;
  const html = `${world.htmlUrl}/${repository.fullName}`;
  return {
    ...minimalRepositoryShape(world, repository, false),
    created_at: stamp(repository.createdAt),
    updated_at: stamp(pushed),
    pushed_at: stamp(pushed),
    git_url: `${html.replace(/^https?/, 'git')}.git`,
    ssh_url: `git@github.com:${repository.fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 504,
    stargazers_count: 0,
    watchers_count: 0,
    language: 'TypeScript',
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: 0,
    license: null,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? 'private' : 'public',
    forks: 0,
    open_issues: 0,
    watchers: 0,
    default_branch: repository.defaultBranch,
    custom_properties: {},
  };
}

function gitPerson(person: Person, at: Date): Json {
  return { name: person.name, email: person.email, date: stamp(at) };
}

/** The GitHub user of a git author: null if the address belongs to nobody. */
function account(world: World, person: Person): Json | null {
  return person.login ? userShape(world, person.login) : null;
}

/** A commit, as in commits and comparisons. */
export function commitShape(world: World, repository: Repository, commit: Commit): Json {
  const path = `repos/${repository.fullName}`;
  const html = `${world.htmlUrl}/${repository.fullName}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId('C_', commit.order),
    commit: {
      author: gitPerson(commit.author, commit.at),
      committer: gitPerson(commit.committer, commit.at),
      message: commit.message,
      tree: { sha: commit.sha, url: `${world.url}/${path}/git/trees/${commit.sha}` },
      url: `${world.url}/${path}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    url: `${world.url}/${path}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    comments_url: `${world.url}/${path}/commits/${commit.sha}/comments`,
    author: account(world, commit.author),
    committer: account(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${world.url}/${path}/commits/${sha}`,
      html_url: `${html}/${sha}`,
    })),
  };
}

/** The commit as a run or a push carries it. */
export function headCommitShape(commit: Commit): Json {
  const { name, email } = commit.author;
  const { committer } = commit;
  return {
    id: commit.sha,
    tree_id: commit.sha,
    message: commit.message,
    timestamp: stamp(commit.at),
    author: { name, email },
    committer: { name: committer.name, email: committer.email },
  };
}

/** A pull request, merged or open. */
export function pullShape(world: World, repository: Repository, pull: PullRequest): Json {
  const path = `repos/${repository.fullName}/pulls/${pull.number}`;
  const side = (ref: string, sha: string) => ({
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: userShape(world, repository.owner, 'Organization'),
    repo: minimalRepositoryShape(world, repository, false),
  });
  const merge = repository.commits.get(pull.mergeSha);
  return {
    id: pull.id,
    node_id: nodeId('PR_', pull.id),
    url: `${world.url}/${path}`,
    html_url: `${world.htmlUrl}/${repository.fullName}/pull/${pull.number}`,
    number: pull.number,
    state: pull.open ? 'open' : 'closed',
    locked: false,
    title: pull.title || (merge ? titleLine(merge) : ''),
    user: userShape(world, pull.author),
    body: pull.body || null,
    labels: pull.labels.map((name) => ({ name, color: 'ededed', default: false, description: null })),
    created_at: stamp(pull.mergedAt),
    updated_at: stamp(pull.mergedAt),
    closed_at: pull.open ? null : stamp(pull.mergedAt),
    merged_at: pull.open ? null : stamp(pull.mergedAt),
    // GitHub tries the merge of an open one out in a commit that is on no branch.
    merge_commit_sha: pull.open ? '7e57'.repeat(10) : pull.mergeSha,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    draft: false,
    head: side(pull.headBranch, pull.headSha),
    base: side(pull.baseBranch, merge?.parents[0] ?? repository.branches.get(pull.baseBranch) ?? pull.mergeSha),
    author_association: 'MEMBER',
    auto_merge: null,
  };
}
