import type { RichTextBlock } from '@slack/types';
import { type Message, message } from './message.js';
import { bullets, code, line, type Phrase, richText } from './rich.js';

/** Every command that is carried out: its word, how it is typed, what it does. */
export const COMMANDS = [
  { word: 'status', usage: '/release status [SERVICE]', does: 'what is live, runs, waits or is queued' },
  {
    word: 'deploy',
    usage: '/release deploy SERVICE [SHA] [--override REASON]',
    does: 'deploys that commit at once; without a SHA it asks, naming the newest; --override breaks the glass',
  },
  { word: 'rollback', usage: '/release rollback SERVICE', does: 'deploys at once what was live before' },
  {
    word: 'history',
    usage: '/release history SERVICE [SHA]',
    does: 'the last deployments, or all that happened to one commit',
  },
  { word: 'diff', usage: '/release diff SERVICE', does: 'what a deployment of the newest would ship' },
  { word: 'digest', usage: '/release digest', does: 'what shipped, failed and waits' },
  {
    word: 'lock',
    usage: '/release lock SERVICE [for 2h] REASON',
    does: 'nobody deploys it until it is unlocked or the time is over',
  },
  { word: 'unlock', usage: '/release unlock SERVICE', does: 'takes the lock away' },
  { word: 'hold', usage: '/release hold SHA REASON', does: 'marks a change bad: nobody deploys it' },
  { word: 'stop', usage: '/release stop REASON', does: 'nothing is deployed anywhere' },
  {
    word: 'resume',
    usage: '/release resume [SERVICE or SHA]',
    does: 'after a stop; or resumes a continuous service that is paused, or lets a held change go',
  },
  { word: 'help', usage: '/release help', does: 'this list' },
] as const;

/** The usage of one command as lines of a list; of all when the word is not one of them. */
export function usage(word: string | null): Phrase[] {
  const one = COMMANDS.filter((command) => command.word === word);
  return (one.length > 0 ? one : COMMANDS).map((command) => [code(command.usage), ` ${command.does}`]);
}

const OPENING: Phrase = ['Pushbutton releases changes that passed staging, by the Deploy button on their cards.'];
const CLOSING: Phrase = ['A SHA is 7 to 40 hex digits. Answers are seen by you alone.'];

/** What can be typed, as a block. */
export const helpBlock = (): RichTextBlock => richText(line(...OPENING), ...bullets(usage(null)), line(...CLOSING));

/** What can be typed. */
export function helpMessage(): Message {
  const typed: Phrase = ['You can type ', COMMANDS.map((command) => command.usage).join(', ')];
  return message([OPENING, typed, CLOSING], [helpBlock()]);
}
