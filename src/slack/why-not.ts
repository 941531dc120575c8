import type { AllMiddlewareArgs, MessageShortcut, SlackShortcutMiddlewareArgs } from '@slack/bolt';
import type { Presser } from '../core/command.js';
import { changeOfMessage } from '../db/card-of-message.js';
import { changeByKey } from '../db/changes.js';
import type { ReplyTo } from '../db/inbox.js';
import { type AnswerDeps, createAnswers } from './answers.js';
import { forFullMember } from './questions.js';
import { tellAlone } from './tell.js';
import { couldNotRead } from './views/could-not-read.js';
import { notACard } from './views/not-a-card.js';
import { refusalMessage } from './views/refusal.js';

export interface WhyNotDeps extends AnswerDeps {
  readonly warn: (details: object, message: string) => void;
}

/** Answers why a change cannot be deployed now, or that it can, to whoever asks and nobody else. It changes nothing. */
export function createWhyNot(deps: WhyNotDeps) {
  const { pool, client, people } = deps;
  const answers = createAnswers(deps);

  async function tell(by: Presser, reply: Omit<ReplyTo, 'typed' | 'message'>, of: () => Promise<string | null>) {
    const answer = async () => {
      const key = await of();
      if (key === null) return notACard();
      const change = await changeByKey(pool, key);
      return change ? answers.whyOf(change.service, key, by) : refusalMessage({ rule: 'unknown button' }, new Map());
    };
    const message = await forFullMember(people, by, answer).catch((error: unknown) => {
      deps.warn({ err: error }, 'a question could not be answered');
      return couldNotRead();
    });
    await tellAlone(client, reply, message);
  }

  return {
    /** Why not? was pressed. `key`: of the change, unchecked. */
    pressed: (by: Presser, key: string, reply: ReplyTo): Promise<void> => tell(by, reply, async () => key),
    /** The shortcut of any message: of a card, of its copy, of an announcement, or of a message in the thread of one. */
    onMessage: async ({
      ack,
      body,
    }: SlackShortcutMiddlewareArgs<MessageShortcut> & AllMiddlewareArgs): Promise<void> => {
      await ack();
      // Without a team, the person counts as a stranger.
      const { user, channel, message, response_url: responseUrl } = body;
      const by: Presser = { user: user.id, team: user.team_id ?? '' };
      const thread = typeof message.thread_ts === 'string' ? message.thread_ts : null;
      const ts = [body.message_ts, ...(thread === null ? [] : [thread])];
      await tell(by, { user: user.id, channel: channel.id, responseUrl }, () => changeOfMessage(pool, channel.id, ts));
    },
  };
}
