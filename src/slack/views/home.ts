import type { HeaderBlock, HomeView, KnownBlock } from '@slack/types';
import type { Mine } from '../../core/mine.js';
import type { ServicePage, ServiceStatus } from '../../core/report.js';
import { button } from '../buttons.js';
import { couldNotRead } from './could-not-read.js';
import { andMore, asBlocks, fitted, HOME } from './fold.js';
import { helpBlock } from './help.js';
import { actions } from './message.js';
import { askDecision, changeLine, type Decision, groupsUnknown, moreOf, nothingWaits, offerDecision } from './mine.js';
import { NOT_FULL, type NotFull } from './refusal.js';
import { bullets, date, line, link, type Phrase, richText } from './rich.js';
import { type CardOf, pageButtons, statusDrawings } from './status.js';
import { counted } from './words.js';

export interface Overview extends ServicePage {
  /** What concerns this person. */
  readonly mine: Mine;
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
 * What waits for this person comes first, then where their changes are, then the other services, and what can be typed.
 * Many services are drawn shorter; those that still do not fit are counted. Of more, a page is shown.
 */
export function homeView(shows: Overview): HomeView {
  const { statuses, names, mine, at, places, workspace, page, pages } = shows;
  const cardOf: CardOf = ({ id }) => whereIs(places.get(id), workspace);
  const top = [...decisions(mine, cardOf), ...ownChanges(mine, cardOf)];
  const offered = new Set(mine.offers.map(({ service }) => service));
  // What is offered above says all of a service in which nothing else goes on.
  const others = statuses.filter((one) => pages > 1 || !offered.has(one.service) || isMoving(one));
  const ordered = [...others.filter(isBusy), ...others.filter((status) => !isBusy(status))];
  const sheet = { ...HOME, blocks: HOME.blocks - top.length };
  const { groups, leftOut } = fitted(statusDrawings(ordered, names, cardOf), ROOM + HOME.weigh(top), sheet);
  return home([
    ...top,
    { type: 'divider' },
    header(others.length < statuses.length ? 'Other services' : 'Services'),
    richText(
      line(...inAll(shows)),
      ...(pages > 1 ? [line(`Page ${page} of ${pages}, active ones first.`)] : []),
      line(...asOf(at)),
    ),
    ...actions([button('refresh', page > 1 ? String(page) : null), ...pageButtons(shows)]),
    ...asBlocks(groups, sheet),
    ...andMore(leftOut, 'services; see one with /release status SERVICE'),
    { type: 'divider' },
    header('Commands'),
    helpBlock(),
  ]);
}

/** What a view shows, whenever it was drawn: equal for two that differ in their time alone. */
export const shownBy = (view: HomeView, at: Date): string => JSON.stringify(view).replace(JSON.stringify(date(at)), '');

const asOf = (at: Date): Phrase => ['As of ', date(at), '. It updates by itself for ten minutes after you open it.'];

function decisions(mine: Mine, cardOf: CardOf): KnownBlock[] {
  const { asks, moreAsks, offers, moreOffers, names } = mine;
  const [approvals, changes] = [asks.length + moreAsks, offers.length + moreOffers];
  const drawn = ({ lines, buttons }: Decision) => [richText(...lines.map((one) => line(...one))), ...actions(buttons)];
  const few = (phrases: readonly Phrase[]) => phrases.map((one) => richText(line(...one)));
  return [
    ...(approvals + changes === 0 ? [header(nothingWaits(mine))] : []),
    ...few(groupsUnknown(mine)),
    ...(approvals > 0 ? [header(`${counted(approvals, 'request')} ${waits(approvals)} for your approval`)] : []),
    ...asks.flatMap((ask) => drawn(askDecision(ask, names, cardOf))),
    ...few(moreOf(moreAsks, 'for your approval')),
    ...(changes > 0 ? [header(`${counted(changes, 'change')} ${waits(changes)} for Deploy`)] : []),
    ...offers.flatMap((offer) => drawn(offerDecision(offer, names, cardOf))),
    ...few(moreOf(moreOffers, 'for Deploy')),
  ];
}

const waits = (count: number): string => (count === 1 ? 'waits' : 'wait');

function ownChanges({ changes, names }: Mine, cardOf: CardOf): KnownBlock[] {
  if (changes.length === 0) return [];
  return [header('Your changes'), richText(...bullets(changes.map((one) => changeLine(one, names, cardOf))))];
}

/** Why this person does not see the services. */
export function homeRefused(why: NotFull): HomeView {
  const shows = 'Once an admin makes you a full member, this page shows what is live, running and waiting.';
  const words = `This page is for full members of this workspace, but ${NOT_FULL[why]}.`;
  return home([header('Releases'), richText(line(words), line(shows))]);
}

/** Slack did not tell who this person is. */
export function homeUnknown(): HomeView {
  const words = 'Slack did not confirm who you are, so nothing is shown.';
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

const isMoving = ({ active, queue, scheduled, asks }: ServiceStatus): boolean =>
  active !== null || queue.length > 0 || scheduled.length > 0 || asks.length > 0;

const isBusy = (status: ServiceStatus): boolean => isMoving(status) || status.waiting !== null;

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
  return [`${counted(services, 'service')} in all: ${busy || 'nothing is under way or waiting'}.`];
}

/** A message's address has the form that chat.getPermalink returns; asking Slack would take a call per card. */
function whereIs(place: CardPlace | undefined, workspace: string | null): Phrase {
  if (!place) return [];
  if (place.ts === null || workspace === null) return [' · card in ', { type: 'channel', channel_id: place.channel }];
  const url = `${workspace.replace(/\/+$/, '')}/archives/${place.channel}/p${place.ts.replace('.', '')}`;
  return [' · ', link(url, 'card')];
}
