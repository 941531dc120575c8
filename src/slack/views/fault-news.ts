import { shown } from '../limits.js';
import { answer, type Message } from './message.js';
import { code, date, emoji, type Phrase, theirs } from './rich.js';
import { counted } from './words.js';

/** A lasting fault, as reported to the operators. */
export interface LastingFault {
  /** What it is about, by its id: `channel C0SHOP`, `repository acme/shop, workflow staging.yml`. */
  readonly name: string;
  /** In Slack's or GitHub's words. */
  readonly fault: string;
  readonly since: Date;
}

const MOST = 10;

/** For the operators: each fault, since when, and what a person must do. One message for all faults found together. */
export function faultNewsMessage(faults: readonly LastingFault[]): Message {
  const told = faults.slice(0, MOST);
  const more = faults.length - told.length;
  return answer([
    [emoji('warning'), ` ${counted(faults.length, 'fault')} that a person may have to fix. Everything else continues.`],
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
    ...(more > 0 ? [[`And ${more} more; `, code('/readyz'), ' lists them all.']] : []),
    [
      'Pending work continues by itself once that is fixed. ',
      code('npm run doctor'),
      ' checks all that it can look at.',
    ],
  ]);
}

/** Slack's errors of chat.postMessage and chat.update that a person must fix (docs.slack.dev, methods). */
const OF_CHANNELS: Readonly<Record<string, Phrase>> = {
  not_in_channel: ['Invite the bot: type ', code('/invite'), ' and its name in the channel.'],
  channel_not_found: ['Compare the id in the config; if the channel is private, invite the bot.'],
  is_archived: ['Unarchive it, or name another channel in the config.'],
  restricted_action: ['Allow the bot to post: the channel’s Settings, Posting permissions.'],
  restricted_action_read_only_channel: ['Allow the bot to post: the channel’s Settings, Posting permissions.'],
  missing_scope: ['Reinstall the app with the scopes of manifest.yml.'],
};

const OF_GITHUB: readonly (readonly [RegExp, Phrase])[] = [
  [/answers 401/, ['The key or token is no longer valid: create a new one and set it in the environment.']],
  [
    /answers 403/,
    ['Check the permissions of the App or token: actions: write; contents, pull requests, metadata: read.'],
  ],
  [/answers 404/, ['Check whether the repository was renamed, the App removed from it, or the workflow file deleted.']],
  [/^is now called /, ['Put its new name into the config: its webhooks are ignored until then.']],
  [
    /rate limit/,
    ['Nothing needs to be done: it continues when GitHub allows. A longer github.poll makes fewer requests.'],
  ],
  [/does not answer/, ['Check GitHub’s status page; nothing needs to be done here once it answers.']],
];

function mendOf(name: string, fault: string): Phrase {
  if (name.endsWith(', sharing'))
    return [
      'Its cards have no Deploy. Name a channel that only your workspace can read in the config, or end the sharing.',
    ];
  if (name.startsWith('messages to '))
    return [
      'Slack does not let the bot write to them: check the app’s Messages tab, and reinstall it with manifest.yml.',
    ];
  if (name.startsWith('change_ticket of '))
    return ['Check the receiver, and change_ticket in the config. Nothing is lost: it gets what it missed, in order.'];
  const mend = name.startsWith('channel ') ? OF_CHANNELS[fault] : OF_GITHUB.find(([words]) => words.test(fault))?.[1];
  return mend ?? ['Run ', code('npm run doctor'), ' to see what is wrong.'];
}
