/** Deliveries about results that are required beside the push run, as commands. */

import { z } from 'zod';
import type { RequiredResult } from '../core/change/results.js';
import type { Seen } from '../core/command.js';
import { checkShape, type OfCommit, resultsOfCheck, resultsOfRun, resultsOfStatus, statusShape } from './results.js';
import type { RunShape } from './shapes.js';

type Requiring = { readonly name: string; readonly branch: string; readonly requires?: readonly RequiredResult[] };

const checkRun = z.object({ check_run: checkShape });
const status = statusShape.extend({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  sender: z.object({ login: z.string() }).nullish(),
});

/** The results in a run. */
export const seenInRun = ({ name, branch, requires = [] }: Requiring, run: RunShape, repositoryId: number): Seen[] =>
  commands(name, resultsOfRun(run, repositoryId, { branch, requires }));

/** The results in a `check_run` or a `status`. */
export function seenInCheck(event: string, payload: unknown, { name, requires = [] }: Requiring): Seen[] {
  if (event === 'check_run') {
    const read = checkRun.safeParse(payload);
    return read.success ? commands(name, resultsOfCheck(read.data.check_run, requires)) : [];
  }
  const read = status.safeParse(payload);
  if (!read.success) return [];
  const { sha, sender, ...own } = read.data;
  return commands(name, resultsOfStatus(own, sha, sender?.login ?? null, requires));
}

/** They are all of one commit. */
function commands(service: string, found: readonly OfCommit[]): Seen[] {
  const [first] = found;
  return first ? [{ type: 'results seen', service, sha: first.sha, results: found.map(({ seen }) => seen) }] : [];
}
