import type pg from 'pg';
import type { Refusal } from '../core/refusal.js';
import { reviveRefusal } from '../core/refusal.js';
import type { Done } from '../core/report.js';
import { reached } from '../crash-points.js';
import { refOf } from '../db/changes.js';
import { deploymentById } from '../db/deployments.js';
import { inboxOutcome } from '../db/inbox.js';
import { namesOf } from '../db/people.js';
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

/** Tells the person who pressed or typed, and nobody else, what came of it. `null`: there is nothing to say. */
export async function reply(pool: pg.Pool, client: SlackClient, inboxId: number): Promise<SlackAnswer<unknown> | null> {
  const found = await inboxOutcome<Outcome>(pool, inboxId);
  if (!found?.reply) return null;
  const message = await messageOf(pool, found.outcome);
  if (!message) return null;
  const answer = await tellAlone(client, found.reply, message);
  reached('reply: told');
  return answer;
}

async function messageOf(pool: pg.Pool, outcome: Outcome): Promise<Message | null> {
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
        );
      const deployment = outcome.deploymentId === null ? null : await deploymentById(pool, outcome.deploymentId);
      const change = deployment && (await refOf(pool, deployment.changeId));
      if (!deployment || !change) return null;
      const names = await namesOf(pool, [deployment.requestedBy]);
      const { kind: is, mayReplace = false } = outcome;
      return doneMessage({ is, service: deployment.service, change, deployment, mayReplace }, names);
    }
  }
}
