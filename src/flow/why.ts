/** Asks Slack and GitHub for what the rules of a deployment need, for somebody who wants to know before pressing. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type AskWhy, whyNot } from '../core/deployment/why.js';
import { liveSha } from '../core/service/service.js';
import { readNamed } from '../db/service-state.js';
import type { GatherDeps } from './gather-deps.js';

type WhyDeps = Pick<GatherDeps, 'pool' | 'service' | 'isOneOf' | 'compare' | 'isOnBranch'>;

/** How long somebody who only asks waits for Slack and GitHub. What they have not said by then is not known. */
const MOST_MS = 8_000;

/** Creates the function that says what stands between a change and production; null if there is no such service or change. */
export function createWhy({ pool, service: policyOf, isOneOf, compare, isOnBranch }: WhyDeps): AskWhy {
  return async (name, changeKey, by) => {
    const service = policyOf(name);
    if (!service) return null;
    const { change, state } = await readNamed(pool, name, { change: changeKey });
    if (!change) return null;
    const { repository, deployers, branch, paths } = service;
    const live = liveSha(state);
    const late = sleep(MOST_MS, null, { ref: false });
    const inTime = async <T, U>(asked: Promise<T>, otherwise: U): Promise<T | U> =>
      (await Promise.race([asked, late])) ?? otherwise;
    const [permission, comparison, onBranch] = await Promise.all([
      inTime(isOneOf(by, deployers, { rule: 'not a deployer', service: name, deployers }), undefined),
      live === null || live === change.sha
        ? null
        : inTime(compare(repository, live, change.sha, paths), 'unavailable' as const),
      inTime(isOnBranch(repository, change.sha, branch), 'unavailable' as const),
    ]);
    return whyNot(state, change, service, { ...(permission && { permission }), comparison, onBranch });
  };
}
