import type { HeaderBlock, HomeView, KnownBlock } from '@slack/types';
import type { Refusal } from '../../core/refusal.js';
import type { Names, ServiceStatus } from '../../core/report.js';
import { button } from '../buttons.js';
import { couldNotRead } from './could-not-read.js';
import { andMore, asBlocks, fitted, HOME } from './fold.js';
import { helpBlock } from './help.js';
import { actions } from './message.js';
import { notFull, refusalMessage } from './refusal.js';
import { date, line, link, type Phrase, richText } from './rich.js';
import { type CardOf, statusDrawings } from './status.js';
import { counted } from './words.js';

export interface Overview {
  readonly statuses: readonly ServiceStatus[];
  readonly names: Names;
  /** When it was read. */
  readonly at: Date;
  /** Where cards are, by the id of their change. */
  readonly places: ReadonlyMap<number, CardPlace>;
  /** Its address, such as https://acme.slack.com/; null while Slack has not told it. */
  readonly workspace: string | null;
}

interface CardPlace {
  readonly channel: string;
  /** null: not posted yet. */
  readonly ts: string | null;
}

/** What is live, runs, waits and is queued, and what can be typed. Many services are drawn shorter, and clipped at last. */
export function homeView({ statuses, names, at, places, workspace }: Overview): HomeView {
  const cardOf: CardOf = ({ id }) => whereIs(places.get(id), workspace);
  const { groups, leftOut } = fitted(statusDrawings(statuses, names, cardOf), ROOM, HOME);
  return home([
    header('Releases'),
    richText(line(...inAll(statuses)), line('As of ', date(at))),
    ...actions([button('refresh', null)]),
    { type: 'divider' },
    ...asBlocks(groups, HOME),
    ...andMore(leftOut, 'services; ask for one by /release status SERVICE'),
    { type: 'divider' },
    header('How to'),
    helpBlock(),
  ]);
}

/** Why this person sees nothing of the services. */
export function homeRefused(refusal: Refusal): HomeView {
  if (refusal.rule !== 'not a full member')
    return home([...refusalMessage(refusal, new Map()).blocks, ...actions([button('refresh', null)])]);
  return home([
    header('Releases'),
    richText(
      line(...notFull[refusal.why]),
      line('Once an admin makes you a full member, this page shows what is live, what runs and what waits.'),
    ),
  ]);
}

/** The services could not be read now. */
export function homeUnread(): HomeView {
  return home([header('Releases'), ...couldNotRead().blocks, ...actions([button('refresh', null)])]);
}

/** Bytes for everything but the services. */
const ROOM = 10_000;

const home = (blocks: KnownBlock[]): HomeView => ({ type: 'home', blocks });

const header = (words: string): HeaderBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: words, emoji: false },
});

function inAll(statuses: readonly ServiceStatus[]): Phrase {
  if (statuses.length === 0) return ['No service is configured.'];
  const count = (of: (status: ServiceStatus) => number) => statuses.reduce((sum, one) => sum + of(one), 0);
  const parts = (
    [
      [count((one) => (one.active ? 1 : 0)), 'under way'],
      [count((one) => one.queue.length), 'queued'],
      [count((one) => (one.waiting ? 1 : 0)), 'waiting for Deploy'],
    ] as const
  ).filter(([number]) => number > 0);
  const busy = parts.map(([number, word]) => `${number} ${word}`).join(', ');
  return [`${counted(statuses.length, 'service')}: ${busy || 'nothing is under way and nothing waits'}.`];
}

/** The form of a message's address is that of chat.getPermalink; to ask Slack for each would be a call for each. */
function whereIs(place: CardPlace | undefined, workspace: string | null): Phrase {
  if (!place) return [];
  if (place.ts === null || workspace === null) return [' · card in ', { type: 'channel', channel_id: place.channel }];
  const url = `${workspace.replace(/\/+$/, '')}/archives/${place.channel}/p${place.ts.replace('.', '')}`;
  return [' · ', link(url, 'card')];
}
