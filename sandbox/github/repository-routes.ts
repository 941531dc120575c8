import { type Answer, notFound, ok, refusal } from './answer.js';
import { type Access, type Call, paged, pageOf, type Route, repositoryRoute } from './api.js';
import { filesOf, filesShown, treeOf } from './commit-files.js';
import { compare, history, resolve } from './git.js';
import { pullsWith } from './landing.js';
import { commitShape, type Json, pullShape, repositoryShape } from './shapes.js';
import type { Repository, World } from './world.js';

const contents: Access = { area: 'contents', level: 'read' };
const pulls: Access = { area: 'pull_requests', level: 'read' };
// Without paging a comparison stops at 250 commits and returns the newest of them.
const mostCompared = 250;

function comparison(world: World, call: Call, repository: Repository): Answer {
  const [base = '', head = '', more] = (call.params.basehead ?? '').split('...');
  const from = resolve(repository, base);
  const to = resolve(repository, head);
  if (!from || !to || more !== undefined) return notFound();
  const compared = compare(repository, from, to);
  if (world.largeDiffs && pageOf(call.query).page === 1) return refusal(500, 'Server Error');
  if (!compared) return refusal(404, `No common ancestor between ${base} and ${head}.`);
  const { status, ahead, behindBy, mergeBase } = compared;
  const asked = call.query.has('page') || call.query.has('per_page');
  const page = asked ? paged(world, call, ahead) : { items: ahead.slice(-mostCompared), headers: {} };
  const url = `${world.url}/repos/${repository.fullName}/compare/${base}...${head}`;
  const html = `${world.htmlUrl}/${repository.fullName}/compare/${base}...${head}`;
  const lead = repository.owner;
  const body: Json = {
    url,
    html_url: html,
    permalink_url: `${world.htmlUrl}/${repository.fullName}/compare/${lead}:${from.sha.slice(0, 7)}...${lead}:${to.sha.slice(0, 7)}`,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitShape(world, repository, from),
    merge_base_commit: commitShape(world, repository, mergeBase),
    status,
    ahead_by: ahead.length,
    behind_by: behindBy,
    total_commits: ahead.length,
    commits: page.items.map((commit) => commitShape(world, repository, commit)),
    ...(pageOf(call.query).page === 1 && { files: filesShown(world, repository, ahead).slice(0, 300) }),
  };
  return ok(body, page.headers);
}

/** What the owner of a personal token may do in the repository; GitHub reports it whatever the token itself may do. */
function roleOf({ identity }: Call): Json {
  if (identity.kind !== 'pat') return {};
  const { role = 'write' } = identity;
  const [admin, push] = [role === 'admin', role !== 'read'];
  return { permissions: { admin, maintain: admin, push, triage: push, pull: true } };
}

function textOf(repository: Repository, file: string, ref: string): string | null {
  const here = repository.files.get(`${ref}:${file}`);
  if (here !== undefined) return here;
  return repository.workflows.find((each) => each.file === file)?.source ?? null;
}

/** The repository, its branches, commits, comparisons, pull requests and workflow files. */
export const repositoryRoutes: Route[] = [
  repositoryRoute('repository', 'GET', '', { area: 'metadata', level: 'read' }, (world, call, repository) =>
    ok({ ...repositoryShape(world, repository), ...roleOf(call) }),
  ),
  repositoryRoute('branch', 'GET', '/branches/*branch', contents, (world, call, repository) => {
    const name = call.params.branch ?? '';
    const commit = repository.commits.get(repository.branches.get(name) ?? '');
    if (!commit) return refusal(404, 'Branch not found');
    return ok({ name, commit: commitShape(world, repository, commit), protected: false });
  }),
  repositoryRoute('commit', 'GET', '/commits/:ref', contents, (world, call, repository) => {
    const ref = call.params.ref ?? '';
    const commit = resolve(repository, ref.replace(/^heads\//, ''));
    if (!commit) return refusal(422, `No commit found for SHA: ${ref}`);
    return filesOf(world, call, repository, commit);
  }),
  repositoryRoute('commits', 'GET', '/commits', contents, (world, call, repository) => {
    const sha = call.query.get('sha') ?? repository.defaultBranch;
    const tip = resolve(repository, sha);
    if (!tip) return notFound();
    const { items, headers } = paged(world, call, history(repository, tip));
    return ok(
      items.map((commit) => commitShape(world, repository, commit)),
      headers,
    );
  }),
  repositoryRoute('tree', 'GET', '/git/trees/:sha', contents, (world, call, repository) => {
    const commit = resolve(repository, call.params.sha ?? '');
    return commit ? ok(treeOf(world, repository, commit)) : notFound();
  }),
  repositoryRoute('ref', 'GET', '/git/ref/*ref', contents, (world, call, repository) => {
    const ref = call.params.ref ?? '';
    const [kind = '', ...name] = ref.split('/');
    const known = kind === 'heads' ? repository.branches : kind === 'tags' ? repository.tags : null;
    const sha = known?.get(name.join('/'));
    if (sha === undefined) return notFound();
    const url = `${world.url}/repos/${repository.fullName}/git`;
    return ok({
      ref: `refs/${ref}`,
      url: `${url}/refs/${ref}`,
      object: { type: 'commit', sha, url: `${url}/commits/${sha}` },
    });
  }),
  repositoryRoute('commit-pulls', 'GET', '/commits/:sha/pulls', pulls, (world, call, repository) => {
    const commit = resolve(repository, call.params.sha ?? '');
    if (!commit) return refusal(422, `No commit found for SHA: ${call.params.sha}`);
    const found = pullsWith(repository, commit);
    const { items, headers } = paged(world, call, found);
    return ok(
      items.map((pull) => pullShape(world, repository, pull)),
      headers,
    );
  }),
  repositoryRoute('compare', 'GET', '/compare/*basehead', contents, comparison),
  repositoryRoute('pull', 'GET', '/pulls/:number', pulls, (world, call, repository) => {
    const pull = repository.pulls.get(Number(call.params.number));
    if (!pull) return notFound();
    return ok({ ...pullShape(world, repository, pull), merged: !pull.open, merged_by: { login: pull.mergedBy } });
  }),
  repositoryRoute('contents', 'GET', '/contents/*path', contents, (world, call, repository) => {
    const path = call.params.path ?? '';
    const ref = call.query.get('ref') ?? repository.defaultBranch;
    if (!resolve(repository, ref)) return refusal(404, `No commit found for the ref ${ref}`);
    const name = /^\.github\/workflows\/([^/]+)$/.exec(path)?.[1] ?? '';
    const source = textOf(repository, name, ref);
    if (source === null) return notFound();
    const text = Buffer.from(source);
    const url = `${world.url}/repos/${repository.fullName}/contents/${path}`;
    const html = `${world.htmlUrl}/${repository.fullName}/blob/${ref}/${path}`;
    const file = { name, path, type: 'file', size: text.length, encoding: 'base64' };
    return ok({ ...file, content: text.toString('base64'), sha: '', url, html_url: html, download_url: null });
  }),
];
