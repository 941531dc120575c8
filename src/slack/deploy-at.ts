import type pg from 'pg';
import type { Press, Presser } from '../core/command.js';
import { liveSha } from '../core/service/service.js';
import { instantNamed } from '../core/time/start-time.js';
import { readService } from '../db/service-state.js';
import { timeNow } from '../db/time.js';
import type { Answers } from './answers.js';
import type { Understood } from './gate-commands.js';
import { lineMeant, wordsOf } from './typed.js';
import { typedTime } from './typed-time.js';
import { understand } from './understand.js';
import { askDeployAt, notATime } from './views/deploy-at.js';
import type { Message } from './views/message.js';

export interface Clock {
  readonly pool: pg.Pool;
  /** IANA */
  readonly timezone: string;
}

/**
 * What a typed line asks for; `deploy` may name a time. With a SHA, the line is the confirmation. Without one, it is answered
 * with the newest change and the instant that was understood.
 */
export async function understandTimed(
  answers: Answers,
  { pool, timezone }: Clock,
  said: string,
  by: Presser,
): Promise<Understood> {
  const named = typedTime(lineMeant(said));
  if (named === null) return understand(answers, said, by);
  const say = (message: Message): Understood => ({ answer: async () => message });
  if (named.override) return say(notATime('break glass', named.typed, timezone));
  if (named.time === null) return say(notATime('not a time', named.typed, timezone));
  const startAt = instantNamed(named.time, timezone, await timeNow(pool));
  if (startAt === null) return say(notATime('over', named.typed, timezone));
  const [, service, ...more] = wordsOf(named.line);
  if (more.length === 0) {
    const known = answers.service('deploy', service);
    if ('unknown' in known) return say(known.unknown);
    const state = await readService(pool, known.name);
    const newest = state.newestPassed;
    const sent = [state.active, ...state.queue].map((one) => one?.sha);
    // It says what is live or on its way already.
    if (!newest || [...sent, liveSha(state)].includes(newest.sha))
      return { answer: () => answers.askDeploy(known.name) };
    return say(askDeployAt(known.name, newest, startAt, timezone));
  }
  const understood = await understand(answers, named.line, by);
  return 'presses' in understood
    ? { presses: understood.presses.map((press) => startingAt(press, startAt)) }
    : understood;
}

/** The same press for that time. A line with a time has no override. */
const startingAt = (press: Press, startAt: Date): Press =>
  press.type === 'deploy'
    ? {
        ...press,
        type: 'deploy at',
        from: 'command',
        override: undefined,
        all: undefined,
        startAt: startAt.toISOString(),
      }
    : press;
