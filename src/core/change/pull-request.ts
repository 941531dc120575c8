/** Where a pull request that contains a commit leads. */
export interface Route {
  /** The branch that it goes into. */
  readonly base: string;
  /** The branch of the same repository that it comes from; null when it comes from a fork. */
  readonly head: string | null;
  readonly merged: boolean;
  /** Whether its merge made this very commit. */
  readonly made: boolean;
}

/**
 * The pull request that brought a commit to a branch; null when none did. GitHub lists others too for a commit that is
 * not on the default branch, such as the open one that will release the branch, and names them in any order.
 */
export function broughtTo<T extends Route>(branch: string, pulls: readonly T[]): T | null {
  return (
    pulls.find(({ made }) => made) ??
    pulls.find(({ base, merged }) => base === branch && merged) ??
    pulls.find(({ base }) => base === branch) ??
    // Merged into another branch first, as pull requests on top of each other are. One that comes from the branch itself
    // carried the commit away from it.
    pulls.find(({ head, merged }) => merged && head !== branch) ??
    null
  );
}
