/** The effects that Slack is asked for: draw cards, answer people, tell operators, post digests. */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { OperatorNews } from '../core/decision.js';
import { reviveRefusal } from '../core/refusal.js';
import { deploymentById } from '../db/deployments.js';
import { maySlackBeTried, noteSlackDown, noteSlackUp, takeSecond } from '../db/pace.js';
import { namesOf } from '../db/people.js';
import { addJob } from '../db/queue.js';
import { type Again, patience, type SlackHandlers } from '../deliver.js';
import { type CardDeps, drawChannel } from './cards.js';
import { askSlack, type SlackAnswer, type SlackClient } from './client.js';
import { type DigestDeps, postDigest } from './digest.js';
import { announce, type NoteDeps, nudge, remind, sayTakenOver } from './notes.js';
import { tellFaults, tellOperator } from './operators.js';
import { reply } from './replies.js';
import { tellAlone } from './tell.js';
import { refusalMessage } from './views/refusal.js';

export interface SlackJobDeps {
  readonly pool: pg.Pool;
  readonly client: SlackClient;
  readonly cards: CardDeps;
  readonly digest: DigestDeps;
  readonly notes: NoteDeps;
  readonly operators: readonly string[];
  readonly repositoryOf: (service: string) => string | undefined;
  /** Users and user groups. */
  readonly deployersOf: (service: string) => readonly string[];
  readonly warn: (details: object, message: string) => void;
}

/** A person is told within the half hour that a response_url lives; later it would be noise. */
const MOST_REPLY_TRIES = 50;

export function slackJobs(deps: SlackJobDeps): SlackHandlers {
  const { pool, client } = deps;

  async function within(tries: number, call: () => Promise<SlackAnswer<unknown> | null>): Promise<Again> {
    if (!(await maySlackBeTried(pool))) return { afterMs: patience(tries) };
    const answer = await call();
    if (answer === null) return null;
    if (answer.is === 'ok') {
      await noteSlackUp(pool);
      return null;
    }
    if (answer.is === 'rate limited') return { afterMs: answer.retryAfterMs };
    if (answer.is === 'no answer') await noteSlackDown(pool);
    else deps.warn({ error: answer.error }, 'Slack does not take a message');
    return { afterMs: patience(tries) };
  }

  return {
    draw: async ({ channel }) => {
      await drawChannel(deps.cards, channel);
      return null;
    },
    reply: async ({ inboxId, tries }) => {
      const again = await within(tries, () => reply(pool, client, inboxId));
      return tries < MOST_REPLY_TRIES ? again : null;
    },
    tell: ({ user, refusal, tries }) =>
      within(tries, async () => {
        const mentioned = Object.values(refusal)
          .flat()
          .filter((one) => typeof one === 'string');
        const names = await namesOf(pool, [user, ...mentioned]);
        await sleep(await takeSecond(pool, user));
        return tellAlone(
          client,
          { user, channel: null, responseUrl: null },
          refusalMessage(reviveRefusal(refusal), names),
        );
      }),
    'tell operators': async ({ deploymentId, about, operator, tries }) => {
      if (operator !== null) {
        const { repositoryOf } = deps;
        return within(tries, async () => {
          await sleep(await takeSecond(pool, operator));
          return tellOperator({ pool, client, repositoryOf }, operator, deploymentId, about as OperatorNews);
        });
      }
      // Somebody is told in any case: without operators it is who asked, or who deploys what deploys itself.
      const told = deps.operators.length > 0 ? deps.operators : await concernedBy(deps, deploymentId);
      for (const one of told) {
        const payload = { deploymentId, about, operator: one, tries: 0 };
        await addJob(pool, 'tell operators', payload, { key: `operators:${deploymentId}:${about}:${one}` });
      }
      return null;
    },
    'tell faults': ({ operator, names, tries }) =>
      within(tries, async () => {
        await sleep(await takeSecond(pool, operator));
        return tellFaults(deps, operator, names);
      }),
    remind: ({ deploymentId, tries }) => within(tries, () => remind(deps.notes, deploymentId)),
    announce: ({ deploymentId, tries }) => within(tries, () => announce(deps.notes, deploymentId)),
    'say taken over': ({ tries, ...said }) => within(tries, () => sayTakenOver(deps.notes, said)),
    nudge: ({ service, user, tries }) => within(tries, () => nudge(deps.notes, service, user)),
    digest: ({ channel, slot, tries }) => within(tries, () => postDigest(deps.digest, channel, new Date(slot))),
  };
}

async function concernedBy(
  { pool, client, deployersOf }: SlackJobDeps,
  deploymentId: number,
): Promise<readonly string[]> {
  const deployment = await deploymentById(pool, deploymentId);
  if (!deployment) return [];
  const { requestedBy, service } = deployment;
  if (requestedBy !== 'pushbutton') return [requestedBy];
  const all = await Promise.all(deployersOf(service).map((id) => (id.startsWith('S') ? members(client, id) : [id])));
  return [...new Set(all.flat())];
}

/** Throws where Slack does not say, so that it is asked again. */
async function members(client: SlackClient, usergroup: string): Promise<readonly string[]> {
  const answer = await askSlack(async () => (await client.usergroups.users.list({ usergroup })).users ?? []);
  if (answer.is === 'ok') return answer.data;
  if (answer.is === 'refused' && answer.error === 'no_such_subteam') return [];
  throw new Error('Slack does not say who is in a user group');
}
