/** The jobs that call Slack, or have it called: draw cards, answer people, notify operators, post digests. */

import type pg from 'pg';
import type { OperatorNews } from '../core/decision.js';
import type { Outcome } from '../core/notify.js';
import type { Pauses } from '../core/pauses.js';
import { reviveRefusal } from '../core/refusal.js';
import { addJob, addJobs } from '../db/add-jobs.js';
import { deploymentById } from '../db/deployments.js';
import { hasFault } from '../db/faults.js';
import { maySlackBeTried, noteSlackDown, noteSlackUp, slackOutage, takeTurn } from '../db/pace.js';
import { namesOf } from '../db/people.js';
import { transaction } from '../db/pool.js';
import { notifyJob } from '../db/queue.js';
import { redrawNextServices } from '../db/save-outcome.js';
import { type Again, retryAfter, type SlackHandlers } from '../flow/deliver.js';
import type { Tracing } from '../tracing/tracing.js';
import { coalesced } from '../waits/coalesce.js';
import { isAboutTheMessage, isPassing, type SlackAnswer, type SlackClient, takesNoCalls } from './client.js';
import { concernedBy } from './concerned.js';
import { type DigestDeps, postDigest } from './digest.js';
import type { CardDeps } from './draw-card.js';
import { drawChannel } from './draw-channel.js';
import { explainFailure } from './explain.js';
import type { createHome } from './home.js';
import { createHomeUpdates } from './home-updates.js';
import { membersOf } from './members.js';
import { announce, type NoteDeps, notify, notifyAuthor, nudge, remind, sayTakenOver } from './notes.js';
import { tellFaults, tellOperator } from './operators.js';
import { createReply } from './replies.js';
import { awaitSecond, type NotYet } from './seconds.js';
import { tellStory } from './story.js';
import { tellAlone } from './tell.js';
import { refusalMessage } from './views/refusal.js';

export interface SlackJobDeps {
  readonly pool: pg.Pool;
  readonly client: SlackClient;
  readonly cards: CardDeps;
  readonly digest: DigestDeps;
  readonly notes: NoteDeps;
  readonly home: ReturnType<typeof createHome>;
  readonly operators: readonly string[];
  readonly repositoryOf: (service: string) => string | undefined;
  /** Users and user groups. */
  readonly deployersOf: (service: string) => readonly string[];
  readonly pauses: Pauses;
  readonly tracing: Tracing;
  readonly warn: (details: object, message: string) => void;
  /** Called with Slack's error when it takes no messages to somebody; with null when it does. */
  readonly told: (name: string, fault: string | null) => Promise<void>;
}

/** A person is told within the half hour that a response_url is valid; later it would be noise. */
const MOST_REPLY_TRIES = 50;
/** The most people to notify of user groups, which may be large. */
const MOST_TOLD = 10;
/** About a day: later, a refusal or a message about a lock is no longer news. Messages to operators have no limit. */
const MOST_TELL_TRIES = 1_900;
/** Slack's errors for a person who cannot get messages (chat.postMessage, conversations.open). */
const NOBODY: readonly string[] = ['channel_not_found', 'user_not_found', 'user_disabled', 'cannot_dm_bot'];

