import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs, SlashCommand } from '@slack/bolt';
import type { Press, Presser } from '../core/command.js';
import type { Incoming, ReplyTo } from '../db/inbox.js';
import { type Receive, Unconfirmed } from '../flow/receive.js';
import { NotRecorded } from './actions.js';
import { type AnswerDeps, createAnswers } from './answers.js';
import { understandTimed } from './deploy-at.js';
import type { Understood } from './gate-commands.js';
import { inTime } from './in-time.js';
import { forFullMember } from './questions.js';
import { tellAlone } from './tell.js';
import { couldNotRead } from './views/could-not-read.js';
import { nothingRecorded } from './views/nothing-recorded.js';

export interface CommandDeps extends AnswerDeps {
  readonly receive: Receive;
  /** Time limit for reading what a typed line is about, before it is saved. */
  readonly readMs: number;
  readonly warn: (details: object, message: string) => void;
}

/**
 * `/release WORD …`. A command that changes something is saved before it is acknowledged, and its answer follows. A
 * question is answered from the database, to the asker alone.
 */
export function onCommand(deps: CommandDeps) {
  const answers = createAnswers(deps);
  return async ({ ack, command }: SlackCommandMiddlewareArgs & AllMiddlewareArgs): Promise<void> => {
    const reply: ReplyTo = {
      user: command.user_id,
      channel: command.channel_id,
      responseUrl: command.response_url,
      message: null,
      typed: true,
    };
    const by: Presser = { user: command.user_id, team: null };
    let understood: Understood;
    try {
      understood = await inTime(understandTimed(answers, deps, command.text, by), deps.readMs);
      if ('presses' in understood) {
        const key = keyOf(command);
        const keyed = (press: Press, index: number): Incoming => ({
          key: index === 0 ? key : `${key}:${index}`,
          command: press,
          reply,
        });
        await deps.receive(...understood.presses.map(keyed));
      }
    } catch (error) {
      deps.warn({ err: error }, 'a command was not saved');
      const told = nothingRecorded({ certain: !(error instanceof Unconfirmed) });
      await Promise.race([tellAlone(deps.client, reply, told, TELL_MS), sleep(TELL_MS)]);
      throw new NotRecorded('a command');
    }
    await ack();
    if ('presses' in understood) return;
    const { answer } = understood;
    const message = await forFullMember(deps.people, by, answer).catch((error: unknown) => {
      deps.warn({ err: error }, 'a question could not be answered');
      return couldNotRead();
    });
    await tellAlone(deps.client, reply, message);
  };
}

/** Slack waits three seconds for an answer. Reading, saving, and saying that nothing was saved share them. */
const TELL_MS = 400;

/** One key per typed line, however often it arrives: each trigger id is used only once. */
function keyOf(command: SlashCommand): string {
  const parts = [command.user_id, command.channel_id, command.trigger_id, command.text];
  return `command:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
