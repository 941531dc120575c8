import type pg from 'pg';
import type { Refusal } from '../core/refusal.js';
import { reviveRefusal } from '../core/refusal.js';
import type { Done } from '../core/report.js';
import { reached } from '../crash-points.js';
import { inboxOutcomes } from '../db/inbox.js';
import { namesOf } from '../db/people.js';
import { type Request, requestsOf } from '../db/requests.js';
import { batched } from '../waits/batch.js';
import type { SlackAnswer, SlackClient } from './client.js';
import { tellAlone } from './tell.js';
import { doneMessage } from './views/done.js';
import { doneGate } from './views/done-gates.js';
import type { Message } from './views/message.js';
import { refusalMessage } from './views/refusal.js';

type Outcome =
  | { kind: 'accepted' | 'merged'; deploymentId: number | null; done?: Done | null; mayReplace?: true }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'nothing' };

/**
 * Creates the function that tells the person who pressed or typed, and nobody else, what came of it. It returns null when
 * there is nothing to say. Answers that are given at the same time share what is read for them.
 */
export function createReply(
  pool: pg.Pool,
  client: SlackClient,
  timezone: string,
): (inboxId: number) => Promise<SlackAnswer<unknown> | null> {
  const outcomeOf = batched((ids: readonly number[]) => inboxOutcomes<Outcome>(pool, ids));
  const requestOf = batched((deploymentIds: readonly number[]) => requestsOf(pool, deploymentIds));
  return async (inboxId) => {
    const found = await outcomeOf(inboxId);
    if (!found?.reply) return null;
    const message = await messageOf(pool, requestOf, found.outcome, timezone);
    if (!message) return null;
    const answer = await tellAlone(client, found.reply, message);
    reached('reply: told');
    return answer;
  };
}

async function messageOf(
  pool: pg.Pool,
  requestOf: (deploymentId: number) => Promise<Request | undefined>,
  outcome: Outcome,
  timezone: string,
): Promise<Message | null> {
  switch (outcome.kind) {
    case 'nothing':
      return null;
    case 'refused': {
      const refusal = reviveRefusal(outcome.refusal);
      return refusalMessage(
        refusal,
        await namesOf(
          pool,
          Object.values(refusal)
            .flat()
            .filter((one) => typeof one === 'string'),
        ),
      );
    }
    case 'accepted':
    case 'merged': {
      if (outcome.done)
        return doneGate(
          outcome.done,
          await namesOf(
            pool,
            Object.values(outcome.done.detail).filter((one) => typeof one === 'string'),
          ),
          timezone,
        );
      const asked = outcome.deploymentId === null ? null : await requestOf(outcome.deploymentId);
      if (!asked) return null;
      const { deployment, change, names } = asked;
      const { kind: is, mayReplace = false } = outcome;
      return doneMessage({ is, service: deployment.service, change, deployment, mayReplace }, names, timezone);
    }
  }
}
