import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { code, date, emoji, type Phrase, theirs } from './rich.js';
import { counted } from './words.js';

/** A fault that lasts, as the operators are told of it. */
export interface LastingFault {
  /** What it is about, by its id: `channel C0SHOP`, `repository acme/shop, workflow staging.yml`. */
  readonly name: string;
  /** In Slack's or GitHub's words. */
  readonly fault: string;
  readonly since: Date;
}

const MOST = 10;

/** For the operators: what lasts, since when, and what a person has to do. One message for all that was found together. */
export function faultNewsMessage(faults: readonly LastingFault[]): Message {
  const told = faults.slice(0, MOST);
  const more = faults.length - told.length;
  return answer([
    [emoji('warning'), ` ${counted(faults.length, 'fault')} that a person may have to mend. Everything else goes on.`],
    ...told.map(
      ({ name, fault, since }): Phrase => [
        theirs(name, shown.title, 'bold'),
        ': ',
        theirs(fault, shown.reason),
        ', since ',
        date(since),
        '. ',
        ...mendOf(name, fault),
      ],
    ),
    ...(more > 0 ? [[`And ${more} more; `, code('/readyz'), ' names them all.']] : []),
    ['What waits is done by itself once that is mended. ', code('npm run doctor'), ' looks at the whole installation.'],
  ]);
}

/** Slack's errors of chat.postMessage and chat.update that a person mends (docs.slack.dev, methods). */
const OF_CHANNELS: Readonly<Record<string, Phrase>> = {
  not_in_channel: ['Invite the bot: type ', code('/invite'), ' and its name in the channel.'],
  channel_not_found: ['Compare the id in the config; if the channel is private, invite the bot.'],
  is_archived: ['Unarchive it, or name another channel in the config.'],
  restricted_action: ['Let the bot post: the channel’s Settings, Posting permissions.'],
  restricted_action_read_only_channel: ['Let the bot post: the channel’s Settings, Posting permissions.'],
  missing_scope: ['Install the app anew with the scopes of manifest.yml.'],
};

const OF_GITHUB: readonly (readonly [RegExp, Phrase])[] = [
  [/answers 401/, ['Its key or token is not valid any more: make a new one and set it in the environment.']],
  [/answers 403/, ['Look at what the App or token may do: actions: write; contents, pull requests, metadata: read.']],
  [/answers 404/, ['Is the repository renamed, the App taken off it, or the workflow file gone?']],
  [/^is called /, ['Put its new name into the config: what it sends by webhooks is not taken till then.']],
  [/rate limit/, ['Nothing needs to be done: it goes on when GitHub says. A longer github.poll asks less.']],
  [/does not answer/, ['Look at GitHub’s status; nothing needs to be done here once it answers.']],
];

function mendOf(name: string, fault: string): Phrase {
  if (name.endsWith(', who reads it'))
    return ['Its cards have no Deploy. Name a channel of your workspace alone in the config, or end the sharing.'];
  if (name.startsWith('messages to '))
    return [
      'Slack does not let the bot write to them: look at the app’s Messages tab, and install it anew with manifest.yml.',
    ];
  const mend = name.startsWith('channel ') ? OF_CHANNELS[fault] : OF_GITHUB.find(([words]) => words.test(fault))?.[1];
  return mend ?? ['The doctor says what is wrong.'];
}
