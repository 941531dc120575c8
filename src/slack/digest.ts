import type pg from 'pg';
import type { Pauses } from '../core/pauses.js';
import type { Digest } from '../core/report.js';
import type { Upcoming } from '../core/time/upcoming.js';
import { reached } from '../crash-points.js';
import { claimDigest, leaveDigest, noteDigestPosted, noteDigestPosting, slotBefore } from '../db/digests.js';
import { ledgerHead } from '../db/ledger.js';
import { noteSlackUp, startSecond } from '../db/pace.js';
import { namesOf } from '../db/people.js';
import { digestOf, nothingOf } from '../db/reports.js';
import { timeNow } from '../db/time.js';
import { withNews } from '../db/under-way.js';
import { fewAtOnce } from '../waits/few-at-once.js';
import type { ShownService } from './card-model.js';
import { askSlack, type SlackAnswer, type SlackClient } from './client.js';
import { findPost } from './find-post.js';
import { awaitSecond, type NotYet } from './seconds.js';
import { digestMessage } from './views/digest.js';

export interface DigestDeps {
  readonly pool: pg.Pool;
  readonly client: SlackClient;
  readonly timezone: string;
  readonly pauses: Pauses;
  /** The services that use a channel; all services for null. */
  readonly servicesOf: (channel: string | null) => readonly ShownService[];
  /** What comes next by the clock. */
  readonly upcoming: (now: Date) => Upcoming;
}

const DAY_MS = 86_400_000;
/** Services that are read at once: the others' connections are for presses. */
const AT_ONCE = 2;

/** What a digest says about a channel's services, read now. */
async function readDigest(deps: DigestDeps, channel: string | null, since: Date, until: Date): Promise<Digest> {
  const { pool } = deps;
  const all = deps.servicesOf(channel);
  const speaking = await withNews(
    pool,
    all.map((one) => one.name),
    since,
  );
  const services = await fewAtOnce(all, AT_ONCE, async ({ name, repository }) =>
    speaking.has(name) ? digestOf(pool, name, repository, since, until) : nothingOf(name, repository),
  );
  const people = services
    .flatMap((one) => [...one.shipped, ...one.failed, ...one.underWay, ...one.toSignOff])
    .map((entry) => entry.deployment.requestedBy);
  return {
    since,
    until,
    timezone: deps.timezone,
    services,
    head: await ledgerHead(pool),
    names: await namesOf(pool, people),
  };
}

/** The digest of the last day, and what comes next, for one person. */
export async function digestNow(deps: DigestDeps): Promise<ReturnType<typeof digestMessage>> {
  const until = await timeNow(deps.pool);
  return digestMessage(await readDigest(deps, null, new Date(until.getTime() - DAY_MS), until), deps.upcoming(until));
}

/**
 * Posts the digest of a slot once: only one job at a time has it, and if the answer to a post was lost, the post is
 * looked for before it is sent again. null: nothing is left to do. Safe to repeat.
 */
export async function postDigest(
  deps: DigestDeps,
  channel: string,
  slot: Date,
): Promise<SlackAnswer<unknown> | NotYet | null> {
  const { pool, client, pauses } = deps;
  const claim = await claimDigest(pool, channel, slot);
  if (claim === 'posted') return null;
  if (claim === 'busy') return { is: 'rate limited', retryAfterMs: pauses.slack.busy };
  // A digest that is too late is not posted: the next one covers its time, too.
  if (claim.overtaken) {
    await noteDigestPosted(pool, channel, slot, 'never');
    return null;
  }
  const key = `${channel}:${slot.toISOString()}`;
  if (claim.posting_since) {
    const found = await findPost(client, { channel }, claim.posting_since, 'pushbutton_digest', key);
    if (typeof found === 'object' && found !== null) {
      await leaveDigest(pool, channel, slot, claim.mark, true);
      return found;
    }
    if (found !== null) {
      await noteDigestPosted(pool, channel, slot, found);
      return null;
    }
  }
  const later = await awaitSecond(deps, channel);
  if (later) {
    await leaveDigest(pool, channel, slot, claim.mark, claim.posting_since !== null);
    return later;
  }
  const since = (await slotBefore(pool, channel, slot)) ?? new Date(slot.getTime() - DAY_MS);
  const message = digestMessage(await readDigest(deps, channel, since, slot));
  const mark = await noteDigestPosting(pool, channel, slot, claim.mark);
  if (mark === null) return { is: 'rate limited', retryAfterMs: pauses.slack.busy };
  await startSecond(pool, channel, pauses);
  reached('digest: about to post');
  const metadata = { event_type: 'pushbutton_digest', event_payload: { key } };
  const answer = await askSlack(() =>
    client.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false, metadata }),
  );
  if (answer.is === 'ok') {
    reached('digest: posted');
    await noteSlackUp(pool);
    await noteDigestPosted(pool, channel, slot, answer.data.ts as string);
    return null;
  }
  await leaveDigest(pool, channel, slot, mark, answer.is === 'no answer');
  return answer;
}