export function slackJobs(deps: SlackJobDeps): SlackHandlers {
  const { pool, client, pauses } = deps;
  const reply = createReply(pool, client, deps.digest.timezone);
  const outage = coalesced(() => slackOutage(pool));
  const updateHomes = createHomeUpdates({ pool, pauses, update: deps.home.update });

  async function within(tries: number, call: () => Promise<SlackAnswer<unknown> | NotYet | null>): Promise<Again> {
    const isUp = (await outage('')) === null;
    if (!isUp && !(await maySlackBeTried(pool, pauses))) return { afterMs: retryAfter(pauses.jobs, tries) };
    const answer = await call();
    if (answer === null) return null;
    if (answer.is === 'not yet' && answer.isTry) return { afterMs: retryAfter(pauses.jobs, tries) };
    if (answer.is === 'not yet') return { afterMs: answer.afterMs, noTry: true };
    if (answer.is === 'ok') {
      if (!isUp) await noteSlackUp(pool);
      return null;
    }
    if (answer.is === 'rate limited') return { afterMs: answer.retryAfterMs };
    if (takesNoCalls(answer)) await noteSlackDown(pool, pauses);
    if (answer.is === 'refused') deps.warn({ error: answer.error, tries }, 'Slack does not take a message');
    return { afterMs: retryAfter(pauses.jobs, tries) };
  }

  /** To one person alone. A person who no longer exists is not told. */
  async function directly(
    user: string,
    tries: number,
    call: () => Promise<SlackAnswer<unknown> | NotYet | null>,
  ): Promise<Again> {
    const name = `messages to ${user}`;
    // While Slack takes no messages to a person, one job tries for all that wait, or they would hold up other people.
    if ((await hasFault(pool, name)) && !(await takeTurn(pool, name, pauses.slack.refused)))
      return { afterMs: retryAfter(pauses.jobs, tries) };
    return within(tries, async () => {
      const answer = (await awaitSecond(deps, user)) ?? (await call());
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
    'redraw everything': async ({ after }) => {
      await redrawNextServices(pool, after, deps.tracing.here());
      return null;
    },
    reply: async ({ inboxId, tries }) => {
      const again = await within(tries, () => reply(inboxId));
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
      // Somebody is always told: without operators, the requester, or the deployers if Pushbutton made the request.
      const told = deps.operators.length > 0 ? deps.operators : await whoToAsk(deps, deploymentId, tries);
      if (typeof told === 'number') return { afterMs: told, atLeast: true };
      if (told.length === 0)
        deps.warn({ deployment: deploymentId, about }, 'there is nobody to notify: set operators in the config');
      // All or none: nobody is told twice because the job for the next operator was not added.
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
    'explain failure': ({ tries, ...failed }) => within(tries, () => explainFailure(deps.notes, failed)),
    'say taken over': async ({ tries, ...said }) => {
      const again = await within(tries, () => sayTakenOver(deps.notes, said));
      return tries < MOST_TELL_TRIES ? again : null;
    },
    story: async ({ deploymentId, tries }) => {
      const again = await within(tries, () => tellStory(deps.notes, deploymentId));
      return tries < MOST_TELL_TRIES ? again : null;
    },
    notify: async ({ deploymentId, user, about, tries }) => {
      if (tries >= MOST_TELL_TRIES) return null;
      if (user !== null) return directly(user, tries, () => notify(deps.notes, deploymentId, user, about as Outcome));
      const people = await peopleConcerned(deps, deploymentId, about as Outcome, tries);
      if (typeof people === 'number') return { afterMs: people };
      // All or none: nobody is told twice because the job for the next one was not added.
      await addJobs(
        pool,
        people.map((one) => notifyJob(deploymentId, one, about as Outcome)),
      );
      return null;
    },
    'notify author': async ({ changeId, user, tries }) =>
      tries < MOST_TELL_TRIES ? directly(user, tries, () => notifyAuthor(deps.notes, changeId, user)) : null,
    homes: () => updateHomes(),
    nudge: ({ service, user, tries }) => directly(user, tries, () => nudge(deps.notes, service, user)),
    digest: ({ channel, slot, tries }) =>
      within(tries, () => postDigest(deps.digest, { kind: 'daily', channel, slot: new Date(slot) })),
    'weekly digest': ({ channel, slot, tries }) =>
      within(tries, () => postDigest(deps.digest, { kind: 'weekly', channel, slot: new Date(slot) })),
  };
}

/** The first people whom a deployment concerns, each once, those of user groups among them. A number: ms to wait. */
async function peopleConcerned(
  deps: SlackJobDeps,
  deploymentId: number,
  about: Outcome,
  tries: number,
): Promise<readonly string[] | number> {
  const againMs = retryAfter(deps.pauses.jobs, tries);
  const concerned = await concernedBy(deps.notes, deploymentId, about);
  if (concerned === null) return againMs;
  const groups = concerned.named.filter((id) => id.startsWith('S'));
  if (groups.length > 0 && !(await maySlackBeTried(deps.pool, deps.pauses))) return againMs;
  const members = await membersOf(deps.client, groups, againMs);
  if (typeof members === 'number') return members;
  const users = [...concerned.named.filter((id) => !groups.includes(id)), ...members];
  return [...new Set(users)].filter((id) => !concerned.not.has(id)).slice(0, MOST_TOLD);
}

/** The requester, or the deployers for automatic requests: named users, else group members. A number: ms to wait. */
async function whoToAsk(deps: SlackJobDeps, deploymentId: number, tries: number): Promise<readonly string[] | number> {
  const deployment = await deploymentById(deps.pool, deploymentId);
  if (!deployment) return [];
  const { requestedBy, service } = deployment;
  if (requestedBy !== 'pushbutton') return [requestedBy];
  const deployers = deps.deployersOf(service);
  const named = deployers.filter((id) => !id.startsWith('S'));
  if (named.length > 0) return named;
  if (!(await maySlackBeTried(deps.pool, deps.pauses))) return retryAfter(deps.pauses.jobs, tries);
  const members = await membersOf(deps.client, deployers, retryAfter(deps.pauses.jobs, tries));
  return typeof members === 'number' ? members : members.slice(0, MOST_TOLD);
}
