import type pg from 'pg';
import type { OperatorNews } from '../core/decision.js';
import type { Deployment } from '../core/deployment/deployment.js';
import { isOfStray, isPast } from '../core/deployment/watch.js';
import { refOf } from '../db/changes.js';
import { deploymentById } from '../db/deployments.js';
import { newsOf } from '../db/fault-news.js';
import { strayRunUrl } from '../db/outside-runs.js';
import { namesOf } from '../db/people.js';
import { askSlack, type SlackAnswer, type SlackClient } from './client.js';
import { faultNewsMessage } from './views/fault-news.js';
import { operatorNewsMessage } from './views/operator-news.js';

/** Tells one operator directly that something needs a person. */
export async function tellOperator(
  deps: { pool: pg.Pool; client: SlackClient; repositoryOf: (service: string) => string | undefined },
  operator: string,
  deploymentId: number,
  about: OperatorNews,
): Promise<SlackAnswer<unknown> | null> {
  const deployment = await deploymentById(deps.pool, deploymentId);
  const change = deployment && (await refOf(deps.pool, deployment.changeId));
  if (!deployment || !change || isPast(about, deployment)) return null;
  const { service } = deployment;
  const repository = deps.repositoryOf(service) ?? '';
  const url = isOfStray(about) ? await strayRunUrl(deps.pool, deploymentId) : null;
  const news = { about, service, repository, deployment, change, url };
  const message = operatorNewsMessage(news, await namesOf(deps.pool, [deployment.requestedBy, ...enders(deployment)]));
  return askSlack(() =>
    deps.client.chat.postMessage({ channel: operator, ...message, unfurl_links: false, unfurl_media: false }),
  );
}

const enders = (deployment: Deployment): string[] =>
  'endedBy' in deployment && deployment.endedBy ? [deployment.endedBy] : [];

/** Tells one operator directly about lasting faults; says nothing if all are over by now. */
export async function tellFaults(
  deps: { pool: pg.Pool; client: SlackClient },
  operator: string,
  names: readonly string[],
): Promise<SlackAnswer<unknown> | null> {
  const faults = await newsOf(deps.pool, names);
  if (faults.length === 0) return null;
  const message = faultNewsMessage(faults);
  return askSlack(() =>
    deps.client.chat.postMessage({ channel: operator, ...message, unfurl_links: false, unfurl_media: false }),
  );
}
