import type { RichTextBlock } from '@slack/types';
import { type Message, message } from './message.js';
import { bullets, code, line, type Phrase, richText } from './rich.js';

/** Every command: its word, how it is typed, and what it does. */
export const COMMANDS = [
  { word: 'status', usage: '/release status [SERVICE]', does: 'what is live, running, waiting or queued' },
  {
    word: 'deploy',
    usage: '/release deploy SERVICE [SHA] [at 14:00 or in 2h] [--override REASON]',
    does: 'deploys that commit at once, or at that time; without a SHA it offers the newest; --override breaks the glass',
  },
  { word: 'rollback', usage: '/release rollback SERVICE', does: 'deploys what was live before, at once' },
  {
    word: 'history',
    usage: '/release history SERVICE [SHA]',
    does: 'the latest deployments, or everything that happened to one commit',
  },
  { word: 'diff', usage: '/release diff SERVICE', does: 'what deploying the newest change would ship' },
  {
    word: 'why',
    usage: '/release why SERVICE [SHA]',
    does: 'what keeps a change from production, rule by rule, and who can clear it',
  },
  {
    word: 'digest',
    usage: '/release digest [30d] [SERVICE]',
    does: 'what shipped, failed and waits, with measures (7 days, or as many as you name); also when the next digests and the next freeze are',
  },
  {
    word: 'lock',
    usage: '/release lock SERVICE [for 2h] REASON',
    does: 'nobody can deploy it until it is unlocked or the time is up',
  },
  { word: 'unlock', usage: '/release unlock SERVICE', does: 'removes the lock' },
  { word: 'hold', usage: '/release hold SHA REASON', does: 'marks a change bad: nobody can deploy it' },
  { word: 'stop', usage: '/release stop REASON', does: 'stops everything: nothing new is deployed anywhere' },
  {
    word: 'resume',
    usage: '/release resume [SERVICE or SHA]',
    does: 'ends a stop, the pause of a continuous service, or the hold on a change',
  },
  {
    word: 'give-up',
    usage: '/release give-up SERVICE REASON',
    does: 'lets go of a run that GitHub neither ends nor cancels; for those who may break the glass',
  },
  { word: 'help', usage: '/release help', does: 'this list' },
] as const;

/** The usage of one command as lines of a list; of all commands if the word is not one of them. */
export function usage(word: string | null): Phrase[] {
  const one = COMMANDS.filter((command) => command.word === word);
  return (one.length > 0 ? one : COMMANDS).map((command) => [code(command.usage), ` ${command.does}`]);
}

const OPENING: Phrase = ['Pushbutton releases changes that passed staging: press Deploy on their cards.'];
const CLOSING: Phrase = ['A SHA is 7 to 40 hex digits. Only you see the answers.'];

/** What can be typed, as a block. */
export const helpBlock = (): RichTextBlock => richText(line(...OPENING), ...bullets(usage(null)), line(...CLOSING));

/** What can be typed. */
export function helpMessage(): Message {
  const typed: Phrase = ['You can type ', COMMANDS.map((command) => command.usage).join(', ')];
  return message([OPENING, typed, CLOSING], [helpBlock()]);
}
