/** The effects that Slack is asked for: draw cards, answer people, tell operators, post digests. */

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { OperatorNews } from '../core/decision.js';
import type { Pauses } from '../core/pauses.js';
import { reviveRefusal } from '../core/refusal.js';
import { deploymentById } from '../db/deployments.js';
import { hasFault } from '../db/faults.js';
import { maySlackBeTried, noteSlackDown, noteSlackUp, takeSecond, takeTurn } from '../db/pace.js';
import { namesOf } from '../db/people.js';
import { transaction } from '../db/pool.js';
import { addJob } from '../db/queue.js';
import { type Again, retryAfter, type SlackHandlers } from '../flow/deliver.js';
import { type CardDeps, drawChannel } from './cards.js';
import { askSlack, isAboutTheMessage, isPassing, type SlackAnswer, type SlackClient, takesNoCalls } from './client.js';
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
  readonly pauses: Pauses;
  readonly warn: (details: object, message: string) => void;
  /** Hears in Slack's words that it takes no message to somebody; null when it does. */
  readonly told: (name: string, fault: string | null) => Promise<void>;
}

/** A person is told within the half hour that a response_url lives; later it would be noise. */
const MOST_REPLY_TRIES = 50;
/** Of a group that may be large. */
const MOST_TOLD = 10;
/** About a day: later a refusal, or a word about a lock, is no news to anybody. What operators are told has no end. */
const MOST_TELL_TRIES = 1_900;
/** Slack's words for a person who cannot be written to (chat.postMessage, conversations.open). */
const NOBODY: readonly string[] = ['channel_not_found', 'user_not_found', 'user_disabled', 'cannot_dm_bot'];

export function slackJobs(deps: SlackJobDeps): SlackHandlers {
  const { pool, client, pauses } = deps;

  async function within(tries: number, call: () => Promise<SlackAnswer<unknown> | null>): Promise<Again> {
    if (!(await maySlackBeTried(pool, pauses))) return { afterMs: retryAfter(pauses.jobs, tries) };
    const answer = await call();
    if (answer === null) return null;
    if (answer.is === 'ok') {
      await noteSlackUp(pool);
      return null;
    }
    if (answer.is === 'rate limited') return { afterMs: answer.retryAfterMs };
    if (takesNoCalls(answer)) await noteSlackDown(pool, pauses);
    if (answer.is === 'refused') deps.warn({ error: answer.error, tries }, 'Slack does not take a message');
    return { afterMs: retryAfter(pauses.jobs, tries) };
  }

  /** To one person alone: who is not there any more is not told. */
  async function directly(
    user: string,
    tries: number,
    call: () => Promise<SlackAnswer<unknown> | null>,
  ): Promise<Again> {
    const name = `messages to ${user}`;
    // While Slack takes none to somebody, one tries for all that wait: they would hold up who can be told.
    if ((await hasFault(pool, name)) && !(await takeTurn(pool, name, pauses.slack.refused)))
      return { afterMs: retryAfter(pauses.jobs, tries) };
    return within(tries, async () => {
      await sleep(await takeSecond(pool, user, pauses));
      const answer = await call();
      if (answer === null || answer.is === 'ok') await deps.told(name, null);
      if (answer?.is !== 'refused') return answer;
      if (!NOBODY.includes(answer.error)) {
        const isTheirs = !takesNoCalls(answer) && !isPassing(answer.error) && !isAboutTheMessage(answer.error);
        if (isTheirs) await deps.told(name, answer.error);
        return answer;
      }
      await deps.told(name, null);
      deps.warn({ user, error: answer.error }, 'Slack does not know a user to notify');
      return null;
    });
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
    tell: async ({ user, refusal, tries }) => {
      const again = await directly(user, tries, async () => {
        const mentioned = Object.values(refusal)
          .flat()
          .filter((one) => typeof one === 'string');
        const names = await namesOf(pool, [user, ...mentioned]);
        return tellAlone(
          client,
          { user, channel: null, responseUrl: null },
          refusalMessage(reviveRefusal(refusal), names),
        );
      });
      return tries < MOST_TELL_TRIES ? again : null;
    },
    'tell operators': async ({ deploymentId, about, operator, tries }) => {
      if (operator !== null) {
        const { repositoryOf } = deps;
        return directly(operator, tries, () =>
          tellOperator({ pool, client, repositoryOf }, operator, deploymentId, about as OperatorNews),
        );
      }
      // Somebody is told in any case: without operators it is who asked, or who deploys what deploys itself.
      const told = deps.operators.length > 0 ? deps.operators : await concernedBy(deps, deploymentId, tries);
      if (typeof told === 'number') return { afterMs: told, atLeast: true };
      if (told.length === 0)
        deps.warn({ deployment: deploymentId, about }, 'there is nobody to notify: set operators in the config');
      // All or none: who was told is not told again because the next one was not yet.
      await transaction(pool, async (tx) => {
        for (const one of told) {
          const payload = { deploymentId, about, operator: one, tries: 0 };
          await addJob(tx, 'tell operators', payload, { key: `operators:${deploymentId}:${about}:${one}` });
        }
      });
      return null;
    },
    'tell faults': ({ operator, names, tries }) => directly(operator, tries, () => tellFaults(deps, operator, names)),
    remind: ({ deploymentId, tries }) => within(tries, () => remind(deps.notes, deploymentId)),
    announce: ({ deploymentId, tries }) => within(tries, () => announce(deps.notes, deploymentId)),
    'say taken over': async ({ tries, ...said }) => {
      const again = await within(tries, () => sayTakenOver(deps.notes, said));
      return tries < MOST_TELL_TRIES ? again : null;
    },
    nudge: ({ service, user, tries }) => directly(user, tries, () => nudge(deps.notes, service, user)),
    digest: ({ channel, slot, tries }) => within(tries, () => postDigest(deps.digest, channel, new Date(slot))),
  };
}

/** Who asked, or who deploys what deploys itself: those whom the config names, else of its groups. Or after how many ms to ask again. */
async function concernedBy(
  deps: SlackJobDeps,
  deploymentId: number,
  tries: number,
): Promise<readonly string[] | number> {
  const deployment = await deploymentById(deps.pool, deploymentId);
  if (!deployment) return [];
  const { requestedBy, service } = deployment;
  if (requestedBy !== 'pushbutton') return [requestedBy];
  const deployers = deps.deployersOf(service);
  const named = deployers.filter((id) => !id.startsWith('S'));
  if (named.length > 0) return named;
  if (!(await maySlackBeTried(deps.pool, deps.pauses))) return retryAfter(deps.pauses.jobs, tries);
  const found: string[] = [];
  for (const usergroup of deployers) {
    const answer = await askSlack(async () => (await deps.client.usergroups.users.list({ usergroup })).users ?? []);
    if (answer.is === 'rate limited') return answer.retryAfterMs;
    if (answer.is === 'ok') found.push(...answer.data);
    // A group that is no more has nobody; whatever else Slack says, it is asked again: nobody would be told.
    else if (answer.is === 'no answer' || answer.error !== 'no_such_subteam')
      return retryAfter(deps.pauses.jobs, tries);
  }
  return [...new Set(found)].slice(0, MOST_TOLD);
}
