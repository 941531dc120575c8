import { ok, skipped, type Verdict, wrong } from '../../core/check.js';
import { askSlack } from '../client.js';
import { limited, type SlackSession } from './sign-in.js';

/** Checks that the bot can post to a channel and only our own company reads it. `of`: the services that use it. */
export async function channelVerdict(session: SlackSession, channel: string, of: string): Promise<Verdict> {
  const answer = await askSlack(async () => (await session.client.conversations.info({ channel })).channel ?? null);
  if (answer.is === 'rate limited') return skipped(limited(answer.retryAfterMs));
  if (answer.is === 'no answer' || (answer.is === 'ok' && !answer.data))
    return skipped('Slack did not answer; run the doctor again');
  const invite = `/invite @${session.bot}`;
  if (answer.is === 'refused') {
    if (answer.error === 'missing_scope') return skipped('the token lacks channels:read or groups:read (see scopes)');
    if (answer.error !== 'channel_not_found') return skipped(`Slack answers ${answer.error.slice(0, 80)}`);
    return wrong(
      `the bot cannot see a channel ${channel}`,
      `Compare the id with the bottom of the channel's About tab. If the channel is private, type in it:`,
      invite,
    );
  }
  const { name, is_archived, is_member, is_ext_shared, is_pending_ext_shared, is_read_only } = answer.data ?? {};
  const shown = `#${name ?? channel}`;
  const another = `Name another channel for ${of} in the config`;
  if (is_archived) return wrong(`${shown} is archived`, `Unarchive it, or ${another.toLowerCase()}.`);
  if (is_ext_shared || is_pending_ext_shared) {
    return wrong(
      `${shown} is shared with another company, which could read every card`,
      `${another}, one that only your workspace can read.`,
    );
  }
  if (!is_member) return wrong(`the bot is not in ${shown}`, 'Type in the channel:', invite);
  if (is_read_only) {
    return wrong(
      `the bot may not post in ${shown}`,
      "Allow it in the channel's Settings, Posting permissions, or let everyone post.",
    );
  }
  if (session.scopes && !session.scopes.includes('chat:write')) return skipped('posting needs chat:write (see scopes)');
  return ok(`${shown}, with the bot in it`);
}
