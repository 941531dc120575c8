import { addCommit } from './git.js';
import { defineWorkflow, type WorkflowOptions } from './workflow.js';
import type { World } from './world.js';

export interface RepositoryOptions {
  /** `owner/name`. */
  fullName: string;
  /** `main` by default. */
  defaultBranch?: string;
  private?: boolean;
  workflows: WorkflowOptions[];
}

/** Adds a repository with its workflows and a first commit. Throws for a name that GitHub would not take. */
export function addRepository(world: World, options: RepositoryOptions): { id: number; fullName: string; sha: string } {
  const { fullName, defaultBranch = 'main' } = options;
  const [owner = '', name = ''] = fullName.split('/');
  if (!owner || !name) throw new Error(`a repository is called owner/name, not "${fullName}"`);
  const createdAt = world.now();
  const repository = {
    id: world.nextId('repository'),
    owner,
    name,
    fullName,
    private: options.private ?? true,
    defaultBranch,
    createdAt,
    commits: new Map(),
    branches: new Map<string, string>(),
    tags: new Map<string, string>(),
    pulls: new Map(),
    runs: [],
    files: new Map(),
    archived: false,
    workflows: options.workflows.map((each) => ({
      ...defineWorkflow(each),
      id: world.nextId('workflow'),
      state: 'active' as const,
      runNumber: 0,
      createdAt,
    })),
  };
  const { sha } = addCommit(repository, [], { title: 'Initial commit' }, createdAt);
  repository.branches.set(defaultBranch, sha);
  world.repositories.set(fullName.toLowerCase(), repository);
  return { id: repository.id, fullName, sha };
}
