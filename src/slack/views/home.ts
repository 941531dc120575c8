import type { HeaderBlock, HomeView, KnownBlock } from '@slack/types';
import type { ServicePage, ServiceStatus } from '../../core/report.js';
import { button } from '../buttons.js';
import { couldNotRead } from './could-not-read.js';
import { andMore, asBlocks, fitted, HOME } from './fold.js';
import { helpBlock } from './help.js';
import { actions } from './message.js';
import { NOT_FULL, type NotFull } from './refusal.js';
import { date, line, link, type Phrase, richText } from './rich.js';
import { type CardOf, pageButtons, statusDrawings } from './status.js';
import { counted } from './words.js';

export interface Overview extends ServicePage {
  /** When it was read. */
  readonly at: Date;
  /** Where the cards are, by the id of their change. */
  readonly places: ReadonlyMap<number, CardPlace>;
  /** Its address, such as https://acme.slack.com/; null until Slack tells it. */
  readonly workspace: string | null;
}

interface CardPlace {
  readonly channel: string;
  /** null: not posted yet. */
  readonly ts: string | null;
}

/**
 * What is live, running, waiting and queued, and what can be typed. Services with something under way come first. Many
 * services are drawn shorter; those that still do not fit are counted. Of more, a page is shown.
 */
export function homeView(shows: Overview): HomeView {
  const { statuses, names, at, places, workspace, page, pages } = shows;
  const cardOf: CardOf = ({ id }) => whereIs(places.get(id), workspace);
  const ordered = [...statuses.filter(isBusy), ...statuses.filter((status) => !isBusy(status))];
  const { groups, leftOut } = fitted(statusDrawings(ordered, names, cardOf), ROOM, HOME);
  return home([
    header('Releases'),
    richText(
      line(...inAll(shows)),
      ...(pages > 1 ? [line(`Page ${page} of ${pages}, those in which something goes on first.`)] : []),
      line('As of ', date(at)),
    ),
    ...actions([button('refresh', page > 1 ? String(page) : null), ...pageButtons(shows)]),
    { type: 'divider' },
    ...asBlocks(groups, HOME),
    ...andMore(leftOut, 'services; see one with /release status SERVICE'),
    { type: 'divider' },
    header('Commands'),
    helpBlock(),
  ]);
}

/** Why this person does not see the services. */
export function homeRefused(why: NotFull): HomeView {
  const shows = 'Once an admin makes you a full member, this page shows what is live, running and waiting.';
  const words = `This page is for full members of this workspace, and ${NOT_FULL[why]}.`;
  return home([header('Releases'), richText(line(words), line(shows))]);
}

/** Slack did not tell who this person is. */
export function homeUnknown(): HomeView {
  const words = 'Slack does not answer who you are; without an answer nothing is shown.';
  return home([header('Releases'), richText(line(words), line('Press Refresh in a minute.')), ...REFRESH]);
}

/** The services could not be read now. */
export function homeUnread(): HomeView {
  return home([header('Releases'), ...couldNotRead().blocks, ...REFRESH]);
}

const REFRESH: readonly KnownBlock[] = actions([button('refresh', null)]);

/** Bytes for everything but the services. */
const ROOM = 10_000;

const home = (blocks: KnownBlock[]): HomeView => ({ type: 'home', blocks });

const header = (words: string): HeaderBlock => ({
  type: 'header',
  text: { type: 'plain_text', text: words, emoji: false },
});

const isBusy = ({ active, queue, asks, waiting }: ServiceStatus): boolean =>
  active !== null || queue.length > 0 || asks.length > 0 || waiting !== null;

function inAll({ services, active, queued, waiting }: ServicePage): Phrase {
  if (services === 0) return ['No service is configured.'];
  const parts = (
    [
      [active, 'under way'],
      [queued, 'queued'],
      [waiting, 'waiting for Deploy'],
    ] as const
  ).filter(([number]) => number > 0);
  const busy = parts.map(([number, word]) => `${number} ${word}`).join(', ');
  return [`${counted(services, 'service')}: ${busy || 'nothing is under way or waiting'}.`];
}

/** A message's address has the form that chat.getPermalink returns; asking Slack would take a call per card. */
function whereIs(place: CardPlace | undefined, workspace: string | null): Phrase {
  if (!place) return [];
  if (place.ts === null || workspace === null) return [' · card in ', { type: 'channel', channel_id: place.channel }];
  const url = `${workspace.replace(/\/+$/, '')}/archives/${place.channel}/p${place.ts.replace('.', '')}`;
  return [' · ', link(url, 'card')];
}
