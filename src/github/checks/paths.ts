import { choosing } from '../../core/change/path-patterns.js';
import { inWords, ok, skipped, type Verdict, wrong } from '../../core/check.js';
import type { CheckedService } from './checked-service.js';
import { type Look, notShown } from './look.js';

/** Checks that each pattern of `paths` matches a file of the branch; null for a service without. One that excludes may match none. */
export async function pathsVerdict(
  look: Look,
  { name, repository, branch, paths }: CheckedService,
): Promise<Verdict | null> {
  if (!paths) return null;
  const at = await look.branch(repository, branch);
  if (at.is !== 'seen') return skipped(`the branch ${branch} could not be read`);
  const seen = await look.tree(repository, at.data.commit.sha);
  if (seen.is !== 'seen') return skipped(notShown(seen));
  const files = seen.data.tree.flatMap(({ path, type }) => (type === 'tree' ? [] : [path]));
  const idle = paths.filter((pattern) => !pattern.startsWith('!') && !files.some(choosing([pattern])));
  if (idle.length > 0 && seen.data.truncated)
    return skipped(`${repository} has more files than GitHub lists, and none of those listed matches ${inWords(idle)}`);
  if (idle.length > 0)
    return wrong(
      `no file on ${branch} matches ${inWords(idle)}`,
      `Correct paths for ${name} in the config: patterns are for whole paths from the root of the repository; case counts.`,
    );
  const own = files.filter(choosing(paths)).length;
  return ok(`${own} of the ${files.length} files on ${branch}`);
}
