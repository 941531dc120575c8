import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AllMiddlewareArgs, SlackCommandMiddlewareArgs, SlashCommand } from '@slack/bolt';
import { plainReason } from '../core/change/plain.js';
import type { Press, Presser } from '../core/command.js';
import type { Incoming, ReplyTo } from '../db/inbox.js';
import { type Receive, Unconfirmed } from '../flow/receive.js';
import { NotRecorded } from './actions.js';
import { type AnswerDeps, type Answers, createAnswers } from './answers.js';
import { type Understood, understandGate } from './gate-commands.js';
import { forFullMember } from './questions.js';
import { tellAlone } from './tell.js';
import { commandWord, firstWord, isOption, wordsOf } from './typed.js';
import { couldNotRead } from './views/could-not-read.js';
import { helpMessage } from './views/help.js';
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
      understood = await inTime(understand(answers, command.text, by), deps.readMs);
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

/** Rejects when the database does not answer in time; a later answer is ignored. */
async function inTime<T>(reading: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the database did not answer in time')), ms);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a typed line asks for. The case of the command word does not matter. */
async function understand(answers: Answers, text: string, by: Presser): Promise<Understood> {
  const [word = 'help', service, sha, ...rest] = wordsOf(text);
  const command = commandWord(word);
  switch (command) {
    case 'help':
      return { answer: async () => helpMessage() };
    case 'status':
      return { answer: () => answers.status(service) };
    case 'history':
      return { answer: () => answers.history(service, sha) };
    case 'diff':
      return { answer: () => answers.diff(service) };
    case 'why':
      return { answer: () => answers.why(service, sha, by) };
    case 'digest':
      return { answer: () => answers.digest() };
    case 'rollback': {
      if (sha !== undefined) return { answer: async () => answers.tooManyWords([sha, ...rest].join(' '), 'rollback') };
      const known = answers.service('rollback', service);
      if ('unknown' in known) return { answer: async () => known.unknown };
      return { presses: [{ type: 'roll back service', service: known.name, by }] };
    }
    case 'deploy': {
      const known = answers.service('deploy', service);
      if ('unknown' in known) return { answer: async () => known.unknown };
      if (sha === undefined) return { answer: () => answers.askDeploy(known.name) };
      if (isOption(sha, 'override')) return breakGlass(answers, known.name, afterWords(text, 3), by);
      const [option = '', reason] = firstWord(afterWords(text, 3));
      const isOverride = isOption(option, 'override');
      if (isOverride && plainReason(reason) === '') return { answer: async () => answers.noReason('deploy') };
      if (rest.length > 0 && !isOverride) return { answer: async () => answers.tooManyWords(rest.join(' '), 'deploy') };
      const change = await answers.change('deploy', known.name, sha);
      if ('unknown' in change) return { answer: async () => change.unknown };
      const override = isOverride ? { override: plainReason(reason) } : {};
      return { presses: [{ type: 'deploy', change: change.key, from: 'command', ...override, by }] };
    }
    case 'lock':
    case 'unlock':
    case 'hold':
    case 'stop':
    case 'resume':
    case 'give-up':
      return understandGate(answers, command, afterWords(text, 1), by);
    default:
      return { answer: async () => answers.notAWord(word) };
  }
}

/** Without a SHA, break glass deploys the newest change that passed staging. */
async function breakGlass(answers: Answers, service: string, reason: string, by: Presser): Promise<Understood> {
  if (plainReason(reason) === '') return { answer: async () => answers.noReason('deploy') };
  const change = await answers.newest(service);
  if ('unknown' in change) return { answer: async () => change.unknown };
  return { presses: [{ type: 'deploy', change: change.key, from: 'command', override: plainReason(reason), by }] };
}

/** The text after the first `count` words. */
function afterWords(text: string, count: number): string {
  return count === 0 ? text : afterWords(firstWord(text)[1], count - 1);
}

/** One key per typed line, however often it arrives: each trigger id is used only once. */
function keyOf(command: SlashCommand): string {
  const parts = [command.user_id, command.channel_id, command.trigger_id, command.text];
  return `command:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}
