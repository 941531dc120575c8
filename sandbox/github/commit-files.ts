import { type Answer, ok } from './answer.js';
import { type Call, paged } from './api.js';
import { history } from './git.js';
import { commitShape, type Json } from './shapes.js';
import type { Commit, Repository, World } from './world.js';

/** Without paging a commit has its first 300 files; with it, GitHub lists 3,000 at most. */
const MOST_AT_ONCE = 300;
const MOST_FILES = 3_000;

/** A commit with its files; as GitHub does, a page of them when pages are asked for. */
export function filesOf(world: World, call: Call, repository: Repository, commit: Commit): Answer {
  const all = filesShown(world, repository, [commit]).slice(0, MOST_FILES);
  const asked = call.query.has('page') || call.query.has('per_page');
  const page = asked ? paged(world, call, all) : { items: all.slice(0, MOST_AT_ONCE), headers: {} };
  const total = commit.files.length;
  const stats = { total, additions: total, deletions: 0 };
  return ok({ ...commitShape(world, repository, commit), stats, files: page.items }, page.headers);
}

/** The files of commits, each once. */
export function filesShown(world: World, repository: Repository, commits: readonly Commit[]): Json[] {
  const files = new Map(commits.flatMap(({ sha, files }) => files.map((file) => [file.filename, { ...file, sha }])));
  return [...files.values()].map(({ filename, movedFrom, sha }) => {
    const at = `${repository.fullName}/blob/${sha}/${filename}`;
    return {
      sha,
      filename,
      status: movedFrom === undefined ? 'modified' : 'renamed',
      additions: 1,
      deletions: 0,
      changes: 1,
      blob_url: `${world.htmlUrl}/${at}`,
      raw_url: `${world.htmlUrl}/${at.replace('/blob/', '/raw/')}`,
      contents_url: `${world.url}/repos/${repository.fullName}/contents/${filename}?ref=${sha}`,
      ...(movedFrom !== undefined && { previous_filename: movedFrom }),
    };
  });
}

/** All files that the commits up to this one have touched; no commit deletes one. */
export function treeOf(world: World, repository: Repository, tip: Commit): Json {
  const paths = new Set<string>();
  for (const { files } of history(repository, tip).reverse())
    for (const { filename, movedFrom } of files) {
      if (movedFrom !== undefined) paths.delete(movedFrom);
      paths.add(filename);
    }
  const url = `${world.url}/repos/${repository.fullName}/git`;
  const tree = [...paths].map((path) => ({
    ...{ path, mode: '100644', type: 'blob', sha: tip.sha, size: 1, url: `${url}/blobs/${tip.sha}` },
  }));
  return { sha: tip.sha, url: `${url}/trees/${tip.sha}`, tree, truncated: false };
}
