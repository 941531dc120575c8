/** Asks the HTTP checks of the stages that deployments bake in: those of one stage in one job, which runs until the bake is over. */

import type pg from 'pg';
import { askHttp } from '../checks/ask.js';
import type { Config } from '../config/config.js';
import { proxyFor } from '../config/proxy.js';
import type { Command } from '../core/command.js';
import { isNews } from '../core/stages/checked.js';
import { afterAnswer, isDue } from '../core/stages/checks.js';
import { reached } from '../crash-points.js';
import { checksOf, saveChecks } from '../db/stages.js';
import type { CheckHandlers } from '../flow/deliver.js';

type CheckConfig = Pick<Config, 'checks' | 'proxies'> & {
  readonly services: readonly Pick<Config['services'][number], 'stages'>[];
};

/**
 * A check that was asked when its replica died is asked once more by another one: asking changes nothing. Answers that are no
 * news are saved without a decision.
 */
export function createStageChecks(
  pool: pg.Pool,
  { services, checks, proxies }: CheckConfig,
  perform: (command: Command) => Promise<unknown>,
): {
  /** Whether the config has any. */
  readonly isUsed: boolean;
  readonly jobs: CheckHandlers;
} {
  const reach = { isPrivateAllowed: checks.private, proxyOf: (url: URL) => proxyFor(proxies, url) };
  const jobs: CheckHandlers = {
    'ask checks': async ({ deploymentId }) => {
      const stage = await checksOf(pool, deploymentId);
      if (!stage || stage.asks.length === 0) return null;
      const { now, service, place, asks, states } = stage;
      const since = performance.now();
      const due = asks.flatMap((check, nth) => {
        const state = states[nth];
        return state && isDue(check, state, now) ? [{ check, nth, state }] : [];
      });
      const answers = await Promise.all(
        due.map(async (one) => ({ ...one, asked: await askHttp(one.check, reach), cameMs: performance.now() })),
      );
      reached('checks: answered');
      if (answers.some(({ state, asked }) => isNews(state, asked))) {
        const nowMs = performance.now();
        const told = answers.map(({ nth, asked, cameMs }) => ({ nth, asked, agoMs: nowMs - cameMs }));
        await perform({ type: 'checked', service, deploymentId, place, answers: told });
        return { afterMs: 0, noTry: true };
      }
      const at = (ms: number) => new Date(now.getTime() + ms - since);
      const next = states.map((state, nth) => {
        const one = answers.find((answer) => answer.nth === nth);
        return one ? afterAnswer(one.check, state, one.asked, at(one.cameMs)).state : state;
      });
      if (answers.length > 0) await saveChecks(pool, { deploymentId, place, checks: next });
      const soonest = Math.min(...next.map(({ nextAt }) => nextAt.getTime()));
      return { afterMs: Math.max(0, soonest - at(performance.now()).getTime()) };
    },
  };
  const isUsed = services.some(({ stages }) => stages.some((stage) => stage.checks.http.length > 0));
  return { isUsed, jobs };
}
