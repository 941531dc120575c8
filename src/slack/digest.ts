import type { Pauses } from '../core/pauses.js';
import { reached } from '../crash-points.js';
import {
  claimDigest,
  type DigestOf,
  leaveDigest,
  noteDigestPosted,
  noteDigestPosting,
  noteWordsAlone,
  slotBefore,
} from '../db/digests.js';
import { noteSlackUp, startSecond } from '../db/pace.js';
import { askSlack, refusesBlocks, type SlackAnswer, type SlackClient } from './client.js';
import { findPost } from './find-post.js';
import { digestOfSlot, type ReadDigestDeps } from './read-digest.js';
import { awaitSecond, type NotYet } from './seconds.js';
import { withoutCharts } from './views/chart.js';

export interface DigestDeps extends ReadDigestDeps {
  readonly client: SlackClient;
  readonly pauses: Pauses;
}

/**
 * Posts the digest of a slot once: only one job at a time has it, and if the answer to a post was lost, the post is
 * looked for before it is sent again. If Slack refuses its charts, it is sent again in words alone, in its next second. null:
 * nothing is left to do. Safe to repeat.
 */
export async function postDigest(deps: DigestDeps, of: DigestOf): Promise<SlackAnswer<unknown> | NotYet | null> {
  const { pool, client, pauses } = deps;
  const { kind, channel, slot } = of;
  const claim = await claimDigest(pool, of);
  if (claim === 'posted') return null;
  if (claim === 'busy') return { is: 'rate limited', retryAfterMs: pauses.slack.busy };
  // A digest that is too late is not posted: the next one covers its time, too.
  if (claim.overtaken) {
    await noteDigestPosted(pool, of, 'never');
    return null;
  }
  const key = `${kind === 'weekly' ? 'weekly:' : ''}${channel}:${slot.toISOString()}`;
  if (claim.posting_since) {
    const found = await findPost(client, { channel }, claim.posting_since, 'pushbutton_digest', key);
    if (typeof found === 'object' && found !== null) {
      await leaveDigest(pool, of, claim.mark, true);
      return found;
    }
    if (found !== null) {
      await noteDigestPosted(pool, of, found);
      return null;
    }
  }
  const later = await awaitSecond(deps, channel);
  if (later) {
    await leaveDigest(pool, of, claim.mark, claim.posting_since !== null);
    return later;
  }
  const whole = await digestOfSlot(deps, of, await slotBefore(pool, of));
  const inWords = withoutCharts(whole);
  const message = claim.words_alone ? (inWords ?? whole) : whole;
  const mark = await noteDigestPosting(pool, of, claim.mark);
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
    await noteDigestPosted(pool, of, answer.data.ts as string);
    return null;
  }
  if (refusesBlocks(answer) && message !== inWords && inWords !== null) {
    await noteWordsAlone(pool, of, mark);
    return { is: 'not yet', afterMs: pauses.slack.post };
  }
  await leaveDigest(pool, of, mark, answer.is === 'no answer');
  return answer;
}
